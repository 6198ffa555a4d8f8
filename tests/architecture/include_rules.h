#pragma once

// Who may include whom, as a table: the rules of the program's structure that the build alone does
// not enforce.

#include <QString>
#include <QStringList>

/// The rule that `file` (a path from the root) breaks by including `header`, as a sentence; empty
/// if the include is allowed. `header` is what stands between the quotes or brackets.
QString brokenRule(const QString& file, const QString& header);

/// The longest a file of that path may be, in lines.
int lineLimit(const QString& file);
