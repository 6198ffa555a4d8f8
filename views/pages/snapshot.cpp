#include "views/pages/snapshot.h"

#include <algorithm>

namespace views::pages {

using core::partition::PartitionOptions;

namespace {

constexpr std::array<const char*, kPageCount> kTitles = {
    "Start", "Model", "Inputs", "Joint", "Partition", "Kernels", "Run", "Compare"};

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool sameBudgets(const std::vector<core::partition::ModuleBudget>& a,
                 const std::vector<core::partition::ModuleBudget>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.module == y.module && x.budget == y.budget;
  });
}

}  // namespace

QString pageTitle(PageId page) {
  return QString::fromLatin1(kTitles[static_cast<std::size_t>(page)]);
}

QString pageWord(PageId page) {
  return pageTitle(page).toLower();
}

std::optional<PageId> pageFromWord(const QString& word) {
  for (const PageId page : kPages) {
    if (pageWord(page) == word) return page;
  }
  return std::nullopt;
}

Pin pinOf(const PartitionOptions& options, const std::string& name) {
  if (contains(options.save, name)) return Pin::Save;
  if (contains(options.recompute, name)) return Pin::Recompute;
  return Pin::Auto;
}

PartitionOptions withPin(PartitionOptions options, const std::string& name, Pin pin) {
  std::erase(options.save, name);
  std::erase(options.recompute, name);
  if (pin == Pin::Save) options.save.push_back(name);
  if (pin == Pin::Recompute) options.recompute.push_back(name);
  return options;
}

PartitionOptions withPoint(PartitionOptions options, const core::partition::ParetoPoint& point) {
  options.partitioner = core::partition::PartitionerKind::MinCut;
  options.moduleBudgets.clear();
  options.peakLimit.reset();
  if (point.budget) {
    options.budget = *point.budget;
  } else {
    options.peakLimit = point.figures.peakBytes;
  }
  return options;
}

PartitionOptions withModuleBudget(PartitionOptions options, const std::string& module,
                                  std::optional<double> budget) {
  auto& budgets = options.moduleBudgets;
  const auto found = std::find_if(budgets.begin(), budgets.end(),
                                  [&](const auto& it) { return it.module == module; });
  if (!budget) {
    if (found != budgets.end()) budgets.erase(found);
  } else if (found != budgets.end()) {
    found->budget = *budget;
  } else {
    budgets.push_back({module, *budget});
  }
  return options;
}

bool samePartition(const PartitionOptions& a, const PartitionOptions& b) {
  return a.partitioner == b.partitioner && a.budget == b.budget && a.solver == b.solver &&
         a.save == b.save && a.recompute == b.recompute && a.peakLimit == b.peakLimit &&
         a.cost == b.cost && a.quantize == b.quantize && a.offload == b.offload &&
         sameBudgets(a.moduleBudgets, b.moduleBudgets);
}

}  // namespace views::pages
