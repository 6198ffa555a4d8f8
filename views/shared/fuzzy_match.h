#pragma once

// How well typed letters fit a text, for lists from which a person picks by typing.

#include <QString>
#include <optional>

namespace views::shared {

/// Empty if `typed` does not fit `text`; else a score, larger for a better fit. Each word of
/// `typed` must occur, its letters in order but not necessarily side by side; case does not count.
/// A whole substring beats scattered letters, the beginning of a word beats its middle, and a
/// shorter text beats a longer one. An empty `typed` fits everything with 0.
std::optional<int> fuzzyScore(const QString& typed, const QString& text);

}  // namespace views::shared
