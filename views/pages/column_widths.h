#pragma once

// How wide the columns of a table are.

#include <vector>

namespace views::pages {

/// All in pixels.
struct ColumnWish {
  int wanted = 0;  ///< shows every cell whole
  int least = 0;   ///< at most `wanted`; below it the column says too little
};

/// The wanted widths where they fit into `room`; else the widest columns are narrowed to one width,
/// none below its least. Where that is not enough either one has to scroll, and the columns are as
/// wide as they want.
std::vector<int> fittedWidths(const std::vector<ColumnWish>& wishes, int room);

}  // namespace views::pages
