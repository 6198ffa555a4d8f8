#include "tests/bench/dot_peer.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/bench/layout_quality.h"

namespace bench {

using namespace core::layout;

namespace {

constexpr double kUnitsPerInch = 72;

void writeDot(const GraphGeometry& geometry, bool isMirrored, const std::string& path) {
  std::ofstream out(path);
  out << "digraph g { node [shape=box, fixedsize=true, label=\"\"]; nodesep=0.39; ranksep=0.47;\n";
  for (std::size_t i = 0; i < geometry.boxes.size(); ++i) {
    const Box& box = geometry.boxes[i];
    if (box.kind == BoxKind::Frame) continue;
    out << i << " [width=" << box.rect.width / kUnitsPerInch
        << ", height=" << box.rect.height / kUnitsPerInch << "];\n";
  }
  for (const Edge& edge : geometry.edges) {
    for (const int target : edge.targets) {
      if (edge.isNet && isMirrored) continue;
      const bool rises = isMirrored && geometry.boxes[edge.source].lane == Lane::Backward;
      out << (rises ? target : edge.source) << " -> " << (rises ? edge.source : target) << ";\n";
    }
  }
  out << "}\n";
}

/// The layout of `dot -Tplain` as a geometry whose edges are the control points of its splines.
GraphGeometry readPlain(const std::string& path) {
  GraphGeometry geometry;
  std::ifstream in(path);
  std::string line;
  while (std::getline(in, line)) {
    std::istringstream words(line);
    std::string kind;
    words >> kind;
    if (kind == "graph") {
      double scale = 1, width = 0, height = 0;
      words >> scale >> width >> height;
      geometry.bounds = {0, 0, int(width * kUnitsPerInch) + 1, int(height * kUnitsPerInch) + 1};
    }
    if (kind != "edge") continue;
    std::string from, to;
    int count = 0;
    words >> from >> to >> count;
    Edge edge;
    edge.lines.emplace_back();
    for (int i = 0; i < count; ++i) {
      double x = 0, y = 0;
      words >> x >> y;
      edge.lines.back().push_back({int(x * kUnitsPerInch), int(y * kUnitsPerInch)});
    }
    geometry.edges.push_back(std::move(edge));
  }
  return geometry;
}

void runDot(const GraphGeometry& geometry, bool isMirrored, double seconds) {
  const auto folder = std::filesystem::temp_directory_path();
  const std::string in = (folder / "bench_layout.dot").string();
  const std::string out = (folder / "bench_layout.plain").string();
  const std::string times = (folder / "bench_layout.times").string();
  writeDot(geometry, isMirrored, in);
  const std::string command = "bash -c 'TIMEFORMAT=%U; time timeout 60 dot -Tplain \"" + in +
                              "\" -o \"" + out + "\"' 2>\"" + times + "\"";
  const int status = std::system(command.c_str());
  double took = 0;
  std::ifstream(times) >> took;
  const char* name = isMirrored ? "mirrored" : "plain";
  if (status != 0) {
    std::printf("    dot %-8s did not end in 60 s: more than %.0f times as long\n", name,
                60 / seconds);
    return;
  }
  const LayoutQuality peer = qualityOf(readPlain(out));
  std::printf("    dot %-8s %8.0f ms: %6.0f times as long; %lld crossings, length %.0f\n", name,
              took * 1e3, took / seconds, peer.crossings, peer.length);
}

}  // namespace

void compareWithDot(const GraphGeometry& geometry, double seconds) {
  if (std::system("dot -V 2>/dev/null") != 0) {
    std::printf("    dot is not installed (Debian package graphviz)\n");
    return;
  }
  runDot(geometry, false, seconds);
  runDot(geometry, true, seconds);
}

}  // namespace bench
