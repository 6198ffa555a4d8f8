#pragma once

// The window's side of the engine: sends one request at a time, keeps a warm spare, and survives
// whatever the child does.
//
//   submit    a newer request supersedes the running one, whose replies are dropped by id
//   cancel    asks, waits a grace time, then kills; the spare takes over
//   silence   pings while busy; a child that answers nothing for too long is killed
//   death     the request in flight fails with EngineDied, naming the stage; the spare takes over

#include <QElapsedTimer>
#include <QObject>
#include <QThread>
#include <QTimer>
#include <chrono>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "app/explorer/engine_process.h"

namespace explorer {

struct EngineTimings {
  std::chrono::milliseconds cancelGrace{300};
  std::chrono::milliseconds pingInterval{500};
  std::chrono::milliseconds silenceLimit{10000};
  std::chrono::milliseconds spareDelay{2000};
};

class EngineClient : public QObject {
  Q_OBJECT

 public:
  explicit EngineClient(QStringList command, EngineTimings timings = {}, QObject* parent = nullptr);
  ~EngineClient() override;

  /// Starts the engine if none runs. The spare follows a little later.
  void warmUp();
  /// Sends a request and returns its id; the one in flight is superseded without a further signal.
  std::uint64_t submit(core::protocol::CompileRequest request);
  /// The same for a question; it ends with answered() or failed().
  std::uint64_t ask(core::protocol::QuestionRequest request);
  /// Asks for the table of operators, beside a request in flight; ends with operatorsListed() or
  /// operatorsFailed().
  void listOperators();
  /// Stops the request in flight; it ends with failed(Cancelled).
  void cancel();
  /// Ends the engine; a request in flight fails. The spare or a fresh engine takes over.
  void restart();
  /// Program and arguments that start an engine.
  const QStringList& command() const { return m_command; }
  bool busy() const { return m_current.has_value(); }
  /// Of the running engine, 0 before its hello.
  std::int64_t processId() const { return m_processId; }
  bool hasSpare() const { return m_spare != nullptr; }

 Q_SIGNALS:
  void ready(QString engineVersion);
  void progressed(std::uint64_t id, core::pipeline::Stage stage, double fraction, QString sentence);
  void partial(std::uint64_t id, core::pipeline::CompileRecordPtr record);
  void done(std::uint64_t id, core::pipeline::CompileRecordPtr record);
  /// The done record has a new measurement, which is true for this; follows done().
  void measured(const core::history::RunConditions& conditions,
                const std::shared_ptr<const core::run::Measurement>& measurement);
  void answered(std::uint64_t id, const core::protocol::AnswerReply& answer);
  /// `record` is what was finished before, perhaps null.
  void failed(std::uint64_t id, core::pipeline::Stage stage, core::Error error,
              core::pipeline::CompileRecordPtr record);
  void logged(core::LogEntry entry);
  /// What the engine found, once it has looked: devices, or why there are none.
  void devicesFound(const core::protocol::DevicesReply& devices);
  void operatorsListed(const std::vector<core::pipeline::OperatorRow>& rows);
  void operatorsFailed(const QString& message);
  /// The engine ended while nothing was in flight.
  void idleEngineDied(QString cause);

 private:
  using Work = std::variant<core::protocol::CompileRequest, core::protocol::QuestionRequest>;

  struct Current {
    std::uint64_t id = 0;
    Work request;

    const std::string& modelPath() const;
    core::pipeline::Stage stage = core::pipeline::Stage::Load;
    core::pipeline::CompileRecordPtr record;
    bool cancelling = false;
  };

  std::uint64_t start(Work work);
  EngineProcess* spawn();
  void ensureActive();
  void promoteSpare();
  void startSpare();
  void sendTo(EngineProcess* process, const core::protocol::Request& request);
  void sendCurrent();
  void release(EngineProcess* process);
  void replaceActive();

  void onReply(EngineProcess* process, const ReplyPtr& reply);
  void onHello(const core::protocol::HelloReply& hello);
  void onEnded(EngineProcess* process, const QString& cause);
  void onGraceOver();
  void onPing();
  void endSuperseded(const core::protocol::Reply& reply);
  void dispatch(const core::protocol::Reply& reply);
  void activeEnded(const QString& cause);
  void endCurrent();
  void fail(core::Error error);
  bool mayRestart();
  void takeOperators(const core::protocol::Reply& reply);

  QStringList m_command;
  EngineTimings m_timings;
  QThread m_broker;
  EngineProcess* m_active = nullptr;
  EngineProcess* m_spare = nullptr;
  std::optional<Current> m_current;
  std::uint64_t m_lastId = 0;
  std::uint64_t m_operators = 0;   ///< the request for the table of operators; 0: none
  std::uint64_t m_superseded = 0;  ///< its end is awaited; 0: none
  std::int64_t m_processId = 0;
  std::int64_t m_spareProcessId = 0;
  QTimer m_grace;
  QTimer m_ping;
  QTimer m_spareTimer;
  QElapsedTimer m_lastHeard;
  std::vector<std::chrono::steady_clock::time_point> m_deaths;
};

}  // namespace explorer
