#include "views/pages/start_page.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "views/models/showable_text.h"
#include "views/pages/data_table.h"

namespace views::pages {

namespace {
constexpr int kContentWidth = 860;
}

StartPage::StartPage(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Start"));
  auto* lists = new QHBoxLayout;
  lists->setSpacing(24);
  m_samples = buildList(tr("Samples"));
  m_recent = buildList(tr("Recent files"));
  for (QListWidget* list : {m_samples, m_recent}) {
    auto* column = new QVBoxLayout;
    column->addWidget(headingLabel(list->accessibleName(), this));
    column->addWidget(list, 1);
    lists->addLayout(column, 1);
  }
  m_engine = plainLabel(tr("The engine starts in the background."), this);
  m_engine->setEnabled(false);

  auto* content = new QWidget(this);
  content->setMaximumWidth(kContentWidth);
  auto* column = new QVBoxLayout(content);
  column->setSpacing(18);
  column->addWidget(buildHeader());
  column->addLayout(lists, 1);
  column->addWidget(m_engine);
  auto* outer = new QHBoxLayout(this);
  outer->setContentsMargins(32, 32, 32, 24);
  outer->addStretch(1);
  outer->addWidget(content, 8);
  outer->addStretch(1);
}

QWidget* StartPage::buildHeader() {
  auto* header = new QWidget(this);
  QLabel* title = headingLabel(tr("AOT Explorer"), header);
  QFont large = title->font();
  large.setPointSizeF(large.pointSizeF() * 2);
  title->setFont(large);
  QLabel* what = plainLabel(
      tr("See how a PyTorch model is compiled ahead of time: the joint graph of forward and "
         "backward, what is saved and what is recomputed, the fused kernels, and whether the "
         "compiled step is right and faster."),
      header);
  what->setWordWrap(true);
  auto* open = new QPushButton(tr("&Open a model…"), header);
  open->setToolTip(tr("A .pt2 file that torch.export.save wrote (Ctrl+O)"));
  open->setDefault(true);
  connect(open, &QPushButton::clicked, this, &StartPage::openRequested);
  auto* layout = new QVBoxLayout(header);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(10);
  layout->addWidget(title);
  layout->addWidget(what);
  layout->addWidget(open, 0, Qt::AlignLeft);
  return header;
}

QListWidget* StartPage::buildList(const QString& name) {
  auto* list = new QListWidget(this);
  list->setAccessibleName(name);
  list->setAlternatingRowColors(true);
  list->setTextElideMode(Qt::ElideMiddle);
  list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  connect(list, &QListWidget::itemActivated, this, [this](QListWidgetItem* item) {
    const QString path = item->data(Qt::UserRole).toString();
    if (!path.isEmpty()) Q_EMIT fileChosen(path);
  });
  connect(list, &QListWidget::itemClicked, this, [this](QListWidgetItem* item) {
    const QString path = item->data(Qt::UserRole).toString();
    if (!path.isEmpty()) Q_EMIT fileChosen(path);
  });
  return list;
}

void StartPage::fill(QListWidget* list, const QFileInfoList& files, const QString& whenEmpty) {
  list->clear();
  for (const QFileInfo& file : files) {
    QString text = models::showable(file.completeBaseName().toStdString());
    if (file.exists()) text += QStringLiteral("   ") + models::bytesText(file.size());
    auto* item = new QListWidgetItem(text, list);
    item->setData(Qt::UserRole, file.filePath());
    item->setToolTip(models::showable(file.filePath().toStdString()).toHtmlEscaped());
  }
  if (!files.isEmpty()) return;
  auto* item = new QListWidgetItem(whenEmpty, list);
  item->setFlags(Qt::NoItemFlags);
}

void StartPage::setRecent(const QStringList& paths) {
  QFileInfoList files;
  for (const QString& path : paths) files.append(QFileInfo(path));
  fill(m_recent, files, tr("Nothing was opened yet."));
}

void StartPage::setSamples(const QFileInfoList& files) {
  fill(m_samples, files, tr("No samples are installed beside the program."));
}

void StartPage::setEngineText(const QString& text) {
  m_engine->setText(text);
}

}  // namespace views::pages
