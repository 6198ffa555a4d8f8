#pragma once

// An application that measures what its UI thread does: every event that is delivered, and what a
// test does in place of one, takes at most so much of the processor. Time of other programs, and of
// threads beside this one, does not count.

#include <QApplication>
#include <QEvent>
#include <QTest>
#include <cstdio>
#include <ctime>

namespace support {

/// Processor time of this thread.
inline double threadMilliseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

/// The longest a person does not notice.
constexpr double kLongestGap = 100;

class WatchedApplication : public QApplication {
 public:
  using QApplication::QApplication;

  static WatchedApplication& instance() {
    return *static_cast<WatchedApplication*>(QCoreApplication::instance());
  }

  bool notify(QObject* receiver, QEvent* event) override {
    const char* className = receiver->metaObject()->className();
    const int type = event->type();
    bool isHandled = false;
    measure(QStringLiteral("event %1 of %2").arg(type).arg(QLatin1String(className)),
            [&] { isHandled = QApplication::notify(receiver, event); });
    return isHandled;
  }

  /// Runs what a person's input would. Events inside count as part of it.
  template <typename Step>
  void measure(const QString& what, const Step& step) {
    if (m_depth > 0) return step();
    ++m_depth;
    const double begin = threadMilliseconds();
    step();
    const double took = threadMilliseconds() - begin;
    --m_depth;
    if (took <= m_longest) return;
    m_longest = took;
    m_what = what;
  }

  void forget() { m_longest = 0; }
  double longest() const { return m_longest; }
  /// "event 12 of views::graph::GraphCanvas took 103 ms"
  QString sentence() const {
    return QStringLiteral("%1 took %2 ms").arg(m_what).arg(m_longest, 0, 'f', 1);
  }

 private:
  int m_depth = 0;
  double m_longest = 0;
  QString m_what;
};

/// Runs a test class; a gap that a person notices fails it, too.
template <typename Test>
int runWatched(int argc, char** argv) {
  WatchedApplication application(argc, argv);
  Test test;
  const int failures = QTest::qExec(&test, argc, argv);
  if (application.longest() <= kLongestGap) return failures;
  std::fprintf(stderr, "The event loop was kept for longer than %.0f ms: %s\n", kLongestGap,
               qPrintable(application.sentence()));
  return failures + 1;
}

}  // namespace support

/// As QTEST_MAIN, under the watch of the event loop.
#define WATCHED_TEST_MAIN(TestClass)                   \
  int main(int argc, char** argv) {                    \
    return support::runWatched<TestClass>(argc, argv); \
  }
