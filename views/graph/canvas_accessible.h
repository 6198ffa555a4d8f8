#pragma once

// What a screen reader is told of the canvas: one object of the role Canvas, whose name is the
// selected node and whose description a sentence about it. There is no child for each node; the
// table beside the graph is the way in for those who cannot see it.

namespace views::graph {

/// From now on a GraphCanvas is told so. Calling it again changes nothing.
void describeCanvasToReaders();

}  // namespace views::graph
