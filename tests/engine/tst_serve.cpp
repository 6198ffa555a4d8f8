// The engine as a child: it answers while it works, stops when told, and survives bad requests.

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include "core/protocol/codec.h"
#include "tests/engine/run_engine.h"

using namespace core;
using namespace core::protocol;

class TstServe : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void init();
  void cleanup();
  void greetsWithItsVersion();
  void sendsTheRecordAsItGrows();
  void answersAPingWhileItWorks();
  void listsTheOperators();
  void anEntryServesTheNextRequest();
  void otherOptionsBeginWithNoEntries();
  void answersQuestionsAboutAStep();
  void aCancelledRequestEndsAsCancelled();
  void aBadModelFailsAndTheNextRequestSucceeds();
  void garbageEndsTheProcess();
  void endsWhenStdinEnds();

 private:
  void send(std::uint64_t id, decltype(Request::body) body);
  /// The next reply but the one that tells of devices, waiting up to a minute.
  Reply next();
  /// Replies up to the final one (Done, Answer or Failure) of that request.
  std::vector<Reply> untilEnd(std::uint64_t id);
  CompileRequest compileRequest(const QString& model, pipeline::Goal goal) const;
  /// What a request of its own ends with; null for a failure.
  pipeline::CompileRecordPtr recordOf(const CompileRequest& request);

  std::unique_ptr<QProcess> m_engine;
  FrameReader m_frames;
  std::uint64_t m_lastId = 100;
  QTemporaryDir m_cache;
};

void TstServe::init() {
  m_frames = {};
  m_engine = std::make_unique<QProcess>();
  auto environment = QProcessEnvironment::systemEnvironment();
  environment.insert("AOT_KERNEL_CACHE", m_cache.path());
  m_engine->setProcessEnvironment(environment);
  m_engine->start(AOT_BIN_DIR "/aot-engine", {"serve"});
  QVERIFY(m_engine->waitForStarted());
}

void TstServe::cleanup() {
  m_engine->kill();
  m_engine->waitForFinished();
}

void TstServe::send(std::uint64_t id, decltype(Request::body) body) {
  const auto frame = encodeRequest({id, std::move(body)});
  m_engine->write(reinterpret_cast<const char*>(frame.data()), static_cast<qint64>(frame.size()));
  m_engine->waitForBytesWritten();
}

