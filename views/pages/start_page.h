#pragma once

// The page when nothing is open: open a file, a recent one, or a bundled sample.

#include <QFileInfoList>
#include <QListWidget>
#include <QWidget>

class QLabel;

namespace views::pages {

class StartPage : public QWidget {
  Q_OBJECT

 public:
  explicit StartPage(QWidget* parent = nullptr);

  /// Paths, newest first.
  void setRecent(const QStringList& paths);
  void setSamples(const QFileInfoList& files);
  /// One line on the state of the engine ("engine 0.1.0 is ready").
  void setEngineText(const QString& text);

 Q_SIGNALS:
  void openRequested();
  void fileChosen(const QString& path);

 private:
  QWidget* buildHeader();
  QListWidget* buildList(const QString& name);
  void fill(QListWidget* list, const QFileInfoList& files, const QString& whenEmpty);

  QListWidget* m_recent = nullptr;
  QListWidget* m_samples = nullptr;
  QLabel* m_engine = nullptr;
};

}  // namespace views::pages
