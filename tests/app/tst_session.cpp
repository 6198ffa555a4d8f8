// Session files as text: what is written is read again, and what is wrong is named.

#include <QTemporaryDir>
#include <QTest>

#include "app/explorer/session/session.h"
#include "app/explorer/session/session_journal.h"

using core::ErrorCode;
using explorer::readSession;
using explorer::Session;
using explorer::SessionJournal;
using explorer::sessionText;
using views::pages::PageId;
using views::shared::GraphKind;

class TstSession : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void everythingComesBack();
  void defaultsComeBack();
  void consentIsNeverTakenFromAFile();
  void unknownFieldsArePassedOver();
  void mistakesAreNamed_data();
  void mistakesAreNamed();
  void newerVersionsAreRefusedWithWhatToDo();
  void everyCutOffFileIsAnError();
  void journalIsLeftOnlyByAProgramThatDied();
  void aLivingProgramsJournalIsNotALeftover();

 private:
  static Session rich();
};

Session TstSession::rich() {
  Session session;
  session.modelPath = QStringLiteral("/models/ü/net.pt2");
  session.modelSha256 = QString(64, 'a');
  session.options.mode = core::run::Mode::Infer;
  session.options.loss = core::run::LossSpec{2};
  session.options.weightsPath = "/models/w.safetensors";
  session.options.partition.budget = 0.1;
  session.options.partition.solver = core::partition::KnapsackSolver::Greedy;
  session.options.partition.save = {"relu", "mm"};
  session.options.partition.recompute = {"add"};
  session.options.partition.moduleBudgets = {{"layer.1", 0.25}};
  session.options.partition.quantize = {
      core::ir::DType::F8E4M3, {core::ir::DType::BF16, core::ir::DType::F32}, 4096, false, true};
  session.options.partition.offload = core::partition::Offload{8192};
  session.options.partition.peakLimit = (std::int64_t(1) << 53) + 1;
  session.options.partition.cost.kind = core::partition::CostModelKind::Profile;
  session.options.partition.cost.profile = std::make_shared<const core::partition::CallProfile>(
      core::partition::CallProfile{{"relu", 1e-6}, {"größe", 0.1}});
  session.options.seed = 0xffffffffffffffffULL;
  session.options.dims = {{"s0", 7}};
  session.options.fills = {{"x", "photo of ü.npy,grad"}};
  session.options.learnShapesBytes = 4096;
  session.page = PageId::Kernels;
  session.selection = {GraphKind::Backward, {"mm_2", "<b>x"}, {}};
  session.filter = QStringLiteral("saved:yes -op:view");
  session.bookmarks = {
      {"first", {PageId::Joint, {GraphKind::Joint, {"relu"}, {}}, std::set<std::string>{"l.0"}}},
      {"second", {PageId::Run, {GraphKind::Joint, {}, "l.1"}, {}}}};
  session.graphs.insert("joint.1", {{"l.0", "l.1"}, 0.75, {10.5, -3}});
  session.docks = QByteArray("\0\xff state", 8);
  session.crashes = 1;
  return session;
}

void TstSession::everythingComesBack() {
  const QByteArray text = sessionText(rich());
  const auto read = readSession(text);
  QVERIFY2(read, read ? "" : read.error().message.c_str());
  QCOMPARE(sessionText(*read), text);
  QCOMPARE(read->options.seed, 0xffffffffffffffffULL);
  QVERIFY(read->options.partition.quantize == rich().options.partition.quantize);
  QVERIFY(read->options.partition.offload == rich().options.partition.offload);
  QCOMPARE(*read->options.partition.peakLimit, (std::int64_t(1) << 53) + 1);
  QVERIFY(read->options.partition.cost == rich().options.partition.cost ||
          *read->options.partition.cost.profile == *rich().options.partition.cost.profile);
  QVERIFY(read->bookmarks == rich().bookmarks);
  QVERIFY(read->graphs == rich().graphs);
  QVERIFY(read->selection == rich().selection);
  QCOMPARE(read->docks, rich().docks);
}

void TstSession::defaultsComeBack() {
  Session session;
  session.modelPath = QStringLiteral("/net.pt2");
  const auto read = readSession(sessionText(session));
  QVERIFY(read);
  QVERIFY(!read->options.mode && !read->options.loss && !read->options.partition.peakLimit);
  QCOMPARE(sessionText(*read), sessionText(session));
}

void TstSession::consentIsNeverTakenFromAFile() {
  Session session = rich();
  session.options.allowTorchScript = true;
  const auto read = readSession(sessionText(session));
  QVERIFY(read && !read->options.allowTorchScript);
}

