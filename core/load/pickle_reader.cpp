// A pickle is a program for a stack machine. Ours knows about thirty instructions and two calls:
// torch._utils._rebuild_tensor_v2, which becomes a description of a tensor, and
// collections.OrderedDict, which becomes a dict. Every instruction checks the types of what it
// takes from the stack; the number of values is limited, so a small file cannot ask for much
// memory. Reference: the instruction table of CPython's pickletools.

#include "core/load/pickle_reader.h"

#include <array>
#include <bit>
#include <cstring>
#include <unordered_map>

#include "core/load/read_failure.h"

namespace core::load {
namespace {

constexpr std::size_t kMaxValues = 2'000'000;
constexpr std::size_t kMaxStringLength = 2 * 1024 * 1024;
constexpr std::size_t kMaxRank = 64;

struct StorageClass {
  std::string_view name;
  ir::DType dtype;
};

constexpr std::array kStorageClasses = {
    StorageClass{"DoubleStorage", ir::DType::F64},
    StorageClass{"FloatStorage", ir::DType::F32},
    StorageClass{"HalfStorage", ir::DType::F16},
    StorageClass{"BFloat16Storage", ir::DType::BF16},
    StorageClass{"LongStorage", ir::DType::I64},
    StorageClass{"IntStorage", ir::DType::I32},
    StorageClass{"ShortStorage", ir::DType::I16},
    StorageClass{"CharStorage", ir::DType::I8},
    StorageClass{"ByteStorage", ir::DType::U8},
    StorageClass{"BoolStorage", ir::DType::Bool},
    StorageClass{"ComplexFloatStorage", ir::DType::C64},
    StorageClass{"ComplexDoubleStorage", ir::DType::C128},
};

bool isRebuildTensor(const PickleGlobal& global) {
  return global.module == "torch._utils" && global.name == "_rebuild_tensor_v2";
}

bool isOrderedDict(const PickleGlobal& global) {
  return global.module == "collections" && global.name == "OrderedDict";
}

const StorageClass* storageClassOf(const PickleGlobal& global) {
  if (global.module != "torch") return nullptr;
  for (const StorageClass& candidate : kStorageClasses) {
    if (candidate.name == global.name) return &candidate;
  }
  return nullptr;
}

class PickleMachine {
 public:
  explicit PickleMachine(std::string_view bytes) : m_bytes(bytes) {}

  Pickle run() {
    while (!m_stopped) step(static_cast<unsigned char>(take(1)[0]));
    return std::move(m_pickle);
  }

 private:
  [[noreturn]] static void corrupt(const std::string& why) {
    failRead(ErrorCode::ArchiveCorrupt, "The pickle is damaged: " + why + ".");
  }
  [[noreturn]] static void unsupported(const std::string& what) {
    failRead(ErrorCode::FormatUnsupported, "The pickle holds " + what + ", which is not read.");
  }

  std::string_view take(std::size_t count) {
    if (count > m_bytes.size() - m_at) corrupt("it ends early");
    const std::string_view part = m_bytes.substr(m_at, count);
    m_at += count;
    return part;
  }

  template <typename T>
  T number() {
    T value;
    std::memcpy(&value, take(sizeof(T)).data(), sizeof(T));
    return value;
  }

  std::string line() {
    const std::size_t end = m_bytes.find('\n', m_at);
    if (end == std::string_view::npos || end - m_at > kMaxStringLength)
      corrupt("a name has no end");
    std::string text(m_bytes.substr(m_at, end - m_at));
    m_at = end + 1;
    return text;
  }

  std::string text(std::size_t length) {
    if (length > kMaxStringLength) corrupt("a text is longer than 2 MiB");
    return std::string(take(length));
  }

  void push(PickleValue value) {
    if (m_pickle.values.size() >= kMaxValues) corrupt("it holds more than 2,000,000 values");
    m_pickle.values.push_back(std::move(value));
    pushRef(static_cast<PickleRef>(m_pickle.values.size() - 1));
  }

  /// Memo reads cost no value, so the stack has its own limit.
  void pushRef(PickleRef ref) {
    if (m_stack.size() >= kMaxValues) corrupt("its stack overflows");
    m_stack.push_back(ref);
  }

