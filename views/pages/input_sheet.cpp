#include "views/pages/input_sheet.h"

#include <QComboBox>
#include <QFileDialog>
#include <QHeaderView>
#include <QStyledItemDelegate>

namespace views::pages {

using models::InputSheetModel;

namespace {

/// The words of fills to choose from, or any other text.
class FillDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem&,
                        const QModelIndex&) const override {
    auto* box = new QComboBox(parent);
    box->setEditable(true);
    box->addItems({QStringLiteral("example"), QStringLiteral("random"), QStringLiteral("zeros"),
                   QStringLiteral("ones"), QStringLiteral("range:0..9")});
    box->setAccessibleName(InputSheet::tr("Fill"));
    return box;
  }
  void setEditorData(QWidget* editor, const QModelIndex& index) const override {
    static_cast<QComboBox*>(editor)->setCurrentText(index.data(Qt::EditRole).toString());
  }
  void setModelData(QWidget* editor, QAbstractItemModel* model,
                    const QModelIndex& index) const override {
    model->setData(index, static_cast<QComboBox*>(editor)->currentText());
  }
};

}  // namespace

InputSheet::InputSheet(QWidget* parent) : QTableView(parent), m_model(new InputSheetModel(this)) {
  setModel(m_model);
  setAccessibleName(tr("Inputs of the model"));
  setItemDelegateForColumn(InputSheetModel::Fill, new FillDelegate(this));
  setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed |
                  QAbstractItemView::AnyKeyPressed);
  setSelectionMode(QAbstractItemView::SingleSelection);
  setTabKeyNavigation(false);
  verticalHeader()->hide();
  horizontalHeader()->setStretchLastSection(true);
  horizontalHeader()->setHighlightSections(false);
  const auto fit = [this] { resizeColumnsToContents(); };
  connect(m_model, &QAbstractItemModel::modelReset, this, fit);
  connect(m_model, &QAbstractItemModel::dataChanged, this, fit);
}

int InputSheet::chosenRow() const {
  return currentIndex().isValid() ? currentIndex().row() : 0;
}

void InputSheet::editFill() {
  const QModelIndex index = m_model->index(chosenRow(), InputSheetModel::Fill);
  if (!index.isValid()) return;
  setCurrentIndex(index);
  edit(index);
}

void InputSheet::chooseFile() {
  const QModelIndex index = m_model->index(chosenRow(), InputSheetModel::Fill);
  if (!index.isValid()) return;
  const QString path = QFileDialog::getOpenFileName(
      this, tr("Fill '%1' from a file").arg(index.siblingAtColumn(0).data().toString()), QString(),
      tr("Tensors (*.npy *.pt *.pth *.safetensors);;All files (*)"));
  if (!path.isEmpty()) m_model->setData(index, path);
}

void InputSheet::showProblem(int row) {
  setCurrentIndex(m_model->index(row, InputSheetModel::Fill));
  setFocus();
}

}  // namespace views::pages
