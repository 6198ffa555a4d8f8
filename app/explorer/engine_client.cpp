#include "app/explorer/engine_client.h"

#include <QFileInfo>
#include <algorithm>

namespace explorer {

using core::Error;
using core::ErrorCode;
using core::pipeline::Stage;
using core::protocol::Reply;
using core::protocol::Request;

namespace {

constexpr int kMaxDeaths = 5;
constexpr std::chrono::minutes kDeathMemory{2};

template <typename T>
bool holds(const Reply& reply) {
  return std::holds_alternative<T>(reply.body);
}

bool isTerminal(const Reply& reply) {
  return holds<core::protocol::DoneReply>(reply) || holds<core::protocol::FailureReply>(reply) ||
         holds<core::protocol::AnswerReply>(reply);
}

}  // namespace

EngineClient::EngineClient(QStringList command, EngineTimings timings, QObject* parent)
    : QObject(parent), m_command(std::move(command)), m_timings(timings) {
  m_broker.setObjectName(QStringLiteral("broker"));
  m_broker.start();
  m_grace.setSingleShot(true);
  m_grace.setInterval(m_timings.cancelGrace);
  m_ping.setInterval(m_timings.pingInterval);
  m_spareTimer.setSingleShot(true);
  m_spareTimer.setInterval(m_timings.spareDelay);
  connect(&m_grace, &QTimer::timeout, this, &EngineClient::onGraceOver);
  connect(&m_ping, &QTimer::timeout, this, &EngineClient::onPing);
  connect(&m_spareTimer, &QTimer::timeout, this, &EngineClient::startSpare);
}

EngineClient::~EngineClient() {
  release(m_active);
  release(m_spare);
  m_broker.quit();
  m_broker.wait();
}

void EngineClient::warmUp() {
  ensureActive();
}

const std::string& EngineClient::Current::modelPath() const {
  return std::visit([](const auto& it) -> const std::string& { return it.modelPath; }, request);
}

std::uint64_t EngineClient::submit(core::protocol::CompileRequest request) {
  return start(std::move(request));
}

std::uint64_t EngineClient::ask(core::protocol::QuestionRequest request) {
  return start(std::move(request));
}

std::uint64_t EngineClient::start(Work work) {
  if (m_current && m_active) {
    m_superseded = m_current->id;
    sendTo(m_active, {++m_lastId, core::protocol::CancelRequest{m_superseded}});
    m_grace.start();
  }
  ensureActive();
  m_current = Current{++m_lastId, std::move(work), Stage::Load, nullptr, false};
  sendCurrent();
  return m_current->id;
}

void EngineClient::listOperators() {
  ensureActive();
  m_operators = ++m_lastId;
  sendTo(m_active, {m_operators, core::protocol::OperatorsRequest{}});
}

void EngineClient::takeOperators(const Reply& reply) {
  m_operators = 0;
  if (const auto* table = std::get_if<core::protocol::OperatorsReply>(&reply.body)) {
    Q_EMIT operatorsListed(table->rows);
  } else if (const auto* failure = std::get_if<core::protocol::FailureReply>(&reply.body)) {
    Q_EMIT operatorsFailed(QString::fromStdString(failure->error.message));
  }
}

void EngineClient::cancel() {
  if (!m_current || m_current->cancelling) return;
  m_current->cancelling = true;
  sendTo(m_active, {++m_lastId, core::protocol::CancelRequest{m_current->id}});
  m_grace.start();
}

void EngineClient::restart() {
  if (m_current) return activeEnded(QStringLiteral("was stopped by hand"));
  replaceActive();
  ensureActive();
}

EngineProcess* EngineClient::spawn() {
  auto* process = new EngineProcess(m_command);
  process->moveToThread(&m_broker);
  connect(&m_broker, &QThread::finished, process, &QObject::deleteLater);
  connect(process, &EngineProcess::replied, this,
          [this, process](const ReplyPtr& reply) { onReply(process, reply); });
  connect(process, &EngineProcess::ended, this,
          [this, process](const QString& cause) { onEnded(process, cause); });
  connect(process, &EngineProcess::remarked, this, [this](const QString& line) {
    Q_EMIT logged({core::LogLevel::Info, "engine", line.toStdString()});
  });
  QMetaObject::invokeMethod(process, &EngineProcess::start, Qt::QueuedConnection);
  return process;
}

void EngineClient::ensureActive() {
  if (m_active) return;
  if (m_spare) {
    promoteSpare();
  } else {
    m_active = spawn();
    m_processId = 0;
  }
  m_lastHeard.start();
}

void EngineClient::promoteSpare() {
  m_active = m_spare;
  m_spare = nullptr;
  m_processId = m_spareProcessId;
  m_spareProcessId = 0;
  m_spareTimer.start();
}

void EngineClient::startSpare() {
  if (!m_spare && m_active && mayRestart()) m_spare = spawn();
}

void EngineClient::sendTo(EngineProcess* process, const Request& request) {
  const auto frame = core::protocol::encodeRequest(request);
  const QByteArray bytes(reinterpret_cast<const char*>(frame.data()),
                         static_cast<qsizetype>(frame.size()));
  QMetaObject::invokeMethod(
      process, [process, bytes] { process->send(bytes); }, Qt::QueuedConnection);
}

void EngineClient::sendCurrent() {
  std::visit(
      [this](const auto& work) {
        sendTo(m_active, {m_current->id, work});
      },
      m_current->request);
  m_lastHeard.start();
  m_ping.start();
}

/// Forgets a process: no more signals from it; its destructor kills the child.
void EngineClient::release(EngineProcess* process) {
  if (!process) return;
  process->disconnect(this);
  process->deleteLater();
}

void EngineClient::replaceActive() {
  release(m_active);
  m_active = nullptr;
  m_superseded = 0;
  if (m_operators != 0) {
    m_operators = 0;
    Q_EMIT operatorsFailed(tr("The engine was stopped before it answered."));
  }
  m_grace.stop();
  if (m_spare || mayRestart()) ensureActive();
}

void EngineClient::onReply(EngineProcess* process, const ReplyPtr& reply) {
  if (process != m_active && process != m_spare) return;
  if (const auto* hello = std::get_if<core::protocol::HelloReply>(&reply->body)) {
    if (hello->protocolVersion != core::protocol::kProtocolVersion) {
      return onEnded(process, QStringLiteral("speaks another protocol version (%1, not %2)")
                                  .arg(hello->protocolVersion)
                                  .arg(core::protocol::kProtocolVersion));
    }
    if (process == m_spare) m_spareProcessId = hello->processId;
    if (process == m_active) onHello(*hello);
    return;
  }
  if (process != m_active) return;
  m_lastHeard.start();
  if (const auto* devices = std::get_if<core::protocol::DevicesReply>(&reply->body)) {
    Q_EMIT devicesFound(*devices);
    return;
  }
  if (m_operators != 0 && reply->id == m_operators) return takeOperators(*reply);
  endSuperseded(*reply);
  if (m_current && reply->id == m_current->id) dispatch(*reply);
}

void EngineClient::onHello(const core::protocol::HelloReply& hello) {
  m_processId = hello.processId;
  m_spareTimer.start();
  Q_EMIT ready(QString::fromStdString(hello.programVersion));
}

void EngineClient::endSuperseded(const Reply& reply) {
  if (m_superseded == 0 || reply.id != m_superseded || !isTerminal(reply)) return;
  m_superseded = 0;
  if (!m_current || !m_current->cancelling) m_grace.stop();
}

void EngineClient::dispatch(const Reply& reply) {
  const std::uint64_t id = reply.id;
  if (const auto* progress = std::get_if<core::protocol::ProgressReply>(&reply.body)) {
    m_current->stage = progress->stage;
    Q_EMIT progressed(id, progress->stage, progress->fraction,
                      QString::fromStdString(progress->sentence));
  } else if (const auto* log = std::get_if<core::protocol::LogReply>(&reply.body)) {
    Q_EMIT logged(log->entry);
  } else if (const auto* part = std::get_if<core::protocol::PartialReply>(&reply.body)) {
    m_current->record = part->record;
    Q_EMIT partial(id, part->record);
  } else if (const auto* result = std::get_if<core::protocol::DoneReply>(&reply.body)) {
    endCurrent();
    Q_EMIT done(id, result->record);
    if (result->conditions) Q_EMIT measured(*result->conditions, result->record->measurement);
  } else if (const auto* answer = std::get_if<core::protocol::AnswerReply>(&reply.body)) {
    endCurrent();
    Q_EMIT answered(id, *answer);
  } else if (const auto* failure = std::get_if<core::protocol::FailureReply>(&reply.body)) {
    m_current->stage = failure->stage;
    if (failure->record) m_current->record = failure->record;
    fail(failure->error);
  }
}

void EngineClient::endCurrent() {
  m_current.reset();
  m_ping.stop();
  m_grace.stop();
}

void EngineClient::fail(Error error) {
  const Current ended = *m_current;
  m_current.reset();
  m_ping.stop();
  if (m_superseded == 0) m_grace.stop();
  Q_EMIT failed(ended.id, ended.stage, std::move(error), ended.record);
}

void EngineClient::onEnded(EngineProcess* process, const QString& cause) {
  if (process == m_spare) {
    m_deaths.push_back(std::chrono::steady_clock::now());
    release(m_spare);
    m_spare = nullptr;
  } else if (process == m_active) {
    activeEnded(cause);
  }
}

void EngineClient::activeEnded(const QString& cause) {
  m_deaths.push_back(std::chrono::steady_clock::now());
  replaceActive();
  if (!m_current) {
    Q_EMIT idleEngineDied(cause);
    return;
  }
  if (m_current->cancelling) {
    return fail({ErrorCode::Cancelled, "Cancelled.", cause.toStdString(), {}});
  }
  const QString model = QFileInfo(QString::fromStdString(m_current->modelPath())).fileName();
  const QString message =
      QStringLiteral(
          "The engine %1 in stage \"%2\" of %3. What was finished is kept; "
          "do the step again to go on.")
          .arg(cause, QString::fromLatin1(core::pipeline::stageName(m_current->stage)), model);
  fail({ErrorCode::EngineDied, message.toStdString(), cause.toStdString(), {}});
}

void EngineClient::onGraceOver() {
  if (!m_current || !m_active) return;
  const bool cancelling = m_current->cancelling;
  if (!cancelling && m_superseded == 0) return;
  replaceActive();
  if (cancelling) {
    fail({ErrorCode::Cancelled, "Cancelled.", "the engine was stopped", {}});
  } else {
    ensureActive();
    sendCurrent();
  }
}

void EngineClient::onPing() {
  if (!m_current || !m_active) return;
  if (m_lastHeard.hasExpired(m_timings.silenceLimit.count())) {
    return activeEnded(QStringLiteral("did not answer for %1 s and was stopped")
                           .arg(static_cast<double>(m_timings.silenceLimit.count()) / 1000));
  }
  sendTo(m_active, {++m_lastId, core::protocol::PingRequest{}});
}

/// An engine that dies again and again is not started by itself any more; a new request still is.
bool EngineClient::mayRestart() {
  const auto oldest = std::chrono::steady_clock::now() - kDeathMemory;
  std::erase_if(m_deaths, [oldest](auto time) { return time < oldest; });
  return static_cast<int>(m_deaths.size()) < kMaxDeaths;
}

}  // namespace explorer
