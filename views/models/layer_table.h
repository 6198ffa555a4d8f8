#pragma once

// A profile by layer, and the work of its slices: operations, bytes, and how near they come to what
// the machine can do.

#include <algorithm>

#include "core/partition/cost_model.h"
#include "views/models/slice_tracks.h"

namespace views::models {

/// What the nodes of one module do, without those of its children.
struct LayerFigures {
  std::string path;  ///< empty: nodes without a module
  std::string className;
  double eagerForwardUs = 0, eagerBackwardUs = 0;
  double compiledForwardUs = 0, compiledBackwardUs = 0;
  double forwardFlops = 0, backwardFlops = 0;
  std::int64_t writtenBytes = 0;  ///< of all its values, forward and backward
  std::int64_t savedBytes = 0;    ///< handed from the forward to the backward
  std::string node;               ///< its first call
};

/// One slice of a run as work.
struct SliceWork {
  QString name;
  QString node;
  bool isCompiled = false;
  double us = 0;
  double flops = 0;
  std::int64_t bytes = 0;  ///< read from and written to other slices, at the example sizes

  double flopsPerByte() const {
    return flops / static_cast<double>(std::max<std::int64_t>(1, bytes));
  }
  double flopsPerSecond() const { return us > 0 ? flops / us * 1e6 : 0; }
};

/// In the order of the joint graph; `profile` may be null: then there are no times.
std::vector<LayerFigures> layerFigures(const RecordIndex& index, const ProfilePtr& profile);
/// Slices that do floating-point operations whose number is known, and have a node.
std::vector<SliceWork> sliceWork(const RecordIndex& index, const core::run::Profile& profile);
/// What a slice of that intensity can reach at best.
double rooflineLimit(const core::partition::MachinePeaks& peaks, double flopsPerByte);

/// A row for each layer.
Table layerTable(const std::shared_ptr<const std::vector<LayerFigures>>& layers);
/// A row for each slice, with its share of the limit.
Table workTable(const std::shared_ptr<const std::vector<SliceWork>>& work,
                const core::partition::MachinePeaks& peaks);

}  // namespace views::models
