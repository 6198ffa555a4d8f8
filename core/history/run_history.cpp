// The file has a version (SQLite's user_version). Tables are made by the program that finds none; a
// file of a newer version is refused, so that an older program never misreads it.

#include "core/history/run_history.h"

#include <cstdlib>
#include <sstream>

#include "core/history/run_rows.h"

namespace core::history {
namespace {

constexpr std::int64_t kVersion = 1;

const char* const kSweepTables =
    "CREATE TABLE IF NOT EXISTS sweeps (id INTEGER PRIMARY KEY, at TEXT NOT NULL"
    " DEFAULT (datetime('now')), model TEXT);"
    "CREATE TABLE IF NOT EXISTS points (sweep INTEGER, position INTEGER, settings TEXT,"
    " state INTEGER NOT NULL DEFAULT 0, run INTEGER, error TEXT NOT NULL DEFAULT '',"
    " PRIMARY KEY (sweep, position))";
const char* const kPresetsTable =
    "CREATE TABLE IF NOT EXISTS presets (model TEXT, name TEXT, words TEXT NOT NULL,"
    " PRIMARY KEY (model, name))";

/// Rolls back unless it was committed.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database) {
    CORE_TRY_VOID(database.execute("BEGIN IMMEDIATE"));
    return Transaction(database);
  }
  Transaction(Transaction&& other) noexcept
      : m_database(std::exchange(other.m_database, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction() {
    if (m_database) static_cast<void>(m_database->execute("ROLLBACK").has_value());
  }

  Result<void> commit() {
    CORE_TRY_VOID(m_database->execute("COMMIT"));
    m_database = nullptr;
    return {};
  }

 private:
  explicit Transaction(Database& database) : m_database(&database) {}
  Database* m_database;
};

Error noSuch(const std::string& what, std::int64_t id) {
  return {
      ErrorCode::InvalidArgument, "There is no " + what + " " + std::to_string(id) + ".", {}, {}};
}

SweepPoint readPoint(const Statement& statement) {
  SweepPoint point;
  point.index = static_cast<int>(statement.integer(0));
  point.settings = statement.text(1);
  const std::int64_t state = statement.integer(2);
  if (state >= 0 && state <= static_cast<std::int64_t>(PointState::Failed))
    point.state = static_cast<PointState>(state);
  if (point.state == PointState::Done) point.run = statement.integer(3);
  point.error = statement.text(4);
  return point;
}

}  // namespace

const char* pointStateName(PointState state) {
  switch (state) {
    case PointState::Waiting: return "waiting";
    case PointState::Running: return "running";
    case PointState::Done: return "done";
    case PointState::Failed: return "failed";
  }
  return "";
}

std::string defaultHistoryPath() {
  const char* const data = std::getenv("XDG_DATA_HOME");
  if (data && data[0] == '/') return std::string(data) + "/aot-explorer/runs.sqlite";
  const char* const home = std::getenv("HOME");
  return home ? std::string(home) + "/.local/share/aot-explorer/runs.sqlite" : std::string();
}

Result<RunHistory> RunHistory::open(const std::string& path) {
  CORE_TRY(Database database, Database::open(path));
  CORE_TRY(Statement version, database.prepare("PRAGMA user_version"));
  CORE_TRY(const bool hasVersion, version.step());
  if (hasVersion && version.integer(0) > kVersion)
    return Error{ErrorCode::FormatUnsupported,
                 "'" + path + "' was written by a newer version of this program.",
                 {},
                 {}};
  // Who only looks must not write: a sweep may be at work on the file.
  const bool isNew = !hasVersion || version.integer(0) == 0;
  version = Statement();
  if (isNew) {
    CORE_TRY_VOID(database.execute(kRunsTable));
    CORE_TRY_VOID(database.execute(kSweepTables));
    CORE_TRY_VOID(database.execute("PRAGMA user_version=" + std::to_string(kVersion)));
  }
  return RunHistory(std::move(database));
}

Result<std::int64_t> RunHistory::keep(const RunConditions& conditions,
                                      const run::Measurement& measurement) {
  CORE_TRY(Statement insert, m_database.prepare(kInsertRun));
  bindRun(insert, conditions, measurement);
  CORE_TRY_VOID(insert.run());
  return m_database.lastRow();
}

Result<KeptRun> RunHistory::run(std::int64_t id) {
  CORE_TRY(Statement select, m_database.prepare(std::string(kSelectRuns) + "WHERE id = ?"));
  CORE_TRY(const bool found, select.bind(0, id).step());
  if (!found) return noSuch("run", id);
  return readRun(select);
}

Result<KeptRun> RunHistory::runBefore(std::int64_t id, int days) {
  CORE_TRY(const KeptRun later, run(id));
  CORE_TRY(Statement select,
           m_database.prepare(
               std::string(kSelectRuns) +
               "WHERE id < ?1 AND model = ?2 ORDER BY (julianday(at) <= julianday(?3) - ?4) DESC,"
               " CASE WHEN julianday(at) <= julianday(?3) - ?4 THEN -id ELSE id END LIMIT 1"));
  select.bind(0, id)
      .bind(1, later.conditions.model)
      .bind(2, later.when)
      .bind(3, std::int64_t{days});
  CORE_TRY(const bool found, select.step());
  if (found) return readRun(select);
  return Error{ErrorCode::InvalidArgument,
               "There is no older run of '" + later.conditions.model + "' to compare run " +
                   std::to_string(id) + " with.",
               {},
               {}};
}

Result<void> RunHistory::keepParts(std::int64_t run, const std::vector<run::PartTime>& parts) {
  CORE_TRY(Transaction transaction, Transaction::begin(m_database));
  CORE_TRY_VOID(m_database.execute(kPartsTable));
  CORE_TRY(Statement forget, m_database.prepare("DELETE FROM parts WHERE run = ?"));
  CORE_TRY_VOID(forget.bind(0, run).run());
  for (const run::PartTime& part : parts) {
    CORE_TRY(Statement insert, m_database.prepare(kInsertPart));
    bindPart(insert, run, part);
    CORE_TRY_VOID(insert.run());
  }
  return transaction.commit();
}

/// Tables that came later are made by who first writes to them.
Result<bool> RunHistory::hasTable(const std::string& name) {
  CORE_TRY(Statement table,
           m_database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"));
  return table.bind(0, name).step();
}

Result<std::vector<run::PartTime>> RunHistory::parts(std::int64_t run) {
  std::vector<run::PartTime> parts;
  CORE_TRY(const bool hasParts, hasTable("parts"));
  if (!hasParts) return parts;
  CORE_TRY(Statement select, m_database.prepare(kSelectParts));
  select.bind(0, run);
  while (true) {
    CORE_TRY(const bool more, select.step());
    if (!more) return parts;
    parts.push_back(readPart(select));
  }
}

Result<std::vector<KeptRun>> RunHistory::runs(const std::string& model, int most) {
  CORE_TRY(Statement select,
           m_database.prepare(std::string(kSelectRuns) +
                              "WHERE ?1 = '' OR model = ?1 ORDER BY id DESC LIMIT ?2"));
  select.bind(0, model).bind(1, std::int64_t{most});
  std::vector<KeptRun> runs;
  while (true) {
    CORE_TRY(const bool more, select.step());
    if (!more) return runs;
    runs.push_back(readRun(select));
  }
}

Result<std::int64_t> RunHistory::addSweep(const std::string& model,
                                          const std::vector<std::string>& settings) {
  CORE_TRY(Transaction transaction, Transaction::begin(m_database));
  CORE_TRY(Statement insert, m_database.prepare("INSERT INTO sweeps (model) VALUES (?)"));
  CORE_TRY_VOID(insert.bind(0, model).run());
  const std::int64_t sweep = m_database.lastRow();
  for (std::size_t i = 0; i < settings.size(); ++i) {
    CORE_TRY(Statement point,
             m_database.prepare("INSERT INTO points (sweep, position, settings) VALUES (?,?,?)"));
    point.bind(0, sweep).bind(1, static_cast<std::int64_t>(i)).bind(2, settings[i]);
    CORE_TRY_VOID(point.run());
  }
  CORE_TRY_VOID(transaction.commit());
  return sweep;
}

Result<Sweep> RunHistory::sweep(std::int64_t id) {
  CORE_TRY(Statement head, m_database.prepare("SELECT at, model FROM sweeps WHERE id = ?"));
  CORE_TRY(const bool found, head.bind(0, id).step());
  if (!found) return noSuch("sweep", id);
  Sweep sweep{id, head.text(0), head.text(1), {}};
  CORE_TRY(Statement points,
           m_database.prepare("SELECT position, settings, state, run, error FROM points"
                              " WHERE sweep = ? ORDER BY position"));
  points.bind(0, id);
  while (true) {
    CORE_TRY(const bool more, points.step());
    if (!more) return sweep;
    sweep.points.push_back(readPoint(points));
  }
}

Result<std::vector<Sweep>> RunHistory::sweeps() {
  CORE_TRY(Statement select,
           m_database.prepare("SELECT id, at, model FROM sweeps ORDER BY id DESC"));
  std::vector<Sweep> sweeps;
  while (true) {
    CORE_TRY(const bool more, select.step());
    if (!more) return sweeps;
    sweeps.push_back({select.integer(0), select.text(1), select.text(2), {}});
  }
}

Result<void> RunHistory::setState(std::int64_t sweep, int index, PointState state,
                                  const std::string& error) {
  CORE_TRY(Statement update,
           m_database.prepare(
               "UPDATE points SET state = ?, error = ? WHERE sweep = ? AND position = ?"));
  update.bind(0, static_cast<std::int64_t>(state))
      .bind(1, error)
      .bind(2, sweep)
      .bind(3, std::int64_t{index});
  CORE_TRY_VOID(update.run());
  if (m_database.changes() == 0) return noSuch("such point of sweep", sweep);
  return {};
}

Result<void> RunHistory::startPoint(std::int64_t sweep, int index) {
  return setState(sweep, index, PointState::Running, {});
}

Result<void> RunHistory::failPoint(std::int64_t sweep, int index, const std::string& error) {
  return setState(sweep, index, PointState::Failed, error);
}

Result<std::int64_t> RunHistory::finishPoint(std::int64_t sweep, int index,
                                             const RunConditions& conditions,
                                             const run::Measurement& measurement) {
  CORE_TRY(Transaction transaction, Transaction::begin(m_database));
  CORE_TRY(const std::int64_t run, keep(conditions, measurement));
  CORE_TRY_VOID(setState(sweep, index, PointState::Done, {}));
  CORE_TRY(Statement link,
           m_database.prepare("UPDATE points SET run = ? WHERE sweep = ? AND position = ?"));
  CORE_TRY_VOID(link.bind(0, run).bind(1, sweep).bind(2, std::int64_t{index}).run());
  CORE_TRY_VOID(transaction.commit());
  return run;
}

Result<void> RunHistory::keepPreset(const std::string& model, const Preset& preset) {
  std::string words;
  for (const std::string& word : preset.words) {
    if (word.find('\n') != std::string::npos)
      return Error{ErrorCode::InvalidArgument, "A preset cannot hold a line break.", {}, {}};
    words += word + '\n';
  }
  if (preset.name.empty())
    return Error{ErrorCode::InvalidArgument, "A preset needs a name.", {}, {}};
  CORE_TRY_VOID(m_database.execute(kPresetsTable));
  CORE_TRY(
      Statement insert,
      m_database.prepare("INSERT OR REPLACE INTO presets (model, name, words) VALUES (?,?,?)"));
  return insert.bind(0, model).bind(1, preset.name).bind(2, words).run();
}

Result<void> RunHistory::forgetPreset(const std::string& model, const std::string& name) {
  CORE_TRY_VOID(m_database.execute(kPresetsTable));
  CORE_TRY(Statement forget,
           m_database.prepare("DELETE FROM presets WHERE model = ? AND name = ?"));
  return forget.bind(0, model).bind(1, name).run();
}

Result<std::vector<Preset>> RunHistory::presets(const std::string& model) {
  std::vector<Preset> presets;
  CORE_TRY(const bool hasPresets, hasTable("presets"));
  if (!hasPresets) return presets;
  CORE_TRY(Statement select,
           m_database.prepare("SELECT name, words FROM presets WHERE model = ? ORDER BY name"));
  select.bind(0, model);
  while (true) {
    CORE_TRY(const bool more, select.step());
    if (!more) return presets;
    Preset preset{select.text(0), {}};
    std::istringstream words(select.text(1));
    for (std::string word; std::getline(words, word);) preset.words.push_back(word);
    presets.push_back(std::move(preset));
  }
}

}  // namespace core::history
