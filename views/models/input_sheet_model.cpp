#include "views/models/input_sheet_model.h"

#include <utility>

#include "views/models/showable_text.h"

namespace views::models {

using core::load::FillKind;
using core::load::InputFill;

namespace {

QString dtypeText(core::ir::DType dtype) {
  const std::string_view name = core::ir::dtypeName(dtype);
  return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

/// The fill without what another column shows.
QString kindText(InputFill fill) {
  fill.requiresGrad.reset();
  return QString::fromStdString(core::load::inputFillText(fill));
}

bool canHaveGradient(core::ir::DType dtype) {
  return core::ir::isFloatingPoint(dtype) || core::ir::isComplex(dtype);
}

}  // namespace

void InputSheetModel::setInputs(const std::vector<core::pipeline::ModelInput>& inputs,
                                const core::load::InputFills& fills, const DimensionSizes& dims) {
  beginResetModel();
  m_dims = dims;
  m_rows.clear();
  for (const auto& input : inputs) {
    m_rows.push_back({input, {}, {}, -1, {}});
    const auto fill = fills.find(input.name);
    if (fill == fills.end()) continue;
    if (auto parsed = core::load::parseInputFill(fill->second))
      m_rows.back().fill = *std::move(parsed);
    else
      setFill(m_rows.back(), QString::fromStdString(fill->second));
  }
  endResetModel();
}

void InputSheetModel::setDimensions(const DimensionSizes& dims) {
  if (m_dims == dims) return;
  m_dims = dims;
  if (!m_rows.empty()) Q_EMIT dataChanged(index(0, Shape), index(rowCount() - 1, Problem));
}

core::load::InputFills InputSheetModel::fills() const {
  core::load::InputFills fills;
  for (const Row& row : m_rows)
    if (!(row.fill == InputFill{})) fills[row.input.name] = core::load::inputFillText(row.fill);
  return fills;
}

int InputSheetModel::firstProblem() const {
  for (std::size_t i = 0; i < m_rows.size(); ++i)
    if (!m_rows[i].problem.isEmpty()) return static_cast<int>(i);
  return -1;
}

std::int64_t InputSheetModel::bytes() const {
  std::int64_t sum = 0;
  for (const Row& row : m_rows) sum += bytesOf(row);
  return sum;
}

int InputSheetModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int InputSheetModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : kColumns;
}

std::int64_t InputSheetModel::sizeOf(const core::ir::Size& size) const {
  const auto dim = m_dims.find(size.expression());
  return dim == m_dims.end() ? size.hint() : dim->second;
}

std::int64_t InputSheetModel::bytesOf(const Row& row) const {
  std::int64_t bytes = core::ir::dtypeBytes(row.input.meta.dtype);
  for (const core::ir::Size& size : row.input.meta.sizes)
    if (__builtin_mul_overflow(bytes, sizeOf(size), &bytes)) return INT64_MAX;
  return bytes;
}

QString InputSheetModel::shapeText(const Row& row) const {
  QStringList sizes;
  for (const core::ir::Size& size : row.input.meta.sizes) {
    const QString number = QString::number(sizeOf(size));
    sizes << (size.isSymbolic() ? showable(size.expression()) + QChar('=') + number : number);
  }
  return sizes.join(QStringLiteral(", "));
}

QString InputSheetModel::cellText(const Row& row, int column) const {
  if (row.typedColumn == column) return row.typed;
  switch (column) {
    case Name: return showable(row.input.name);
    case Shape: return shapeText(row);
    case DType: return dtypeText(row.input.meta.dtype);
    case Fill: return kindText(row.fill);
    case Bytes: return bytesText(bytesOf(row));
    case Problem: return row.problem.isEmpty() ? QString() : QStringLiteral("✕ ") + row.problem;
    default: return {};
  }
}

QVariant InputSheetModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const Row& row = m_rows[static_cast<std::size_t>(index.row())];
  switch (role) {
    case Qt::DisplayRole:
    case Qt::EditRole: return cellText(row, index.column());
    case Qt::ToolTipRole:
      return row.problem.isEmpty() ? cellText(row, index.column()) : row.problem;
    case Qt::CheckStateRole:
      if (index.column() != Gradient || !canHaveGradient(row.input.meta.dtype)) return {};
      return !row.fill.requiresGrad   ? Qt::PartiallyChecked
             : *row.fill.requiresGrad ? Qt::Checked
                                      : Qt::Unchecked;
    case Qt::TextAlignmentRole:
      if (index.column() == Bytes) return int(Qt::AlignRight | Qt::AlignVCenter);
      return {};
    case Qt::AccessibleTextRole:
      if (index.column() == Gradient)
        return !row.fill.requiresGrad   ? tr("gradient as exported")
               : *row.fill.requiresGrad ? tr("with gradient")
                                        : tr("without gradient");
      return cellText(row, index.column());
    default: return {};
  }
}

