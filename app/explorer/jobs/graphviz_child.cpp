#include "app/explorer/jobs/graphviz_child.h"

#include "core/layout/graphviz_picture.h"
#include "views/models/showable_text.h"

namespace explorer {

GraphvizChild::GraphvizChild(QString program, QObject* parent)
    : QObject(parent), m_program(std::move(program)) {
  m_limit.setSingleShot(true);
  m_limit.setInterval(kLongestMs);
  connect(&m_process, &QProcess::finished, this, &GraphvizChild::onFinished);
  connect(&m_limit, &QTimer::timeout, this, [this] {
    stop();
    Q_EMIT failed(
        tr("Graphviz took longer than %1 s and was ended; the program's own layout stays. "
           "Collapse modules to make the picture smaller.")
            .arg(kLongestMs / 1000));
  });
}

GraphvizChild::~GraphvizChild() {
  stop();
}

void GraphvizChild::stop() {
  m_limit.stop();
  m_geometry.reset();
  if (m_process.state() == QProcess::NotRunning) return;
  m_process.kill();
  m_process.waitForFinished();
}

void GraphvizChild::layOut(const core::layout::GraphGeometryPtr& geometry) {
  stop();
  if (m_program.isEmpty()) {
    return Q_EMIT failed(
        tr("aot-graphviz is not beside the program: install it again, or export "
           "the graph as DOT."));
  }
  if (geometry->boxes.size() > kMostBoxes) {
    return Q_EMIT failed(tr("The picture has %1 boxes; Graphviz is asked for at most %2. Collapse "
                            "modules first.")
                             .arg(geometry->boxes.size())
                             .arg(kMostBoxes));
  }
  m_geometry = geometry;
  m_process.start(m_program, QStringList());
  m_process.write(QByteArray::fromStdString(core::layout::graphvizQuestion(*geometry)));
  m_process.closeWriteChannel();
  m_limit.start();
}

void GraphvizChild::onFinished(int exitCode, QProcess::ExitStatus status) {
  if (!m_geometry) return;
  m_limit.stop();
  const auto geometry = std::move(m_geometry);
  m_geometry.reset();
  if (status != QProcess::NormalExit || exitCode != 0) {
    return Q_EMIT failed(
        tr("Graphviz could not lay this graph out; the program's own layout stays."));
  }
  const QByteArray answer = m_process.readAllStandardOutput();
  const auto picture = core::layout::placedByGraphviz(
      *geometry, std::string_view(answer.constData(), static_cast<std::size_t>(answer.size())));
  if (!picture) return Q_EMIT failed(views::models::showable(picture.error().message));
  Q_EMIT placed(*picture);
}

}  // namespace explorer
