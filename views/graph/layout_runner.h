#pragma once

// Layouts on a pool thread. A new request stops the running one; a late result is dropped.

#include <QObject>
#include <QTimer>
#include <memory>
#include <stop_token>

#include "core/layout/layout.h"

namespace views::graph {

class LayoutRunner : public QObject {
  Q_OBJECT

 public:
  explicit LayoutRunner(QObject* parent = nullptr);
  ~LayoutRunner() override;

  /// Starts a layout; `tag` comes back with the result.
  void start(core::layout::LayoutRequest request, const QString& tag = {});
  void cancel();
  bool isRunning() const { return m_isRunning; }

 Q_SIGNALS:
  void finished(const core::layout::GraphGeometryPtr& geometry, const QString& tag);
  void failed(const QString& message);
  /// The work takes longer than a second: what it does. Empty when it ended.
  void busy(const QString& sentence);

 private:
  struct Progress;
  void take(quint64 generation, const core::Result<core::layout::GraphGeometryPtr>& result,
            const QString& tag);
  void endBusy();

  quint64 m_generation = 0;
  bool m_isRunning = false;
  bool m_isBusyShown = false;
  std::stop_source m_stop;
  std::shared_ptr<Progress> m_progress;
  QTimer m_busyTimer;
};

}  // namespace views::graph
