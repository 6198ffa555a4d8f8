#pragma once

// All that a person made in the window and would miss: kept in a session file and in the journal.
// Results are not in it; they are computed again from the model.

#include <QByteArray>
#include <QMap>
#include <QString>

#include "app/explorer/navigation/place.h"
#include "core/base/result.h"
#include "core/pipeline/compile_options.h"
#include "views/graph/graph_view.h"

namespace explorer {

struct Session {
  QString modelPath;    ///< absolute
  QString modelSha256;  ///< hexadecimal; empty: not known, or the model is a folder
  core::pipeline::CompileOptions options;
  views::pages::PageId page = views::pages::PageId::Joint;
  views::shared::Selection selection;
  QString filter;
  QList<Bookmark> bookmarks;
  QMap<QString, views::graph::GraphViewState> graphs;  ///< by "page" or "page.2"
  QByteArray docks;                                    ///< QMainWindow::saveState()
  int crashes = 0;  ///< how often the program died while this session was open
};

/// The version of the format that is written. A reader refuses newer ones and knows older ones.
inline constexpr int kSessionFormat = 1;

/// As JSON, in a fixed order: equal sessions are equal bytes.
QByteArray sessionText(const Session& session);

/// Errors: ArchiveCorrupt (not JSON, or a field that is missing or no such value: says which),
/// InvalidArgument (no session of this program, or of a newer version of it). Fields that are not
/// known are passed over. Consent to run the code of a TorchScript file is never taken from a file.
core::Result<Session> readSession(const QByteArray& text);

/// Reads at most 64 MiB. Errors also: FileNotFound, with what to do.
core::Result<Session> readSessionFile(const QString& path);

}  // namespace explorer
