#include "views/models/column_makers.h"

#include "views/models/showable_text.h"

namespace views::models {

Column textColumn(QString title, std::function<QString(int)> text) {
  return {std::move(title), Alignment::Text, std::move(text), {}, {}};
}

Column numberColumn(int first) {
  return {QStringLiteral("#"),
          Alignment::Number,
          [first](int row) { return QString::number(row + first); },
          [](int row) { return QVariant(row); },
          {}};
}

Column bytesColumn(QString title, std::function<std::int64_t(int)> bytes) {
  return {std::move(title), Alignment::Number, [bytes](int row) { return bytesText(bytes(row)); },
          [bytes](int row) { return QVariant(static_cast<qlonglong>(bytes(row))); },
          [bytes](int row) { return exactBytesText(bytes(row)); }};
}

Column countColumn(QString title, std::function<std::int64_t(int)> count) {
  return {std::move(title),
          Alignment::Number,
          [count](int row) { return countText(count(row)); },
          [count](int row) { return QVariant(static_cast<qlonglong>(count(row))); },
          {}};
}

Column realColumn(QString title, std::function<double(int)> value) {
  return {std::move(title), Alignment::Number,
          [value](int row) { return smallNumberText(value(row)); },
          [value](int row) { return QVariant(value(row)); },
          [value](int row) { return QString::number(value(row), 'g', 17); }};
}

}  // namespace views::models
