#pragma once

// Columns that several tables share.

#include "views/models/table_model.h"

namespace views::models {

/// Plain text; sorts by it.
Column textColumn(QString title, std::function<QString(int)> text);
/// The row's place in the artifact, counted from `first`.
Column numberColumn(int first);
/// Bytes with a unit; sorts by value; the exact number in the tooltip.
Column bytesColumn(QString title, std::function<std::int64_t(int)> bytes);
/// Whole numbers with separators; sorts by value.
Column countColumn(QString title, std::function<std::int64_t(int)> count);
/// A small real number ("1.3e-07"); sorts by value.
Column realColumn(QString title, std::function<double(int)> value);

}  // namespace views::models
