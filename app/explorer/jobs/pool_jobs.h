#pragma once

// Work on pool threads for the window. A job has a tag and a generation: a new job with the same
// tag stops the running one, and a result that comes late is dropped on the UI thread.

#include <QHash>
#include <QMetaObject>
#include <QObject>
#include <QString>
#include <QThreadPool>
#include <cstdint>
#include <memory>
#include <stop_token>

namespace explorer {

class PoolJobs : public QObject {
  Q_OBJECT

 public:
  explicit PoolJobs(QObject* parent = nullptr);
  /// Stops all jobs and waits for them.
  ~PoolJobs() override;

  /// Runs `work(stop_token)` on a pool thread and then `deliver(result)` on this object's thread,
  /// unless another job with the same tag was started or stopped in between.
  template <typename Work, typename Deliver>
  void run(const QString& tag, Work work, Deliver deliver) {
    const Ticket ticket = next(tag);
    m_pool.start([this, tag, ticket, work = std::move(work), deliver = std::move(deliver)] {
      if (ticket.stop.stop_requested()) return;
      auto result = std::make_shared<decltype(work(ticket.stop))>(work(ticket.stop));
      QMetaObject::invokeMethod(
          this,
          [this, tag, ticket, deliver, result] {
            if (finish(tag, ticket)) deliver(std::move(*result));
          },
          Qt::QueuedConnection);
    });
  }

  void stop(const QString& tag);
  bool running(const QString& tag) const { return m_running.contains(tag); }

 private:
  struct Ticket {
    std::uint64_t generation = 0;
    std::stop_token stop;
  };
  struct Running {
    std::uint64_t generation = 0;
    std::stop_source source;
  };

  Ticket next(const QString& tag);
  /// True if that run is still the newest of its tag; then the tag is free again.
  bool finish(const QString& tag, const Ticket& ticket);

  QThreadPool m_pool;
  QHash<QString, Running> m_running;
  std::uint64_t m_generation = 0;
};

}  // namespace explorer
