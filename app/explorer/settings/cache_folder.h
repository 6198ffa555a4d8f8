#pragma once

// The folder in which the engine keeps compiled kernels. The window shows its size and keeps it
// small; the engine takes a missing file for one that was never there.

#include <QString>
#include <cstdint>
#include <stop_token>

namespace explorer {

/// Where the engine keeps compiled kernels: $AOT_KERNEL_CACHE, else under the XDG cache folder.
QString kernelCacheFolder();

/// Bytes of the files in the folder; 0 if there is none.
std::int64_t folderBytes(const QString& folder);

/// Removes files of the folder, those first that were not written for the longest time, until at
/// most `limit` bytes are left. Sub-folders and links are left alone. Returns the bytes removed.
std::int64_t trimFolder(const QString& folder, std::int64_t limit, const std::stop_token& stop);

}  // namespace explorer
