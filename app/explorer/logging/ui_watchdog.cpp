#include "app/explorer/logging/ui_watchdog.h"

#include <QMetaObject>

namespace explorer {

namespace {
constexpr std::size_t kMaxStalls = 1000;
}

UiWatchdog::UiWatchdog(QObject* parent)
    : QObject(parent), m_thread([this](const std::stop_token& stop) { watch(stop); }) {}

UiWatchdog::~UiWatchdog() {
  m_thread.request_stop();
  m_thread.join();
}

void UiWatchdog::watch(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (!m_waiting.exchange(true)) {
      const auto asked = std::chrono::steady_clock::now();
      QMetaObject::invokeMethod(
          this, [this, asked] { answer(asked); }, Qt::QueuedConnection);
    }
    std::this_thread::sleep_for(kInterval);
  }
}

void UiWatchdog::answer(std::chrono::steady_clock::time_point asked) {
  const auto length = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - asked);
  m_waiting = false;
  ++m_answers;
  if (length <= kThreshold) return;
  if (m_stalls.size() == kMaxStalls) m_stalls.erase(m_stalls.begin());
  m_stalls.push_back({asked, length});
  Q_EMIT stalled(static_cast<int>(length.count()));
}

}  // namespace explorer
