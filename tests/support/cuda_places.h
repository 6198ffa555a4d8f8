#pragma once

// Where tests look for NVRTC: a folder named in AOT_NVRTC_FOLDER, else the system's places.

#include <cstdlib>
#include <string>
#include <vector>

namespace tests {

inline std::vector<std::string> nvrtcFolders() {
  const char* folder = std::getenv("AOT_NVRTC_FOLDER");
  if (!folder) return {};
  return {folder};
}

}  // namespace tests
