#include "app/explorer/settings/cache_folder.h"

#include <QDateTime>
#include <QDir>
#include <QFile>

namespace explorer {

namespace {

QFileInfoList filesOf(const QString& folder) {
  return QDir(folder).entryInfoList(QDir::Files | QDir::Hidden | QDir::NoSymLinks,
                                    QDir::Time | QDir::Reversed);
}

}  // namespace

QString kernelCacheFolder() {
  const QString chosen = qEnvironmentVariable("AOT_KERNEL_CACHE");
  if (!chosen.isEmpty()) return chosen;
  const QString cache = qEnvironmentVariable("XDG_CACHE_HOME");
  return (cache.isEmpty() ? QDir::homePath() + QStringLiteral("/.cache") : cache) +
         QStringLiteral("/aot-explorer/kernels");
}

std::int64_t folderBytes(const QString& folder) {
  std::int64_t bytes = 0;
  const QFileInfoList files = filesOf(folder);
  for (const QFileInfo& file : files) bytes += file.size();
  return bytes;
}

std::int64_t trimFolder(const QString& folder, std::int64_t limit, const std::stop_token& stop) {
  const QFileInfoList oldestFirst = filesOf(folder);
  std::int64_t left = 0;
  for (const QFileInfo& file : oldestFirst) left += file.size();
  std::int64_t removed = 0;
  for (const QFileInfo& file : oldestFirst) {
    if (left <= limit || stop.stop_requested()) break;
    if (!QFile::remove(file.filePath())) continue;
    left -= file.size();
    removed += file.size();
  }
  return removed;
}

}  // namespace explorer
