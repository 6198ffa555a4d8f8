#pragma once

// The command line of the window: what to open, how it looks, and what to write without a display.

#include <QSize>
#include <QString>
#include <QStringList>
#include <optional>

#include "core/base/result.h"
#include "core/pipeline/compile_options.h"
#include "views/look/theme.h"
#include "views/pages/snapshot.h"

namespace explorer {

/// What is asked of a step once the work for the page is done.
enum class Ask { Profile, Difference };

struct StartOptions {
  QString model;       ///< path; empty: start page
  QString session;     ///< path of a session file; empty: none
  QString sample;      ///< file stem in the samples folder; empty: none
  QStringList engine;  ///< program and arguments; empty: the engine beside this program
  views::pages::PageId page = views::pages::PageId::Joint;
  bool pageGiven = false;
  std::optional<Ask> ask;
  QString shotFile;
  QString reportFile;
  QSize size{1600, 1000};
  views::look::Theme theme = views::look::Theme::System;
  bool themeGiven = false;
  core::pipeline::CompileOptions compile;
  bool help = false;
  bool version = false;

  /// True if the program works without a person: it writes files and ends.
  bool unattended() const { return !shotFile.isEmpty() || !reportFile.isEmpty(); }
};

/// Reads the arguments after the program's name. Errors are InvalidArgument.
core::Result<StartOptions> parseCommandLine(const QStringList& arguments);

/// What `--help` prints.
QString helpText();

/// How far the engine must work so that `page` has something to show without a click.
core::pipeline::Goal goalForPage(views::pages::PageId page);

}  // namespace explorer
