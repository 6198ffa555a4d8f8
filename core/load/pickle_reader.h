#pragma once

// The part of Python's pickle format (protocol 2) that torch.save uses for tensors in tuples, lists
// and dicts. Nothing is ever imported or called: a name that is not known ends the reading.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/ir/tensor_meta.h"

namespace core::load {

/// Position in Pickle::values. Containers hold positions, so shared and cyclic values need no care.
using PickleRef = std::uint32_t;

/// A name that the file asks to import; only those of a fixed list are accepted.
struct PickleGlobal {
  std::string module;
  std::string name;
};
struct PickleTuple {
  std::vector<PickleRef> elements;
};
struct PickleList {
  std::vector<PickleRef> elements;
};
struct PickleDict {
  std::vector<std::pair<PickleRef, PickleRef>> members;  ///< in the order of the file
};
/// A storage of the archive: the record "data/<key>".
struct PickleStorage {
  ir::DType dtype = ir::DType::F32;
  std::string key;
  std::int64_t elements = 0;
};
struct PickleTensor {
  PickleStorage storage;
  ir::TensorMeta meta;
  std::int64_t storageOffset = 0;  ///< in elements
  bool requiresGrad = false;
};

using PickleValue =
    std::variant<std::monostate, bool, std::int64_t, double, std::string, PickleGlobal, PickleTuple,
                 PickleList, PickleDict, PickleStorage, PickleTensor>;

struct Pickle {
  std::vector<PickleValue> values;
  PickleRef root = 0;

  const PickleValue& at(PickleRef ref) const { return values[ref]; }
};

/// Reads one pickle. Throws ReadFailure: ArchiveCorrupt for bytes that are no pickle,
/// FormatUnsupported for anything outside of the part that is read.
Pickle readPickle(std::string_view bytes);

}  // namespace core::load
