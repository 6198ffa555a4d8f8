// Answers about a step, and what a measurement is true for, survive the wire whole.

#include <QTest>

#include "core/protocol/codec.h"

using namespace core;
using namespace core::protocol;

namespace {

Reply throughWire(const Reply& reply) {
  const auto frame = encodeReply(reply);
  auto decoded = decodeReply(std::span(frame).subspan(4));
  if (!decoded) qFatal("%s", decoded.error().message.c_str());
  return *decoded;
}

template <typename T>
T answerThroughWire(const T& answer) {
  const Reply reply = throughWire({9, AnswerReply{answer}});
  return std::get<T>(std::get<AnswerReply>(reply.body).answer);
}

run::StepDifference sampleDifference() {
  run::StepDifference difference;
  difference.inBackward = true;
  difference.step = 4;
  difference.group = 2;
  difference.node = "relu";
  difference.target = "aten.relu.default";
  difference.module = "layer1";
  difference.source = "net.py:3";
  difference.members = {"add", "relu"};
  difference.maxAbs = 0.5;
  difference.maxRel = 1e-3;
  difference.errors.equal = 12;
  difference.errors.decades[13] = 7;
  difference.errors.compiledNans = 1;
  difference.errors.eagerInfinities = 2;
  difference.errors.notFinite = {{0, 3}, {1, 2}};
  return difference;
}

}  // namespace

class TstAnswers : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aQuestionRoundTrips();
  void aProfileRoundTrips();
  void aSearchRoundTrips();
  void aSearchWithoutADifferenceRoundTrips();
  void aTriedStepRoundTrips();
  void conditionsComeWithTheirMeasurement();
};

void TstAnswers::aQuestionRoundTrips() {
  QuestionRequest sent{Question::Difference, "m.pt2", {}};
  sent.options.partition.budget = 0.25;
  const auto frame = encodeRequest({3, sent});
  const auto decoded = decodeRequest(std::span(frame).subspan(4));
  QVERIFY(decoded.has_value());
  const auto& read = std::get<QuestionRequest>(decoded->body);
  QVERIFY(read.question == Question::Difference);
  QCOMPARE(read.modelPath, std::string("m.pt2"));
  QCOMPARE(read.options.partition.budget, 0.25);
}

void TstAnswers::aProfileRoundTrips() {
  run::Profile sent;
  sent.eager.wallUs = 10;
  sent.eager.slices = {{"aten::mm", "mm", false, 1, 2, 5}};
  sent.compiled.wallUs = 6;
  sent.compiled.slices = {{"fused", "relu", true, 3, 4, -1, {"add", "relu"}}};
  const auto read = answerThroughWire(sent);
  QCOMPARE(read.eager.wallUs, 10.0);
  QCOMPARE(read.eager.slices[0].name, std::string("aten::mm"));
  QCOMPARE(read.eager.slices[0].sequence, std::int64_t{5});
  QVERIFY(read.eager.slices[0].members.empty());
  const run::ProfileSlice& slice = read.compiled.slices.at(0);
  QCOMPARE(slice.node, std::string("relu"));
  QVERIFY(slice.inBackward);
  QCOMPARE(slice.startUs, 3.0);
  QCOMPARE(slice.durationUs, 4.0);
  QCOMPARE(slice.sequence, std::int64_t{-1});
  QCOMPARE(slice.members, sent.compiled.slices[0].members);
}

void TstAnswers::aSearchRoundTrips() {
  run::StepSearch sent;
  sent.steps = 3;
  sent.values = 2;
  sent.compared = {{"add", false, true, 0, 0}, {"relu", true, false, 0.5, 1e-3}};
  sent.first = sampleDifference();
  const auto read = answerThroughWire(sent);
  QCOMPARE(read.sentence(), sent.sentence());
  QCOMPARE(read.compared.size(), std::size_t{2});
  QCOMPARE(read.compared[1].node, std::string("relu"));
  QVERIFY(read.compared[1].inBackward && !read.compared[1].passed);
  QCOMPARE(read.compared[1].maxRel, 1e-3);
  QCOMPARE(read.first->members, sent.first->members);
  QCOMPARE(read.first->source, sent.first->source);
  const run::ErrorPicture& errors = read.first->errors;
  QCOMPARE(errors.equal, std::int64_t{12});
  QVERIFY(errors.decades == sent.first->errors.decades);
  QCOMPARE(errors.compiledNans, std::int64_t{1});
  QCOMPARE(errors.eagerInfinities, std::int64_t{2});
  QCOMPARE(errors.notFinite, sent.first->errors.notFinite);
  QVERIFY(!read.kernel);
}

void TstAnswers::aSearchWithoutADifferenceRoundTrips() {
  run::StepSearch sent;
  sent.steps = 7;
  const auto read = answerThroughWire(sent);
  QVERIFY(!read.first && !read.kernel);
  QCOMPARE(read.steps, 7);
}

void TstAnswers::aTriedStepRoundTrips() {
  const auto trained = answerThroughWire(TriedStep{0.5, 1.25, {"f32[2]", "no tensor"}});
  QCOMPARE(trained.seconds, 0.5);
  QCOMPARE(trained.lossValue, std::optional<double>(1.25));
  QCOMPARE(trained.outputs.at(1), std::string("no tensor"));
  QVERIFY(!answerThroughWire(TriedStep{}).lossValue);
}

void TstAnswers::conditionsComeWithTheirMeasurement() {
  const auto record = std::make_shared<const pipeline::CompileRecord>();
  const Reply without = throughWire({1, DoneReply{record}});
  QVERIFY(!std::get<DoneReply>(without.body).conditions);
  const history::RunConditions sent{"gpt", "cafe", "a processor", "aot-engine 1", "--budget 1"};
  const Reply with = throughWire({1, DoneReply{record, sent}});
  const auto& read = std::get<DoneReply>(with.body).conditions;
  QCOMPARE(read->model, sent.model);
  QCOMPARE(read->graphHash, sent.graphHash);
  QCOMPARE(read->processor, sent.processor);
  QCOMPARE(read->versions, sent.versions);
  QCOMPARE(read->settings, sent.settings);
}

QTEST_GUILESS_MAIN(TstAnswers)
#include "tst_answers.moc"