Reply TstServe::next() {
  for (;;) {
    auto body = m_frames.next();
    if (!body) qFatal("%s", body.error().message.c_str());
    if (body->has_value()) {
      auto reply = decodeReply(**body);
      if (!reply) qFatal("%s", reply.error().message.c_str());
      if (!std::holds_alternative<DevicesReply>(reply->body)) return *reply;
      continue;
    }
    if (!m_engine->waitForReadyRead(60'000)) qFatal("the engine is silent");
    const QByteArray bytes = m_engine->readAllStandardOutput();
    m_frames.append({reinterpret_cast<const std::uint8_t*>(bytes.constData()),
                     static_cast<std::size_t>(bytes.size())});
  }
}

std::vector<Reply> TstServe::untilEnd(std::uint64_t id) {
  std::vector<Reply> replies;
  for (;;) {
    replies.push_back(next());
    const Reply& last = replies.back();
    const bool ends = std::holds_alternative<DoneReply>(last.body) ||
                      std::holds_alternative<FailureReply>(last.body) ||
                      std::holds_alternative<AnswerReply>(last.body);
    if (last.id == id && ends) return replies;
  }
}

CompileRequest TstServe::compileRequest(const QString& model, pipeline::Goal goal) const {
  return {oracleFile(model).toStdString(), goal, {}};
}

void TstServe::greetsWithItsVersion() {
  const Reply hello = next();
  QCOMPARE(hello.id, std::uint64_t{0});
  const auto& body = std::get<HelloReply>(hello.body);
  QCOMPARE(body.protocolVersion, kProtocolVersion);
  QCOMPARE(body.processId, std::int64_t{m_engine->processId()});
}

void TstServe::sendsTheRecordAsItGrows() {
  send(1, compileRequest("mlp_ce.pt2", pipeline::Goal::Kernels));
  std::vector<std::size_t> stages;
  const auto replies = untilEnd(1);
  for (const Reply& reply : replies)
    if (const auto* partial = std::get_if<PartialReply>(&reply.body))
      stages.push_back(partial->record->stages.size());
  QCOMPARE(stages, (std::vector<std::size_t>{1, 2, 3, 4, 5}));
  const auto& record = *std::get<DoneReply>(replies.back().body).record;
  QVERIFY(record.joint && record.partition && record.forward && record.backward);
  QCOMPARE(record.forward->kernels.size(), record.forward->schedule.groups.size());
  QVERIFY(!record.measurement);
}

void TstServe::listsTheOperators() {
  next();
  send(1, OperatorsRequest{});
  const Reply reply = next();
  QCOMPARE(reply.id, std::uint64_t{1});
  const auto& rows = std::get<OperatorsReply>(reply.body).rows;
  const auto relu = std::find_if(rows.begin(), rows.end(), [](const auto& row) {
    return row.coverage.op == "aten.relu.default";
  });
  QVERIFY(relu != rows.end());
  QCOMPARE(relu->form, pipeline::KernelForm::Pointwise);
}

void TstServe::answersAPingWhileItWorks() {
  next();
  send(1, compileRequest("resnet18_w16.pt2", pipeline::Goal::Measure));
  send(2, PingRequest{});
  for (;;) {
    const Reply reply = next();
    QVERIFY(!std::holds_alternative<DoneReply>(reply.body));
    if (reply.id == 2) {
      QVERIFY(std::holds_alternative<AliveReply>(reply.body));
      return;
    }
  }
}

pipeline::CompileRecordPtr TstServe::recordOf(const CompileRequest& request) {
  send(++m_lastId, request);
  const auto replies = untilEnd(m_lastId);
  const auto* done = std::get_if<DoneReply>(&replies.back().body);
  return done ? done->record : nullptr;
}

/// Sizes that an entry serves need no trace; a call that it does not serve makes another one.
void TstServe::anEntryServesTheNextRequest() {
  CompileRequest request = compileRequest("dyn_mlp.pt2", pipeline::Goal::Build);
  const auto first = recordOf(request);
  QVERIFY(first && first->entries && first->entries->isCompiled);
  const std::string symbol = first->entries->entries[0].sizes[0].substr(0, 3);

  request.options.dims = {{symbol, 20}};
  const auto second = recordOf(request);
  QVERIFY(second && !second->entries->isCompiled);
  QCOMPARE(second->entries->served, std::optional<std::size_t>(0));
  for (const pipeline::StageRecord& stage : second->stages)
    QVERIFY(stage.stage != pipeline::Stage::Trace && stage.stage != pipeline::Stage::Partition);
  QCOMPARE(second->entries->entries[0].sizes.size(), std::size_t{2});
  QVERIFY(second->joint && second->forward && second->backward);
  const auto& sizes = second->joint->graph->node(second->joint->graph->placeholders().back());
  QCOMPARE(sizes.tensor()->sizes[0].hint(), std::int64_t{20});

  request.options.mode = run::Mode::Infer;
  const auto third = recordOf(request);
  QVERIFY(third && third->entries->isCompiled);
  const std::string miss = "0/0: GLOBAL_STATE changed: grad_mode ";
  QCOMPARE(third->entries->misses, std::vector<std::string>{miss});
  QCOMPARE(third->entries->counters.compiles, 2);
  QCOMPARE(third->entries->counters.hits, 1);
  QCOMPARE(third->entries->counters.misses, 1);
  QCOMPARE(third->entries->entries[0].lastMiss, miss);
  QCOMPARE(third->entries->entries[1].backward, run::BackwardBuild::None);
}

void TstServe::otherOptionsBeginWithNoEntries() {
  CompileRequest request = compileRequest("mlp.pt2", pipeline::Goal::Build);
  QVERIFY(recordOf(request)->entries->isCompiled);
  request.options.seed = 3;
  QVERIFY(!recordOf(request)->entries->isCompiled);
  request.options.partition.budget = 0;
  const auto other = recordOf(request);
  QVERIFY(other->entries->isCompiled);
  QCOMPARE(other->entries->counters.calls, 1);
}

void TstServe::answersQuestionsAboutAStep() {
  const std::string model = oracleFile("mlp.pt2").toStdString();
  send(1, QuestionRequest{Question::Profile, model, {}});
  const auto profile =
      std::get<run::Profile>(std::get<AnswerReply>(untilEnd(1).back().body).answer);
  QVERIFY(profile.eager.wallUs > 0 && !profile.eager.slices.empty());
  QVERIFY(std::any_of(profile.compiled.slices.begin(), profile.compiled.slices.end(),
                      [](const auto& slice) { return slice.members.size() > 1; }));
  send(2, QuestionRequest{Question::Difference, model, {}});
  const auto search =
      std::get<run::StepSearch>(std::get<AnswerReply>(untilEnd(2).back().body).answer);
  QVERIFY(!search.first);
  QCOMPARE(search.compared.size(), static_cast<std::size_t>(search.values));
  send(3, QuestionRequest{Question::EagerStep, model, {}});
  const auto tried = std::get<TriedStep>(std::get<AnswerReply>(untilEnd(3).back().body).answer);
  QVERIFY(tried.seconds > 0 && tried.lossValue.has_value());
  QVERIFY(QString::fromStdString(tried.outputs.at(0)).startsWith(QStringLiteral("f32[")));
  send(4, QuestionRequest{Question::Profile, "/nowhere/net.pt2", {}});
  const auto failure = std::get<FailureReply>(untilEnd(4).back().body);
  QVERIFY(failure.error.code == ErrorCode::FileNotFound);
}

void TstServe::aCancelledRequestEndsAsCancelled() {
  send(1, compileRequest("resnet18_w16.pt2", pipeline::Goal::Measure));
  send(2, compileRequest("mlp.pt2", pipeline::Goal::Measure));
  send(3, CancelRequest{2});
  send(4, CancelRequest{1});
  bool firstEnded = false, secondEnded = false;
  while (!firstEnded || !secondEnded) {
    const Reply reply = next();
    const auto* failure = std::get_if<FailureReply>(&reply.body);
    QVERIFY(!std::holds_alternative<DoneReply>(reply.body));
    if (!failure) continue;
    QVERIFY(failure->error.code == ErrorCode::Cancelled);
    (reply.id == 1 ? firstEnded : secondEnded) = true;
  }
  send(5, compileRequest("mlp.pt2", pipeline::Goal::Partition));
  QVERIFY(std::holds_alternative<DoneReply>(untilEnd(5).back().body));
}

void TstServe::aBadModelFailsAndTheNextRequestSucceeds() {
  send(1, compileRequest("no_such_model.pt2", pipeline::Goal::Partition));
  const auto failure = std::get<FailureReply>(untilEnd(1).back().body);
  QVERIFY(failure.error.code == ErrorCode::FileNotFound);
  QVERIFY(failure.stage == pipeline::Stage::Load);
  send(2, compileRequest("mlp.pt2", pipeline::Goal::Partition));
  QVERIFY(std::holds_alternative<DoneReply>(untilEnd(2).back().body));
}

void TstServe::garbageEndsTheProcess() {
  m_engine->write("this is not a frame of the protocol at all");
  QVERIFY(m_engine->waitForFinished(30'000));
  QCOMPARE(m_engine->exitStatus(), QProcess::NormalExit);
  QCOMPARE(m_engine->exitCode(), 1);
}

void TstServe::endsWhenStdinEnds() {
  next();
  send(1, compileRequest("resnet18_w16.pt2", pipeline::Goal::Measure));
  m_engine->closeWriteChannel();
  QVERIFY(m_engine->waitForFinished(30'000));
  QCOMPARE(m_engine->exitCode(), 0);
}

QTEST_GUILESS_MAIN(TstServe)
#include "tst_serve.moc"
