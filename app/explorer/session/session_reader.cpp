// Reads by field names that say where they stand ("options.partition.budget"), so that an error
// names the place. The first mistake ends the reading; a Fields object is passed down and asked
// for values, which are defaults once something is wrong.

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>

#include "app/explorer/session/session.h"
#include "app/explorer/session/session_words.h"

namespace explorer {

using core::Error;
using core::ErrorCode;
using core::Result;
using core::partition::PartitionOptions;
using core::pipeline::CompileOptions;
using views::graph::GraphViewState;
using views::pages::PageId;
using views::shared::Selection;

namespace {

constexpr qint64 kLargestFile = 64 * 1024 * 1024;

/// Shared by all Fields of one file.
struct Mistake {
  QString text;
};

class Fields {
 public:
  Fields(QJsonObject object, QString path, Mistake* mistake)
      : m_object(std::move(object)), m_path(std::move(path)), m_mistake(mistake) {}

  bool has(const QString& name) const { return m_object.contains(name); }

  bool isText(const QString& name) const { return at(name).isString(); }

  void wrong(const QString& name, const QString& what) const {
    if (m_mistake->text.isEmpty()) {
      m_mistake->text = QStringLiteral("\"%1\" %2").arg(m_path + name, what);
    }
  }

  QString text(const QString& name) const {
    const QJsonValue value = at(name);
    if (!value.isString()) wrong(name, QStringLiteral("must be a text"));
    return value.toString();
  }

  double number(const QString& name, double low, double high) const {
    const QJsonValue value = at(name);
    const double number = value.toDouble(low);
    if (!value.isDouble() || !(number >= low && number <= high)) {
      wrong(name, QStringLiteral("must be a number from %1 to %2").arg(low).arg(high));
      return low;
    }
    return number;
  }

  std::int64_t integer(const QString& name, std::int64_t low) const {
    const QJsonValue value = at(name);
    const qint64 number = value.toInteger(low - 1);
    if (number < low) {
      wrong(name, QStringLiteral("must be a whole number of at least %1").arg(low));
    }
    return std::max<std::int64_t>(number, low);
  }

  bool flag(const QString& name) const {
    if (!at(name).isBool()) wrong(name, QStringLiteral("must be true or false"));
    return at(name).toBool();
  }

  template <typename Enum, std::size_t n>
  Enum choice(const QString& name, const Words<Enum, n>& words) const {
    const auto value = valueOf(words, text(name));
    if (value) return *value;
    QStringList known;
    for (const auto& pair : words) known << QLatin1String(pair.second);
    wrong(name, QStringLiteral("must be one of: ") + known.join(", "));
    return words.front().first;
  }

  QJsonArray array(const QString& name) const {
    const QJsonValue value = at(name);
    if (!value.isArray()) wrong(name, QStringLiteral("must be a list"));
    return value.toArray();
  }

  QStringList texts(const QString& name) const {
    QStringList texts;
    const QJsonArray values = array(name);
    for (const QJsonValue& value : values) {
      if (!value.isString()) wrong(name, QStringLiteral("must be a list of texts"));
      texts << value.toString();
    }
    return texts;
  }

  Fields object(const QString& name) const {
    const QJsonValue value = at(name);
    if (!value.isObject()) wrong(name, QStringLiteral("must be an object"));
    return {value.toObject(), m_path + name + QChar('.'), m_mistake};
  }

  /// The objects of a list.
  QList<Fields> objects(const QString& name) const {
    QList<Fields> fields;
    const QJsonArray values = array(name);
    for (qsizetype i = 0; i < values.size(); ++i) {
      const QString path = QStringLiteral("%1%2[%3].").arg(m_path, name).arg(i);
      if (!values[i].isObject()) wrong(name, QStringLiteral("must hold objects"));
      fields << Fields(values[i].toObject(), path, m_mistake);
    }
    return fields;
  }

  QStringList keys() const { return m_object.keys(); }

 private:
  QJsonValue at(const QString& name) const { return m_object.value(name); }

