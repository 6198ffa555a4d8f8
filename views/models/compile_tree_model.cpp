#include "views/models/compile_tree_model.h"

#include "views/models/showable_text.h"

namespace views::models {

using core::pipeline::CompileOfLog;

namespace {

/// "0" of "0/1", with the rank of a distributed run.
QString frameOf(const CompileOfLog& compile) {
  const QString id = showable(compile.id);
  const QString frame = id.left(id.lastIndexOf(QChar('/')));
  return compile.rank.empty() ? frame
                              : frame + QStringLiteral(" (rank %1)").arg(showable(compile.rank));
}

QStandardItem* cell(const QString& text, const QString& toolTip = QString()) {
  auto* item = new QStandardItem(text);
  item->setEditable(false);
  if (!toolTip.isEmpty()) item->setToolTip(toolTip.toHtmlEscaped());
  return item;
}

QString graphsText(const CompileOfLog& compile) {
  QStringList graphs;
  for (const std::string& graph : compile.graphs) graphs << showable(graph);
  return graphs.isEmpty() ? QStringLiteral("no graphs") : graphs.join(QStringLiteral(", "));
}

QList<QStandardItem*> compileRow(const CompileOfLog& compile) {
  const QString mark = compile.isShown ? QStringLiteral("● ") : QString();
  const QString reason = showable(compile.reason);
  QList<QStandardItem*> row = {cell(mark + showable(compile.id)), cell(showable(compile.function)),
                               cell(showable(compile.source)), cell(graphsText(compile)),
                               cell(reason, QString::fromStdString(compile.reason).left(4096))};
  row.front()->setData(QString::fromStdString(compile.id), CompileIdRole);
  row.front()->setData(compile.canOpen, CanOpenRole);
  for (QStandardItem* item : row) item->setEnabled(compile.canOpen);
  return row;
}

}  // namespace

void CompileTreeModel::setRecord(const core::pipeline::CompileRecord* record) {
  clear();
  m_shown = QPersistentModelIndex();
  setHorizontalHeaderLabels({tr("compile"), tr("function"), tr("source"), tr("graphs"),
                             tr("why again, or where it breaks")});
  if (!record) return;
  QHash<QString, QStandardItem*> frames;
  for (const CompileOfLog& compile : record->model.compiles) {
    QStandardItem*& frame = frames[frameOf(compile)];
    if (!frame) {
      frame = cell(tr("frame %1").arg(frameOf(compile)));
      appendRow({frame, cell(showable(compile.function)), cell(showable(compile.source))});
    }
    frame->appendRow(compileRow(compile));
    if (compile.isShown) m_shown = frame->child(frame->rowCount() - 1)->index();
  }
}

}  // namespace views::models
