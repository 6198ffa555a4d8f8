#include "app/explorer/history/point_settings.h"

#include <QHash>
#include <functional>

#include "core/history/sweep_plan.h"

namespace explorer {

using core::Error;
using core::ErrorCode;
using core::Result;
using core::partition::PartitionerKind;
using core::pipeline::CompileOptions;
using core::run::Mode;

namespace {

/// Takes the value of an option; false if it is none.
using Setter = std::function<bool(CompileOptions&, const QString&)>;

bool setDimension(CompileOptions& options, const QString& value) {
  bool isNumber = false;
  const std::int64_t size = value.section(QChar('='), 1).toLongLong(&isNumber);
  if (isNumber) options.dims[value.section(QChar('='), 0, 0).toStdString()] = size;
  return isNumber;
}

bool setPartitioner(CompileOptions& options, const QString& value) {
  const bool isDefault = value == QStringLiteral("default");
  options.partition.partitioner = isDefault ? PartitionerKind::Default : PartitionerKind::MinCut;
  return isDefault || value == QStringLiteral("min-cut");
}

bool setMode(CompileOptions& options, const QString& value) {
  options.mode = value == QStringLiteral("train") ? Mode::Train : Mode::Infer;
  return value == QStringLiteral("train") || value == QStringLiteral("infer");
}

bool setLoss(CompileOptions& options, const QString& value) {
  const QString prefix = QStringLiteral("output:");
  bool isNumber = true;
  options.loss.emplace();
  if (value.startsWith(prefix)) options.loss->output = value.mid(prefix.size()).toInt(&isNumber);
  return isNumber && (options.loss->output || value == QStringLiteral("mean_square"));
}

bool setFill(CompileOptions& options, const QString& value) {
  const std::string fill = value.section(QChar('='), 1).toStdString();
  options.fills[value.section(QChar('='), 0, 0).toStdString()] = fill;
  return core::load::parseInputFill(fill).has_value();
}

const QHash<QString, Setter>& setters() {
  static const QHash<QString, Setter> all = {
      {QStringLiteral("--budget"),
       [](CompileOptions& options, const QString& value) {
         bool isNumber = false;
         options.partition.budget = value.toDouble(&isNumber);
         options.partition.peakLimit.reset();
         return isNumber;
       }},
      {QStringLiteral("--threads"),
       [](CompileOptions& options, const QString& value) {
         bool isNumber = false;
         options.threads = value.toInt(&isNumber);
         return isNumber;
       }},
      {QStringLiteral("--seed"),
       [](CompileOptions& options, const QString& value) {
         bool isNumber = false;
         options.seed = value.toULongLong(&isNumber);
         return isNumber;
       }},
      {QStringLiteral("--device"),
       [](CompileOptions& options, const QString& value) {
         options.device = value.toStdString();
         return !value.isEmpty();
       }},
      {QStringLiteral("--dim"), setDimension},
      {QStringLiteral("--input"), setFill},
      {QStringLiteral("--inputs"),
       [](CompileOptions& options, const QString& value) {
         options.inputsPath = value.toStdString();
         return !value.isEmpty();
       }},
      {QStringLiteral("--loss"), setLoss},
      {QStringLiteral("--partitioner"), setPartitioner},
      {QStringLiteral("--mode"), setMode},
  };
  return all;
}

/// Changes `options` by one word and its value. Errors: InvalidArgument.
Result<void> setOne(CompileOptions& options, const std::string& word, const QString& value) {
  const auto setter = setters().find(QString::fromStdString(word));
  if (setter != setters().end() && (*setter)(options, value)) return {};
  return Error{ErrorCode::InvalidArgument,
               "The window cannot use '" + word + " " + value.toStdString() +
                   "'. Use it with `aot-engine bench`.",
               {},
               {}};
}

/// The words that give `options`, in pairs of an option and its value.
QStringList wordsOf(const CompileOptions& options) {
  QStringList words;
  const auto add = [&](const char* option, const QString& value) {
    words << QLatin1String(option) << value;
  };
  const CompileOptions none;
  if (options.mode)
    add("--mode", *options.mode == Mode::Train ? QStringLiteral("train") : QStringLiteral("infer"));
  if (options.loss) add("--loss", QString::fromStdString(options.loss->text()));
  if (!options.inputsPath.empty()) add("--inputs", QString::fromStdString(options.inputsPath));
  if (!options.weightsPath.empty()) add("--weights", QString::fromStdString(options.weightsPath));
  if (options.device != none.device) add("--device", QString::fromStdString(options.device));
  if (options.threads != none.threads) add("--threads", QString::number(options.threads));
  if (options.seed != none.seed) add("--seed", QString::number(options.seed));
  for (const auto& [name, size] : options.dims)
    add("--dim", QStringLiteral("%1=%2").arg(QString::fromStdString(name)).arg(size));
  for (const auto& [name, fill] : options.fills)
    add("--input", QString::fromStdString(name + "=" + fill));
  const auto& partition = options.partition;
  if (partition.partitioner == PartitionerKind::Default)
    add("--partitioner", QStringLiteral("default"));
  if (partition.budget != none.partition.budget)
    add("--budget", QString::number(partition.budget, 'g', 17));
  for (const std::string& name : partition.save) add("--save", QString::fromStdString(name));
  for (const std::string& name : partition.recompute)
    add("--recompute", QString::fromStdString(name));
  return words;
}

}  // namespace

Result<QString> settingsOf(const CompileOptions& options, const QStringList& varied) {
  QStringList kept;
  const QStringList words = wordsOf(options);
  for (qsizetype i = 0; i + 1 < words.size(); i += 2) {
    if (varied.contains(words[i].mid(2))) continue;
    if (words[i + 1].contains(QChar(' ')))
      return Error{ErrorCode::InvalidArgument,
                   "A sweep cannot pass '" + words[i + 1].toStdString() +
                       "' on: it has a space. Rename the file.",
                   {},
                   {}};
    kept << words[i] << words[i + 1];
  }
  return kept.join(QChar(' '));
}

Result<CompileOptions> withSettings(CompileOptions options, const std::string& settings) {
  const std::vector<std::string> words = core::history::wordsOf(settings);
  for (std::size_t i = 0; i < words.size(); i += 2) {
    const QString value = i + 1 < words.size() ? QString::fromStdString(words[i + 1]) : QString();
    CORE_TRY_VOID(setOne(options, words[i], value));
  }
  return options;
}

std::vector<std::string> presetWords(const CompileOptions& options) {
  CompileOptions kept;
  kept.mode = options.mode;
  kept.loss = options.loss;
  kept.inputsPath = options.inputsPath;
  kept.seed = options.seed;
  kept.dims = options.dims;
  kept.fills = options.fills;
  std::vector<std::string> words;
  for (const QString& word : wordsOf(kept)) words.push_back(word.toStdString());
  return words;
}

Result<CompileOptions> withPreset(CompileOptions options, const std::vector<std::string>& words) {
  const CompileOptions none;
  options.mode = none.mode;
  options.loss = none.loss;
  options.inputsPath = none.inputsPath;
  options.seed = none.seed;
  options.dims = none.dims;
  options.fills = none.fills;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2)
    CORE_TRY_VOID(setOne(options, words[i], QString::fromStdString(words[i + 1])));
  return options;
}

}  // namespace explorer
