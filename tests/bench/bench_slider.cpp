// How long a step of the slider takes, from the mouse to the picture: the chart, the study that
// computes the partition, and the page that marks the cut, wired as in the main window.

#include <QApplication>
#include <QElapsedTimer>
#include <QMainWindow>
#include <QMouseEvent>
#include <algorithm>
#include <cstdio>

#include "app/explorer/jobs/partition_studies.h"
#include "core/partition/partition_joint.h"
#include "tests/support/transformer_joint.h"
#include "views/graph/graph_canvas.h"
#include "views/pages/curve_panel.h"
#include "views/pages/partition_page.h"
#include "views/plot/budget_chart.h"

namespace {

using namespace views;
using explorer::PartitionStudies;
using views::pages::PartitionPage;

constexpr int kSteps = 60;

/// Counts the pictures of one widget.
class PaintCounter : public QObject {
 public:
  explicit PaintCounter(QWidget* widget) : QObject(widget) { widget->installEventFilter(this); }
  int count = 0;

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override {
    if (event->type() == QEvent::Paint) ++count;
    return QObject::eventFilter(watched, event);
  }
};

constexpr int kPatienceMs = 20000;

/// Handles events until `done()`; false if it does not come about.
template <typename Done>
bool wait(Done&& done, int patienceMs = kPatienceMs) {
  QElapsedTimer timer;
  timer.start();
  while (!done()) {
    if (timer.elapsed() > patienceMs) return false;
    QCoreApplication::processEvents(QEventLoop::AllEvents, 1);
  }
  return true;
}

/// A window that shows the partition of a transformer.
class SliderBench {
 public:
  explicit SliderBench(int layers) : m_page(&m_hub) {
    auto record = std::make_shared<core::pipeline::CompileRecord>();
    record->joint = std::make_shared<const core::ir::JointGraph>(
        support::transformerJoint({layers, 8, 256, 512, 8}));
    record->partition = std::make_shared<const core::partition::Partition>(
        *core::partition::partition(*record->joint, {}, {}));
    m_record = record;
    m_window.setCentralWidget(&m_page);
    m_window.resize(1600, 1000);
    connectAll();
    publish();
    m_window.show();
    m_studies.follow(m_record, m_options);
    if (!wait([&] { return !m_studies.isBusy() && !m_page.isLayingOut(); }))
      std::printf("the window is not ready\n");
    publish();
    QCoreApplication::processEvents();
    m_chart = m_page.findChild<plot::BudgetChart*>();
    for (auto* canvas : m_page.findChildren<graph::GraphCanvas*>())
      if (canvas->isVisible()) m_canvas = new PaintCounter(canvas);
  }

  std::size_t nodes() const { return m_record->joint->graph->size(); }

  /// Milliseconds of each step of a drag over the whole chart.
  std::vector<double> drag() {
    std::vector<double> times;
    const QPoint from(70, m_chart->height() / 2);
    send(QEvent::MouseButtonPress, from);
    wait([&] { return m_answered; });
    for (int step = 0; step < kSteps; ++step) {
      const int x = 70 + (m_chart->width() - 100) * step / kSteps;
      const int asked = m_asked;
      QElapsedTimer timer;
      timer.start();
      send(QEvent::MouseMove, {x, from.y()});
      if (m_asked == asked) continue;  // the same point of the curve as before
      if (!wait([&] { return m_answered; })) break;
      // The same cut by another way has no new picture.
      if (!wait([&] { return m_canvas->count > m_paintsBefore; }, 200)) continue;
      times.push_back(static_cast<double>(timer.nsecsElapsed()) * 1e-6);
    }
    return times;
  }

 private:
  void connectAll() {
    QObject::connect(&m_page, &PartitionPage::pointPreviewed,
                     [this](const core::partition::ParetoPoint& point) {
                       ++m_asked;
                       m_answered = false;
                       m_studies.preview(pages::withPoint(m_options, point));
                     });
    QObject::connect(&m_studies, &PartitionStudies::previewed, &m_page,
                     &PartitionPage::showPreview);
    QObject::connect(&m_studies, &PartitionStudies::previewed, [this] {
      m_answered = true;
      m_paintsBefore = m_canvas->count;
    });
    QObject::connect(&m_studies, &PartitionStudies::changed, [this] { publish(); });
  }

  void publish() {
    auto snapshot = std::make_shared<pages::Snapshot>();
    if (!m_index) m_index = std::make_shared<const models::RecordIndex>(m_record);
    snapshot->index = m_index;
    snapshot->options.partition = m_options;
    snapshot->study = m_studies.study();
    m_page.setSnapshot(snapshot);
  }

  void send(QEvent::Type type, const QPoint& at) {
    QMouseEvent event(type, at, m_chart->mapToGlobal(at), Qt::LeftButton, Qt::LeftButton, {});
    QCoreApplication::sendEvent(m_chart, &event);
  }

  shared::SelectionHub m_hub;
  core::partition::PartitionOptions m_options;
  core::pipeline::CompileRecordPtr m_record;
  models::RecordIndexPtr m_index;
  PartitionStudies m_studies;
  QMainWindow m_window;
  PartitionPage m_page;
  plot::BudgetChart* m_chart = nullptr;
  PaintCounter* m_canvas = nullptr;
  int m_asked = 0;         ///< previews
  bool m_answered = true;  ///< the last of them came
  int m_paintsBefore = 0;  ///< pictures when the last preview came
};

void report(int layers) {
  SliderBench bench(layers);
  std::vector<double> times = bench.drag();
  if (times.empty()) {
    std::printf("%zu nodes: no step\n", bench.nodes());
    return;
  }
  std::sort(times.begin(), times.end());
  std::printf("%6zu nodes: %zu steps, median %.1f ms, 90 %% under %.1f ms, worst %.1f ms\n",
              bench.nodes(), times.size(), times[times.size() / 2], times[times.size() * 9 / 10],
              times.back());
}

}  // namespace

int main(int argc, char** argv) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  QApplication app(argc, argv);
  for (int layers : {4, 17, 171}) report(layers);
  return 0;
}
