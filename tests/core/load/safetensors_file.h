#pragma once

// Safetensors files made in a test.

#include <QByteArray>
#include <QFile>
#include <QString>
#include <QtEndian>

namespace support {

/// The bytes of a file with this header and `dataBytes` bytes behind it, which count up from 0.
inline QByteArray safetensorsBytes(const QByteArray& header, int dataBytes) {
  QByteArray bytes(8, '\0');
  qToLittleEndian<quint64>(static_cast<quint64>(header.size()), bytes.data());
  bytes += header;
  for (int i = 0; i < dataBytes; ++i) bytes += static_cast<char>(i);
  return bytes;
}

/// Writes `bytes` to `path` and returns the path.
inline std::string written(const QString& path, const QByteArray& bytes) {
  QFile file(path);
  if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
    qFatal("cannot write %s", qPrintable(path));
  return path.toStdString();
}

}  // namespace support
