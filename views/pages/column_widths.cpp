#include "views/pages/column_widths.h"

#include <algorithm>
#include <numeric>

namespace views::pages {
namespace {

/// The widths when no column is wider than `level`, if it can help it.
std::vector<int> cutAt(int level, const std::vector<ColumnWish>& wishes) {
  std::vector<int> widths;
  for (const ColumnWish& wish : wishes)
    widths.push_back(std::min(wish.wanted, std::max(level, wish.least)));
  return widths;
}

int sum(const std::vector<int>& widths) {
  return std::accumulate(widths.begin(), widths.end(), 0);
}

}  // namespace

std::vector<int> fittedWidths(const std::vector<ColumnWish>& wishes, int room) {
  int fits = 0, tooWide = 1;
  for (const ColumnWish& wish : wishes) tooWide = std::max(tooWide, wish.wanted + 1);
  if (sum(cutAt(fits, wishes)) > room) return cutAt(tooWide, wishes);
  while (tooWide - fits > 1) {
    const int level = fits + (tooWide - fits) / 2;
    (sum(cutAt(level, wishes)) <= room ? fits : tooWide) = level;
  }
  return cutAt(fits, wishes);
}

}  // namespace views::pages