  QJsonObject m_object;
  QString m_path;
  Mistake* m_mistake;
};

std::vector<std::string> strings(const QStringList& texts) {
  std::vector<std::string> strings;
  for (const QString& text : texts) strings.push_back(text.toStdString());
  return strings;
}

std::set<std::string> keySet(const QStringList& texts) {
  std::set<std::string> keys;
  for (const QString& text : texts) keys.insert(text.toStdString());
  return keys;
}

core::partition::CostModel readCost(const Fields& fields) {
  constexpr double kMost = 1e30;
  core::partition::CostModel cost;
  cost.kind = fields.choice("kind", kCostWords);
  cost.peaks = {fields.number("flopsPerSecond", 0, kMost),
                fields.number("bytesPerSecond", 0, kMost),
                fields.number("secondsPerCall", 0, kMost)};
  if (fields.has("profile")) {
    core::partition::CallProfile profile;
    const Fields seconds = fields.object("profile");
    const QStringList names = seconds.keys();
    for (const QString& name : names) {
      profile[name.toStdString()] = seconds.number(name, 0, kMost);
    }
    cost.profile = std::make_shared<const core::partition::CallProfile>(std::move(profile));
  }
  return cost;
}

core::ir::DType readDType(const Fields& fields, const QString& name, const QString& text) {
  const auto dtype = core::ir::dtypeFromName(text.toStdString());
  if (!dtype) fields.wrong(name, QStringLiteral("is no dtype"));
  return dtype.value_or(core::ir::DType::F32);
}

core::partition::Quantization readQuantization(const Fields& fields) {
  core::partition::Quantization quantize;
  quantize.dtype = readDType(fields, QStringLiteral("dtype"), fields.text("dtype"));
  quantize.allowed.clear();
  for (const QString& name : fields.texts("allowed"))
    quantize.allowed.push_back(readDType(fields, QStringLiteral("allowed"), name));
  quantize.leastBytes = fields.integer("leastBytes", 0);
  quantize.scale = fields.flag("scale");
  quantize.excludePrimals = fields.flag("excludePrimals");
  return quantize;
}

PartitionOptions readPartition(const Fields& fields) {
  PartitionOptions options;
  options.partitioner = fields.choice("partitioner", kPartitionerWords);
  options.budget = fields.number("budget", 0, 1);
  options.solver = fields.choice("solver", kSolverWords);
  options.save = strings(fields.texts("save"));
  options.recompute = strings(fields.texts("recompute"));
  for (const Fields& module : fields.objects("moduleBudgets")) {
    options.moduleBudgets.push_back(
        {module.text("module").toStdString(), module.number("budget", 0, 1)});
  }
  if (fields.has("quantize")) options.quantize = readQuantization(fields.object("quantize"));
  if (fields.has("offloadLeastBytes"))
    options.offload = core::partition::Offload{fields.integer("offloadLeastBytes", 0)};
  if (fields.has("peakLimit")) options.peakLimit = fields.integer("peakLimit", 0);
  options.cost = readCost(fields.object("cost"));
  return options;
}

void readLoss(const Fields& fields, CompileOptions& options) {
  if (!fields.has("loss")) return;
  options.loss.emplace();
  // A number is the output whose gradient is taken; the only word is mean_square.
  if (fields.isText("loss")) {
    if (fields.text("loss") != QLatin1String("mean_square")) {
      fields.wrong(QStringLiteral("loss"), QStringLiteral("must be mean_square or an output"));
    }
  } else {
    options.loss->output = static_cast<int>(fields.number("loss", 0, 1e6));
  }
}

CompileOptions readOptions(const Fields& fields) {
  CompileOptions options;
  if (fields.has("mode")) options.mode = fields.choice("mode", kModeWords);
  readLoss(fields, options);
  options.inputsPath = fields.text("inputs").toStdString();
  options.weightsPath = fields.text("weights").toStdString();
  options.logCompile = fields.text("logCompile").toStdString();
  options.partition = readPartition(fields.object("partition"));
  options.decompositions = fields.choice("decompositions", kDecompositionWords);
  options.device = fields.text("device").toStdString();
  options.threads = static_cast<int>(fields.number("threads", 0, 4096));
  bool isNumber = false;
  options.seed = fields.text("seed").toULongLong(&isNumber);
  if (!isNumber) fields.wrong(QStringLiteral("seed"), QStringLiteral("must be a number in quotes"));
  const Fields dims = fields.object("dims");
  const QStringList names = dims.keys();
  for (const QString& name : names) {
    options.dims[name.toStdString()] = dims.integer(name, 0);
  }
  if (fields.has("fills")) {
    const Fields fills = fields.object("fills");
    const QStringList filled = fills.keys();
    for (const QString& name : filled)
      options.fills[name.toStdString()] = fills.text(name).toStdString();
  }
  options.learnShapesBytes = fields.integer("learnShapesBytes", 0);
  return options;
}

PageId readPage(const Fields& fields) {
  const auto page = views::pages::pageFromWord(fields.text("page"));
  if (!page) fields.wrong(QStringLiteral("page"), QStringLiteral("is not a page"));
  return page.value_or(PageId::Joint);
}

Selection readSelection(const Fields& fields) {
  return {fields.choice("graph", kGraphWords), fields.texts("nodes"), fields.text("module")};
}

Place readPlace(const Fields& fields) {
  Place place{readPage(fields), readSelection(fields.object("selection")), {}};
  if (fields.has("opened")) place.opened = keySet(fields.texts("opened"));
  return place;
}

GraphViewState readGraph(const Fields& fields) {
  constexpr double kFar = 1e12;
  return {keySet(fields.texts("opened")),
          fields.number("scale", 1e-6, 1e6),
          {fields.number("x", -kFar, kFar), fields.number("y", -kFar, kFar)}};
}

Session readFields(const Fields& fields) {
  Session session;
  const Fields model = fields.object("model");
  session.modelPath = model.text("path");
  session.modelSha256 = model.text("sha256");
  session.options = readOptions(fields.object("options"));
  session.page = readPage(fields);
  session.selection = readSelection(fields.object("selection"));
  session.filter = fields.text("filter");
  for (const Fields& bookmark : fields.objects("bookmarks")) {
    session.bookmarks << Bookmark{bookmark.text("name"), readPlace(bookmark.object("place"))};
  }
  const Fields graphs = fields.object("graphs");
  const QStringList names = graphs.keys();
  for (const QString& name : names) {
    session.graphs.insert(name, readGraph(graphs.object(name)));
  }
  session.docks = QByteArray::fromBase64(fields.text("docks").toLatin1());
  session.crashes = static_cast<int>(fields.number("crashes", 0, 1000));
  return session;
}

Error corrupt(const QString& what) {
  return {
      ErrorCode::ArchiveCorrupt, "The session cannot be read: " + what.toStdString() + ".", {}, {}};
}

Error refused(const std::string& what) {
  return {ErrorCode::InvalidArgument, what, {}, {}};
}

}  // namespace

Result<Session> readSession(const QByteArray& text) {
  QJsonParseError problem;
  const QJsonDocument document = QJsonDocument::fromJson(text, &problem);
  if (problem.error != QJsonParseError::NoError) {
    return corrupt(QStringLiteral("it is not JSON, at byte %1: %2")
                       .arg(problem.offset)
                       .arg(problem.errorString()));
  }
  Mistake mistake;
  const Fields fields(document.object(), QString(), &mistake);
  if (!fields.has("format") || fields.text("format") != QLatin1String(kSessionMark)) {
    return refused("This file is no session of AOT Explorer.");
  }
  const std::int64_t version = fields.integer("version", 1);
  if (mistake.text.isEmpty() && version > kSessionFormat) {
    return refused("The session was saved by a newer AOT Explorer (format " +
                   std::to_string(version) + "; this one reads up to " +
                   std::to_string(kSessionFormat) + "). It stays as it is: open it with that one.");
  }
  Session session = readFields(fields);
  if (!mistake.text.isEmpty()) return corrupt(mistake.text);
  if (session.modelPath.isEmpty()) return corrupt(QStringLiteral("\"model.path\" is empty"));
  return session;
}

Result<Session> readSessionFile(const QString& path) {
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) {
    return Error{ErrorCode::FileNotFound,
                 "Cannot read the session " + path.toStdString() + ": " +
                     file.errorString().toStdString() + ".",
                 {},
                 {}};
  }
  if (file.size() > kLargestFile) return corrupt(QStringLiteral("it is larger than 64 MiB"));
  return readSession(file.readAll());
}

}  // namespace explorer
