#include "core/layout/graphviz_picture.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace core::layout {
namespace {

// Far beyond any picture, and small enough that sums of places stay integers.
constexpr long kFarthest = 100'000'000;
constexpr int kMargin = 24;

/// New numbers of the boxes that are placed; -1 for frames.
std::vector<int> numbersOf(const GraphGeometry& geometry, int& count) {
  std::vector<int> numbers(geometry.boxes.size(), -1);
  count = 0;
  for (std::size_t i = 0; i < geometry.boxes.size(); ++i)
    if (geometry.boxes[i].kind != BoxKind::Frame) numbers[i] = count++;
  return numbers;
}

std::optional<long> nextNumber(std::string_view& text) {
  const auto begin = text.find_first_not_of(" \n");
  if (begin == std::string_view::npos) return std::nullopt;
  text.remove_prefix(begin);
  long number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || number < -kFarthest || number > kFarthest) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::optional<std::vector<Point>> readPlaces(std::string_view answer, int count) {
  if (answer.substr(0, 3) != "ok\n") return std::nullopt;
  answer.remove_prefix(3);
  std::vector<Point> places;
  for (int i = 0; i < count; ++i) {
    const auto x = nextNumber(answer);
    const auto y = x ? nextNumber(answer) : std::nullopt;
    if (!y) return std::nullopt;
    places.push_back({static_cast<int>(*x), static_cast<int>(*y)});
  }
  return places;
}

/// From the lower side of the source to the upper side of the target, or the other way up where
/// the target stands higher.
std::vector<Point> lineBetween(const Rect& source, const Rect& target) {
  const bool down = target.centerY() >= source.centerY();
  return {{source.centerX(), down ? source.bottom() : source.y},
          {target.centerX(), down ? target.y : target.bottom()}};
}

void addEdges(const GraphGeometry& from, const std::vector<int>& numbers, GraphGeometry& to) {
  for (Edge edge : from.edges) {
    edge.source = numbers[edge.source];
    edge.isNet = false;
    edge.lines.clear();
    std::vector<int> targets;
    for (const int target : edge.targets)
      if (numbers[target] >= 0) targets.push_back(numbers[target]);
    edge.targets = std::move(targets);
    if (edge.source < 0 || edge.targets.empty()) continue;
    const Rect& source = to.boxes[edge.source].rect;
    for (const int target : edge.targets)
      edge.lines.push_back(lineBetween(source, to.boxes[target].rect));
    const auto& line = edge.lines.front();
    edge.labelAt = {(line.front().x + line.back().x) / 2 + 6, (line.front().y + line.back().y) / 2};
    to.edges.push_back(std::move(edge));
  }
}

}  // namespace

std::string graphvizQuestion(const GraphGeometry& geometry) {
  int count = 0;
  const std::vector<int> numbers = numbersOf(geometry, count);
  std::string boxes;
  for (const Box& box : geometry.boxes) {
    if (box.kind == BoxKind::Frame) continue;
    boxes += std::to_string(box.rect.width) + ' ' + std::to_string(box.rect.height) + '\n';
  }
  std::string edges;
  int edgeCount = 0;
  for (const Edge& edge : geometry.edges) {
    for (const int target : edge.targets) {
      if (numbers[edge.source] < 0 || numbers[target] < 0) continue;
      ++edgeCount;
      edges += std::to_string(numbers[edge.source]) + ' ' + std::to_string(numbers[target]) + '\n';
    }
  }
  return std::to_string(count) + ' ' + std::to_string(edgeCount) + '\n' + boxes + edges;
}

Result<GraphGeometryPtr> placedByGraphviz(const GraphGeometry& geometry, std::string_view answer) {
  int count = 0;
  const std::vector<int> numbers = numbersOf(geometry, count);
  const auto places = readPlaces(answer, count);
  if (!places) {
    return Error{ErrorCode::InvalidArgument,
                 "Graphviz gave no layout of this graph: the program's own layout stays.",
                 {},
                 {}};
  }
  auto placed = std::make_shared<GraphGeometry>();
  placed->picture = geometry.picture;
  placed->modules = geometry.modules;
  placed->callOfNode = geometry.callOfNode;
  int right = 0;
  int bottom = 0;
  for (const Box& old : geometry.boxes) {
    if (old.kind == BoxKind::Frame) continue;
    Box box = old;
    const Point middle = (*places)[placed->boxes.size()];
    box.rect.x = middle.x - box.rect.width / 2 + kMargin;
    box.rect.y = middle.y - box.rect.height / 2 + kMargin;
    box.rowTop = box.rect.y;
    box.rowBottom = box.rect.bottom();
    if (box.partner >= 0) box.partner = numbers[box.partner];
    right = std::max(right, box.rect.right());
    bottom = std::max(bottom, box.rect.bottom());
    placed->boxes.push_back(std::move(box));
  }
  addEdges(geometry, numbers, *placed);
  placed->bounds = {0, 0, right + kMargin, bottom + kMargin};
  placed->finish();
  return GraphGeometryPtr(std::move(placed));
}

}  // namespace core::layout
