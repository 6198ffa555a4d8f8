#pragma once

// The search text applied to the nodes of the open model.

#include <QSet>
#include <QStringList>

#include "views/pages/data_table.h"
#include "views/pages/snapshot.h"
#include "views/shared/selection_hub.h"

namespace views::pages {

struct FilterResult {
  bool active = false;  ///< there is a filter and it could be read
  QStringList names;    ///< nodes that pass, in graph order
  int total = 0;        ///< nodes asked
  QString error;        ///< "Column 4: …"; empty if the text could be read
};

/// Applies `text` to the joint graph of `snapshot`; an empty text is no filter.
FilterResult applyFilter(const Snapshot& snapshot, const QString& text);

/// Which rows of a table of nodes pass; empty (every row) without an active filter.
NodeFilterProxy::Accept acceptOf(const FilterResult& result, shared::FilterMode mode);

}  // namespace views::pages
