// A person without a plan: keys, clicks, wheels, actions and filters at random, from a seed. The
// window must take all of it, answer within the bar, and be the same session when it is opened
// again. AOT_SEED and AOT_EVENTS replay a run or lengthen it.

#include <QApplication>
#include <QContextMenuEvent>
#include <QLineEdit>
#include <QMenu>
#include <QTimer>
#include <QWheelEvent>
#include <ctime>
#include <random>

#include "app/explorer/logging/ui_watchdog.h"
#include "tests/app/window_fixture.h"
#include "views/graph/graph_view.h"

using explorer::Session;
using support::WindowFixture;

namespace {

constexpr int kEventsBetweenPaints = 20;
// The bar of the window is 100 ms; a machine that does something else besides is no fault of ours,
// so what counts is the time that the UI thread itself was busy.
constexpr double kBarSeconds = 0.25;
constexpr double kRemarkSeconds = 0.1;

double threadSeconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

int numberFrom(const char* variable, int otherwise) {
  bool isNumber = false;
  const int number = qEnvironmentVariableIntValue(variable, &isNumber);
  return isNumber ? number : otherwise;
}

class Monkey {
 public:
  Monkey(WindowFixture& fixture, unsigned seed) : m_fixture(fixture), m_random(seed) {
    QObject::connect(&m_closer, &QTimer::timeout, [] { closeWhatBlocks(); });
    m_closer.start(1);
  }

  void act() {
    switch (below(8)) {
      case 0:
      case 1: return triggerAction();
      case 2: return pressKey();
      case 3: return click(Qt::LeftButton);
      case 4: return click(Qt::RightButton);
      case 5: return turnWheel();
      case 6: return drag();
      default: return filter();
    }
  }

  /// Closes dialogs and menus, and opens a model again if none is open.
  void tidy() {
    closeWhatBlocks();
    const QWidgetList widgets = QApplication::topLevelWidgets();
    for (QWidget* widget : widgets) {
      if (widget != &m_fixture.window && widget->isVisible()) widget->close();
    }
    if (!m_fixture.window.isVisible()) m_fixture.window.show();
    if (m_fixture.window.isFullScreen()) m_fixture.window.showNormal();
    m_fixture.window.resize(900, 600);
    if (m_fixture.controller.modelPath().isEmpty()) {
      m_fixture.window.openFile(QStringLiteral("done"), core::pipeline::Goal::Partition);
    }
  }

 private:
  int below(int count) { return static_cast<int>(m_random() % static_cast<unsigned>(count)); }

  /// A dialog that waits in an event loop of its own would stop the test.
  static void closeWhatBlocks() {
    if (QWidget* popup = QApplication::activePopupWidget()) popup->close();
    if (QWidget* modal = QApplication::activeModalWidget()) modal->close();
  }

  void triggerAction() {
    const QList<QAction*>& actions = m_fixture.window.commands()->keys().actions();
    QAction* action = actions[below(static_cast<int>(actions.size()))];
    // Ends the program, and is tested elsewhere.
    if (action->objectName() != QStringLiteral("quit")) action->trigger();
  }

  QWidget* anyWidget() {
    const auto all = m_fixture.window.findChildren<QWidget*>();
    QList<QWidget*> visible;
    for (QWidget* widget : all) {
      if (widget->isVisible() && widget->isEnabled()) visible << widget;
    }
    return visible.isEmpty() ? &m_fixture.window : visible[below(static_cast<int>(visible.size()))];
  }

  QPoint anyPoint(const QWidget& widget) {
    return {below(std::max(1, widget.width())), below(std::max(1, widget.height()))};
  }

  void pressKey() {
    static const QList<Qt::Key> keys = {
        Qt::Key_Tab,    Qt::Key_Backtab, Qt::Key_Up,    Qt::Key_Down, Qt::Key_Left,  Qt::Key_Right,
        Qt::Key_Home,   Qt::Key_End,     Qt::Key_Space, Qt::Key_Plus, Qt::Key_Minus, Qt::Key_Return,
        Qt::Key_Escape, Qt::Key_E,       Qt::Key_C,     Qt::Key_F,    Qt::Key_J,     Qt::Key_K,
        Qt::Key_M,      Qt::Key_N,       Qt::Key_R,     Qt::Key_L,    Qt::Key_O,     Qt::Key_0};
    QWidget* focus = QApplication::focusWidget();
    QTest::keyClick(focus ? focus : &m_fixture.window, keys[below(static_cast<int>(keys.size()))],
                    below(4) == 0 ? Qt::ShiftModifier : Qt::NoModifier);
  }

