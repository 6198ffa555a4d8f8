#include "views/models/slice_tracks.h"

#include <QCoreApplication>
#include <algorithm>
#include <map>

#include "core/run/profile_study.h"
#include "views/models/column_makers.h"
#include "views/models/showable_text.h"

namespace views::models {

using core::run::ModuleTime;
using core::run::ProfileSlice;
using core::run::StepProfile;

namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("SliceTracks", text);
}

ChartSlice chartSlice(const ProfileSlice& slice) {
  ChartSlice shown;
  shown.startUs = slice.startUs;
  shown.us = slice.durationUs;
  shown.name = showable(slice.name);
  shown.node = QString::fromStdString(slice.node);
  for (const std::string& member : slice.members) shown.nodes << QString::fromStdString(member);
  if (shown.nodes.isEmpty() && !shown.node.isEmpty()) shown.nodes << shown.node;
  return shown;
}

void sortByStart(SliceTrack& track) {
  std::stable_sort(track.slices.begin(), track.slices.end(),
                   [](const ChartSlice& a, const ChartSlice& b) { return a.startUs < b.startUs; });
}

SliceTrack timelineTrack(const StepProfile& step, const QString& title, bool isCompiled) {
  constexpr int kHalves = 2;
  SliceTrack track{title, isCompiled, kHalves, step.wallUs, {}};
  for (const ProfileSlice& slice : step.slices) {
    track.slices.push_back(chartSlice(slice));
    track.slices.back().depth = slice.inBackward ? 1 : 0;
  }
  sortByStart(track);
  return track;
}

/// Lays boxes of a module and everything below it from `start` on.
class FlameBuilder {
 public:
  FlameBuilder(const StepProfile& step, SliceTrack& track) : m_step(step), m_track(track) {}

  void add(const ModuleTime& module, double start, int depth) {
    ChartSlice box;
    box.startUs = start;
    box.us = module.us;
    box.depth = depth;
    box.name = module.path.empty() ? tr("whole step") : showable(module.path);
    m_track.depths = std::max(m_track.depths, depth + 1);
    m_track.slices.push_back(box);
    for (const ModuleTime& child : module.children) {
      add(child, start, depth + 1);
      start += child.us;
    }
    addOperators(module, start, depth + 1);
  }

 private:
  /// One box for all slices of a name, in the order in which they first ran.
  void addOperators(const ModuleTime& module, double start, int depth) {
    std::vector<ChartSlice> boxes;
    for (const std::size_t index : module.ownSlices) {
      const ChartSlice slice = chartSlice(m_step.slices[index]);
      const auto same = std::find_if(boxes.begin(), boxes.end(),
                                     [&](const ChartSlice& box) { return box.name == slice.name; });
      if (same == boxes.end()) {
        boxes.push_back(slice);
      } else {
        same->us += slice.us;
        same->nodes << slice.nodes;
      }
    }
    for (ChartSlice& box : boxes) {
      box.startUs = start;
      box.depth = depth;
      start += box.us;
      m_track.depths = std::max(m_track.depths, depth + 1);
      m_track.slices.push_back(std::move(box));
    }
  }

  const StepProfile& m_step;
  SliceTrack& m_track;
};

SliceTrack flameTrack(const StepProfile& step, const core::ir::Graph& joint, const QString& title,
                      bool isCompiled) {
  SliceTrack track{title, isCompiled, 1, step.wallUs, {}};
  FlameBuilder(step, track).add(core::run::timeByModule(step, joint), 0, 0);
  sortByStart(track);
  return track;
}

}  // namespace

std::vector<SliceTrack> timelineTracks(const ProfilePtr& profile) {
  if (!profile) return {};
  return {timelineTrack(profile->eager, tr("eager"), false),
          timelineTrack(profile->compiled, tr("compiled"), true)};
}

std::vector<SliceTrack> flameTracks(const ProfilePtr& profile, const RecordIndexPtr& index) {
  if (!profile || !index->joint()) return {};
  return {flameTrack(profile->eager, *index->joint(), tr("eager"), false),
          flameTrack(profile->compiled, *index->joint(), tr("compiled"), true)};
}

Table sliceTable(std::shared_ptr<const std::vector<SliceTrack>> tracks) {
  struct Place {
    std::size_t track, slice;
  };
  auto places = std::make_shared<std::vector<Place>>();
  for (std::size_t t = 0; t < tracks->size(); ++t)
    for (std::size_t s = 0; s < (*tracks)[t].slices.size(); ++s) places->push_back({t, s});
  const auto at = [tracks, places](int row) -> const ChartSlice& {
    const Place& place = (*places)[static_cast<std::size_t>(row)];
    return (*tracks)[place.track].slices[place.slice];
  };
  const auto microseconds = [](const QString& title, std::function<double(int)> value) {
    return Column{title, Alignment::Number,
                  [value](int row) { return millisecondsText(value(row) / 1e3); },
                  [value](int row) { return QVariant(value(row)); },
                  [value](int row) { return QStringLiteral("%1 µs").arg(value(row)); }};
  };
  Table table;
  table.rows = static_cast<int>(places->size());
  table.columns = {
      textColumn(tr("run"),
                 [tracks, places](int row) {
                   return (*tracks)[(*places)[static_cast<std::size_t>(row)].track].title;
                 }),
      textColumn(tr("name"), [at](int row) { return at(row).name; }),
      textColumn(tr("node"), [at](int row) { return at(row).node; }),
      microseconds(tr("start"), [at](int row) { return at(row).startUs; }),
      microseconds(tr("time"), [at](int row) { return at(row).us; }),
      countColumn(tr("row"), [at](int row) { return at(row).depth; }),
  };
  table.nodeName = [at](int row) { return at(row).node; };
  return table;
}

}  // namespace views::models
