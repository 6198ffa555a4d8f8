#pragma once

// A uniform grid over rectangles: what is painted and what is under the pointer are found without
// looking at everything.

#include <vector>

#include "core/layout/shapes.h"

namespace core::layout {

class GraphIndex {
 public:
  GraphIndex() = default;
  /// Item i is where `items[i]` is. Memory is linear in the items.
  GraphIndex(const Rect& bounds, const std::vector<Rect>& items);

  /// Items whose rectangle meets `area`, each once, ascending.
  std::vector<int> query(const Rect& area) const;

 private:
  int column(int x) const;
  int row(int y) const;

  Rect m_bounds;
  int m_cellWidth = 1;
  int m_cellHeight = 1;
  int m_columns = 0;
  int m_rows = 0;
  std::vector<int> m_cellStart;  ///< m_columns * m_rows + 1 positions in m_cellItems
  std::vector<int> m_cellItems;
  std::vector<int> m_large;  ///< items that cover many cells: looked at in every query
  std::vector<Rect> m_items;
};

}  // namespace core::layout