QVariant InputSheetModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  static const std::array<std::pair<const char*, const char*>, kColumns> titles{{
      {QT_TR_NOOP("input"), QT_TR_NOOP("Name of the input, as the model was exported")},
      {QT_TR_NOOP("shape"), QT_TR_NOOP("Sizes; a named one can be changed, as s0=8")},
      {QT_TR_NOOP("dtype"),
       QT_TR_NOOP("What the model was exported for; photo.npy,f32 converts a file")},
      {QT_TR_NOOP("gradient"),
       QT_TR_NOOP("Whether a gradient is wanted: ▪ as the model was exported, ✓ yes, empty no")},
      {QT_TR_NOOP("fill"), QT_TR_NOOP("example, random, zeros, ones, range:LOW..HIGH, or a .npy, "
                                      ".pt or .safetensors file; random,seed=7 has its own seed")},
      {QT_TR_NOOP("bytes"), QT_TR_NOOP("At these sizes")},
      {QT_TR_NOOP("problem"), QT_TR_NOOP("What cannot be used, and why")},
  }};
  if (section < 0 || section >= kColumns) return {};
  const auto& [title, toolTip] = titles[static_cast<std::size_t>(section)];
  if (role == Qt::DisplayRole) return tr(title);
  return role == Qt::ToolTipRole ? QVariant(tr(toolTip)) : QVariant();
}

Qt::ItemFlags InputSheetModel::flags(const QModelIndex& index) const {
  Qt::ItemFlags flags = QAbstractTableModel::flags(index);
  const auto column = index.column();
  if (column == Shape || column == Fill) flags |= Qt::ItemIsEditable;
  if (column == Gradient) flags |= Qt::ItemIsUserCheckable | Qt::ItemIsUserTristate;
  return flags;
}

bool InputSheetModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return false;
  Row& row = m_rows[static_cast<std::size_t>(index.row())];
  if (role == Qt::CheckStateRole && index.column() == Gradient) {
    const auto state = static_cast<Qt::CheckState>(value.toInt());
    row.fill.requiresGrad.reset();
    if (state != Qt::PartiallyChecked) row.fill.requiresGrad = state == Qt::Checked;
  } else if (role == Qt::EditRole && index.column() == Fill) {
    setFill(row, value.toString().trimmed());
  } else if (role == Qt::EditRole && index.column() == Shape) {
    setShape(row, value.toString());
  } else {
    return false;
  }
  changed(index.row());
  return true;
}

void InputSheetModel::changed(int row) {
  Q_EMIT dataChanged(index(row, 0), index(row, kColumns - 1));
}

void InputSheetModel::setFill(Row& row, const QString& text) {
  auto parsed = core::load::parseInputFill(text.toStdString());
  row.typed = parsed ? QString() : text;
  row.typedColumn = parsed ? -1 : Fill;
  row.problem = parsed ? QString() : showable(parsed.error().message);
  if (!parsed) return;
  // The gradient's column stays unless the text has a word of its own for it.
  if (!parsed->requiresGrad) parsed->requiresGrad = row.fill.requiresGrad;
  row.fill = *std::move(parsed);
}

void InputSheetModel::setShape(Row& row, const QString& text) {
  const auto& sizes = row.input.meta.sizes;
  const QStringList pieces = text.split(QChar(','), Qt::SkipEmptyParts);
  DimensionSizes dims = m_dims;
  QString problem;
  if (pieces.size() != static_cast<qsizetype>(sizes.size()))
    problem = tr("The input has %1 dimensions.").arg(sizes.size());
  for (qsizetype d = 0; d < pieces.size() && problem.isEmpty(); ++d) {
    const core::ir::Size& size = sizes[static_cast<std::size_t>(d)];
    bool isNumber = false;
    const QString typed = pieces[d].section(QChar('='), -1).trimmed();
    const qint64 number = typed.toLongLong(&isNumber);
    if (!isNumber || number < 1)
      problem = tr("'%1' is no size.").arg(pieces[d].trimmed());
    else if (number == sizeOf(size))
      continue;
    else if (!size.isSymbolic())
      problem = tr("Dimension %1 is %2 in this model; only named ones can be changed.")
                    .arg(d)
                    .arg(size.hint());
    else
      dims[size.expression()] = number;
  }
  row.typed = problem.isEmpty() ? QString() : text;
  row.typedColumn = problem.isEmpty() ? -1 : Shape;
  row.problem = problem;
  if (!problem.isEmpty() || dims == m_dims) return;
  setDimensions(dims);
  Q_EMIT dimensionsChanged();
}

}  // namespace views::models
