#pragma once

// The child that runs Graphviz for small pictures. It is fed integers, ended when it takes too
// long, and never missed: our own layout stays where it fails.

#include <QObject>
#include <QProcess>
#include <QTimer>
#include <functional>

#include "core/layout/graph_geometry.h"

namespace explorer {

class GraphvizChild : public QObject {
  Q_OBJECT

 public:
  /// Larger pictures are refused: `dot` would not end.
  static constexpr int kMostBoxes = 1500;
  static constexpr int kLongestMs = 20000;

  /// `program` is the path of aot-graphviz; empty: it is not installed.
  explicit GraphvizChild(QString program, QObject* parent = nullptr);
  ~GraphvizChild() override;

  /// Ends with placed() or failed(); a new request ends the one before, which says nothing.
  void layOut(const core::layout::GraphGeometryPtr& geometry);

 Q_SIGNALS:
  void placed(const core::layout::GraphGeometryPtr& geometry);
  /// What failed, and what to do.
  void failed(const QString& sentence);

 private:
  void stop();
  void onFinished(int exitCode, QProcess::ExitStatus status);

  QString m_program;
  core::layout::GraphGeometryPtr m_geometry;  ///< of the request that runs; null: none
  QProcess m_process;
  QTimer m_limit;
};

}  // namespace explorer
