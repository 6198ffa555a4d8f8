#pragma once

// Slices of time in rows, as a chart of them paints: a profile as a timeline, and as a flame.

#include <QString>
#include <QStringList>
#include <memory>
#include <vector>

#include "core/run/profile.h"
#include "views/models/record_index.h"
#include "views/models/table_model.h"

namespace views::models {

using ProfilePtr = std::shared_ptr<const core::run::Profile>;

struct ChartSlice {
  double startUs = 0;
  double us = 0;
  int depth = 0;  ///< row in its track
  QString name;
  QString node;       ///< that a click selects; may be empty
  QStringList nodes;  ///< all nodes that the slice stands for
};

/// Slices of one run, by start within each depth.
struct SliceTrack {
  QString title;
  bool isCompiled = false;
  int depths = 1;
  double endUs = 0;  ///< of the run
  std::vector<ChartSlice> slices;
};

/// Eager above compiled on one scale of time; forward and backward are told by their rows.
std::vector<SliceTrack> timelineTracks(const ProfilePtr& profile);
/// A box for each module above those of its children and its operators: width is time, summed over
/// the step, forward and backward together.
std::vector<SliceTrack> flameTracks(const ProfilePtr& profile, const RecordIndexPtr& index);

/// All slices of all tracks: the twin of the chart.
Table sliceTable(std::shared_ptr<const std::vector<SliceTrack>> tracks);

}  // namespace views::models
