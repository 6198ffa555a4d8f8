#pragma once

// The compiled entries of one model, as PyTorch keeps them for one function: newest first, looked
// up by their guards, up to a limit.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/run/guards/entry_guards.h"

namespace core::run {

/// Entries beyond which calls run in eager mode (PyTorch's recompile_limit).
inline constexpr std::size_t kRecompileLimit = 8;

/// How a call is to be served.
struct EntryLookup {
  std::optional<std::size_t> entry;  ///< the entry whose guards hold
  SymbolValues symbols;              ///< for that entry
  /// Why each entry does not serve, newest first: "0/1: tensor 'x' …". Empty with an entry.
  std::vector<std::string> misses;
  bool limitReached = false;  ///< no entry serves, and no further one may be made
};

class EntryTable {
 public:
  explicit EntryTable(std::size_t limit = kRecompileLimit) : m_limit(limit) {}

  EntryLookup find(const CallFacts& call) const;
  /// The new entry's number.
  std::size_t add(EntryGuards guards);
  void clear() { m_entries.clear(); }

  const EntryGuards& operator[](std::size_t entry) const { return m_entries[entry]; }
  std::size_t size() const { return m_entries.size(); }
  std::size_t limit() const { return m_limit; }

 private:
  std::vector<EntryGuards> m_entries;
  std::size_t m_limit;
};

/// "The recompile limit (8) was reached, so this call ran in eager mode. …", with the last reason.
std::string fallbackSentence(const EntryLookup& lookup, std::size_t limit);

}  // namespace core::run
