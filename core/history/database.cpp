#include "core/history/database.h"

#include <sqlite3.h>

#include <filesystem>

namespace core::history {
namespace {

constexpr int kWaitMs = 5'000;

Error errorOf(sqlite3* handle, ErrorCode code, const std::string& what) {
  return {code, what + ": " + (handle ? sqlite3_errmsg(handle) : "out of memory") + ".", {}, {}};
}

}  // namespace

void Statement::finalize(sqlite3_stmt* statement) {
  sqlite3_finalize(statement);
}

Statement& Statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(m_statement.get(), index + 1, value);
  return *this;
}

Statement& Statement::bind(int index, double value) {
  sqlite3_bind_double(m_statement.get(), index + 1, value);
  return *this;
}

Statement& Statement::bind(int index, const std::string& text) {
  sqlite3_bind_text(m_statement.get(), index + 1, text.data(), static_cast<int>(text.size()),
                    SQLITE_TRANSIENT);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(m_statement.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return errorOf(sqlite3_db_handle(m_statement.get()), ErrorCode::InvalidArgument,
                 "The runs could not be read or kept");
}

Result<void> Statement::run() {
  CORE_TRY(const bool row, step());
  static_cast<void>(row);
  return {};
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(m_statement.get(), column);
}

double Statement::real(int column) const {
  return sqlite3_column_double(m_statement.get(), column);
}

std::string Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(m_statement.get(), column));
  const int bytes = sqlite3_column_bytes(m_statement.get(), column);
  return text ? std::string(text, static_cast<std::size_t>(bytes)) : std::string();
}

Result<Database> Database::open(const std::string& path) {
  std::error_code ignored;
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, ignored);
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  const std::shared_ptr<sqlite3> handle(raw, sqlite3_close);
  if (code != SQLITE_OK)
    return errorOf(raw, ErrorCode::FileNotFound,
                   "The file of runs '" + path + "' cannot be opened");
  sqlite3_busy_timeout(raw, kWaitMs);
  Database database(handle);
  // The first look at the content; also what keeps a run that was told to be kept after a crash.
  if (!database.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"))
    return errorOf(raw, ErrorCode::FormatUnsupported, "'" + path + "' holds no runs");
  return database;
}

Result<void> Database::execute(const std::string& sql) {
  if (sqlite3_exec(m_handle.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return errorOf(m_handle.get(), ErrorCode::InvalidArgument, "The runs could not be read or kept");
}

Result<Statement> Database::prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(m_handle.get(), sql.data(), static_cast<int>(sql.size()),
                                      &statement, nullptr);
  if (code == SQLITE_OK) return Statement(statement);
  return errorOf(m_handle.get(), ErrorCode::InvalidArgument, "The runs could not be read or kept");
}

std::int64_t Database::lastRow() const {
  return sqlite3_last_insert_rowid(m_handle.get());
}

int Database::changes() const {
  return sqlite3_changes(m_handle.get());
}

}  // namespace core::history
