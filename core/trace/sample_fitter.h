#pragma once

// The part of the fit that compares: one value, seen in every trace.

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/load/capture/size_tree.h"
#include "core/trace/derived_sizes.h"
#include "core/trace/fit_integer.h"
#include "core/trace/fit_symbols.h"

namespace core::trace {

/// Names for at().
std::string placeOf(const ir::Node& node);
std::string sourceOf(const ir::Node& node);

/// Fits values that all samples hold at one place. The first thing that cannot be fitted is kept as
/// the failure; what is returned after it does not matter.
class SampleFitter {
 public:
  /// `expressions` of the symbols are the program's (SymbolicInputs).
  SampleFitter(const std::vector<InputSymbol>& symbols, const std::vector<SymbolSample>& samples,
               const std::vector<std::string>& expressions);

  /// Where the values that are fitted next stand ("the result of `aten.view.default` (view_1)").
  /// `source` is the line of the model that it comes from, if known.
  void at(std::string place, std::string source = {}) {
    m_place = std::move(place);
    m_source = std::move(source);
  }

  /// Notes the first call that is not the same in all graphs, one per sample, but for sizes.
  void requireSameGraphs(const std::vector<const ir::Graph*>& graphs);
  FittedInteger integer(const std::vector<std::int64_t>& observed);
  /// Of numbers that differ. With an empty text if there is none, which is a failure.
  DerivedFit real(const std::vector<double>& observed);
  /// One value per sample.
  ir::Size size(const std::vector<ir::Size>& observed);
  ir::TensorMeta tensor(const std::vector<ir::TensorMeta>& observed);
  ir::ValueMeta value(const std::vector<const ir::ValueMeta*>& observed);
  /// Notes a difference that is no integer's. `isEqual` has one entry per sample, the first true.
  void require(const std::vector<bool>& isEqual, const std::string& what);

  /// Of an expression of the symbols, in each sample; empty where it has none.
  std::optional<std::vector<std::int64_t>> valuesOf(const load::SizeTree& size) const;

  const std::vector<std::string>& symbolNames() const { return m_names; }
  const std::optional<FitFailure>& failure() const { return m_failure; }

 private:
  std::vector<ir::Size> sizes(const std::vector<const std::vector<ir::Size>*>& observed);
  void fail(std::size_t sample, const std::string& what);

  std::vector<std::string> m_names;
  std::vector<std::vector<std::int64_t>> m_assignments;
  DerivedSizes m_derived;
  std::map<std::vector<std::int64_t>, FittedInteger> m_known;
  std::string m_place;
  std::string m_source;
  std::optional<FitFailure> m_failure;
};

}  // namespace core::trace
