#include "core/run/guards/entry_table.h"

namespace core::run {

EntryLookup EntryTable::find(const CallFacts& call) const {
  EntryLookup lookup;
  for (std::size_t i = m_entries.size(); i-- > 0;) {
    GuardCheck checked = m_entries[i].check(call);
    if (checked.miss.empty()) return {i, std::move(checked.symbols), {}, false};
    lookup.misses.push_back("0/" + std::to_string(i) + ": " + checked.miss);
  }
  lookup.limitReached = m_entries.size() >= m_limit;
  return lookup;
}

std::size_t EntryTable::add(EntryGuards guards) {
  m_entries.push_back(std::move(guards));
  return m_entries.size() - 1;
}

std::string fallbackSentence(const EntryLookup& lookup, std::size_t limit) {
  std::string sentence = "The recompile limit (" + std::to_string(limit) +
                         ") was reached, so this call ran in eager mode.";
  if (!lookup.misses.empty()) sentence += " Last reason: " + lookup.misses.front();
  return sentence;
}

}  // namespace core::run
