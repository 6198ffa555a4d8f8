#include "core/base/result.h"

namespace core {

const char* errorCodeName(ErrorCode code) {
  switch (code) {
    case ErrorCode::FileNotFound: return "FileNotFound";
    case ErrorCode::ArchiveCorrupt: return "ArchiveCorrupt";
    case ErrorCode::FormatUnsupported: return "FormatUnsupported";
    case ErrorCode::InvalidArgument: return "InvalidArgument";
    case ErrorCode::UnsupportedOp: return "UnsupportedOp";
    case ErrorCode::DataDependentShape: return "DataDependentShape";
    case ErrorCode::PartitionInfeasible: return "PartitionInfeasible";
    case ErrorCode::CompilerMissing: return "CompilerMissing";
    case ErrorCode::KernelCompileFailed: return "KernelCompileFailed";
    case ErrorCode::DeviceUnavailable: return "DeviceUnavailable";
    case ErrorCode::OutOfMemory: return "OutOfMemory";
    case ErrorCode::OutputMismatch: return "OutputMismatch";
    case ErrorCode::Cancelled: return "Cancelled";
    case ErrorCode::EngineDied: return "EngineDied";
    case ErrorCode::Torch: return "Torch";
    case ErrorCode::Internal: return "Internal";
  }
  return "Internal";
}

}  // namespace core
