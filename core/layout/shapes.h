#pragma once

// Integer points and rectangles, so that a layout is the same bytes on every machine.

#include <algorithm>
#include <compare>

namespace core::layout {

struct Point {
  int x = 0;
  int y = 0;

  bool operator==(const Point&) const = default;
};

struct Rect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;

  bool operator==(const Rect&) const = default;

  int right() const { return x + width; }
  int bottom() const { return y + height; }
  int centerX() const { return x + width / 2; }
  int centerY() const { return y + height / 2; }
  bool isEmpty() const { return width <= 0 || height <= 0; }
  bool contains(Point p) const { return p.x >= x && p.x < right() && p.y >= y && p.y < bottom(); }
  bool contains(const Rect& r) const {
    return r.x >= x && r.right() <= right() && r.y >= y && r.bottom() <= bottom();
  }
  bool intersects(const Rect& r) const {
    return r.x < right() && x < r.right() && r.y < bottom() && y < r.bottom();
  }
};

}  // namespace core::layout
