#include "app/explorer/navigation/place_history.h"

namespace explorer {

void PlaceHistory::visit(const Place& place) {
  if (m_position >= 0 && m_places[m_position] == place) return;
  m_places.resize(m_position + 1);
  m_places.append(place);
  if (m_places.size() > kLongest) m_places.removeFirst();
  m_position = m_places.size() - 1;
}

void PlaceHistory::clear() {
  m_places.clear();
  m_position = -1;
}

}  // namespace explorer
