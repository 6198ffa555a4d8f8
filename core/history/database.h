#pragma once

// A SQLite file: what this folder needs of it, with errors as Result.

#include <cstdint>
#include <memory>
#include <string>

#include "core/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace core::history {

/// One prepared statement. Parameters and columns count from 0.
class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* statement) : m_statement(statement, finalize) {}

  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, double value);
  Statement& bind(int index, const std::string& text);

  /// True if there is a row, false at the end. Errors: InvalidArgument with SQLite's words.
  Result<bool> step();
  /// For a statement without rows.
  Result<void> run();

  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;

 private:
  static void finalize(sqlite3_stmt* statement);
  std::shared_ptr<sqlite3_stmt> m_statement;
};

class Database {
 public:
  /// Opens the file, makes it and its folder if they are missing. Waits up to 5 s for another
  /// program that writes to it. Errors: FileNotFound, FormatUnsupported for a file that is no
  /// database.
  static Result<Database> open(const std::string& path);

  /// Runs statements that return nothing. Errors: InvalidArgument with SQLite's words.
  Result<void> execute(const std::string& sql);
  Result<Statement> prepare(const std::string& sql);
  std::int64_t lastRow() const;
  /// Rows that the last statement changed.
  int changes() const;

 private:
  explicit Database(std::shared_ptr<sqlite3> handle) : m_handle(std::move(handle)) {}
  std::shared_ptr<sqlite3> m_handle;
};

}  // namespace core::history
