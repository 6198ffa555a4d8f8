// aot-graphviz: a layout by Graphviz, in a process of its own, because `dot` can neither be
// cancelled nor trusted with every graph. It is fed integers only, so that no name of a model ever
// reaches a parser of Graphviz.
//
//   in:   NODES EDGES, then WIDTH HEIGHT of each node, then FROM TO of each edge (from 0)
//   out:  "ok", then X Y of the middle of each node, y downwards, in the unit of the sizes
//
// Exit codes: 0 done, 1 Graphviz failed, 2 the input is no such graph or too large. The limits on
// time and memory are its own; the window ends it earlier if it must.

#include <gvc.h>
#include <sys/resource.h>

#include <cmath>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

namespace {

constexpr long kMostNodes = 5000;
constexpr long kMostEdges = 20000;
constexpr long kLargestSide = 100000;
constexpr rlim_t kSeconds = 30;
constexpr rlim_t kBytes = rlim_t(2) << 30;
constexpr double kPerInch = 72;

enum ExitCode { ExitDone = 0, ExitFailed = 1, ExitWrongInput = 2 };

struct Size {
  long width = 0;
  long height = 0;
};

struct Input {
  std::vector<Size> nodes;
  std::vector<std::pair<long, long>> edges;
};

bool readInput(Input& input) {
  long nodes = 0;
  long edges = 0;
  if (!(std::cin >> nodes >> edges)) return false;
  if (nodes < 1 || nodes > kMostNodes || edges < 0 || edges > kMostEdges) return false;
  for (long i = 0; i < nodes; ++i) {
    Size size;
    if (!(std::cin >> size.width >> size.height)) return false;
    if (size.width < 1 || size.width > kLargestSide) return false;
    if (size.height < 1 || size.height > kLargestSide) return false;
    input.nodes.push_back(size);
  }
  for (long i = 0; i < edges; ++i) {
    long from = 0;
    long to = 0;
    if (!(std::cin >> from >> to)) return false;
    if (from < 0 || from >= nodes || to < 0 || to >= nodes) return false;
    input.edges.emplace_back(from, to);
  }
  return true;
}

void setAttribute(void* object, const char* name, const std::string& value) {
  agsafeset(object, const_cast<char*>(name), const_cast<char*>(value.c_str()),
            const_cast<char*>(""));
}

void limit(int resource, rlim_t most) {
  const rlimit bound{most, most};
  ::setrlimit(static_cast<__rlimit_resource>(resource), &bound);
}

std::vector<Agnode_t*> build(Agraph_t* graph, const Input& input) {
  std::vector<Agnode_t*> nodes;
  for (std::size_t i = 0; i < input.nodes.size(); ++i) {
    Agnode_t* node = agnode(graph, const_cast<char*>(std::to_string(i).c_str()), 1);
    const Size& size = input.nodes[i];
    setAttribute(node, "shape", "box");
    setAttribute(node, "fixedsize", "true");
    setAttribute(node, "label", "");
    setAttribute(node, "width", std::to_string(static_cast<double>(size.width) / kPerInch));
    setAttribute(node, "height", std::to_string(static_cast<double>(size.height) / kPerInch));
    nodes.push_back(node);
  }
  for (const auto& [from, to] : input.edges) {
    agedge(graph, nodes[static_cast<std::size_t>(from)], nodes[static_cast<std::size_t>(to)],
           nullptr, 1);
  }
  return nodes;
}

int layOut(const Input& input) {
  GVC_t* context = gvContext();
  Agraph_t* graph = agopen(const_cast<char*>("g"), Agdirected, nullptr);
  const std::vector<Agnode_t*> nodes = build(graph, input);
  if (gvLayout(context, graph, "dot") != 0) return ExitFailed;
  const double top = GD_bb(graph).UR.y;
  std::printf("ok\n");
  for (Agnode_t* node : nodes) {
    std::printf("%ld %ld\n", std::lround(ND_coord(node).x), std::lround(top - ND_coord(node).y));
  }
  gvFreeLayout(context, graph);
  agclose(graph);
  gvFreeContext(context);
  return ExitDone;
}

}  // namespace

int main() {
  limit(RLIMIT_CPU, kSeconds);
  limit(RLIMIT_AS, kBytes);
  limit(RLIMIT_CORE, 0);
  Input input;
  if (!readInput(input)) {
    std::fprintf(stderr, "aot-graphviz: the input is no graph, or too large.\n");
    return ExitWrongInput;
  }
  return layOut(input);
}
