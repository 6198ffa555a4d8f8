#pragma once

// Records when the UI thread did not come back to its event loop in time. A thread of its own asks
// the loop for an answer every 50 ms and notes how long the answer took.

#include <QObject>
#include <atomic>
#include <chrono>
#include <stop_token>
#include <thread>
#include <vector>

namespace explorer {

struct Stall {
  std::chrono::steady_clock::time_point begin;
  std::chrono::milliseconds length{0};
};

class UiWatchdog : public QObject {
  Q_OBJECT

 public:
  static constexpr std::chrono::milliseconds kThreshold{100};
  static constexpr std::chrono::milliseconds kInterval{50};

  /// Watches the event loop of the thread that it is made in.
  explicit UiWatchdog(QObject* parent = nullptr);
  ~UiWatchdog() override;

  /// Stalls longer than kThreshold so far, oldest first; at most the last thousand.
  const std::vector<Stall>& stalls() const { return m_stalls; }
  /// How often the loop has answered.
  int answers() const { return m_answers; }

 Q_SIGNALS:
  void stalled(int milliseconds);

 private:
  void watch(const std::stop_token& stop);
  void answer(std::chrono::steady_clock::time_point asked);

  std::vector<Stall> m_stalls;
  int m_answers = 0;
  std::atomic<bool> m_waiting{false};
  std::jthread m_thread;
};

}  // namespace explorer
