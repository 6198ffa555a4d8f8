// Half precision is converted by the GPU's own instructions where it has them, and by bit
// arithmetic elsewhere, which is also what runs where these texts are tested on a CPU.
//
// Errors of the float functions, in units in the last place: exp, log and powers as CUDA's library
// (1 to 2), erf and normalCdf 2, tanh 2, sigmoid 3. The library's own erff and tanhf branch and
// cost so much more that kernels which only move memory would wait for them. The coarse forms are
// for what is rounded to half precision: relative errors of coarseExp 1e-5, coarseSigmoid,
// coarseTanh and coarseQuotient 3e-6; coarseCdf (Abramowitz and Stegun 7.1.26) 1e-7 absolute.

#include "core/codegen/cuda_prelude.h"

#include <cstring>
#include <vector>

#include "core/codegen/cpu_prelude.h"

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
using f32 = float;
using f64 = double;

#define INLINE __device__ __forceinline__

// Elements side by side in memory, moved as one where they are 16 bytes or fewer.
template <class T, int n>
struct alignas(sizeof(T) * n < 16 ? sizeof(T) * n : 16) Pack { T v[n]; };
)";

constexpr PreludePiece kPieces[] = {
    {"early", "", R"(
// The launch may be made before the kernels before it have ended: nothing is read or written before
// they have. A small kernel lets the next one be launched at once.
INLINE void waitForEarlier() {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}
INLINE void letNextStart() {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.launch_dependents;");
#endif
}
)"},
    {"load", "", R"(
template <int n, class T>
INLINE Pack<T, n> load(const T* p) { return *(const Pack<T, n>*)p; }
)"},
    {"store", "", R"(
// 16 bytes at a time by name: where a kernel also stores element by element, the compiler would
// take the accesses apart.
template <int n, class T>
INLINE void store(T* p, const Pack<T, n>& x) {
#if defined(__CUDA_ARCH__)
  if constexpr (sizeof x % 16 == 0) {
    union { Pack<T, n> pack; u32 w[sizeof x / 4]; } u = {x};
#pragma unroll
    for (int i = 0; i < (int)(sizeof x / 4); i += 4)
      asm volatile("st.global.v4.u32 [%0], {%1, %2, %3, %4};" ::"l"((u8*)p + 4 * i), "r"(u.w[i]),
                   "r"(u.w[i + 1]), "r"(u.w[i + 2]), "r"(u.w[i + 3]));
    return;
  }
#endif
  *(Pack<T, n>*)p = x;
}
)"},
    {"checked", "", R"(
// An index that is out of range sets the status and becomes 0.
INLINE i64 checked(i64 at, i64 bound, i32* status) {
  if ((u64)at < (u64)bound) return at;
  *status = 1;
  return 0;
}
)"},
    {"shuffle", "", R"(
// The value of the lane whose number differs in the bits of `mask`.
template <class V>
INLINE V across(V x, int mask) {
  if constexpr (sizeof(V) < 4)
    return (V)__shfl_xor_sync(~0u, (int)x, mask);
  else
    return __shfl_xor_sync(~0u, x, mask);
}
)"},
    {"bf16", "", R"(
// To nearest even; NaN stays NaN.
INLINE f32 fromBf16(u16 bits) { return __uint_as_float((u32)bits << 16); }
INLINE u16 toBf16(f32 x) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
  u16 bits;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(bits) : "f"(x));
  return bits;
#else
  const u32 bits = __float_as_uint(x);
  return x == x ? (u16)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16) : (u16)0x7fff;
#endif
}
)"},
    {"storeBf16", "bf16 store", R"(
// Two to a register, so that the store is of whole registers.
template <int n>
INLINE void storeBf16(u16* p, const f32 (&x)[n]) {
  Pack<u32, n / 2> pairs;
#pragma unroll
  for (int e = 0; e < n; e += 2) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pairs.v[e / 2]) : "f"(x[e + 1]), "f"(x[e]));
#else
    pairs.v[e / 2] = toBf16(x[e]) | (u32)toBf16(x[e + 1]) << 16;
