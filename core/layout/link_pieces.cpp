#include "core/layout/link_pieces.h"

#include <algorithm>
#include <map>

namespace core::layout {
namespace {

class Cutter {
 public:
  Cutter(const VisibleGraph& graph, const std::vector<BlockRows>& rows)
      : m_graph(graph), m_rows(rows), m_known(graph.blocks.size()) {
    m_result.pieces.resize(graph.blocks.size());
    m_result.steps.resize(graph.links.size());
  }

  LinkPieces run() {
    for (std::size_t link = 0; link < m_graph.links.size(); ++link) cut(static_cast<int>(link));
    return std::move(m_result);
  }

 private:
  void cut(int link);
  PieceStep step(int block, int lane, Piece piece, bool downwards);
  int around(int element) const { return m_graph.blocks[m_graph.elements[element].block].element; }
  /// Elements that hold the box, from the model's block inwards.
  std::vector<int> holders(int box) const {
    std::vector<int> chain;
    for (int e = m_graph.elementOf[box]; e >= 0; e = around(e)) chain.push_back(e);
    std::reverse(chain.begin(), chain.end());
    return chain;
  }
  int rowOf(int element, Lane lane) const {
    return rowIn(m_rows[m_graph.elements[element].block], m_graph.elements[element], lane);
  }

  const VisibleGraph& m_graph;
  const std::vector<BlockRows>& m_rows;
  std::vector<std::array<std::map<Piece, int>, kLanes>> m_known;
  LinkPieces m_result;
};

PieceStep Cutter::step(int block, int lane, Piece piece, bool downwards) {
  auto& pieces = m_result.pieces[block][lane];
  const auto [at, isNew] = m_known[block][lane].emplace(piece, static_cast<int>(pieces.size()));
  if (isNew) pieces.push_back(piece);
  return {block, at->second, downwards};
}

void Cutter::cut(int link) {
  const BoxLink& it = m_graph.links[link];
  const Lane lane = m_graph.boxes[it.source].lane;
  const int laneIndex = static_cast<int>(lane);
  const std::vector<int> from = holders(it.source);
  const std::vector<int> to = holders(it.target);
  std::size_t shared = 0;
  while (from[shared] == to[shared]) ++shared;
  const int leave = rowOf(from[shared], lane);
  const int reach = rowOf(to[shared], lane);
  if (leave == reach) return;
  const bool down = leave < reach;
  const auto border = [&](int element) {
    return down ? Piece{it.source, element, -1} : Piece{it.source, -1, element};
  };
  const auto entry = [&](int element) {
    return down ? Piece{it.source, -1, element} : Piece{it.source, element, -1};
  };
  auto& steps = m_result.steps[link];
  for (std::size_t i = from.size() - 1; i > shared; --i)
    steps.push_back(step(m_graph.elements[from[i]].block, laneIndex, border(from[i]), down));
  const Piece middle = down ? Piece{it.source, from[shared], to[shared]}
                            : Piece{it.source, to[shared], from[shared]};
  steps.push_back(step(m_graph.elements[from[shared]].block, laneIndex, middle, down));
  for (std::size_t i = shared + 1; i < to.size(); ++i)
    steps.push_back(step(m_graph.elements[to[i]].block, laneIndex, entry(to[i]), down));
}

}  // namespace

LinkPieces cutLinks(const VisibleGraph& graph, const std::vector<BlockRows>& rows) {
  return Cutter(graph, rows).run();
}

}  // namespace core::layout
