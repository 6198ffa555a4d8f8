// Loads and stores come in two kinds: of all lanes, and of the first n, for the end of a row; n is
// a type, so that each end costs masks that are constants. AVX-512 has instructions for them, other
// CPUs get one element at a time.

#include "core/codegen/cpu_prelude.h"

#include <vector>

namespace core::codegen {
namespace {

constexpr const char* kTypes = R"(using i8 = signed char;
using u8 = unsigned char;
using i16 = short;
using u16 = unsigned short;
using i32 = int;
using u32 = unsigned int;
using i64 = long;
using u64 = unsigned long;
using f16 = __fp16;
using f32 = float;
using f64 = double;

#define INLINE [[maybe_unused]] inline __attribute__((always_inline))

namespace {

constexpr int L = @LANES@;  // elements of a vector
template <class T>
struct VecOf { typedef T Type __attribute__((vector_size(sizeof(T) * L))); };
template <class T>
using Vec = typename VecOf<T>::Type;
using f32v = Vec<f32>;
using f64v = Vec<f64>;
using i32v = Vec<i32>;  // also the result of a comparison: -1 where true, 0 where false
using i64v = Vec<i64>;
template <class T>
struct __attribute__((packed, may_alias)) Unaligned { Vec<T> value; };

// The first n lanes of a vector count.
template <int n>
struct First {};
using All = First<L>;

template <class T, T... I>
struct Sequence {};
using LaneNumbers = __make_integer_seq<Sequence, int, L>;

INLINE Vec<f32> spread(f32 x) { return x - Vec<f32>{}; }
INLINE Vec<f64> spread(f64 x) { return x - Vec<f64>{}; }
INLINE Vec<i64> spread(i64 x) { return x - Vec<i64>{}; }
INLINE Vec<i32> spread(i32 x) { return x - Vec<i32>{}; }
INLINE Vec<i16> spread(i16 x) { return x - Vec<i16>{}; }
INLINE Vec<i8> spread(i8 x) { return x - Vec<i8>{}; }
INLINE Vec<u8> spread(u8 x) { return x - Vec<u8>{}; }
INLINE Vec<u16> spread(u16 x) { return x - Vec<u16>{}; }
INLINE Vec<u32> spread(u32 x) { return x - Vec<u32>{}; }
INLINE Vec<u64> spread(u64 x) { return x - Vec<u64>{}; }
INLINE i32v spread(bool x) { return -(i32)x - i32v{}; }
)";

constexpr PreludePiece kMemory[] = {
    {"load", "", R"(
template <class T>
INLINE Vec<T> load(const T* p, All) { return ((const Unaligned<T>*)p)->value; }
template <class T, int n>
INLINE Vec<T> load(const T* p, First<n>) {
  Vec<T> v = {};
#if defined(__AVX512F__)
  if constexpr (sizeof(T) == 4) {
#pragma clang loop unroll(full)
    for (int g = 0; g < L; g += 16) {
      const int count = n - g;
      typedef f32 Part __attribute__((vector_size(64)));
      if (count > 0)
        ((Part*)&v)[g / 16] = __builtin_ia32_loadups512_mask(
            (const f32*)(p + g), Part{}, (u16)(count >= 16 ? 0xffff : (1 << count) - 1));
    }
    return v;
  }
#endif
#pragma clang loop unroll(full)
  for (int l = 0; l < n; ++l) v[l] = p[l];
  return v;
}
)"},
    {"loadStrided", "", R"(
template <class T, int n>
INLINE Vec<T> loadStrided(const T* p, i64 stride, First<n>) {
  Vec<T> v = {};
#pragma clang loop unroll(full)
  for (int l = 0; l < n; ++l) v[l] = p[l * stride];
  return v;
}
)"},
    {"gather", "", R"(
template <class T, int n>
INLINE Vec<T> gather(const T* p, i64v at, First<n>) {
  Vec<T> v = {};
#pragma clang loop unroll(full)
  for (int l = 0; l < n; ++l) v[l] = p[at[l]];
  return v;
}
)"},
    {"store", "", R"(
template <class T>
INLINE void store(T* p, Vec<T> v, All) { ((Unaligned<T>*)p)->value = v; }
template <class T, int n>
INLINE void store(T* p, Vec<T> v, First<n>) {
#if defined(__AVX512F__)
  if constexpr (sizeof(T) == 4) {
#pragma clang loop unroll(full)
    for (int g = 0; g < L; g += 16) {
      const int count = n - g;
      typedef f32 Part __attribute__((vector_size(64)));
      if (count > 0)
        __builtin_ia32_storeups512_mask((f32*)(p + g), ((Part*)&v)[g / 16],
                                        (u16)(count >= 16 ? 0xffff : (1 << count) - 1));
    }
    return;
  }
#endif
#pragma clang loop unroll(full)
  for (int l = 0; l < n; ++l) p[l] = v[l];
}
)"},
    {"stream", "store", R"(
// Past the caches, where the place is aligned: for large results that nobody reads soon.
template <class T, int n>
INLINE void stream(T* p, Vec<T> v, First<n> count) {
  if (n == L && ((u64)p & 63) == 0)
    __builtin_nontemporal_store(v, (Vec<T>*)p);
  else
    store(p, v, count);
}
INLINE void waitForStreams() {
#if defined(__SSE__)
  __builtin_ia32_sfence();
#endif
}
)"},
    {"storeStrided", "", R"(
template <class T, int n>
INLINE void storeStrided(T* p, i64 stride, Vec<T> v, First<n>) {
#pragma clang loop unroll(full)
  for (int l = 0; l < n; ++l) p[l * stride] = v[l];
}
)"},
    {"scatter", "", R"(
template <class T, int n>
INLINE void scatter(T* p, i64v at, Vec<T> v, First<n>) {
#pragma clang loop unroll(full)
  for (int l = 0; l < n; ++l) p[at[l]] = v[l];
}
)"},
    {"laneNumbers", "", R"(
template <int... I>
INLINE i64v laneNumbers(Sequence<int, I...>) { return i64v{I...}; }
INLINE i64v laneNumbers() { return laneNumbers(LaneNumbers{}); }
)"},
    {"keep", "", R"(
// `x` in the first n lanes, `other` in the rest.
template <int n, class V>
INLINE V keep(V x, V other, First<n>) {
#pragma clang loop unroll(full)
  for (int l = n; l < L; ++l) x[l] = other[l];
  return x;
}
)"},
    {"fold", "", R"(
// All lanes into the first, by halves: the order of additions is fixed.
template <int h, class V, int... I>
INLINE V rotate(V v, Sequence<int, I...>) {
  return __builtin_shufflevector(v, v, ((I + h) % L)...);
}
template <int h = L / 2, class V, class F>
INLINE V fold(V v, F f) {
  if constexpr (h == 0)
    return v;
  else
    return fold<h / 2>(f(v, rotate<h>(v, LaneNumbers{})), f);
}
)"},
    {"any", "", R"(
INLINE bool any(i32v mask) { return __builtin_reduce_min(mask) != 0; }
)"},
    {"checkedVector", "any keep laneNumbers", R"(
// An index that is out of range sets the status and becomes 0.
template <int n>
INLINE i64v checked(i64v at, i64 bound, i32* status, First<n> count) {
  at = keep(at, i64v{}, count);
  const auto bad = (Vec<u64>)at >= (Vec<u64>)spread(bound);
  if (any(__builtin_convertvector(bad, i32v))) __atomic_store_n(status, 1, __ATOMIC_RELAXED);
  return bad ? i64v{} : at;
}
)"},
    {"checked", "", R"(
INLINE i64 checked(i64 at, i64 bound, i32* status) {
  if ((u64)at < (u64)bound) return at;
  __atomic_store_n(status, 1, __ATOMIC_RELAXED);
  return 0;
}
)"},
    {"toMask", "", R"(
INLINE i32v toMask(i32v m) { return m; }
template <class M>
INLINE i32v toMask(M m) { return __builtin_convertvector(m, i32v); }
)"},
    {"where", "", R"(
template <class V>
INLINE V where(i32v mask, V a, V b) {
  return __builtin_convertvector(mask, decltype(a < b)) ? a : b;
}
)"},
    {"fromMask", "", R"(
template <class T>
INLINE Vec<T> fromMask(i32v mask) { return __builtin_convertvector(-mask, Vec<T>); }
)"},
    {"bf16", "", R"(
INLINE f32v fromBf16(Vec<u16> bits) {
  return (f32v)(__builtin_convertvector(bits, Vec<u32>) << 16);
}
// To nearest even; NaN stays NaN.
INLINE Vec<u16> toBf16(f32v x) {
  const Vec<u32> bits = (Vec<u32>)x;
  const Vec<u32> rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  return __builtin_convertvector(x == x ? rounded : spread((u32)0x7fc0), Vec<u16>);
}
INLINE f32 fromBf16(u16 bits) { return __builtin_bit_cast(f32, (u32)bits << 16); }
INLINE u16 toBf16(f32 x) {
  const u32 bits = __builtin_bit_cast(u32, x);
  return x == x ? (u16)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16) : (u16)0x7fc0;
}
)"},
};

}  // namespace

std::string cpuPrelude(const std::set<std::string>& pieces, int lanes) {
  std::vector<const PreludePiece*> all;
  for (const PreludePiece& piece : kMemory) all.push_back(&piece);
  for (int i = 0; i < kFloatMathCount; ++i) all.push_back(&kFloatMath[i]);
  for (int i = 0; i < kDoubleMathCount; ++i) all.push_back(&kDoubleMath[i]);

  std::string text = kTypes;
  text.replace(text.find("@LANES@"), 7, std::to_string(lanes));
  return text + joinedPieces(all, pieces) + "\n}  // namespace\n";
}

}  // namespace core::codegen
