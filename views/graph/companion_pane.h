#pragma once

// A second look at the same picture, beside the first: forward here, backward there.

#include "views/graph/graph_canvas.h"

namespace views::graph {

/// Shows what another canvas shows, with its marks. Both scroll up and down together and have one
/// scale, so that a row here is beside the same row there; each has its own place from left to
/// right. A new picture is shown from its last lane.
class CompanionPane : public GraphCanvas {
  Q_OBJECT

 public:
  /// `leader` and `hub` outlive the pane. What is asked for here is asked for there.
  CompanionPane(GraphCanvas* leader, shared::SelectionHub* hub, shared::GraphKind kind,
                QWidget* parent = nullptr);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void showEvent(QShowEvent* event) override;

 private:
  void takeLook();
  void link(const GraphCanvas& mover, GraphCanvas& follower);

  GraphCanvas* m_leader;
  bool m_isLinking = false;
};

}  // namespace views::graph
