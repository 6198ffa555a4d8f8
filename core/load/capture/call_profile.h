#pragma once

// The times of the calls of a joint graph, as `aot-engine trace --profile` measures them and
// `--cost profile:FILE` reads them: {"model": "net", "unit": "s", "calls": {"addmm": 1.2e-05,
// ...}}.

#include <string>

#include "core/base/result.h"
#include "core/partition/cost_model.h"

namespace core::load {

/// Seconds by the name of the call. Errors: FormatUnsupported (no such document, a negative or
/// endless time).
Result<partition::CallProfile> parseCallProfile(const std::string& text);

/// As parseCallProfile(), from a file; also FileNotFound.
Result<partition::CallProfile> readCallProfile(const std::string& path);

std::string callProfileJson(const std::string& model, const partition::CallProfile& profile);

}  // namespace core::load
