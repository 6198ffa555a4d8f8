// What boxes and edges are in words: tooltips, status bar, screen readers.

#include <QLocale>

#include "views/graph/graph_canvas.h"

namespace views::graph {

using core::layout::Badge;
using core::layout::BadgeKind;
using core::layout::Box;
using core::layout::BoxKind;
using core::layout::Edge;
using core::layout::EdgeKind;
using core::layout::GraphGeometry;
using core::layout::Lane;

namespace {

QString laneWord(Lane lane) {
  switch (lane) {
    case Lane::Forward: return QStringLiteral("forward");
    case Lane::Recomputed: return QStringLiteral("recomputed in the backward");
    case Lane::Backward: return QStringLiteral("backward");
  }
  return {};
}

QString kindWord(BoxKind kind) {
  switch (kind) {
    case BoxKind::Op: return QStringLiteral("operator");
    case BoxKind::Module: return QStringLiteral("module, collapsed");
    case BoxKind::Frame: return QStringLiteral("module, expanded");
    case BoxKind::Input: return QStringLiteral("input");
    case BoxKind::Output: return QStringLiteral("output");
    case BoxKind::Tangent: return QStringLiteral("incoming gradient");
    case BoxKind::Gradient: return QStringLiteral("gradient of an input");
  }
  return {};
}

QString badgeWord(const Badge& badge) {
  const QString text = oneLine(badge.text);
  switch (badge.kind) {
    case BadgeKind::Parameter: return QStringLiteral("parameter %1").arg(text);
    case BadgeKind::Buffer: return QStringLiteral("buffer %1").arg(text);
    case BadgeKind::Gradient: return QStringLiteral("gradient of %1").arg(text);
    case BadgeKind::Mutation: return QStringLiteral("updates %1").arg(text);
    case BadgeKind::Saved: return QStringLiteral("saved %1").arg(text);
  }
  return text;
}

QString edgeWord(EdgeKind kind) {
  switch (kind) {
    case EdgeKind::Data: return QStringLiteral("passed on");
    case EdgeKind::Crossing: return QStringLiteral("needed by the backward");
    case EdgeKind::Saved: return QStringLiteral("saved for the backward");
    case EdgeKind::SavedStatic:
      return QStringLiteral("read again by the backward, costs no memory");
    case EdgeKind::Recompute: return QStringLiteral("computed again in the backward");
  }
  return {};
}

QString namesOf(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 4;
  QStringList shown;
  for (std::size_t i = 0; i < names.size() && i < kMost; ++i) shown << oneLine(names[i]);
  if (names.size() > kMost) shown << QStringLiteral("… %1 more").arg(names.size() - kMost);
  return shown.join(QStringLiteral(", "));
}

}  // namespace

QString boxSentence(const GraphGeometry& geometry, int box) {
  const Box& it = geometry.boxes[box];
  QStringList parts{oneLine(it.title)};
  if (!it.detail.empty()) parts << oneLine(it.detail);
  parts << kindWord(it.kind) << laneWord(it.lane);
  if (it.kind == BoxKind::Op && !it.nodes.empty())
    parts << QStringLiteral("node %1").arg(oneLine(it.nodes.front()));
  if (it.saved) parts << QStringLiteral("saved for the backward");
  for (const Badge& badge : it.badges) parts << badgeWord(badge);
  return parts.join(QStringLiteral(" · "));
}

QString edgeSentence(const GraphGeometry& geometry, int edge) {
  const Edge& it = geometry.edges[edge];
  QStringList targets;
  for (const int target : it.targets) targets << oneLine(geometry.boxes[target].title);
  QString text =
      QStringLiteral("%1 → %2 · %3 · %4")
          .arg(oneLine(geometry.boxes[it.source].title), targets.join(QStringLiteral(", ")),
               namesOf(it.values), edgeWord(it.kind));
  if (it.bytes > 0)
    text += QStringLiteral(" · %1 bytes")
                .arg(QLocale(QLocale::English).toString(static_cast<qlonglong>(it.bytes)));
  return text;
}

}  // namespace views::graph