  PickleRef pop() {
    if (m_stack.size() <= (m_marks.empty() ? 0 : m_marks.back())) corrupt("its stack is empty");
    const PickleRef ref = m_stack.back();
    m_stack.pop_back();
    return ref;
  }

  std::vector<PickleRef> pop(std::size_t count) {
    std::vector<PickleRef> refs(count);
    for (std::size_t i = count; i-- > 0;) refs[i] = pop();
    return refs;
  }

  std::vector<PickleRef> popToMark() {
    if (m_marks.empty()) corrupt("a mark is missing");
    const std::vector<PickleRef> refs(m_stack.begin() + static_cast<std::ptrdiff_t>(m_marks.back()),
                                      m_stack.end());
    m_stack.resize(m_marks.back());
    m_marks.pop_back();
    return refs;
  }

  template <typename T>
  T& as(PickleRef ref, const char* wanted) {
    T* value = std::get_if<T>(&m_pickle.values[ref]);
    if (!value) corrupt(std::string("something that is not ") + wanted + " is used as one");
    return *value;
  }

  PickleRef top() {
    const PickleRef ref = pop();
    m_stack.push_back(ref);
    return ref;
  }

  void memoize(std::uint32_t slot) { m_memo[slot] = top(); }
  void recall(std::uint32_t slot) {
    const auto found = m_memo.find(slot);
    if (found == m_memo.end()) corrupt("it recalls what it never stored");
    pushRef(found->second);
  }

  void setItems(const std::vector<PickleRef>& refs) {
    if (refs.size() % 2 != 0) corrupt("a key has no value");
    auto& members = as<PickleDict>(top(), "a dict").members;
    for (std::size_t i = 0; i < refs.size(); i += 2) members.emplace_back(refs[i], refs[i + 1]);
  }

  void append(const std::vector<PickleRef>& refs) {
    auto& elements = as<PickleList>(top(), "a list").elements;
    elements.insert(elements.end(), refs.begin(), refs.end());
  }

  void pushLong(std::size_t length) {
    if (length > sizeof(std::int64_t)) unsupported("an integer of more than 64 bits");
    const std::string_view digits = take(length);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < length; ++i) {
      value |= std::uint64_t{static_cast<unsigned char>(digits[i])} << (8 * i);
    }
    const bool negative = length > 0 && (static_cast<unsigned char>(digits.back()) & 0x80) != 0;
    if (negative && length < 8) value |= ~std::uint64_t{0} << (8 * length);
    push(static_cast<std::int64_t>(value));
  }

  void pushFloat() {
    std::uint64_t bits = 0;
    for (const char byte : take(sizeof(bits))) bits = bits << 8 | static_cast<unsigned char>(byte);
    push(std::bit_cast<double>(bits));
  }

  void pushGlobal() {
    PickleGlobal global;
    global.module = line();
    global.name = line();
    if (!isRebuildTensor(global) && !isOrderedDict(global) && !storageClassOf(global)) {
      unsupported("'" + global.module + "." + global.name + "'");
    }
    push(std::move(global));
  }

  /// ('storage', class, key, location, number of elements)
  void pushStorage() {
    const std::vector<PickleRef> id = as<PickleTuple>(pop(), "a tuple").elements;
    if (id.size() != 5 || as<std::string>(id[0], "a text") != "storage") {
      unsupported("an unknown kind of reference");
    }
    const StorageClass* storageClass = storageClassOf(as<PickleGlobal>(id[1], "a class"));
    if (!storageClass) unsupported("a storage of unknown element type");
    push(PickleStorage{storageClass->dtype, as<std::string>(id[2], "a text"),
                       as<std::int64_t>(id[4], "an integer")});
  }

  std::vector<ir::Size> integers(PickleRef ref) {
    const std::vector<PickleRef> elements = as<PickleTuple>(ref, "a tuple").elements;
    if (elements.size() > kMaxRank) corrupt("a tensor has more than 64 dimensions");
    std::vector<ir::Size> result;
    for (const PickleRef element : elements) {
      result.emplace_back(as<std::int64_t>(element, "an integer"));
    }
    return result;
  }

