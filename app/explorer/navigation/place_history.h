#pragma once

// The places a person was at, as a browser keeps pages.

#include <QList>

#include "app/explorer/navigation/place.h"

namespace explorer {

class PlaceHistory {
 public:
  /// Long sessions must not grow without end; nobody walks back further.
  static constexpr qsizetype kLongest = 200;

  /// The person is at `place` now: forgets the places ahead. The same place again changes nothing.
  void visit(const Place& place);
  bool canGoBack() const { return m_position > 0; }
  bool canGoForward() const { return m_position + 1 < m_places.size(); }
  /// The place before or after; only if there is one.
  const Place& back() { return m_places[--m_position]; }
  const Place& forward() { return m_places[++m_position]; }
  void clear();

 private:
  QList<Place> m_places;
  qsizetype m_position = -1;
};

}  // namespace explorer
