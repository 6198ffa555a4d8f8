#include "tests/core/trace/overrides/override_case.h"

#include <initializer_list>
#include <sstream>

namespace overridetest {
namespace {

using at::Tensor;
using c10::IValue;
using torch::jit::Stack;
using Sizes = std::vector<int64_t>;
using Cases = std::vector<OverrideCase>;

const IValue kNone;

Tensor leaf(const Sizes& sizes) {
  return at::randn(sizes).requires_grad_(true);
}

IValue ints(std::initializer_list<int64_t> values) {
  return IValue(Sizes(values));
}
IValue doubles(std::initializer_list<double> values) {
  return IValue(std::vector<double>(values));
}

std::string text(const Sizes& sizes) {
  std::ostringstream out;
  out << at::IntArrayRef(sizes);
  return out.str();
}

void addMatmul(Cases& cases) {
  const std::vector<std::pair<Sizes, Sizes>> shapes{
      {{4}, {4}},
      {{3, 4}, {4}},
      {{4}, {4, 5}},
      {{3, 4}, {4, 5}},
      {{2, 3, 4}, {4, 5}},
      {{2, 3, 4}, {4}},
      {{3, 4}, {2, 4, 5}},
      {{4}, {2, 4, 5}},
      {{2, 3, 4}, {2, 4, 5}},
      {{1, 3, 4}, {2, 4, 5}},
      {{2, 3, 4}, {1, 4, 5}},
      {{2, 1, 3, 4}, {5, 4, 6}},
      {{0, 3, 4}, {4, 5}},
  };
  for (const auto& [left, right] : shapes) {
    const std::string name = "matmul " + text(left) + " " + text(right);
    cases.push_back({name, "matmul", [l = left, r = right] { return Stack{leaf(l), leaf(r)}; }});
    cases.push_back({name + " without gradients", "matmul", [l = left, r = right] {
                       return Stack{at::randn(l), at::randn(r)};
                     }});
  }
  cases.push_back({"matmul of a transposed batch", "matmul", [] {
                     return Stack{leaf({4, 3, 2}).transpose(0, 2), at::randn({4, 5})};
                   }});
}

void addSimple(Cases& cases) {
  cases.push_back({"dropout in evaluation", "dropout", [] {
                     return Stack{leaf({3, 4}), 0.5, false};
                   }});
  cases.push_back({"dropout of nothing", "dropout", [] { return Stack{leaf({3, 4}), 0.0, true}; }});
  cases.push_back({"dropout in training", "dropout", [] {
                     return Stack{leaf({8, 9}), 0.5, true};
                   }});
  cases.push_back({"unsafe_chunk", "unsafe_chunk", [] { return Stack{leaf({7, 4}), 3, 0}; }});
  cases.push_back({"unsafe_chunk of nothing", "unsafe_chunk", [] {
                     return Stack{leaf({0, 4}), 3, 0};
                   }});
  cases.push_back({"hardshrink", "hardshrink", [] {
                     return Stack{leaf({5, 6}), at::Scalar(0.5)};
                   }});
  cases.push_back({"softshrink", "softshrink", [] {
                     return Stack{leaf({5, 6}), at::Scalar(0.5)};
                   }});
  for (const bool batchFirst : {true, false}) {
    cases.push_back(
        {batchFirst ? "pad_sequence, batch first" : "pad_sequence", "pad_sequence", [batchFirst] {
           return Stack{c10::List<Tensor>({leaf({2, 3}), leaf({4, 3}), leaf({1, 3})}), batchFirst,
                        0.5, "right"};
         }});
  }
}

void addCtc(Cases& cases, int64_t reduction) {
  for (const bool zeroInfinity : {false, true}) {
    // The last target does not fit into its input: its loss is infinite.
    const int64_t shortest = zeroInfinity ? 2 : 6;
    cases.push_back({"ctc_loss, reduction " + std::to_string(reduction) +
                         (zeroInfinity ? ", no infinities" : ""),
                     "ctc_loss.IntList", [=] {
                       const Tensor targets = at::tensor({1, 2, 3, 4, 1, 2, 2, 2, 3}, at::kLong);
                       return Stack{leaf({6, 3, 5}).log_softmax(2),
                                    targets.view({3, 3}),
                                    ints({6, 6, shortest}),
                                    ints({3, 0, 3}),
                                    0,
                                    reduction,
                                    zeroInfinity};
                     }});
  }
  cases.push_back(
      {"ctc_loss of one sequence, reduction " + std::to_string(reduction), "ctc_loss.IntList", [=] {
         return Stack{leaf({6, 5}).log_softmax(1),
                      at::tensor({1, 2, 3}, at::kLong),
                      ints({6}),
                      ints({3}),
                      0,
                      reduction,
                      false};
       }});
}

void addLosses(Cases& cases) {
  for (const int64_t reduction : {0, 1, 2}) {
    addCtc(cases, reduction);
    const std::string suffix = ", reduction " + std::to_string(reduction);
    for (const int power : {1, 2}) {
      cases.push_back({"multi_margin_loss^" + std::to_string(power) + suffix, "multi_margin_loss",
                       [reduction, power] {
                         return Stack{leaf({4, 5}),      at::tensor({0, 3, 4, 1}, at::kLong),
                                      at::Scalar(power), at::Scalar(0.7),
                                      at::rand({5}),     reduction};
                       }});
    }
  }
}

Stack batchNorm(bool statistics, bool training) {
  const IValue mean = statistics ? IValue(at::randn({3})) : kNone;
  const IValue variance = statistics ? IValue(at::rand({3}) + 0.5) : kNone;
  return Stack{leaf({2, 3, 4}), leaf({3}), leaf({3}), mean, variance, training, 0.1, 1e-5};
}

void addNormsAndAttention(Cases& cases) {
  cases.push_back(
      {"batch norm in training", "native_batch_norm", [] { return batchNorm(true, true); }});
  cases.push_back(
      {"batch norm in evaluation", "native_batch_norm", [] { return batchNorm(true, false); }});
  cases.push_back({"batch norm without statistics", "native_batch_norm",
                   [] { return batchNorm(false, true); }});
  cases.push_back({"group norm in channels_last", "group_norm", [] {
                     const Tensor x = leaf({2, 4, 3, 5}).contiguous(at::MemoryFormat::ChannelsLast);
                     return Stack{x, 2, leaf({4}), leaf({4}), 1e-5, true};
                   }});
  const auto attention = [](const IValue& mask, bool causal) {
    return Stack{leaf({2, 3, 4, 8}),
                 leaf({2, 3, 4, 8}),
                 leaf({2, 3, 4, 8}),
                 mask,
                 0.0,
                 causal,
                 kNone,
                 false};
  };
  cases.push_back(
      {"attention", "scaled_dot_product_attention", [=] { return attention(kNone, false); }});
  cases.push_back(
      {"causal attention", "scaled_dot_product_attention", [=] { return attention(kNone, true); }});
  cases.push_back({"attention with a boolean mask", "scaled_dot_product_attention", [=] {
                     return attention(at::ones({4, 4}, at::kBool).tril(), false);
                   }});
  cases.push_back({"attention with an additive mask", "scaled_dot_product_attention", [=] {
                     return attention(at::randn({2, 1, 4, 4}), false);
                   }});
  cases.push_back(
      {"attention of grouped queries", "scaled_dot_product_attention", [] {
         const auto shared = [] { return leaf({2, 2, 4, 8}); };
         return Stack{leaf({2, 4, 4, 8}), shared(), shared(), kNone, 0.0, true, kNone, true};
       }});
}

void addSpectral(Cases& cases) {
  const auto add = [&](const char* name, const Sizes& signal, int64_t windowLength, bool centred,
                       bool isComplex) {
    cases.push_back({name, "stft.center", [=] {
                       const IValue window =
                           windowLength > 0 ? IValue(at::rand({windowLength})) : kNone;
                       const IValue length = windowLength > 0 ? IValue(windowLength) : kNone;
                       return Stack{leaf(signal), 8,     3,     length,    window, centred,
                                    "reflect",    false, kNone, isComplex, kNone};
                     }});
  };
  add("stft", {2, 20}, 0, true, false);
  add("stft of one signal", {20}, 8, true, false);
  add("stft with a short window", {2, 20}, 5, false, false);
}

const std::vector<Sizes> kImages{{2, 3, 5}, {2, 3, 5, 4}, {2, 3, 3, 4, 5}};

void addNearest(Cases& cases) {
  for (std::size_t dims = 1; dims <= 3; ++dims) {
    for (const char* family : {"upsample_nearest", "_upsample_nearest_exact"}) {
      const std::string op = family + std::to_string(dims) + "d";
      const Sizes image = kImages[dims - 1];
      for (const int64_t size : {3, 8}) {
        cases.push_back({op + ".vec to " + std::to_string(size), op + ".vec", [=] {
                           return Stack{leaf(image), IValue(Sizes(dims, size)), kNone};
                         }});
      }
      cases.push_back({op + ".vec by 1.7", op + ".vec", [=] {
                         return Stack{leaf(image), kNone, IValue(std::vector<double>(dims, 1.7))};
                       }});
      cases.push_back({op, op, [=] {
                         Stack stack{leaf(image), IValue(Sizes(dims, 7))};
                         stack.resize(2 + dims);
                         return stack;
                       }});
    }
  }
}

void addSmooth(Cases& cases) {
  const std::vector<std::pair<std::string, std::size_t>> families{
      {"upsample_linear1d", 1},  {"upsample_bilinear2d", 2},     {"upsample_trilinear3d", 3},
      {"upsample_bicubic2d", 2}, {"_upsample_bilinear2d_aa", 2}, {"_upsample_bicubic2d_aa", 2}};
  for (const auto& family : families) {
    const std::string op = family.first;
    const std::size_t dims = family.second;
    const Sizes image = kImages[dims - 1];
    for (const bool align : {true, false}) {
      const std::string name = op + (align ? ".vec with aligned corners" : ".vec");
      cases.push_back({name, op + ".vec", [=] {
                         return Stack{leaf(image), IValue(Sizes(dims, 7)), align, kNone};
                       }});
      cases.push_back({name + " to one", op + ".vec", [=] {
                         return Stack{leaf(image), IValue(Sizes(dims, 1)), align, kNone};
                       }});
      cases.push_back(
          {name + " by factors", op + ".vec", [=] {
             return Stack{leaf(image), kNone, align, IValue(std::vector<double>(dims, 1.6))};
           }});
    }
  }
  for (const char* op : {"upsample_bilinear2d", "upsample_bicubic2d"}) {
    cases.push_back({std::string(op) + " by sizes", op, [] {
                       return Stack{leaf({2, 3, 5, 4}), ints({7, 9}), false, kNone, 2.25};
                     }});
    cases.push_back(
        {std::string(op) + " in channels_last", op, [] {
           const Tensor x = leaf({2, 3, 5, 4}).contiguous(at::MemoryFormat::ChannelsLast);
           return Stack{x, ints({7, 9}), true, kNone, kNone};
         }});
  }
  cases.push_back({"bilinear by two factors", "upsample_bilinear2d.vec", [] {
                     return Stack{leaf({2, 3, 5, 4}), kNone, false, doubles({2.0, 0.5})};
                   }});
}

struct Recurrent {
  std::string op;
  int64_t gates;
  bool bidirectional = false, batchFirst = false, biases = true, inputGradient = true;
  double dropout = 0;
};

Stack recurrentArguments(const Recurrent& recurrent) {
  constexpr int64_t kSteps = 3, kBatch = 2, kWidth = 4, kHidden = 5, kLayers = 2;
  const int64_t directions = recurrent.bidirectional ? 2 : 1;
  c10::List<Tensor> weights;
  for (int64_t layer = 0; layer < kLayers; ++layer) {
    for (int64_t direction = 0; direction < directions; ++direction) {
      const int64_t rows = recurrent.gates * kHidden;
      weights.push_back(leaf({rows, layer == 0 ? kWidth : directions * kHidden}));
      weights.push_back(leaf({rows, kHidden}));
      if (!recurrent.biases) continue;
      weights.push_back(leaf({rows}));
      weights.push_back(leaf({rows}));
    }
  }
  const Tensor input = at::randn(recurrent.batchFirst ? Sizes{kBatch, kSteps, kWidth}
                                                      : Sizes{kSteps, kBatch, kWidth});
  const Sizes stateSizes{kLayers * directions, kBatch, kHidden};
  const IValue states =
      recurrent.op == "lstm.input"
          ? IValue(c10::List<Tensor>({at::randn(stateSizes), at::randn(stateSizes)}))
          : IValue(at::randn(stateSizes));
  return Stack{input.requires_grad_(recurrent.inputGradient),
               states,
               weights,
               recurrent.biases,
               kLayers,
               recurrent.dropout,
               true,
               recurrent.bidirectional,
               recurrent.batchFirst};
}

void addRecurrent(Cases& cases) {
  const std::vector<std::pair<std::string, int64_t>> families{
      {"lstm.input", 4}, {"gru.input", 3}, {"rnn_tanh.input", 1}, {"rnn_relu.input", 1}};
  for (const auto& [op, gates] : families) {
    for (const Recurrent& recurrent :
         {Recurrent{op, gates}, Recurrent{op, gates, true}, Recurrent{op, gates, true, true},
          Recurrent{op, gates, false, true, false}, Recurrent{op, gates, true, true, true, false},
          Recurrent{op, gates, false, false, true, true, 0.4}}) {
      std::string name = op;
      if (recurrent.bidirectional) name += " both ways";
      if (recurrent.batchFirst) name += ", batch first";
      if (!recurrent.biases) name += ", no biases";
      if (!recurrent.inputGradient) name += ", fixed input";
      if (recurrent.dropout != 0) name += ", dropout";
      cases.push_back({name, op, [recurrent] { return recurrentArguments(recurrent); }});
    }
  }
}

}  // namespace

std::vector<OverrideCase> equalCases() {
  Cases cases;
  for (auto* add : {addMatmul, addSimple, addLosses, addNormsAndAttention, addSpectral, addNearest,
                    addSmooth, addRecurrent}) {
    add(cases);
  }
  return cases;
}

}  // namespace overridetest