  /// _rebuild_tensor_v2(storage, offset, sizes, strides, requires_grad, hooks[, metadata])
  PickleTensor rebuildTensor(const std::vector<PickleRef>& arguments) {
    if (arguments.size() < 6 || arguments.size() > 7) corrupt("a tensor lacks its parts");
    PickleTensor tensor;
    tensor.storage = as<PickleStorage>(arguments[0], "a storage");
    tensor.storageOffset = as<std::int64_t>(arguments[1], "an integer");
    tensor.meta.dtype = tensor.storage.dtype;
    tensor.meta.sizes = integers(arguments[2]);
    tensor.meta.strides = integers(arguments[3]);
    tensor.requiresGrad = as<bool>(arguments[4], "a bool");
    return tensor;
  }

  void call() {
    const std::vector<PickleRef> arguments = as<PickleTuple>(pop(), "a tuple").elements;
    const PickleGlobal function = as<PickleGlobal>(pop(), "a function");
    if (isRebuildTensor(function)) {
      push(rebuildTensor(arguments));
    } else if (isOrderedDict(function) && arguments.empty()) {
      push(PickleDict{});
    } else {
      unsupported("a call of '" + function.module + "." + function.name + "'");
    }
  }

  void step(unsigned char instruction) {
    switch (instruction) {
      case 0x80: take(1); return;                                    // PROTO
      case '(': m_marks.push_back(m_stack.size()); return;           // MARK
      case 'N': return push(std::monostate());                       // NONE
      case 0x88: return push(true);                                  // NEWTRUE
      case 0x89: return push(false);                                 // NEWFALSE
      case 'J': return push(std::int64_t{number<std::int32_t>()});   // BININT
      case 'K': return push(std::int64_t{number<std::uint8_t>()});   // BININT1
      case 'M': return push(std::int64_t{number<std::uint16_t>()});  // BININT2
      case 0x8a: return pushLong(number<std::uint8_t>());            // LONG1
      case 'G': return pushFloat();                                  // BINFLOAT
      case 'X': return push(text(number<std::uint32_t>()));          // BINUNICODE
      case ')': return push(PickleTuple{});                          // EMPTY_TUPLE
      case 0x85: return push(PickleTuple{pop(1)});                   // TUPLE1
      case 0x86: return push(PickleTuple{pop(2)});                   // TUPLE2
      case 0x87: return push(PickleTuple{pop(3)});                   // TUPLE3
      case 't': return push(PickleTuple{popToMark()});               // TUPLE
      case ']': return push(PickleList{});                           // EMPTY_LIST
      case 'a': return append(pop(1));                               // APPEND
      case 'e': return append(popToMark());                          // APPENDS
      case '}': return push(PickleDict{});                           // EMPTY_DICT
      case 's': return setItems(pop(2));                             // SETITEM
      case 'u': return setItems(popToMark());                        // SETITEMS
      case 'q': return memoize(number<std::uint8_t>());              // BINPUT
      case 'r': return memoize(number<std::uint32_t>());             // LONG_BINPUT
      case 'h': return recall(number<std::uint8_t>());               // BINGET
      case 'j': return recall(number<std::uint32_t>());              // LONG_BINGET
      case 'c': return pushGlobal();                                 // GLOBAL
      case 'Q': return pushStorage();                                // BINPERSID
      case 'R': return call();                                       // REDUCE
      case '.':                                                      // STOP
        m_pickle.root = pop();
        m_stopped = true;
        return;
    }
    unsupported("the instruction " + std::to_string(instruction));
  }

  std::string_view m_bytes;
  std::size_t m_at = 0;
  bool m_stopped = false;
  Pickle m_pickle;
  std::vector<PickleRef> m_stack;
  std::vector<std::size_t> m_marks;
  std::unordered_map<std::uint32_t, PickleRef> m_memo;
};

}  // namespace

Pickle readPickle(std::string_view bytes) {
  return PickleMachine(bytes).run();
}

}  // namespace core::load
