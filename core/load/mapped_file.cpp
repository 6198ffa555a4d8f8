#include "core/load/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/load/read_failure.h"

namespace core::load {
namespace {

class PosixMapping final : public MappedFile {
 public:
  PosixMapping(void* address, std::size_t length) : m_address(address), m_length(length) {}
  ~PosixMapping() override {
    if (m_address) munmap(m_address, m_length);
  }
  PosixMapping(const PosixMapping&) = delete;
  PosixMapping& operator=(const PosixMapping&) = delete;

  std::span<const std::byte> bytes() const override {
    return {static_cast<const std::byte*>(m_address), m_length};
  }

 private:
  void* m_address;
  std::size_t m_length;
};

class Descriptor {
 public:
  explicit Descriptor(int fd) : m_fd(fd) {}
  ~Descriptor() {
    if (m_fd >= 0) close(m_fd);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int fd() const { return m_fd; }

 private:
  int m_fd;
};

}  // namespace

std::shared_ptr<const MappedFile> mapFile(const std::string& path) {
  // O_NONBLOCK: opening a pipe by mistake must not wait for its writer.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (file.fd() < 0) {
    failRead(ErrorCode::FileNotFound, "Cannot open '" + path + "': " + std::strerror(errno) + ".");
  }
  struct stat status = {};
  if (fstat(file.fd(), &status) != 0 || !S_ISREG(status.st_mode)) {
    failRead(ErrorCode::FormatUnsupported, "'" + path + "' is not a regular file.");
  }
  const auto length = static_cast<std::size_t>(status.st_size);
  if (length == 0) return std::make_shared<PosixMapping>(nullptr, 0);
  void* address = mmap(nullptr, length, PROT_READ, MAP_PRIVATE, file.fd(), 0);
  if (address == MAP_FAILED) {
    failRead(ErrorCode::OutOfMemory,
             "Cannot map '" + path + "' into memory: " + std::strerror(errno) + ".");
  }
  return std::make_shared<PosixMapping>(address, length);
}

}  // namespace core::load
