#pragma once

// Nests that nobody thought of: random axes, strides, ops and reductions.

#include <algorithm>
#include <random>

#include "tests/support/loop_nests.h"

namespace tests {

/// Makes one nest after another from a seed.
class RandomNest {
 public:
  explicit RandomNest(unsigned seed) : m_random(seed) {}

  NestBuilder make() {
    const Sizes outer = sizes(pick(1, 3)), inner = pick(0, 2) ? sizes(pick(1, 2)) : Sizes{};
    NestBuilder builder("random", outer, inner);
    m_outer = outer.size();
    m_sizes = outer;
    m_sizes.insert(m_sizes.end(), inner.begin(), inner.end());
    m_values.clear();
    m_rows.clear();
    for (int i = pick(1, 3); i > 0; --i) addLoad(builder);
    for (int i = pick(2, 9); i > 0; --i) addOp(builder, !inner.empty());
    store(builder, m_values.back(), m_sizes.size());
    if (!m_rows.empty()) store(builder, m_rows.back(), m_outer);
    return builder;
  }

 private:
  using Sizes = NestBuilder::Sizes;

  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(m_random); }

  Sizes sizes(int count) {
    static constexpr int kSizes[] = {1, 2, 3, 4, 5, 7, 16, 17, 31, 33, 48, 65, 130};
    Sizes result;
    std::int64_t total = 1;
    for (int i = 0; i < count; ++i) {
      const std::int64_t size = kSizes[pick(0, 12)];
      result.push_back(total * size > 1500 ? 3 : size);
      total *= result.back();
    }
    return result;
  }

  /// Strides of a dense buffer over the first `axes` axes in a random order, some broadcast.
  Sizes strides(std::size_t axes, bool mayBroadcast) {
    std::vector<std::size_t> order(axes);
    for (std::size_t i = 0; i < axes; ++i) order[i] = i;
    if (pick(0, 2) == 0) std::shuffle(order.begin(), order.end(), m_random);
    Sizes result(m_sizes.size(), 0);
    std::int64_t stride = pick(0, 5) == 0 ? 2 : 1;
    for (std::size_t i = axes; i-- > 0;) {
      if (mayBroadcast && pick(0, 3) == 0) continue;
      result[order[i]] = stride;
      stride *= m_sizes[order[i]] + (pick(0, 6) == 0 ? 1 : 0);
    }
    return result;
  }

  void addLoad(NestBuilder& builder) {
    const bool isRow = m_outer < m_sizes.size() && pick(0, 3) == 0;
    Sizes at = strides(isRow ? m_outer : m_sizes.size(), true);
    m_values.push_back(
        builder.load("in" + std::to_string(m_buffers++), core::ir::DType::F32, std::move(at)));
  }

  void addOp(NestBuilder& builder, bool mayReduce) {
    static constexpr core::schedule::ScalarFn kUnary[] = {
        core::schedule::ScalarFn::Neg,     core::schedule::ScalarFn::Abs,
        core::schedule::ScalarFn::Tanh,    core::schedule::ScalarFn::Relu,
        core::schedule::ScalarFn::Sigmoid, core::schedule::ScalarFn::Erf};
    static constexpr core::schedule::ScalarFn kBinary[] = {
        core::schedule::ScalarFn::Add, core::schedule::ScalarFn::Sub, core::schedule::ScalarFn::Mul,
        core::schedule::ScalarFn::Maximum, core::schedule::ScalarFn::Minimum};
    const int a = any(), b = any();
    switch (pick(0, 6)) {
      case 0: m_values.push_back(builder.compute(kUnary[pick(0, 5)], {a})); return;
      case 1: addLoad(builder); return;
      case 2:
        if (mayReduce) {
          static constexpr core::schedule::ReduceFn kReduce[] = {core::schedule::ReduceFn::Sum,
                                                                 core::schedule::ReduceFn::Max,
                                                                 core::schedule::ReduceFn::Min};
          m_rows.push_back(builder.reduce(kReduce[pick(0, 2)], a));
          m_values.push_back(builder.compute(core::schedule::ScalarFn::Tanh, {m_rows.back()}));
          return;
        }
        [[fallthrough]];
      case 3: {
        const int test = builder.compute(core::schedule::ScalarFn::Lt, {a, b});
        m_values.push_back(builder.where(test, a, builder.constant(0.25)));
        return;
      }
      default: m_values.push_back(builder.compute(kBinary[pick(0, 4)], {a, b}));
    }
  }

  int any() {
    return m_values[static_cast<std::size_t>(pick(0, static_cast<int>(m_values.size()) - 1))];
  }

  void store(NestBuilder& builder, int value, std::size_t axes) {
    builder.store("out" + std::to_string(m_buffers++), core::ir::DType::F32, strides(axes, false),
                  value);
  }

  std::mt19937 m_random;
  Sizes m_sizes;
  std::size_t m_outer = 0;
  std::vector<int> m_values;
  std::vector<int> m_rows;
  int m_buffers = 0;
};

}  // namespace tests
