// Functions of float whose short polynomials would be too inexact, computed in double, where simple
// series on a reduced range are exact enough (relative error below 1e-10) and special values come
// out right by themselves; and functions of double, one lane at a time by the C library: kernels of
// double are rare, and then exactness matters more than time.

#include "core/codegen/cpu_prelude.h"

namespace core::codegen {

#define LIBM_UNARY(name)                                                               \
  {                                                                                    \
#name "_f64", "lanes",                                                             \
        "\n}  // namespace\nextern \"C\" f64 libm_" #name "(f64) asm(\"" #name         \
        "\");\nnamespace {\nINLINE f64 " #name "(f64 x) { return libm_" #name          \
        "(x); }\nINLINE f64v " #name "(f64v x) { return lanes(x, libm_" #name "); }\n" \
  }
#define LIBM_BINARY(name)                                                                   \
  {                                                                                         \
#name "_f64", "lanes",                                                                  \
        "\n}  // namespace\nextern \"C\" f64 libm_" #name "(f64, f64) asm(\"" #name         \
        "\");\nnamespace {\nINLINE f64 " #name "(f64 a, f64 b) { return libm_" #name        \
        "(a, b); }\nINLINE f64v " #name "(f64v a, f64v b) { return lanes(a, b, libm_" #name \
        "); }\n"                                                                            \
  }

const PreludePiece kDoubleMath[] = {
    LIBM_UNARY(exp),
    LIBM_UNARY(exp2),
    LIBM_UNARY(expm1),
    LIBM_UNARY(log),
    LIBM_UNARY(log1p),
    LIBM_UNARY(log2),
    LIBM_UNARY(log10),
    LIBM_UNARY(sin),
    LIBM_UNARY(cos),
    LIBM_UNARY(tan),
    LIBM_UNARY(sinh),
    LIBM_UNARY(cosh),
    LIBM_UNARY(tanh),
    LIBM_UNARY(asin),
    LIBM_UNARY(acos),
    LIBM_UNARY(atan),
    LIBM_UNARY(erf),
    LIBM_UNARY(erfc),
    LIBM_BINARY(pow),
    LIBM_BINARY(fmod),
    LIBM_BINARY(atan2),
    {"sqrt_f64", "lanes", R"(
INLINE f64 sqrt(f64 x) { return __builtin_sqrt(x); }
INLINE f64v sqrt(f64v x) {
#pragma clang loop unroll(full)
  for (int l = 0; l < L; ++l) x[l] = __builtin_sqrt(x[l]);
  return x;
}
)"},
    {"rsqrt_f64", "sqrt_f64", R"(
template <class V>
INLINE V rsqrt(V x) { return 1.0 / sqrt(x); }
)"},
    {"sigmoid_f64", "exp_f64", R"(
INLINE f64 sigmoid(f64 x) { return 1.0 / (1.0 + exp(-x)); }
INLINE f64v sigmoid(f64v x) { return 1.0 / (1.0 + exp(-x)); }
)"},
    {"normalCdf_f64", "erf_f64", R"(
INLINE f64 normalCdf(f64 x) { return 0.5 + 0.5 * erf(x * 0.70710678118654752); }
INLINE f64v normalCdf(f64v x) { return 0.5 + 0.5 * erf(x * 0.70710678118654752); }
)"},
    {"floatRemainder_f64", "fmod_f64", R"(
INLINE f64 remainder(f64 a, f64 b) {
  const f64 r = fmod(a, b);
  return r != 0 && (b < 0) != (r < 0) ? r + b : r;
}
INLINE f64v remainder(f64v a, f64v b) {
  return lanes(a, b, [](f64 x, f64 y) { return remainder(x, y); });
}
)"},
    {"floorDiv_f64", "fmod_f64", R"(
INLINE f64 floorDiv(f64 a, f64 b) {
  if (b == 0) return a / b;
  const f64 r = fmod(a, b);
  f64 q = (a - r) / b;
  if (r != 0 && (b < 0) != (r < 0)) q -= 1;
  if (q == 0) return __builtin_copysign(0.0, a / b);
  const f64 whole = __builtin_floor(q);
  return q - whole > 0.5 ? whole + 1 : whole;
}
INLINE f64v floorDiv(f64v a, f64v b) {
  return lanes(a, b, [](f64 x, f64 y) { return floorDiv(x, y); });
}
)"},
    {"wide", "where", R"(
INLINE f64v wide(f32v x) { return __builtin_convertvector(x, f64v); }
INLINE f32v narrow(f64v x) { return __builtin_convertvector(x, f32v); }
INLINE f64v magnitude(f64v x) { return (f64v)((i64v)x & 0x7fffffffffffffff); }
INLINE f64v withSign(f64v x, f64v sign) {
  return (f64v)((i64v)magnitude(x) | ((i64v)sign & (i64)0x8000000000000000));
}
// A double this large holds an integer in its low bits.
constexpr f64 kWholeBits = 6755399441055744.0;
)"},
    {"wideExp", "wide", R"(
// Series of degree 10 on |r| <= ln 2 / 2.
INLINE f64v wideExp(f64v x) {
  x = x > 700.0 ? spread(700.0) : x;
  x = x < -700.0 ? spread(-700.0) : x;
  const f64v shifted = x * 1.4426950408889634 + kWholeBits, n = shifted - kWholeBits;
  const f64v r = (x - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10;
  f64v p = r * (1.0 / 3628800) + 1.0 / 362880;
  p = (p * r + 1.0 / 40320) * r + 1.0 / 5040;
  p = (p * r + 1.0 / 720) * r + 1.0 / 120;
  p = (p * r + 1.0 / 24) * r + 1.0 / 6;
  p = ((p * r + 0.5) * r + 1.0) * r + 1.0;
  return p * (f64v)(((i64v)shifted << 52) + 0x3ff0000000000000);
}
)"},
    {"wideLog", "wide", R"(
// log x for x > 0 (-inf for 0, inf for inf): 2 atanh((m - 1) / (m + 1)) by its series.
INLINE f64v wideLog(f64v x) {
  const i64v bits = (i64v)x;
  const i64v e = (bits - 0x3fe6a09e667f3bcd) >> 52;
  const f64v m = (f64v)(bits - (e << 52));
  const f64v s = (m - 1.0) / (m + 1.0), z = s * s;
  f64v p = z * (1.0 / 17) + 1.0 / 15;
  p = (p * z + 1.0 / 13) * z + 1.0 / 11;
  p = (p * z + 1.0 / 9) * z + 1.0 / 7;
  p = (p * z + 1.0 / 5) * z + 1.0 / 3;
  const f64v y = __builtin_convertvector(e, f64v) * 0.69314718055994531 + 2.0 * (s + s * z * p);
  return x == 0.0 ? spread(-__builtin_inf()) : (x == __builtin_inf() ? x : y);
}
)"},
    {"pow", "wideExp wideLog any", R"(
INLINE f32v pow(f32v x, f32v y) {
  const f64v base = wide(x), exponent = wide(y);
  const f64v power = exponent * wideLog(magnitude(base));
  f64v r = wideExp(power);
  r = power > 700.0 ? spread(__builtin_inf()) : (power < -700.0 ? f64v{} : r);
  const f64v whole = __builtin_elementwise_trunc(exponent), half = exponent * 0.5;
  const auto isWhole = whole == exponent;
  const auto isOdd = isWhole & (__builtin_elementwise_trunc(half) != half);
  const auto isNegative = (i64v)base < 0;
  r = (isNegative & isOdd) ? -r : r;
  const auto isInvalid = ~isWhole & (base > -__builtin_inf()) & (base < 0.0);
  r = isInvalid ? spread(__builtin_nan("")) : r;
  r = ((base != base) | (exponent != exponent)) ? base + exponent : r;
  const auto isOne = (magnitude(base) == 1.0) & (magnitude(exponent) == __builtin_inf());
  r = ((exponent == 0.0) | (base == 1.0) | isOne) ? spread(1.0) : r;
  return narrow(r);
}
)"},
    {"fmod", "wide any", R"(
// a - trunc(a / b) b, exact while the quotient has fewer than 52 bits; else by the exact library.
}  // namespace
extern "C" f64 libm_fmodOfLarge(f64, f64) asm("fmod");
namespace {
INLINE f32v fmod(f32v x, f32v y) {
  const f64v a = wide(x), b = magnitude(wide(y)), ratio = magnitude(a) / b;
  const f64v size = magnitude(a);
  f64v r = size - __builtin_elementwise_trunc(ratio) * b;
  r = r < 0.0 ? r + b : r;
  r = r >= b ? r - b : r;
  r = ((b == __builtin_inf()) & (size < __builtin_inf())) ? size : r;
  const auto large = (ratio >= 4503599627370496.0) & (ratio < __builtin_inf());
  if (any(__builtin_convertvector(large, i32v)))
    for (int l = 0; l < L; ++l)
      if (large[l]) r[l] = libm_fmodOfLarge(size[l], b[l]);
  return narrow(r == r ? withSign(r, a) : r);
}
)"},
    {"floatRemainder", "fmod", R"(
// The remainder with the sign of b.
INLINE f32v remainder(f32v a, f32v b) {
  const f32v r = fmod(a, b);
  return ((r != 0.0f) & ((b < 0.0f) != (r < 0.0f))) ? r + b : r;
}
)"},
    {"floorDiv", "fmod bits", R"(
INLINE f32v floorDiv(f32v a, f32v b) {
  const f32v r = fmod(a, b);
  f32v q = (a - r) / b;
  q = ((r != 0.0f) & ((b < 0.0f) != (r < 0.0f))) ? q - 1.0f : q;
  f32v whole = __builtin_elementwise_floor(q);
  whole = q - whole > 0.5f ? whole + 1.0f : whole;
  whole = q != 0.0f ? whole : withSign(f32v{}, a / b);
  return b == 0.0f ? a / b : whole;
}
)"},
    {"wideSinCos", "wide any", R"(
// x = n pi / 2 + r, by two constants and fused multiply-add; the quarter n decides the result.
// `shift` is 0 for the sine and 1 for the cosine. Arguments above 1e9 are left to the library.
}  // namespace
extern "C" f64 libm_sinOfLarge(f64) asm("sin");
extern "C" f64 libm_cosOfLarge(f64) asm("cos");
namespace {
INLINE f64v wideSinCos(f64v x, i64 shift) {
  const f64v shifted = x * 0.63661977236758134 + kWholeBits, n = shifted - kWholeBits;
  const i64v quarter = (i64v)shifted + shift;
  const f64v r = (x - n * 1.5707963267948966) - n * 6.123233995736766e-17, z = r * r;
  f64v s = (1.58962301576546568060e-10 * z - 2.50507477628578072866e-8) * z;
  s = (s + 2.75573136213857245213e-6) * z - 1.98412698295895385996e-4;
  s = ((s * z + 8.33333333332211858878e-3) * z - 1.66666666666666307295e-1) * (z * r) + r;
  f64v c = (-1.13585365213876817300e-11 * z + 2.08757008419747316778e-9) * z;
  c = (c - 2.75573141792967388112e-7) * z + 2.48015872888517045348e-5;
  c = (c * z - 1.38888888888730564116e-3) * z + 4.16666666666665929218e-2;
  c = c * (z * z) + (1.0 - 0.5 * z);
  f64v y = (quarter & 1) != 0 ? c : s;
  y = (quarter & 2) != 0 ? -y : y;
  const auto large = magnitude(x) > 1e9;
  if (any(__builtin_convertvector(large, i32v)))
    for (int l = 0; l < L; ++l)
      if (large[l]) y[l] = shift ? libm_cosOfLarge(x[l]) : libm_sinOfLarge(x[l]);
  return y;
}
)"},
    {"sin", "wideSinCos", R"(
INLINE f32v sin(f32v x) { const f32v y = narrow(wideSinCos(wide(x), 0)); return x == 0.0f ? x : y; }
)"},
    {"cos", "wideSinCos", R"(
INLINE f32v cos(f32v x) { return narrow(wideSinCos(wide(x), 1)); }
)"},
    {"tan", "wideSinCos", R"(
INLINE f32v tan(f32v x) {
  const f32v y = narrow(wideSinCos(wide(x), 0) / wideSinCos(wide(x), 1));
  return x == 0.0f ? x : y;
}
)"},
    {"sinh", "wideExp", R"(
INLINE f32v sinh(f32v x) {
  const f64v t = wide(x), e = wideExp(t);
  const f64v y = magnitude(t) < 1e-2 ? t + t * t * t * (1.0 / 6) : 0.5 * (e - 1.0 / e);
  return narrow(y);
}
)"},
    {"cosh", "wideExp", R"(
INLINE f32v cosh(f32v x) { const f64v e = wideExp(wide(x)); return narrow(0.5 * (e + 1.0 / e)); }
)"},
    {"wideAtan", "wide", R"(
// Reduced to |t| <= tan(pi / 8), then the series.
INLINE f64v wideAtan(f64v x) {
  const f64v a = magnitude(x);
  const auto inverted = a > 1.0;
  f64v t = inverted ? 1.0 / a : a;
  const auto turned = t > 0.41421356237309503;
  t = turned ? (t - 1.0) / (t + 1.0) : t;
  const f64v z = t * t;
  f64v p = -z * (1.0 / 27) + 1.0 / 25;
  p = (p * z - 1.0 / 23) * z + 1.0 / 21;
  p = (p * z - 1.0 / 19) * z + 1.0 / 17;
  p = (p * z - 1.0 / 15) * z + 1.0 / 13;
  p = (p * z - 1.0 / 11) * z + 1.0 / 9;
  p = (p * z - 1.0 / 7) * z + 1.0 / 5;
  p = p * z - 1.0 / 3;
  f64v y = p * z * t + t;
  y = turned ? y + 0.78539816339744831 : y;
  y = inverted ? 1.57079632679489662 - y : y;
  return withSign(y, x);
}
)"},
    {"atan", "wideAtan", R"(
INLINE f32v atan(f32v x) { const f32v y = narrow(wideAtan(wide(x))); return x != x ? x : y; }
)"},
    {"wideAsin", "wideAtan sqrt_f64", R"(
INLINE f64v wideAsin(f64v x) {
  const f64v y = wideAtan(x / sqrt((1.0 - x) * (1.0 + x)));
  return ((magnitude(x) > 1.0) | (x != x)) ? spread(__builtin_nan("")) : y;
}
)"},
    {"asin", "wideAsin", R"(
INLINE f32v asin(f32v x) { return narrow(wideAsin(wide(x))); }
)"},
    {"acos", "wideAsin", R"(
INLINE f32v acos(f32v x) { return narrow(1.57079632679489662 - wideAsin(wide(x))); }
)"},
    {"atan2", "wideAtan", R"(
INLINE f32v atan2(f32v y, f32v x) {
  const f64v a = magnitude(wide(y)), b = magnitude(wide(x));
  const auto steep = a > b;
  f64v t = steep ? b / a : a / b;
  t = a == b ? (a == 0.0 ? f64v{} : spread(1.0)) : t;
  f64v r = wideAtan(t);
  r = steep ? 1.57079632679489662 - r : r;
  r = (i64v)wide(x) < 0 ? 3.14159265358979324 - r : r;
  r = withSign(r, wide(y));
  return narrow(((a != a) | (b != b)) ? a + b : r);
}
)"},
    {"erfc", "wideExp", R"(
// A Chebyshev fit with fractional error 1.2e-7 everywhere (Numerical Recipes, erfcc).
INLINE f32v erfc(f32v x) {
  const f64v z = magnitude(wide(x)), t = 1.0 / (1.0 + 0.5 * z);
  f64v p = (t * 0.17087277 - 0.82215223) * t + 1.48851587;
  p = (p * t - 1.13520398) * t + 0.27886807;
  p = (p * t - 0.18628806) * t + 0.09678418;
  p = ((p * t + 0.37409196) * t + 1.00002368) * t - 1.26551223;
  const f64v y = t * wideExp(p - z * z);
  return narrow((i64v)wide(x) < 0 ? 2.0 - y : y);
}
)"},
};
const int kDoubleMathCount = sizeof(kDoubleMath) / sizeof(kDoubleMath[0]);

}  // namespace core::codegen