void TstSession::unknownFieldsArePassedOver() {
  QByteArray text = sessionText(rich());
  text.replace("\"filter\"", "\"a later field\": [1, {\"x\": null}], \"filter\"");
  QVERIFY(readSession(text));
}

void TstSession::mistakesAreNamed_data() {
  QTest::addColumn<QByteArray>("from");
  QTest::addColumn<QByteArray>("to");
  QTest::addColumn<QByteArray>("named");
  QTest::newRow("budget") << QByteArray("\"budget\": 0.1,") << QByteArray("\"budget\": 7,")
                          << QByteArray("options.partition.budget");
  QTest::newRow("module budget") << QByteArray("\"budget\": 0.25")
                                 << QByteArray("\"budget\": \"x\"")
                                 << QByteArray("options.partition.moduleBudgets[0].budget");
  QTest::newRow("page") << QByteArray("\"page\": \"run\"") << QByteArray("\"page\": \"moon\"")
                        << QByteArray("bookmarks[1].place.page");
  QTest::newRow("missing") << QByteArray("\"device\"") << QByteArray("\"divice\"")
                           << QByteArray("options.device");
  QTest::newRow("word") << QByteArray("\"greedy\"") << QByteArray("\"lazy\"")
                        << QByteArray("dp, greedy, ilp");
  QTest::newRow("seed") << QByteArray("\"18446744073709551615\"") << QByteArray("\"-1x\"")
                        << QByteArray("options.seed");
  QTest::newRow("scale") << QByteArray("\"scale\": 0.75") << QByteArray("\"scale\": 0")
                         << QByteArray("graphs.joint.1.scale");
  QTest::newRow("no model") << QByteArray("\"path\": \"/models/ü/net.pt2\"")
                            << QByteArray("\"path\": \"\"") << QByteArray("model.path");
}

void TstSession::mistakesAreNamed() {
  QFETCH(QByteArray, from);
  QFETCH(QByteArray, to);
  QFETCH(QByteArray, named);
  QByteArray text = sessionText(rich());
  QVERIFY2(text.contains(from), text);
  text.replace(from, to);
  const auto read = readSession(text);
  QVERIFY(!read);
  QVERIFY(read.error().code == ErrorCode::ArchiveCorrupt);
  QVERIFY2(read.error().message.find(named.constData()) != std::string::npos,
           read.error().message.c_str());
}

void TstSession::newerVersionsAreRefusedWithWhatToDo() {
  QByteArray text = sessionText(rich());
  text.replace("\"version\": 1", "\"version\": 2");
  auto read = readSession(text);
  QVERIFY(!read);
  QVERIFY(read.error().code == ErrorCode::InvalidArgument);
  QVERIFY2(read.error().message.find("newer") != std::string::npos, read.error().message.c_str());
  read = readSession("{\"format\": \"something else\"}");
  QVERIFY(!read);
  QVERIFY(read.error().message.find("no session") != std::string::npos);
}

void TstSession::everyCutOffFileIsAnError() {
  const QByteArray text = sessionText(rich());
  for (qsizetype size = 0; size + 2 < text.size(); size += 7) {
    QVERIFY2(!readSession(text.left(size)), qPrintable(QString::number(size)));
  }
  QVERIFY(!readSession("[]"));
  QVERIFY(!readSession(QByteArray(10000, '[')));
}

void TstSession::journalIsLeftOnlyByAProgramThatDied() {
  const QTemporaryDir folder;
  {
    SessionJournal journal(folder.path());
    journal.write("first");
    journal.write("second");
    journal.flush();
    const QStringList files = QDir(folder.path()).entryList({"running-*.aotsession"});
    QCOMPARE(files.size(), qsizetype(1));
    QFile file(folder.filePath(files.front()));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray("second"));
  }
  QVERIFY(QDir(folder.path()).entryList({"running-*"}).isEmpty());
  QFile left(folder.filePath("running-1-0.aotsession"));
  QVERIFY(left.open(QIODevice::WriteOnly));
  left.write("left");
  left.close();
  SessionJournal next(folder.path());
  QCOMPARE(next.takeLeftovers(), QStringList{left.fileName()});
}

void TstSession::aLivingProgramsJournalIsNotALeftover() {
  const QTemporaryDir folder;
  SessionJournal living(folder.path());
  living.write("mine");
  living.flush();
  SessionJournal other(folder.path());
  QVERIFY(other.takeLeftovers().isEmpty());
}

QTEST_GUILESS_MAIN(TstSession)
#include "tst_session.moc"
