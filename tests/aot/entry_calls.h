#pragma once

// A model that is called several times through its compiled entries, each call beside eager.

#include <QTest>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <utility>

#include "core/pipeline/compiled_entries.h"
#include "tests/aot/program_text.h"
#include "tests/support/opened_model.h"

namespace support {

/// A model of tests/oracle, another file, or a program of a few lines.
class EntryCalls {
 public:
  static std::string oracleModel(const std::string& name) {
    return oraclePath("models/" + name + ".pt2");
  }

  explicit EntryCalls(const std::string& path, std::size_t limit = core::run::kRecompileLimit)
      : m_entries(m_open, path, {}, limit) {
    m_options.threads = 1;
  }
  explicit EntryCalls(ProgramBuilder program) : m_entries(m_open, {}, {}) {
    m_options.threads = 1;
    m_open.loaded = program.model();
    // What the file system says of the file that there is none of.
    const auto never = std::filesystem::file_time_type::min().time_since_epoch();
    m_open.modifiedNs = std::chrono::duration_cast<std::chrono::nanoseconds>(never).count();
  }

  core::pipeline::ServedCall operator()(const core::load::InputSet& inputs) {
    return valueOf(m_entries.call(inputs, m_options, {}));
  }
  /// Without running it: what a call that cannot be served ends with.
  core::Error errorOf(const core::load::InputSet& inputs) {
    auto served = m_entries.call(inputs, m_options, {});
    return served ? core::Error{} : served.error();
  }
  void setMode(core::run::Mode mode) { m_options.mode = mode; }
  /// The step in eager mode with the inputs of the last call.
  core::run::StepResult eager() { return valueOf(m_open.torch->runEager(m_options, {})); }
  const core::load::LoadedModel& loaded() const { return *m_open.loaded; }
  int compiles() const { return counters().compiles; }
  const core::pipeline::EntryCounters& counters() const { return m_entries.counters(); }
  const core::run::EntryTable& table() const { return m_entries.table(); }
  core::run::EntriesRecord record() const { return m_entries.record(); }
  /// What the entry was made of.
  const core::ir::JointGraph& joint(std::size_t entry) const {
    return *m_entries.compiled(entry).joint;
  }

 private:
  core::pipeline::OpenModel m_open;
  core::pipeline::CompiledEntries m_entries;
  core::torch::RunOptions m_options;
};

inline bool sameTensor(const std::optional<core::run::Checksum>& mine,
                       const std::optional<core::run::Checksum>& theirs) {
  if (mine.has_value() != theirs.has_value()) return false;
  if (!theirs) return true;
  const double tolerance = 1e-4 * (1 + theirs->absSum);
  return mine->shape == theirs->shape && mine->dtype == theirs->dtype &&
         std::abs(mine->sum - theirs->sum) <= tolerance &&
         std::abs(mine->squareSum - theirs->squareSum) <= 1e-4 * (1 + theirs->squareSum);
}

/// The first tensor of the compiled step that is not eager's; empty if there is none.
inline std::string differenceOf(const core::run::StepResult& mine,
                                const core::run::StepResult& theirs) {
  const auto lists = [](const auto& a, const auto& b, const std::string& what) {
    if (a.size() != b.size()) return what + ": another number";
    for (std::size_t i = 0; i < a.size(); ++i)
      if (!sameTensor(a[i], b[i])) return what + " " + std::to_string(i);
    return std::string();
  };
  if (auto text = lists(mine.outputs, theirs.outputs, "output"); !text.empty()) return text;
  if (auto text = lists(mine.inputsAfter, theirs.inputsAfter, "input"); !text.empty()) return text;
  for (const auto& [a, b] : {std::pair(&mine.gradients, &theirs.gradients),
                             std::pair(&mine.buffersAfter, &theirs.buffersAfter)}) {
    if (a->size() != b->size()) return "another number of gradients or buffers";
    for (std::size_t i = 0; i < a->size(); ++i)
      if ((*a)[i].first != (*b)[i].first || !sameTensor((*a)[i].second, (*b)[i].second))
        return (*b)[i].first;
  }
  return {};
}

}  // namespace support

/// Fails the test if the served call is not what eager makes of the same inputs.
#define VERIFY_AS_EAGER(call, served)                                                 \
  do {                                                                                \
    QVERIFY((served).result.execution == core::run::Execution::Compiled);             \
    const std::string found = support::differenceOf((served).result, (call).eager()); \
    QVERIFY2(found.empty(), found.c_str());                                           \
  } while (false)
