#include "core/layout/graph_index.h"

namespace core::layout {
namespace {

// A cell is about as high as a screen is at 100 %, so a query touches few of them; tall narrow
// drawings (the usual shape) get one column.
constexpr int kCellWidth = 1024;
constexpr int kCellHeight = 512;
constexpr int kMostCells = 1 << 16;
// An item in more cells than this is looked at in every query instead.
constexpr long long kMostCellsOfItem = 256;

}  // namespace

GraphIndex::GraphIndex(const Rect& bounds, const std::vector<Rect>& items)
    : m_bounds(bounds), m_cellWidth(kCellWidth), m_cellHeight(kCellHeight), m_items(items) {
  const auto cells = [this] {
    m_columns = std::max(1, m_bounds.width / m_cellWidth + 1);
    m_rows = std::max(1, m_bounds.height / m_cellHeight + 1);
    return static_cast<long long>(m_columns) * m_rows;
  };
  while (cells() > kMostCells) {
    m_cellWidth *= 2;
    m_cellHeight *= 2;
  }
  const auto isLarge = [this](const Rect& item) {
    const long long rows = row(item.bottom()) - row(item.y) + 1;
    return rows * (column(item.right()) - column(item.x) + 1) > kMostCellsOfItem;
  };
  const auto forEachCell = [&](const Rect& item, auto&& visit) {
    if (isLarge(item)) return;
    for (int r = row(item.y); r <= row(item.bottom()); ++r)
      for (int c = column(item.x); c <= column(item.right()); ++c) visit(r * m_columns + c);
  };
  m_cellStart.assign(static_cast<std::size_t>(m_columns) * m_rows + 1, 0);
  for (std::size_t i = 0; i < m_items.size(); ++i) {
    if (isLarge(m_items[i])) m_large.push_back(static_cast<int>(i));
    forEachCell(m_items[i], [this](int cell) { ++m_cellStart[cell + 1]; });
  }
  for (std::size_t i = 1; i < m_cellStart.size(); ++i) m_cellStart[i] += m_cellStart[i - 1];
  m_cellItems.resize(m_cellStart.back());
  std::vector<int> next(m_cellStart.begin(), m_cellStart.end() - 1);
  for (std::size_t i = 0; i < m_items.size(); ++i) {
    forEachCell(m_items[i], [&](int cell) { m_cellItems[next[cell]++] = static_cast<int>(i); });
  }
}

std::vector<int> GraphIndex::query(const Rect& area) const {
  std::vector<int> found;
  if (m_rows == 0) return found;
  // Long lines are in hundreds of cells: looked at once, or sorting them would take most time.
  std::vector<bool> isSeen(m_items.size(), false);
  const auto addIfMet = [&](int index) {
    if (isSeen[index]) return;
    isSeen[index] = true;
    const Rect& item = m_items[index];
    // A straight line has no area, yet it can be met.
    const Rect grown{item.x, item.y, std::max(1, item.width), std::max(1, item.height)};
    if (grown.intersects(area)) found.push_back(index);
  };
  for (const int index : m_large) addIfMet(index);
  for (int r = row(area.y); r <= row(area.bottom()); ++r) {
    for (int c = column(area.x); c <= column(area.right()); ++c) {
      const int cell = r * m_columns + c;
      for (int i = m_cellStart[cell]; i < m_cellStart[cell + 1]; ++i) addIfMet(m_cellItems[i]);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

int GraphIndex::column(int x) const {
  return std::clamp((x - m_bounds.x) / m_cellWidth, 0, m_columns - 1);
}

int GraphIndex::row(int y) const {
  return std::clamp((y - m_bounds.y) / m_cellHeight, 0, m_rows - 1);
}

}  // namespace core::layout
