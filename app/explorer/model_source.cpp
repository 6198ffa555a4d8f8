#include "app/explorer/model_source.h"

#include <QFileInfo>

namespace explorer {

SourceKind sourceKindOf(const QString& path) {
  const QFileInfo file(path);
  if (file.isDir()) return SourceKind::TraceLog;
  const QString suffix = file.suffix().toLower();
  if (suffix == QLatin1String("safetensors")) return SourceKind::Weights;
  if (suffix == QLatin1String("aotsession")) return SourceKind::Session;
  const bool isScript = suffix == QLatin1String("pt") || suffix == QLatin1String("ts");
  return isScript ? SourceKind::TorchScript : SourceKind::Program;
}

}  // namespace explorer
