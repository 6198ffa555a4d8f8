#include "app/explorer/jobs/pool_jobs.h"

namespace explorer {

PoolJobs::PoolJobs(QObject* parent) : QObject(parent) {}

PoolJobs::~PoolJobs() {
  for (Running& running : m_running) running.source.request_stop();
  m_pool.waitForDone();
}

PoolJobs::Ticket PoolJobs::next(const QString& tag) {
  stop(tag);
  Running running{++m_generation, {}};
  const Ticket ticket{running.generation, running.source.get_token()};
  m_running.insert(tag, std::move(running));
  return ticket;
}

bool PoolJobs::finish(const QString& tag, const Ticket& ticket) {
  const auto found = m_running.find(tag);
  if (found == m_running.end() || found->generation != ticket.generation) return false;
  m_running.erase(found);
  return true;
}

void PoolJobs::stop(const QString& tag) {
  const auto found = m_running.find(tag);
  if (found == m_running.end()) return;
  found->source.request_stop();
  m_running.erase(found);
}

}  // namespace explorer
