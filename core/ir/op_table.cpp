#include "core/ir/op_table.h"

// Lists of names, one list a fact, read once into a map from packet to facts. The lists of tags and
// schemas are those of LibTorch 2.11's own registry; the partitioner's lists are PyTorch's.

#include <array>
#include <unordered_map>

#include "core/ir/graph.h"

namespace core::ir {
namespace {

// Tagged `pointwise`; in-place names are left out, because no functional graph has them.
constexpr std::string_view kPointwise =
    "abs acos acosh add addcdiv addcmul angle asin asinh atan atan2 atanh bitwise_and "
    "bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor ceil celu clamp "
    "clamp_max clamp_min clip clone conj_physical copysign cos cosh deg2rad digamma div elu eq "
    "equal erf erfc erfinv exp exp2 expm1 float_power floor fmax fmin fmod frac frexp gcd ge "
    "gelu gelu_backward gt hardshrink hardsigmoid hardtanh heaviside hypot i0 igamma igammac "
    "isfinite isinf isnan isneginf isposinf lcm ldexp le lerp lgamma log log10 log1p log2 "
    "logaddexp logaddexp2 logical_and logical_not logical_or logical_xor logit logit_backward "
    "lt masked_fill max maximum min minimum mish mul mvlgamma nan_to_num "
    "native_dropout_backward ne neg nextafter polygamma positive pow rad2deg reciprocal relu "
    "relu6 remainder round rrelu rsqrt rsub selu sgn sigmoid sigmoid_backward sign signbit silu "
    "silu_backward sin sinc sinh softplus softshrink special_airy_ai special_bessel_j0 "
    "special_bessel_j1 special_bessel_y0 special_bessel_y1 special_chebyshev_polynomial_t "
    "special_chebyshev_polynomial_u special_chebyshev_polynomial_v "
    "special_chebyshev_polynomial_w special_entr special_erfcx special_hermite_polynomial_h "
    "special_hermite_polynomial_he special_i0e special_i1 special_i1e "
    "special_laguerre_polynomial_l special_legendre_polynomial_p special_log_ndtr "
    "special_modified_bessel_i0 special_modified_bessel_i1 special_modified_bessel_k0 "
    "special_modified_bessel_k1 special_ndtri special_scaled_modified_bessel_k0 "
    "special_scaled_modified_bessel_k1 special_shifted_chebyshev_polynomial_t "
    "special_shifted_chebyshev_polynomial_u special_shifted_chebyshev_polynomial_v "
    "special_shifted_chebyshev_polynomial_w special_spherical_bessel_j0 special_xlog1py "
    "special_zeta sqrt square sub tan tanh tanh_backward threshold threshold_backward "
    "true_divide trunc where xlogy ";

constexpr std::string_view kRecomputable =
    "add sub rsub div atan2 mul max min pow remainder fmod __and__ __or__ __xor__ __lshift__ "
    "__rshift__ eq ne ge gt le lt abs bitwise_not ceil floor frac neg relu round silu trunc log "
    "log10 log1p log2 lgamma exp expm1 erf erfc cos acos cosh sin asin sinh tan atan tanh atanh "
    "sqrt rsqrt reciprocal sigmoid softplus threshold clamp gelu threshold_backward "
    "gelu_backward where lerp addcmul sum mean _grad_sum_to_size sum_to_size amax var std "
    "var_mean any argmax maximum prims.var prims.sum to type_as _to_copy clone "
    "prims.convert_element_type prims.div full_like getitem scalar_tensor ones new_zeros "
    "lift_fresh_copy arange full zeros zeros_like empty empty_like prims.iota triu isinf "
    "squeeze unsqueeze view slice t prims.broadcast_in_dim expand as_strided permute select "
    "split alias _unsafe_view reshape broadcast_tensors index gather "
    "prims._low_memory_max_pool_offsets_to_indices ";

// Python functions on symbolic scalars; recomputable too.
constexpr std::string_view kSymbolic =
    "_operator.add _operator.sub _operator.mul _operator.mod _operator.pow _operator.and_ "
    "_operator.or_ _operator.xor _operator.truediv _operator.floordiv _operator.lshift "
    "_operator.rshift _operator.pos _operator.neg _operator.eq _operator.ne _operator.gt "
    "_operator.lt _operator.le _operator.ge _operator.abs builtins.abs builtins.round "
    "math.floor math.ceil math.trunc torch.sym_not torch.sym_float torch.sym_min torch.sym_max "
    "torch.sym_ite torch._sym_sqrt torch._sym_cos torch._sym_cosh torch._sym_sin "
    "torch._sym_sinh torch._sym_tan torch._sym_tanh torch._sym_asin torch._sym_acos "
    "torch._sym_atan torch._sym_log2 ";

constexpr std::string_view kView =
    "squeeze unsqueeze alias view slice t prims.broadcast_in_dim expand as_strided permute select "
    "split ";

// The partitioner's own short list, not the tag (see kSeeded).
constexpr std::string_view kRandom = "native_dropout rand_like randn_like ";

constexpr std::string_view kComputeIntensive =
    "mm convolution convolution_backward bmm addmm _scaled_dot_product_flash_attention "
    "_scaled_dot_product_efficient_attention _flash_attention_forward _efficient_attention_forward "
    "upsample_bilinear2d _scaled_mm ";

// Tagged `nondeterministic_seeded`.
constexpr std::string_view kSeeded =
    "_cudnn_attention_backward _cudnn_attention_forward _cudnn_init_dropout_state _cudnn_rnn "
    "_efficient_attention_forward _fill_mem_eff_dropout_mask_ _flash_attention_forward "
    "_fused_dropout _fused_sdp_choice _lstm_mps _nested_tensor_softmax_with_shape "
    "_sample_dirichlet _scaled_dot_product_attention_math "
    "_scaled_dot_product_attention_math_for_mps _scaled_dot_product_cudnn_attention "
    "_scaled_dot_product_cudnn_attention_backward _scaled_dot_product_efficient_attention "
    "_scaled_dot_product_efficient_attention_backward _scaled_dot_product_flash_attention "
    "_scaled_dot_product_flash_attention_for_cpu "
    "_scaled_dot_product_fused_attention_overrideable _standard_gamma "
    "_triton_scaled_dot_attention alpha_dropout alpha_dropout_ bernoulli bernoulli_ binomial "
    "cauchy cauchy_ dropout dropout_ exponential exponential_ feature_alpha_dropout "
    "feature_alpha_dropout_ feature_dropout feature_dropout_ geometric geometric_ gru "
    "log_normal log_normal_ lstm miopen_rnn multinomial native_dropout normal normal_ "
    "normal_functional poisson rand rand_like randint randint_like randn randn_like random "
    "random_ randperm rnn_relu rnn_tanh rrelu rrelu_ rrelu_with_noise rrelu_with_noise_ "
    "rrelu_with_noise_functional scaled_dot_product_attention uniform uniform_ ";

// The schema says that the result aliases the first argument; the four `unsafe` ones do not say so,
// but their results share its storage.
constexpr std::string_view kSharesStorage =
    "_autocast_to_full_precision _autocast_to_reduced_precision _conj _fw_primal _indices "
    "_neg_view _reshape_alias _sparse_broadcast_to _values adjoint alias align_to as_strided "
    "broadcast_to ccol_indices chunk col_indices conj contiguous crow_indices detach diagonal "
    "dsplit expand expand_as flatten hsplit imag indices lift_fresh linalg_diagonal mH mT "
    "matrix_H moveaxis movedim narrow numpy_T permute pin_memory ravel real refine_names rename "
    "reshape reshape_as resolve_conj resolve_neg row_indices select slice slice_inverse split "
    "split_with_sizes squeeze swapaxes swapdims t tensor_split transpose unbind unflatten "
    "unfold unsqueeze values view view_as view_as_complex view_as_real vsplit _unsafe_view "
    "unsafe_split unsafe_split_with_sizes unsafe_chunk positive ";

constexpr std::string_view kInplaceView =
    "as_strided_ detach_ rename_ resize_ resize_as_ set_ squeeze_ swapaxes_ swapdims_ t_ "
    "transpose_ unsqueeze_ ";

// Mutable schemas that neither end in an underscore nor are `out` overloads, with their overload.
constexpr std::string_view kMutable =
    "_batch_norm_with_update.default _cummax_helper.default _cummin_helper.default "
    "_fused_moving_avg_obs_fq_helper.default _native_batch_norm_legit.default "
    "fused_moving_avg_obs_fake_quant.default record_stream.default retain_grad.default "
    "rrelu_with_noise.default set_data.default ";

constexpr std::string_view kImpure =
    "_assert_async _assert_scalar _assert_tensor_metadata sym_constrain_range "
    "sym_constrain_range_for_size ";

// Copied as they are by common-subexpression elimination: random, or uninitialised.
constexpr std::string_view kNeverMerged =
    "empty dropout _fused_dropout _standard_gamma bernoulli multinomial native_dropout normal "
    "poisson binomial rrelu rand_like rand randint randn randperm ";

// Where fused attention has its dropout probability.
struct DropoutArgument {
  std::string_view packet;
  std::size_t position;
};

constexpr std::array kFusedAttention{
    DropoutArgument{"aten._scaled_dot_product_flash_attention", 3},
    DropoutArgument{"aten._scaled_dot_product_flash_attention_for_cpu", 3},
    DropoutArgument{"aten._scaled_dot_product_efficient_attention", 5},
    DropoutArgument{"aten._scaled_dot_product_cudnn_attention", 5},
    DropoutArgument{"aten._scaled_dot_product_fused_attention_overrideable", 4},
    DropoutArgument{"aten._scaled_dot_product_attention_math", 4},
    DropoutArgument{"aten.scaled_dot_product_attention", 4},
    DropoutArgument{"aten._flash_attention_forward", 7},
    DropoutArgument{"aten._efficient_attention_forward", 8},
    DropoutArgument{"aten._cudnn_attention_forward", 9},
};

using Table = std::unordered_map<std::string_view, OpFacts>;

void mark(Table& table, std::string_view words, bool OpFacts::*fact) {
  while (!words.empty()) {
    const auto space = words.find(' ');
    if (space > 0) table[words.substr(0, space)].*fact = true;
    words.remove_prefix(space + 1);
  }
}

Table makeTable() {
  Table table;
  mark(table, kPointwise, &OpFacts::pointwise);
  mark(table, kPointwise, &OpFacts::recomputable);
  mark(table, kRecomputable, &OpFacts::recomputable);
  mark(table, kSymbolic, &OpFacts::recomputable);
  mark(table, kView, &OpFacts::view);
  mark(table, kRandom, &OpFacts::random);
  mark(table, kComputeIntensive, &OpFacts::computeIntensive);
  mark(table, kSeeded, &OpFacts::seeded);
  mark(table, kSharesStorage, &OpFacts::sharesStorage);
  mark(table, kInplaceView, &OpFacts::inplaceView);
  mark(table, kMutable, &OpFacts::writesArgument);
  mark(table, kImpure, &OpFacts::assertion);
  mark(table, kNeverMerged, &OpFacts::neverMerged);
  return table;
}

/// The key of the table: aten packets without their namespace.
std::string_view tableKey(std::string_view packet) {
  constexpr std::string_view kAten = "aten.";
  return packet.starts_with(kAten) ? packet.substr(kAten.size()) : packet;
}

/// `copy_`, `__ior__`; not `__or__`.
bool isInplaceName(std::string_view name) {
  if (name.ends_with("__")) return name.starts_with("__i");
  return name.ends_with('_');
}

bool isOutOverload(std::string_view target) {
  return target.ends_with(".out") || target.ends_with("_out");
}

OpFacts lookUp(std::string_view target) {
  static const Table table = makeTable();
  const std::string_view packet = opPacket(target);
  const std::string_view name = tableKey(packet);
  OpFacts facts;
  if (const auto found = table.find(name); found != table.end()) facts = found->second;
  const bool isOperator = packet.size() != target.size();
  const bool inplace = isOperator && isInplaceName(name);
  const auto overload = table.find(tableKey(target));
  facts.writesArgument = inplace || isOutOverload(target) ||
                         (overload != table.end() && overload->second.writesArgument);
  facts.sharesStorage = facts.sharesStorage || inplace;
  facts.collective = packet.starts_with("_c10d_functional.") ||
                     packet.starts_with("_c10d_functional_autograd.") ||
                     packet.starts_with("_dtensor.");
  return facts;
}

/// Lets a map of strings be searched without making one.
struct TextHash : std::hash<std::string_view> {
  using is_transparent = void;
};

constexpr std::size_t kMostKnown = 4096;

}  // namespace

OpFacts opFacts(std::string_view target) {
  // Every stage asks for every node again, and graphs have few operators.
  thread_local std::unordered_map<std::string, OpFacts, TextHash, std::equal_to<>> known;
  if (const auto found = known.find(target); found != known.end()) return found->second;
  if (known.size() >= kMostKnown) known.clear();
  return known.emplace(target, lookUp(target)).first->second;
}

bool drawsRandomNumbers(const Node& node) {
  if (!node.isCall() || !opFacts(node.target).seeded) return false;
  for (const DropoutArgument& attention : kFusedAttention) {
    if (opPacket(node.target) != attention.packet) continue;
    for (const auto& [name, argument] : node.kwargs)
      if (name == "dropout_p") return argument.number() != 0.0;
    return node.args.size() > attention.position && node.args[attention.position].number() != 0.0;
  }
  return true;
}

bool hasSideEffect(const Node& node) {
  if (!node.isCall()) return false;
  const OpFacts facts = opFacts(node.target);
  return facts.writesArgument || facts.assertion || facts.collective || drawsRandomNumbers(node);
}

}  // namespace core::ir
