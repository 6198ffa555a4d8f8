#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "app/explorer/session/session.h"
#include "app/explorer/session/session_words.h"

namespace explorer {

using core::partition::PartitionOptions;
using core::pipeline::CompileOptions;
using views::graph::GraphViewState;
using views::shared::Selection;

namespace {

QString text(const std::string& value) {
  return QString::fromStdString(value);
}

template <typename Strings>
QJsonArray arrayOf(const Strings& strings) {
  QJsonArray array;
  for (const std::string& value : strings) array.append(text(value));
  return array;
}

QJsonObject json(const core::partition::CostModel& cost) {
  QJsonObject object{{"kind", word(kCostWords, cost.kind)},
                     {"flopsPerSecond", cost.peaks.flopsPerSecond},
                     {"bytesPerSecond", cost.peaks.bytesPerSecond},
                     {"secondsPerCall", cost.peaks.secondsPerCall}};
  if (cost.profile) {
    QJsonObject profile;
    for (const auto& [name, seconds] : *cost.profile) profile.insert(text(name), seconds);
    object.insert("profile", profile);
  }
  return object;
}

QString dtypeText(core::ir::DType dtype) {
  return text(std::string(core::ir::dtypeName(dtype)));
}

QJsonObject json(const core::partition::Quantization& quantize) {
  QJsonArray allowed;
  for (const core::ir::DType dtype : quantize.allowed) allowed.append(dtypeText(dtype));
  return {{"dtype", dtypeText(quantize.dtype)},
          {"allowed", allowed},
          {"leastBytes", QJsonValue(qint64(quantize.leastBytes))},
          {"scale", quantize.scale},
          {"excludePrimals", quantize.excludePrimals}};
}

QJsonObject json(const PartitionOptions& options) {
  QJsonArray budgets;
  for (const auto& module : options.moduleBudgets) {
    budgets.append(QJsonObject{{"module", text(module.module)}, {"budget", module.budget}});
  }
  QJsonObject object{{"partitioner", word(kPartitionerWords, options.partitioner)},
                     {"budget", options.budget},
                     {"solver", word(kSolverWords, options.solver)},
                     {"save", arrayOf(options.save)},
                     {"recompute", arrayOf(options.recompute)},
                     {"moduleBudgets", budgets},
                     {"cost", json(options.cost)}};
  if (options.quantize) object.insert("quantize", json(*options.quantize));
  if (options.offload)
    object.insert("offloadLeastBytes", QJsonValue(qint64(options.offload->leastBytes)));
  if (options.peakLimit) object.insert("peakLimit", QJsonValue(qint64(*options.peakLimit)));
  return object;
}

QJsonObject json(const CompileOptions& options) {
  QJsonObject dims;
  for (const auto& [name, size] : options.dims) dims.insert(text(name), QJsonValue(qint64(size)));
  QJsonObject fills;
  for (const auto& [name, fill] : options.fills) fills.insert(text(name), text(fill));
  QJsonObject object{{"inputs", text(options.inputsPath)},
                     {"weights", text(options.weightsPath)},
                     {"logCompile", text(options.logCompile)},
                     {"partition", json(options.partition)},
                     {"decompositions", word(kDecompositionWords, options.decompositions)},
                     {"device", text(options.device)},
                     {"threads", options.threads},
                     // A number of JSON would lose digits of a large seed.
                     {"seed", QString::number(options.seed)},
                     {"dims", dims},
                     {"fills", fills},
                     {"learnShapesBytes", QJsonValue(qint64(options.learnShapesBytes))}};
  if (options.mode) object.insert("mode", word(kModeWords, *options.mode));
  if (options.loss) {
    object.insert("loss", options.loss->output ? QJsonValue(*options.loss->output)
                                               : QJsonValue(QStringLiteral("mean_square")));
  }
  return object;
}

QJsonObject json(const Selection& selection) {
  return {{"graph", word(kGraphWords, selection.graph)},
          {"nodes", QJsonArray::fromStringList(selection.nodes)},
          {"module", selection.module}};
}

QJsonObject json(const Place& place) {
  QJsonObject object{{"page", views::pages::pageWord(place.page)},
                     {"selection", json(place.selection)}};
  if (place.opened) object.insert("opened", arrayOf(*place.opened));
  return object;
}

QJsonObject json(const GraphViewState& state) {
  return {{"opened", arrayOf(state.expanded)},
          {"scale", state.scale},
          {"x", state.center.x()},
          {"y", state.center.y()}};
}

}  // namespace

QByteArray sessionText(const Session& session) {
  QJsonArray bookmarks;
  for (const Bookmark& bookmark : session.bookmarks) {
    bookmarks.append(QJsonObject{{"name", bookmark.name}, {"place", json(bookmark.place)}});
  }
  QJsonObject graphs;
  for (auto it = session.graphs.begin(); it != session.graphs.end(); ++it) {
    graphs.insert(it.key(), json(it.value()));
  }
  const QJsonObject object{
      {"format", QLatin1String(kSessionMark)},
      {"version", kSessionFormat},
      {"model", QJsonObject{{"path", session.modelPath}, {"sha256", session.modelSha256}}},
      {"options", json(session.options)},
      {"page", views::pages::pageWord(session.page)},
      {"selection", json(session.selection)},
      {"filter", session.filter},
      {"bookmarks", bookmarks},
      {"graphs", graphs},
      {"docks", QString::fromLatin1(session.docks.toBase64())},
      {"crashes", session.crashes}};
  return QJsonDocument(object).toJson(QJsonDocument::Indented);
}

}  // namespace explorer
