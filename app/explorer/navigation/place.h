#pragma once

// Where a person is: the page, what is selected, and which modules are open in its graph.

#include <QString>
#include <optional>
#include <set>
#include <string>

#include "views/pages/snapshot.h"
#include "views/shared/selection_hub.h"

namespace explorer {

struct Place {
  views::pages::PageId page = views::pages::PageId::Start;
  views::shared::Selection selection;
  /// Keys of module calls; empty for a page without a graph, or while it is being laid out.
  std::optional<std::set<std::string>> opened;

  bool operator==(const Place&) const = default;
};

/// A place with a name that a person gave it.
struct Bookmark {
  QString name;
  Place place;

  bool operator==(const Bookmark&) const = default;
};

}  // namespace explorer
