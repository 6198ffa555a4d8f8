#include "views/pages/operators_dialog.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "views/models/showable_text.h"
#include "views/pages/data_table.h"

namespace views::pages {

OperatorsDialog::OperatorsDialog(QWidget* parent)
    : QDialog(parent),
      m_filter(new QLineEdit(this)),
      m_state(plainLabel(QString(), this)),
      m_again(new QPushButton(tr("Try &again"), this)),
      m_table(new DataTable(tr("Operators and what becomes of them"), this)) {
  setWindowTitle(tr("Operator coverage"));
  resize(900, 620);
  m_filter->setPlaceholderText(tr("Filter: conv refused"));
  m_filter->setClearButtonEnabled(true);
  m_filter->setAccessibleName(tr("Filter of the operators"));
  m_filter->setToolTip(tr("Rows with all of these words, in any column"));
  m_state->setAccessibleName(tr("State of the table"));
  m_state->setWordWrap(true);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
  auto* row = new QHBoxLayout;
  row->addWidget(m_filter, 1);
  row->addWidget(m_state, 2);
  row->addWidget(m_again);
  auto* layout = new QVBoxLayout(this);
  layout->addLayout(row);
  layout->addWidget(m_table, 1);
  layout->addWidget(buttons);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(m_again, &QPushButton::clicked, this, &OperatorsDialog::rowsWanted);
  connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& words) {
    m_table->setWords(words);
    showState();
  });
  showRows(nullptr);
}

void OperatorsDialog::showBusy() {
  m_again->hide();
  m_state->setText(tr("Asking the engine…"));
}

void OperatorsDialog::showRows(models::OperatorRowsPtr rows) {
  m_rows = std::move(rows);
  m_again->hide();
  m_table->setTable(models::operatorTable(m_rows));
  showState();
}

void OperatorsDialog::showFailure(const QString& message) {
  m_state->setText(tr("✕ %1").arg(models::showable(message.toStdString())));
  m_again->show();
}

void OperatorsDialog::showState() {
  if (!m_rows) return m_state->setText(tr("The table was not asked for yet."));
  const auto refused = std::count_if(m_rows->begin(), m_rows->end(), [](const auto& row) {
    return row.coverage.treatment == core::trace::Treatment::Refused;
  });
  m_state->setText(tr("%1 of %2 operators shown · %3 refused in all")
                       .arg(models::countText(m_table->shownRows()),
                            models::countText(static_cast<std::int64_t>(m_rows->size())),
                            models::countText(refused)));
}

QString OperatorsDialog::stateText() const {
  return m_state->text();
}

}  // namespace views::pages
