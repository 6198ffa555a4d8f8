#include "views/models/showable_text.h"

#include <QLocale>
#include <QStringList>
#include <algorithm>
#include <array>
#include <cmath>

namespace views::models {

namespace {

constexpr int kMaxCharacters = 256;

bool isUnsafe(QChar c) {
  const QChar::Category category = c.category();
  return category == QChar::Other_Control || category == QChar::Other_Format ||
         category == QChar::Separator_Line || category == QChar::Separator_Paragraph;
}

QString significant(double value, int digits) {
  const double size = std::abs(value);
  const int whole = size < 1 ? 1 : static_cast<int>(std::floor(std::log10(size))) + 1;
  return QLocale::c().toString(value, 'f', std::clamp(digits - whole, 0, 6));
}

const QLocale& grouped() {
  static const QLocale locale(QLocale::English, QLocale::UnitedStates);
  return locale;
}

}  // namespace

QString showable(const std::string& text) {
  QString shown = QString::fromUtf8(
      text.data(), static_cast<qsizetype>(std::min<std::size_t>(text.size(), 4096)));
  const bool cut = shown.size() > kMaxCharacters || text.size() > 4096;
  shown.truncate(kMaxCharacters);
  for (QChar& c : shown) {
    if (isUnsafe(c)) c = QChar(0xFFFD);
  }
  if (cut) shown += QChar(0x2026);
  return shown;
}

QString bytesText(std::int64_t bytes) {
  static constexpr std::array<const char*, 4> kUnits = {"KiB", "MiB", "GiB", "TiB"};
  if (bytes > -1024 && bytes < 1024) return QString::number(bytes) + QStringLiteral(" B");
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  while (std::abs(value) >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  return significant(value, 3) + QChar(' ') + QLatin1String(kUnits[unit]);
}

QString exactBytesText(std::int64_t bytes) {
  return countText(bytes) + QStringLiteral(" bytes");
}

QString countText(std::int64_t count) {
  return grouped().toString(static_cast<qlonglong>(count));
}

QString countedText(std::int64_t count, const QString& one) {
  return countText(count) + QChar(' ') + one + (count == 1 ? QString() : QStringLiteral("s"));
}

QString millisecondsText(double ms) {
  if (!std::isfinite(ms)) return QStringLiteral("not measured");
  if (std::abs(ms) >= 1000) return significant(ms / 1000, 3) + QStringLiteral(" s");
  if (ms != 0 && std::abs(ms) < 0.1) return significant(ms * 1000, 3) + QStringLiteral(" µs");
  return significant(ms, 3) + QStringLiteral(" ms");
}

QString operationsText(double flops) {
  static constexpr std::array<const char*, 5> kUnits = {"FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP"};
  std::size_t unit = 0;
  while (flops >= 999.5 && unit + 1 < kUnits.size()) {
    flops /= 1000;
    ++unit;
  }
  const QString number = unit == 0 ? QString::number(flops, 'f', 0) : significant(flops, 3);
  return number + QChar(' ') + QLatin1String(kUnits[unit]);
}

QString percentText(double fraction, int digits) {
  const QString sign = fraction > 0 ? QStringLiteral("+") : QString();
  return sign + QLocale::c().toString(fraction * 100, 'f', digits) + QStringLiteral(" %");
}

QString smallNumberText(double value) {
  if (value == 0) return QStringLiteral("0");
  return QLocale::c().toString(value, 'e', 1);
}

QString valueText(const core::ir::ValueMeta& value) {
  if (const auto* tensor = std::get_if<core::ir::TensorMeta>(&value)) {
    return showable(core::ir::tensorMetaText(*tensor));
  }
  if (const auto* sym = std::get_if<core::ir::SymMeta>(&value)) return showable(sym->size.text());
  const auto* tuple = std::get_if<core::ir::TupleMeta>(&value);
  if (!tuple) return QString();
  QStringList parts;
  for (const auto& element : tuple->elements) {
    parts << (element ? showable(core::ir::tensorMetaText(*element)) : QStringLiteral("None"));
  }
  return QChar('(') + parts.join(QStringLiteral(", ")) + QChar(')');
}

QString shapeText(const core::ir::TensorMeta& meta) {
  QStringList sizes;
  for (const core::ir::Size& size : meta.sizes) sizes << showable(size.text());
  return QChar('[') + sizes.join(QStringLiteral(", ")) + QChar(']');
}

QString dtypeText(const core::ir::TensorMeta& meta) {
  return showable(std::string(core::ir::dtypeName(meta.dtype)));
}

QString sourceText(const core::ir::SourceLocation* source) {
  if (!source || source->file.empty()) return QString();
  const QString file = showable(source->file).section(QChar('/'), -1);
  return file + QChar(':') + QString::number(source->line);
}

QString moduleText(const core::ir::ModuleScope* module) {
  if (!module) return QString();
  const QString path = module->path.empty() ? QStringLiteral("(model)") : showable(module->path);
  const QString name = shortClassName(module->className);
  return name.isEmpty() ? path : path + QStringLiteral(" (") + name + QChar(')');
}

QString shortClassName(const std::string& className) {
  return showable(className).section(QChar('.'), -1);
}

}  // namespace views::models