  void click(Qt::MouseButton button) {
    QWidget* widget = anyWidget();
    const QPoint at = anyPoint(*widget);
    if (below(4) == 0) {
      QTest::mouseDClick(widget, button, Qt::NoModifier, at);
    } else {
      QTest::mouseClick(widget, button, Qt::NoModifier, at);
    }
    if (button == Qt::RightButton) {
      QContextMenuEvent event(QContextMenuEvent::Mouse, at, widget->mapToGlobal(at));
      QApplication::sendEvent(widget, &event);
    }
  }

  void turnWheel() {
    QWidget* widget = anyWidget();
    const QPointF at = anyPoint(*widget);
    QWheelEvent event(at, widget->mapToGlobal(at), {}, {0, below(2) ? 120 : -120}, Qt::NoButton,
                      below(2) ? Qt::ControlModifier : Qt::NoModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(widget, &event);
  }

  void drag() {
    QWidget* widget = anyWidget();
    QTest::mousePress(widget, Qt::LeftButton, Qt::NoModifier, anyPoint(*widget));
    QTest::mouseMove(widget, anyPoint(*widget));
    QTest::mouseRelease(widget, Qt::LeftButton, Qt::NoModifier, anyPoint(*widget));
  }

  void filter() {
    static const QStringList pieces = {
        "op:mm", "saved:yes", "-",         "(",        ")",         "OR",       "relu", "/a|b/",
        "\"",    "bytes:>1",  "user-of:x", "part:bwd", "path:a..b", "time:>5%", "<b>"};
    QStringList text;
    for (int i = below(4); i > 0; --i) text << pieces[below(static_cast<int>(pieces.size()))];
    m_fixture.window.hub()->setFilter(text.join(QChar(' ')));
  }

  WindowFixture& m_fixture;
  std::mt19937 m_random;
  QTimer m_closer;
};

}  // namespace

class TstMonkey : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void twentyThousandEventsAreTakenAndTheSessionComesBack();
};

void TstMonkey::twentyThousandEventsAreTakenAndTheSessionComesBack() {
  const int seed = numberFrom("AOT_SEED", 1);
  const int events = numberFrom("AOT_EVENTS", 20000);
  qInfo("AOT_SEED=%d AOT_EVENTS=%d", seed, events);
  WindowFixture fixture;
  QVERIFY(fixture.open("done"));
  double longest = 0;
  int overBar = 0;
  {
    Monkey monkey(fixture, static_cast<unsigned>(seed));
    for (int i = 0; i < events; ++i) {
      const double before = threadSeconds();
      monkey.act();
      if (i % kEventsBetweenPaints == 0) {
        monkey.tidy();
        QCoreApplication::processEvents();
      }
      const double used = threadSeconds() - before;
      longest = std::max(longest, used);
      overBar += used > kRemarkSeconds;
      QVERIFY2(used < kBarSeconds,
               qPrintable(QStringLiteral("event %1 took %2 s").arg(i).arg(used)));
    }
    monkey.tidy();
  }
  qInfo("longest event: %.0f ms; over 100 ms: %d", longest * 1e3, overBar);
  const auto isQuiet = [&fixture] {
    const auto& snapshot = fixture.controller.snapshot();
    return snapshot->index->joint() && !snapshot->busy && !snapshot->partitioning &&
           !fixture.window.isLayingOut();
  };
  QTRY_VERIFY_WITH_TIMEOUT(isQuiet(), support::kWindowPatience);

  const QString file = fixture.folder->filePath("a.aotsession");
  QCOMPARE(fixture.window.sessions()->save(file), QString());
  WindowFixture later;
  later.window.openPath(file);
  QTRY_VERIFY_WITH_TIMEOUT(
      later.controller.snapshot()->index->joint() && !later.window.isLayingOut(),
      support::kWindowPatience);
  const QString again = later.folder->filePath("b.aotsession");
  QCOMPARE(later.window.sessions()->save(again), QString());
  auto first = explorer::readSessionFile(file);
  auto second = explorer::readSessionFile(again);
  QVERIFY(first && second);
  // Sizes of docks and of pictures depend on the window's size and on what was shown so far.
  for (Session* session : {&*first, &*second}) {
    session->docks.clear();
    session->graphs.clear();
  }
  QCOMPARE(explorer::sessionText(*second), explorer::sessionText(*first));
}

QTEST_MAIN(TstMonkey)
#include "tst_monkey.moc"