#endif
  }
  store<n / 2>((u32*)p, pairs);
}
)"},
    {"f16", "", R"(
#if defined(__CUDA_ARCH__)
INLINE f32 fromF16(u16 bits) {
  f32 x;
  asm("cvt.f32.f16 %0, %1;" : "=f"(x) : "h"(bits));
  return x;
}
INLINE u16 toF16(f32 x) {
  u16 bits;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(x));
  return bits;
}
#else
INLINE f32 fromF16(u16 bits) { return (f32)__builtin_bit_cast(__fp16, bits); }
INLINE u16 toF16(f32 x) { return __builtin_bit_cast(u16, (__fp16)x); }
#endif
)"},
    {"storeF16", "f16 store", R"(
template <int n>
INLINE void storeF16(u16* p, const f32 (&x)[n]) {
  Pack<u32, n / 2> pairs;
#pragma unroll
  for (int e = 0; e < n; e += 2)
    pairs.v[e / 2] = toF16(x[e]) | (u32)toF16(x[e + 1]) << 16;
  store<n / 2>((u32*)p, pairs);
}
)"},
    {"tanh", "", R"(
// An odd polynomial near 0, 1 - 2 / (exp(2 x) + 1) elsewhere.
INLINE f32 tanhOf(f32 x) {
  const f32 s = x * x;
  const f32 far = 1.0f - __fdividef(2.0f, expf(2.0f * x) + 1.0f);
  f32 p = fmaf(1.57296803e-2f, s, -5.23291801e-2f);
  p = fmaf(fmaf(p, s, 1.33152529e-1f), s, -3.33327681e-1f);
  return fabsf(x) < 0.55f ? fmaf(p * s, x, x) : far;
}
)"},
    {"approximate", "", R"(
// Single instructions: 2^x, and 1 / x.
INLINE f32 powerOfTwo(f32 x) {
#if defined(__CUDA_ARCH__)
  f32 y;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
#else
  return exp2f(x);
#endif
}
INLINE f32 reciprocal(f32 x) {
#if defined(__CUDA_ARCH__)
  f32 y;
  asm("rcp.approx.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
#else
  return 1.0f / x;
#endif
}
)"},
    {"coarseExp", "approximate", R"(
INLINE f32 coarseExp(f32 x) { return powerOfTwo(x * 1.44269504f); }
)"},
    {"coarseSigmoid", "coarseExp", R"(
INLINE f32 coarseSigmoid(f32 x) { return reciprocal(1.0f + coarseExp(-x)); }
)"},
    {"coarseTanh", "approximate", R"(
INLINE f32 coarseTanh(f32 x) {
  const f32 s = x * x;
  const f32 near = fmaf(fmaf(s, 0.133333333f, -0.333333333f) * s, x, x);
  const f32 far = fmaf(-2.0f, reciprocal(1.0f + powerOfTwo(x * 2.88539008f)), 1.0f);
  return fabsf(x) < 0.1f ? near : far;
}
)"},
    {"coarseCdf", "coarseExp", R"(
INLINE f32 coarseCdf(f32 x) {
  const f32 t = reciprocal(fmaf(0.231641888f, fabsf(x), 1.0f));
  f32 p = fmaf(fmaf(0.530702715f, t, -0.726576014f), t, 0.710706871f);
  p = fmaf(fmaf(p, t, -0.142248368f), t, 0.127414796f) * t;
  const f32 tail = p * coarseExp(x * x * -0.5f);
  return x < 0.0f ? tail : 1.0f - tail;
}
)"},
    {"coarseQuotient", "approximate", R"(
// Small divisors are scaled up, because their reciprocals would overflow.
INLINE f32 coarseQuotient(f32 a, f32 b) {
  const f32 scale = fabsf(b) < 1e-30f ? 18446744073709551616.0f : 1.0f;
  return a * reciprocal(b * scale) * scale;
}
)"},
    {"minmax", "", R"(
// Propagate NaN, as ATen does.
template <class V>
INLINE V maximum(V a, V b) { return ((a > b) | (a != a)) ? a : b; }
template <class V>
INLINE V minimum(V a, V b) { return ((a < b) | (a != a)) ? a : b; }
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
INLINE f32 maximum(f32 a, f32 b) {
  f32 y;
  asm("max.NaN.f32 %0, %1, %2;" : "=f"(y) : "f"(a), "f"(b));
  return y;
}
INLINE f32 minimum(f32 a, f32 b) {
  f32 y;
  asm("min.NaN.f32 %0, %1, %2;" : "=f"(y) : "f"(a), "f"(b));
  return y;
}
#endif
)"},
    {"expSum", "approximate minmax shuffle", R"(
// The largest of some numbers, and the sum of their exponentials relative to it. Nothing is added
// relative to minus infinity, so that its differences do not become NaN.
struct ExpSum { f32 top, sum; };
INLINE f32 relative(f32 x, f32 base) { return powerOfTwo((x - base) * 1.44269504f); }
template <int n>
INLINE ExpSum withMore(ExpSum a, const f32 (&x)[n]) {
  f32 top = a.top;
#pragma unroll
  for (int e = 0; e < n; ++e) top = maximum(top, x[e]);
  const f32 base = top == __uint_as_float(0xff800000u) ? 0.0f : top;
  f32 sum = a.sum * relative(a.top, base);
#pragma unroll
  for (int e = 0; e < n; ++e) sum += relative(x[e], base);
  return {top, sum};
}
INLINE ExpSum across(ExpSum a, int mask) { return {across(a.top, mask), across(a.sum, mask)}; }
INLINE ExpSum together(ExpSum a, ExpSum b) {
  const f32 top = maximum(a.top, b.top);
  const f32 base = top == __uint_as_float(0xff800000u) ? 0.0f : top;
  return {top, a.sum * relative(a.top, base) + b.sum * relative(b.top, base)};
}
)"},
    {"sigmoid", "", R"(
INLINE f32 sigmoidOf(f32 x) { return __fdividef(1.0f, 1.0f + expf(-x)); }
INLINE f64 sigmoidOf(f64 x) { return 1.0 / (1.0 + exp(-x)); }
)"},
    {"erf", "", R"(
// An odd polynomial near 0, 1 - exp(polynomial) elsewhere.
INLINE f32 erfOf(f32 x) {
  const f32 t = fabsf(x), s = x * x;
  f32 r = fmaf(-1.72853470e-5f, t, 3.83197126e-4f);
  r = fmaf(r, s, fmaf(-3.88396438e-3f, t, 2.42546219e-2f));
  r = fmaf(fmaf(fmaf(r, t, -1.06777877e-1f), t, -6.34846687e-1f), t, -1.28717512e-1f);
  const f32 far = copysignf(1.0f - expf(fmaf(r, t, -t)), x);
  f32 p = fmaf(fmaf(-5.96761703e-4f, s, 4.99119423e-3f), s, -2.67681349e-2f);
  p = fmaf(fmaf(fmaf(p, s, 1.12819925e-1f), s, -3.76125336e-1f), s, 1.28379166e-1f);
  return t > 0.927734375f ? far : fmaf(p, x, x);
}
)"},
    {"normalCdf", "erf", R"(
INLINE f32 normalCdf(f32 x) { return fmaf(0.5f, erfOf(x * 0.707106781f), 0.5f); }
INLINE f64 normalCdf(f64 x) { return 0.5 * erfc(x * -0.70710678118654752); }
)"},
    {"floatDivision", "", R"(
template <class T>
INLINE T floatRemainder(T a, T b, T r) { return r != 0 && (b < 0) != (r < 0) ? r + b : r; }
template <class T>
INLINE T floatFloorDiv(T a, T b, T r) {
  if (b == 0) return a / b;
  T q = (a - r) / b;
  if (r != 0 && (b < 0) != (r < 0)) q -= 1;
  if (q == 0) return (a / b) * (T)0;
  const T whole = floor(q);
  return q - whole > (T)0.5 ? whole + 1 : whole;
}
)"},
};

/// Pieces of the CPU's prelude that are plain templates.
bool isShared(const PreludePiece& piece) {
  for (const char* name : {"relu", "sign", "integerDivision", "integerPow"})
    if (std::strcmp(piece.name, name) == 0) return true;
  return false;
}

}  // namespace

std::string cudaPrelude(const std::set<std::string>& pieces) {
  std::vector<const PreludePiece*> all;
  for (const PreludePiece& piece : kPieces) all.push_back(&piece);
  for (int i = 0; i < kFloatMathCount; ++i)
    if (isShared(kFloatMath[i])) all.push_back(&kFloatMath[i]);
  return kTypes + joinedPieces(all, pieces) + "\n";
}

}  // namespace core::codegen
