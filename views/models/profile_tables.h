#pragma once

// Tables of a profile: by operator, gaps, and what compiled saved.

#include "core/run/profile_study.h"
#include "views/models/slice_tracks.h"

namespace views::models {

using SavingsPtr = std::shared_ptr<const std::vector<core::run::GroupSaving>>;

/// All slices of one name in one run as a row, the longest first.
Table operatorTimeTable(const ProfilePtr& profile);
/// The gaps of both runs, the longest first.
Table gapTable(const ProfilePtr& profile);
/// Compiled groups beside the operators of eager that they stand for.
Table savingTable(const SavingsPtr& savings);
/// "Eager 2.10 ms (97.1 % in 211 slices), compiled 1.20 ms (…); gaps …".
QString profileSentence(const core::run::Profile& profile);

}  // namespace views::models
