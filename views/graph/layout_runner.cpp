#include "views/graph/layout_runner.h"

#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>
#include <mutex>

namespace views::graph {

using core::layout::GraphGeometryPtr;
using core::layout::LayoutRequest;

/// Written by the working thread, read by the window.
struct LayoutRunner::Progress {
  std::mutex mutex;
  std::string sentence;
};

LayoutRunner::LayoutRunner(QObject* parent) : QObject(parent) {
  m_busyTimer.setInterval(1000);
  connect(&m_busyTimer, &QTimer::timeout, this, [this] {
    const std::lock_guard lock(m_progress->mutex);
    m_isBusyShown = true;
    Q_EMIT busy(QString::fromStdString(m_progress->sentence));
  });
}

LayoutRunner::~LayoutRunner() {
  m_stop.request_stop();
}

void LayoutRunner::start(LayoutRequest request, const QString& tag) {
  m_stop.request_stop();
  m_stop = std::stop_source();
  m_progress = std::make_shared<Progress>();
  m_isRunning = true;
  m_busyTimer.start();
  core::StageContext context;
  context.stop = m_stop.get_token();
  context.onProgress = [progress = m_progress](double, const std::string& what) {
    const std::lock_guard lock(progress->mutex);
    progress->sentence = what;
  };
  const quint64 generation = ++m_generation;
  QPointer<LayoutRunner> self(this);
  QThreadPool::globalInstance()->start(
      [self, generation, tag, request = std::move(request), context = std::move(context)] {
        auto result = core::layout::layoutGraph(request, context);
        // The runner may be gone by now: whether it is can only be asked in its own thread.
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [self, generation, tag, result = std::move(result)] {
              if (self) self->take(generation, result, tag);
            },
            Qt::QueuedConnection);
      });
}

void LayoutRunner::cancel() {
  m_stop.request_stop();
  ++m_generation;
  m_isRunning = false;
  endBusy();
}

void LayoutRunner::endBusy() {
  m_busyTimer.stop();
  if (m_isBusyShown) Q_EMIT busy({});
  m_isBusyShown = false;
}

void LayoutRunner::take(quint64 generation, const core::Result<GraphGeometryPtr>& result,
                        const QString& tag) {
  if (generation != m_generation) return;
  m_isRunning = false;
  endBusy();
  if (result) {
    Q_EMIT finished(*result, tag);
  } else {
    Q_EMIT failed(QString::fromStdString(result.error().message));
  }
}

}  // namespace views::graph
