#include "app/explorer/command_line.h"

#include <QCommandLineParser>
#include <QFileInfo>
#include <QProcess>

namespace explorer {

using core::Error;
using core::ErrorCode;
using core::Result;
using core::pipeline::Goal;
using views::look::Theme;
using views::pages::PageId;

namespace {

Error wrongUse(const QString& message) {
  return {ErrorCode::InvalidArgument, message.toStdString(), {}, {}};
}

void addOptions(QCommandLineParser& parser) {
  const auto add = [&](const char* name, const char* text, const char* value) {
    parser.addOption(QCommandLineOption(QString::fromLatin1(name), QString::fromLatin1(text),
                                        QString::fromLatin1(value)));
  };
  add("session", "Goes on with a saved session.", "FILE");
  add("sample", "Opens a bundled sample by its name.", "NAME");
  add("engine", "Uses another engine, for instance \"ssh host aot-engine serve\".", "COMMAND");
  add("page", "start, model, inputs, joint, partition, kernels, run or compare.", "PAGE");
  add("ask", "profile or difference: then also asks that of a step, on the run page.", "WHAT");
  add("shot",
      "Does the work, writes a picture of the window (.png) or the page's graph (.svg, .pdf, .dot, "
      ".json), and ends.",
      "FILE");
  add("report", "Does the work, writes a report, and ends.", "FILE.html");
  add("size", "Size of the window.", "WIDTHxHEIGHT");
  add("theme", "light or dark; else as the desktop.", "THEME");
  add("budget", "Activation memory budget from 0 to 1.", "BUDGET");
  add("partitioner", "min-cut or default.", "NAME");
  add("mode", "train or infer; else train if any parameter requires a gradient.", "MODE");
  add("inputs", "Input head with its data beside it.", "FILE");
  add("seed", "Seed of the random inputs and of the model's random operators.", "NUMBER");
  parser.addOption({QStringLiteral("help"), QStringLiteral("Prints this text.")});
  parser.addOption({QStringLiteral("version"), QStringLiteral("Prints the versions.")});
  parser.addPositionalArgument(QStringLiteral("MODEL"), QStringLiteral("A .pt2 file."),
                               QStringLiteral("[MODEL]"));
}

Result<QSize> parseSize(const QString& text) {
  const QStringList parts = text.split(QChar('x'));
  const int width = parts.value(0).toInt();
  const int height = parts.value(1).toInt();
  if (parts.size() != 2 || width < 320 || height < 240 || width > 8192 || height > 8192) {
    return wrongUse(QStringLiteral("--size takes WIDTHxHEIGHT between 320x240 and 8192x8192, "
                                   "not '%1'.")
                        .arg(text));
  }
  return QSize(width, height);
}

Result<void> readLook(const QCommandLineParser& parser, StartOptions& options) {
  if (parser.isSet(QStringLiteral("page"))) {
    const QString word = parser.value(QStringLiteral("page"));
    const auto page = views::pages::pageFromWord(word);
    if (!page) return wrongUse(QStringLiteral("--page '%1' is not a page; see --help.").arg(word));
    options.page = *page;
    options.pageGiven = true;
  }
  if (parser.isSet(QStringLiteral("ask"))) {
    const QString word = parser.value(QStringLiteral("ask"));
    if (word == QStringLiteral("profile")) options.ask = Ask::Profile;
    if (word == QStringLiteral("difference")) options.ask = Ask::Difference;
    if (!options.ask) {
      return wrongUse(QStringLiteral("--ask is profile or difference, not '%1'.").arg(word));
    }
    options.page = PageId::Run;
    options.pageGiven = true;
  }
  if (parser.isSet(QStringLiteral("size"))) {
    CORE_TRY(options.size, parseSize(parser.value(QStringLiteral("size"))));
  }
  if (parser.isSet(QStringLiteral("theme"))) {
    const QString name = parser.value(QStringLiteral("theme"));
    if (name != QStringLiteral("light") && name != QStringLiteral("dark")) {
      return wrongUse(QStringLiteral("--theme is light or dark, not '%1'.").arg(name));
    }
    options.theme = name == QStringLiteral("dark") ? Theme::Dark : Theme::Light;
    options.themeGiven = true;
  }
  return {};
}

Result<void> readCompile(const QCommandLineParser& parser,
                         core::pipeline::CompileOptions& options) {
  if (parser.isSet(QStringLiteral("budget"))) {
    bool isNumber = false;
    const double budget = parser.value(QStringLiteral("budget")).toDouble(&isNumber);
    if (!isNumber || !(budget >= 0 && budget <= 1)) {
      return wrongUse(QStringLiteral("--budget is a number from 0 to 1."));
    }
    options.partition.budget = budget;
  }
  if (parser.isSet(QStringLiteral("partitioner"))) {
    const QString name = parser.value(QStringLiteral("partitioner"));
    if (name != QStringLiteral("min-cut") && name != QStringLiteral("default")) {
      return wrongUse(QStringLiteral("--partitioner is min-cut or default, not '%1'.").arg(name));
    }
    options.partition.partitioner = name == QStringLiteral("default")
                                        ? core::partition::PartitionerKind::Default
                                        : core::partition::PartitionerKind::MinCut;
  }
  if (parser.isSet(QStringLiteral("mode"))) {
    const QString name = parser.value(QStringLiteral("mode"));
    if (name != QStringLiteral("train") && name != QStringLiteral("infer")) {
      return wrongUse(QStringLiteral("--mode is train or infer, not '%1'.").arg(name));
    }
    options.mode =
        name == QStringLiteral("train") ? core::run::Mode::Train : core::run::Mode::Infer;
  }
  if (parser.isSet(QStringLiteral("seed"))) {
    bool isNumber = false;
    options.seed = parser.value(QStringLiteral("seed")).toULongLong(&isNumber);
    if (!isNumber) return wrongUse(QStringLiteral("--seed is a number."));
  }
  options.inputsPath = parser.value(QStringLiteral("inputs")).toStdString();
  return {};
}

Result<void> checkShot(const QString& file) {
  static const QStringList kSuffixes = {QStringLiteral("png"), QStringLiteral("svg"),
                                        QStringLiteral("pdf"), QStringLiteral("dot"),
                                        QStringLiteral("json")};
  if (file.isEmpty() || kSuffixes.contains(QFileInfo(file).suffix().toLower())) return {};
  return wrongUse(
      QStringLiteral("--shot writes .png, .svg, .pdf, .dot or .json, not '%1'.").arg(file));
}

Result<void> readModel(const QCommandLineParser& parser, StartOptions& options) {
  const QStringList models = parser.positionalArguments();
  options.sample = parser.value(QStringLiteral("sample"));
  options.model = models.value(0);
  options.session = parser.value(QStringLiteral("session"));
  if (models.size() > 1) return wrongUse(QStringLiteral("One model at a time, please."));
  if (options.model == QStringLiteral("-")) {
    return wrongUse(QStringLiteral("A model cannot be read from '-': its reader needs to seek."));
  }
  if (!options.model.isEmpty() && !options.sample.isEmpty()) {
    return wrongUse(QStringLiteral("Give a model or --sample, not both."));
  }
  if (!options.session.isEmpty() && !(options.model.isEmpty() && options.sample.isEmpty())) {
    return wrongUse(QStringLiteral("A session names its model: give --session alone."));
  }
  const bool nothing =
      options.model.isEmpty() && options.sample.isEmpty() && options.session.isEmpty();
  if (nothing && !options.reportFile.isEmpty()) {
    return wrongUse(QStringLiteral("--report needs a model or --sample."));
  }
  if (nothing && !options.pageGiven) options.page = PageId::Start;
  if (nothing && options.page != PageId::Start) {
    return wrongUse(QStringLiteral("--page %1 needs a model or --sample.")
                        .arg(views::pages::pageWord(options.page)));
  }
  return {};
}

}  // namespace

Result<StartOptions> parseCommandLine(const QStringList& arguments) {
  QCommandLineParser parser;
  addOptions(parser);
  if (!parser.parse(QStringList{QStringLiteral("aot-explorer")} + arguments)) {
    return wrongUse(parser.errorText() + QStringLiteral(" See --help."));
  }
  StartOptions options;
  options.help = parser.isSet(QStringLiteral("help"));
  options.version = parser.isSet(QStringLiteral("version"));
  if (options.help || options.version) return options;
  options.shotFile = parser.value(QStringLiteral("shot"));
  CORE_TRY_VOID(checkShot(options.shotFile));
  options.reportFile = parser.value(QStringLiteral("report"));
  options.engine = QProcess::splitCommand(parser.value(QStringLiteral("engine")));
  CORE_TRY_VOID(readLook(parser, options));
  if (options.ask && options.shotFile.isEmpty()) {
    return wrongUse(QStringLiteral("--ask needs --shot, a file to write the answer's picture to."));
  }
  CORE_TRY_VOID(readCompile(parser, options.compile));
  CORE_TRY_VOID(readModel(parser, options));
  return options;
}

QString helpText() {
  QCommandLineParser parser;
  addOptions(parser);
  parser.setApplicationDescription(QStringLiteral(
      "Opens a PyTorch model and shows how it is traced, partitioned, compiled and measured.\n"
      "Example: aot-explorer --sample resnet18 --page partition --budget 0.5"));
  return parser.helpText();
}

Goal goalForPage(PageId page) {
  switch (page) {
    case PageId::Start:
    case PageId::Model:
    case PageId::Inputs:
    case PageId::Joint:
    case PageId::Partition: return Goal::Partition;
    case PageId::Kernels: return Goal::Kernels;
    case PageId::Run:
    case PageId::Compare: return Goal::Measure;
  }
  return Goal::Partition;
}

}  // namespace explorer
