// Frame times of the graph's canvas, painted by software as in a window of 1920 x 1080: 600 frames
// of panning and zooming, a filter, and opening one module, in graphs of 1,000 to 100,000 boxes.
// bench_canvas [FOLDER]: where to write what the canvas showed at the top and as a whole.

#include <QApplication>
#include <QElapsedTimer>
#include <QImage>
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>

#include "core/load/capture/capture_reader.h"
#include "tests/support/odd_joints.h"
#include "tests/support/transformer_joint.h"
#include "views/graph/graph_view.h"

namespace {

using namespace core;
using namespace core::layout;
using views::graph::GraphCanvas;
using views::graph::GraphScene;

constexpr QSize kScreen(1920, 1080);
constexpr int kFrames = 600;

std::shared_ptr<const ir::JointGraph> shared(ir::JointGraph joint) {
  return std::make_shared<const ir::JointGraph>(std::move(joint));
}

std::shared_ptr<const ir::JointGraph> captured(const std::string& name) {
  const auto file =
      load::readCaptureFile(std::string(AOT_TEST_DATA "/oracle/goldens/") + name + ".json.gz");
  if (file) return shared(file->find("none")->joint);
  std::fprintf(stderr, "%s\n", file.error().message.c_str());
  std::exit(1);
}

GraphGeometryPtr layoutOf(const LayoutRequest& request) {
  auto result = layoutGraph(request, {});
  if (result) return *result;
  std::fprintf(stderr, "%s\n", result.error().message.c_str());
  std::exit(1);
}

/// Processor time of this thread, which is the one that paints.
double millisecondsOf(const std::function<void()>& work) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
  };
  const double start = now();
  work();
  return now() - start;
}

struct Frames {
  std::vector<double> times;

  double at(double share) {
    std::sort(times.begin(), times.end());
    return times[std::min(times.size() - 1, static_cast<std::size_t>(share * times.size()))];
  }
};

/// Waits until the picture is sharp, as it is when a zoom has ended; what was painted is a frame.
void settle(Frames& frames) {
  QElapsedTimer timer;
  timer.start();
  while (timer.elapsed() < 150) {
    const double spent = millisecondsOf([] { QCoreApplication::processEvents(); });
    if (spent > 0.3) frames.times.push_back(spent);
  }
}

/// Pans down, zooms out to the whole graph, pans across it, and zooms in again elsewhere.
Frames walk(GraphCanvas& canvas) {
  Frames frames;
  const auto frame = [&](const std::function<void()>& move) {
    frames.times.push_back(millisecondsOf([&] {
      move();
      canvas.repaint();
      QCoreApplication::processEvents();
    }));
  };
  const QRectF all = canvas.scene()->bounds();
  const auto pan = [&](double dx, double dy) {
    const QRectF visible = canvas.viewport().visible();
    canvas.centerOn(visible.center() + QPointF(dx, dy) / canvas.viewport().scale());
  };
  for (int i = 0; i < kFrames / 4; ++i) frame([&] { pan(0, 23); });
  for (int i = 0; i < kFrames / 4; ++i) frame([&] { canvas.zoomBy(0.97); });
  settle(frames);
  for (int i = 0; i < kFrames / 4; ++i) frame([&] { pan(i % 2 == 0 ? 17 : -9, 11); });
  canvas.centerOn(all.center());
  for (int i = 0; i < kFrames / 4; ++i) frame([&] { canvas.zoomBy(1 / 0.97); });
  settle(frames);
  return frames;
}

void save(GraphCanvas& canvas, const QString& file) {
  QImage image(kScreen, QImage::Format_RGB32);
  canvas.render(&image);
  image.save(file);
}

/// A module in the middle, that holds operators.
std::string moduleInTheMiddle(const GraphGeometry& geometry) {
  std::string key;
  for (std::size_t i = 0; i <= geometry.modules.size() / 2 && i < geometry.modules.size(); ++i)
    if (geometry.modules[i].repeats == 0) key = geometry.modules[i].key;
  return key;
}

/// From the click that opens a closed module, in a picture where all others are open, to the
/// painted picture: layout and painting one after the other.
double millisecondsToOpen(GraphCanvas& canvas, LayoutRequest request) {
  request.memo = makeLayoutMemo();
  const std::string key = moduleInTheMiddle(*layoutOf(request));
  const std::set<std::string> open = request.options.expanded;
  request.options.expanded.erase(key);
  const auto show = [&] {
    canvas.show(std::make_shared<const GraphScene>(layoutOf(request)), QString::fromStdString(key));
    canvas.repaint();
  };
  show();
  canvas.zoomTo(1);
  canvas.repaint();
  request.options.expanded = open;
  return millisecondsOf(show);
}

void timeOne(const QString& name, const std::shared_ptr<const ir::JointGraph>& joint,
             const QString& folder) {
  LayoutRequest request{joint, nullptr, {}};
  request.options.expandAutomatically = false;
  request.options.expanded = expandedToDepth(*layoutOf(request), 1000);
  const GraphGeometryPtr geometry = layoutOf(request);
  views::shared::SelectionHub hub;
  GraphCanvas canvas(&hub, views::shared::GraphKind::Joint);
  canvas.resize(kScreen);
  canvas.QWidget::show();
  QCoreApplication::processEvents();
  const double first = millisecondsOf([&] {
    canvas.show(std::make_shared<const GraphScene>(geometry));
    canvas.repaint();
  });
  if (!folder.isEmpty()) {
    save(canvas, QStringLiteral("%1/%2-top.png").arg(folder, name));
    canvas.fit();
    save(canvas, QStringLiteral("%1/%2-whole.png").arg(folder, name));
    canvas.showTop();
  }
  Frames frames = walk(canvas);
  const views::shared::FilterSubjects subjects(joint, nullptr);
  const double filter = millisecondsOf([&] {
    canvas.setFound(subjects.matching(*views::shared::parseFilter("op:mm -op:view")),
                    views::graph::Others::Paler);
    canvas.repaint();
  });
  const double open = millisecondsToOpen(canvas, request);
  std::printf(
      "%-14s %7zu boxes: first %5.1f ms; %d frames: median %5.2f, p99 %5.2f, worst %5.2f ms; "
      "filter %5.1f ms; open a module %5.1f ms\n",
      qPrintable(name), geometry->boxes.size(), first, kFrames, frames.at(0.5), frames.at(0.99),
      frames.at(1), filter, open);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  const QApplication application(argc, argv);
  const QString folder = argc > 1 ? QString::fromLocal8Bit(argv[1]) : QString();
  for (const char* name : {"gpt_deep", "resnet18_w16", "unet", "lstm", "vit", "moe"})
    timeOne(QString::fromLatin1(name), captured(name), folder);
  for (const int layers : {15, 140, 1400})
    timeOne(QStringLiteral("gpt-%1").arg(layers),
            shared(support::namedTransformerJoint({layers, 2, 16, 16, 2})), folder);
}
