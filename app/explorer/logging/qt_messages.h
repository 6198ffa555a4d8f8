#pragma once

namespace explorer {

/// From now on only Qt's critical and fatal messages reach stderr: stderr is for our own lines, and
/// Qt's platform plug-ins remark on things that nobody can change.
void keepQtRemarksQuiet();

}  // namespace explorer
