#include "views/pages/kernel_labels.h"

namespace views::pages {

std::shared_ptr<const graph::KernelLabels> kernelLabels(const models::RecordIndex& index) {
  if (index.kernels().empty()) return nullptr;
  auto labels = std::make_shared<graph::KernelLabels>();
  for (const models::KernelEntry& kernel : index.kernels())
    for (const std::string& node : kernel.nodes) labels->emplace(node, kernel.label());
  return labels;
}

}  // namespace views::pages
