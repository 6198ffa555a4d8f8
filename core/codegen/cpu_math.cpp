// Functions of float, all lanes at once, without branches and without a library. Errors over the
// whole range, in units in the last place: exp 1.0, log 0.8, tanh 3.0, erf 1.0, sigmoid 2.4. The
// coefficients are minimax fits on the reduced range; reductions use two constants for ln 2.
//
// NaN goes through for free: the clamp `lo > x ? lo : x` returns its second operand for NaN.

#include "core/codegen/cpu_prelude.h"

namespace core::codegen {

const PreludePiece kFloatMath[] = {
    {"minmax", "", R"(
// Propagate NaN, as ATen does.
template <class V>
INLINE V maximum(V a, V b) { return ((a > b) | (a != a)) ? a : b; }
template <class V>
INLINE V minimum(V a, V b) { return ((a < b) | (a != a)) ? a : b; }
)"},
    {"relu", "", R"(
template <class V>
INLINE V relu(V x) { const V zero = {}; return x < zero ? zero : x; }
)"},
    {"sign", "", R"(
template <class V>
INLINE V sign(V x) {
  const V zero = {}, one = zero + 1;
  return x > zero ? one : (x < zero ? zero - one : zero);
}
)"},
    {"bits", "", R"(
INLINE i32v bitsOf(f32v x) { return (i32v)x; }
INLINE f32v ofBits(i32v x) { return (f32v)x; }
INLINE f32v withSign(f32v x, f32v sign) {
  return ofBits((bitsOf(x) & 0x7fffffff) | (bitsOf(sign) & (i32)0x80000000));
}
// -inf, inf and NaN come out as asked for by the order of the operands.
INLINE f32v atLeast(f32 low, f32v x) { return low > x ? spread(low) : x; }
INLINE f32v atMost(f32 high, f32v x) { return high < x ? spread(high) : x; }
)"},
    {"sqrt", "", R"(
INLINE f32v sqrt(f32v x) {
#pragma clang loop unroll(full)
  for (int l = 0; l < L; ++l) x[l] = __builtin_sqrtf(x[l]);
  return x;
}
)"},
    {"rsqrt", "sqrt", R"(
INLINE f32v rsqrt(f32v x) { return 1.0f / sqrt(x); }
)"},
    {"expPolynomial", "bits", R"(
// x = n ln 2 + r; the integer n comes out as bits above those of 12582912 and as a number.
constexpr f32 kRound = 12582912.0f;
INLINE f32v reduceByLn2(f32v x, f32v& n) {
  n = x * 1.44269504f + kRound;
  n = n - kRound;
  return n * -1.42860677e-6f + (n * -6.93145752e-1f + x);
}
// exp(r) - 1 on |r| <= ln 2 / 2.
INLINE f32v expm1Polynomial(f32v r) {
  f32v q = ((1.395047682e-03f * r + 8.368882434e-03f) * r + 4.166620601e-02f) * r;
  q = (q + 1.666651890e-01f) * r + 5.000000095e-01f;
  return q * (r * r) + r;
}
INLINE f32v expPolynomial(f32v r) {
  f32v q = ((1.395047682e-03f * r + 8.368882434e-03f) * r + 4.166620601e-02f) * r;
  q = (q + 1.666651890e-01f) * r + 5.000000095e-01f;
  return q * (r * r) + r + 1.0f;
}
INLINE i32v toInt(f32v n) { return __builtin_convertvector(n, i32v); }
INLINE f32v powerOfTwo(i32v k) { return ofBits((k + 127) << 23); }
// y * 2^n, also where the result is denormal or infinite.
INLINE f32v scale(f32v y, f32v n) {
#if defined(__AVX512F__)
  typedef f32 Part __attribute__((vector_size(64)));
#pragma clang loop unroll(full)
  for (int g = 0; g < L / 16; ++g)
    ((Part*)&y)[g] = __builtin_ia32_scalefps512_mask(((Part*)&y)[g], ((const Part*)&n)[g], Part{},
                                                     (u16)-1, 4);
  return y;
#else
  const i32v k = toInt(n == n ? n : f32v{}), half = k >> 1;
  return y * powerOfTwo(half) * powerOfTwo(k - half);
#endif
}
)"},
    {"exp", "expPolynomial", R"(
INLINE f32v exp(f32v x) {
  f32v n;
  const f32v r = reduceByLn2(atMost(89.0f, atLeast(-104.0f, x)), n);
  return scale(expPolynomial(r), n);
}
)"},
    {"expOfNegative", "expPolynomial", R"(
// exp(x) for x <= 0; 0 below -88.
INLINE f32v expOfNegative(f32v x) {
  f32v n;
  const f32v r = reduceByLn2(atLeast(-88.0f, x), n);
  return expPolynomial(r) * powerOfTwo(toInt(n == n ? n : f32v{}));
}
)"},
    {"exp2", "expPolynomial", R"(
INLINE f32v exp2(f32v x) {
  x = atMost(129.0f, atLeast(-151.0f, x));
  f32v n = x + kRound;
  n = n - kRound;
  return scale(expPolynomial((x - n) * 6.93147181e-1f), n);
}
)"},
    {"expm1", "expPolynomial", R"(
// 2^n p + (2^n - 1) with p = exp(r) - 1: exact near 0. In halves, for the largest n.
INLINE f32v expm1(f32v x) {
  f32v n;
  const f32v r = reduceByLn2(atMost(88.9f, atLeast(-30.0f, x)), n);
  const f32v c = powerOfTwo(toInt(n == n ? n : f32v{}) - 1);
  const f32v y = 2.0f * (c * expm1Polynomial(r) + (c - 0.5f));
  return x == 0.0f ? x : y;
}
)"},
    {"log", "bits", R"(
INLINE f32v log(f32v x) {
  const i32v denormal = bitsOf(x) < 0x00800000;
  const i32v b = bitsOf(denormal ? x * 8388608.0f : x);
  const i32v e = (b - 0x3f3504f3) >> 23;
  const f32v n = __builtin_convertvector(e, f32v) + (denormal ? spread(-23.0f) : f32v{});
  const f32v f = ofBits(b - (e << 23)) - 1.0f, s = f * f;
  f32v q = (-7.859545867e-02f * f + 1.288162240e-01f) * f - 1.312876763e-01f;
  q = ((q * f + 1.418119611e-01f) * f - 1.662455314e-01f) * f + 2.000228608e-01f;
  q = (q * f - 2.500081043e-01f) * f + 3.333331673e-01f;
  f32v y = q * (s * f);
  y = n * -2.12194440e-4f + y;
  y = s * -0.5f + y;
  y = n * 6.93359375e-1f + (y + f);
  y = x == 0.0f ? spread(-__builtin_inff()) : y;
  y = x < 0.0f ? spread(__builtin_nanf("")) : y;
  return ((x == __builtin_inff()) | (x != x)) ? x : y;
}
)"},
    {"log2", "log", R"(
INLINE f32v log2(f32v x) { return log(x) * 1.44269504f; }
)"},
    {"log10", "log", R"(
INLINE f32v log10(f32v x) { return log(x) * 4.34294482e-1f; }
)"},
    {"log1p", "log", R"(
// log(u) for u = 1 + x as rounded, and what the rounding lost.
INLINE f32v log1p(f32v x) {
  const f32v u = 1.0f + x;
  const f32v y = log(u) - ((u - 1.0f) - x) / u;
  return ((x == 0.0f) | (x == __builtin_inff())) ? x : (u == 0.0f ? log(u) : y);
}
)"},
    {"tanh", "expPolynomial", R"(
// m / (m + 2) with m = exp(-2 |x|) - 1: one path, exact near 0.
INLINE f32v tanh(f32v x) {
  f32v n;
  const f32v t = atMost(10.0f, ofBits(bitsOf(x) & 0x7fffffff)) * -2.0f;
  const f32v r = reduceByLn2(t, n);
  const f32v c = powerOfTwo(toInt(n == n ? n : f32v{}));
  const f32v m = c * expm1Polynomial(r) + (c - 1.0f);
  return withSign(m / (m + 2.0f), x);
}
)"},
    {"sigmoid", "exp", R"(
INLINE f32v sigmoid(f32v x) { return 1.0f / (1.0f + exp(-x)); }
)"},
    {"erf", "expOfNegative", R"(
// An odd polynomial near 0, 1 - exp(polynomial) elsewhere.
INLINE f32v erf(f32v x) {
  const f32v t = ofBits(bitsOf(x) & 0x7fffffff), s = x * x;
  f32v r = t * -1.72853470e-5f + 3.83197126e-4f;
  r = r * s + (t * -3.88396438e-3f + 2.42546219e-2f);
  r = ((r * t - 1.06777877e-1f) * t - 6.34846687e-1f) * t - 1.28717512e-1f;
  r = atLeast(-87.0f, r * t - t);
  const f32v far = withSign(1.0f - expOfNegative(r), x);
  f32v p = (-5.96761703e-4f * s + 4.99119423e-3f) * s - 2.67681349e-2f;
  p = ((p * s + 1.12819925e-1f) * s - 3.76125336e-1f) * s + 1.28379166e-1f;
  return t > 0.927734375f ? far : (x != x ? x : p * x + x);
}
)"},
    {"normalCdf", "erf", R"(
INLINE f32v normalCdf(f32v x) { return 0.5f + 0.5f * erf(x * 0.707106781f); }
)"},
    {"integerDivision", "", R"(
// Division by zero gives 0, and nothing traps.
template <class T>
INLINE T quotient(T a, T b) {
  constexpr bool isSigned = (T)-1 < (T)0;
  if (b == 0) return 0;
  return isSigned && b == (T)-1 ? (T)(0 - (u64)a) : (T)(a / b);
}
template <class T>
INLINE T fmod(T a, T b) { return (T)(a - (T)((u64)quotient(a, b) * (u64)b)) * (b != 0); }
template <class T>
INLINE T remainder(T a, T b) {
  const T r = fmod(a, b);
  return r != 0 && (b < 0) != (r < 0) ? (T)(r + b) : r;
}
template <class T>
INLINE T floorDiv(T a, T b) {
  const T q = quotient(a, b);
  return b != 0 && fmod(a, b) != 0 && (a < 0) != (b < 0) ? (T)(q - 1) : q;
}
)"},
    {"integerPow", "", R"(
template <class T>
INLINE T pow(T base, T exponent) {
  if (exponent < 0) return base == 1 ? (T)1 : base == (T)-1 ? (exponent & 1 ? (T)-1 : (T)1) : (T)0;
  T result = 1;
  for (; exponent; exponent >>= 1) {
    if (exponent & 1) result = (T)((u64)result * (u64)base);
    base = (T)((u64)base * (u64)base);
  }
  return result;
}
)"},
    {"lanes", "", R"(
template <class V, class F>
INLINE V lanes(V a, V b, F f) {
  for (int l = 0; l < L; ++l) a[l] = f(a[l], b[l]);
  return a;
}
template <class V, class F>
INLINE V lanes(V a, F f) {
  for (int l = 0; l < L; ++l) a[l] = f(a[l]);
  return a;
}
)"},
};
const int kFloatMathCount = sizeof(kFloatMath) / sizeof(kFloatMath[0]);

}  // namespace core::codegen
