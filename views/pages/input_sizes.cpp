#include "views/pages/input_sizes.h"

#include <QCoreApplication>

#include "views/models/showable_text.h"

namespace views::pages {

using core::Error;
using core::ErrorCode;
using core::Result;

namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("InputSizes", text);
}

Error refused(const QString& sentence) {
  return {ErrorCode::InvalidArgument, sentence.toStdString(), {}, {}};
}

}  // namespace

Result<DimensionSizes> parseSizes(const QString& text, const QStringList& known) {
  DimensionSizes sizes;
  const QStringList pieces = text.split(QChar(','), Qt::SkipEmptyParts);
  for (const QString& piece : pieces) {
    const QString name = piece.section(QChar('='), 0, 0).trimmed();
    if (name.isEmpty() && piece.trimmed().isEmpty()) continue;
    bool isNumber = false;
    const std::int64_t size = piece.section(QChar('='), 1).trimmed().toLongLong(&isNumber);
    if (!known.contains(name))
      return refused(known.isEmpty() ? tr("Every dimension of this model is fixed.")
                                     : tr("'%1' is no dimension of this model; it has %2.")
                                           .arg(name, known.join(QStringLiteral(", "))));
    if (!isNumber || size < 1)
      return refused(tr("'%1' needs a size from 1 on, as %2=8.").arg(piece.trimmed(), name));
    if (!sizes.emplace(name.toStdString(), size).second)
      return refused(tr("'%1' stands there twice.").arg(name));
  }
  return sizes;
}

QString sizesText(const DimensionSizes& sizes) {
  QStringList pieces;
  for (const auto& [name, size] : sizes)
    pieces << QStringLiteral("%1=%2").arg(QString::fromStdString(name)).arg(size);
  return pieces.join(QStringLiteral(", "));
}

QString memoryEstimate(const core::pipeline::CompileRecord& record, std::int64_t inputBytes,
                       bool trains) {
  QStringList parts;
  std::int64_t sum = 0;
  const auto add = [&](const QString& what, std::int64_t bytes) {
    if (bytes <= 0) return;
    sum += bytes;
    parts << tr("%1 %2").arg(what, models::bytesText(bytes));
  };
  std::int64_t weights = 0, gradients = 0;
  for (const auto& parameter : record.model.parameters) {
    weights += parameter.meta.bytes();
    if (parameter.requiresGrad) gradients += parameter.meta.bytes();
  }
  add(tr("inputs"), inputBytes);
  add(tr("parameters and buffers"), weights);
  if (trains) {
    add(tr("gradients"), gradients);
    if (record.partition) add(tr("at the peak between them"), record.partition->peakBytes);
  }
  return tr("%1: about %2 for a step of these sizes")
      .arg(parts.join(QStringLiteral(", ")), models::bytesText(sum));
}

}  // namespace views::pages
