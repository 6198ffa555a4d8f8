#pragma once

// A window off screen with settings in a folder of its own and an engine that does what the path
// of the "model" says.

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <memory>

#include "app/explorer/main_window.h"

namespace support {

constexpr int kWindowPatience = 20000;

struct WindowFixture {
  WindowFixture() : WindowFixture(std::make_shared<QTemporaryDir>()) {}

  /// A later start with the settings of an earlier one.
  explicit WindowFixture(const std::shared_ptr<QTemporaryDir>& settingsFolder)
      : WindowFixture(settingsFolder->path()) {
    folder = settingsFolder;
  }

  explicit WindowFixture(const QString& path)
      : engine(QStringList{QStringLiteral(AOT_FAKE_ENGINE)}),
        controller(&engine),
        window(&controller, explorer::Settings(path + QStringLiteral("/settings.ini"),
                                               path + QStringLiteral("/state.ini"))) {
    window.resize(1200, 800);
    window.show();
  }

  /// False if the engine did not answer or the layout did not end in time.
  bool open(const char* orders) {
    QSignalSpy settled(&controller, &explorer::ExplorerController::settled);
    window.openFile(QString::fromLatin1(orders), core::pipeline::Goal::Partition);
    return settled.wait(kWindowPatience) &&
           QTest::qWaitFor([this] { return !window.isLayingOut(); }, kWindowPatience);
  }

  std::shared_ptr<QTemporaryDir> folder;
  explorer::EngineClient engine;
  explorer::ExplorerController controller;
  explorer::MainWindow window;
};

}  // namespace support
