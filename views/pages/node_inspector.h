#pragma once

// Everything known of the selected node, with its neighbours as links, and the pins that force a
// value to be saved or recomputed.

#include <QWidget>

#include "core/partition/why_saved.h"
#include "views/pages/snapshot.h"
#include "views/shared/selection_hub.h"

class QFormLayout;
class QLabel;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace views::pages {

class WhyPanel;

class NodeInspector : public QWidget {
  Q_OBJECT

 public:
  NodeInspector(shared::SelectionHub* hub, QWidget* parent = nullptr);

  void setSnapshot(SnapshotPtr snapshot);
  /// The name in the heading; for tests.
  QString shownName() const;
  /// The answer to whyWanted(); one for another value is dropped.
  void showAnswer(const QString& name, const core::Result<core::partition::ValueAnswer>& answer);

 Q_SIGNALS:
  void pinned(const QString& node, views::pages::Pin pin);
  /// The inspector shows a value that has a choice: what would the other one cost?
  void whyWanted(const QString& node);
  /// The person wants to see the kernel that computes the node.
  void kernelWanted(const QString& node);

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  void buildFacts();
  void buildPins();
  void buildLinks();
  void update();
  void showNode(const core::ir::Node& node);
  void showModule(const QString& path);
  void showNothing(const QString& sentence);
  void fillFacts(const core::ir::Node& node);
  void fillFate(const core::ir::Node& node);
  void fillLinks(const core::ir::Node& node);
  void fillPins(const core::ir::Node& node);
  void askWhy(const core::ir::Node& node);
  QTreeWidgetItem* addGroup(const QString& title, const std::vector<std::string>& names);
  void onLink(QTreeWidgetItem* item);

  shared::SelectionHub* m_hub;
  SnapshotPtr m_snapshot;
  bool m_stale = false;
  QLabel* m_name = nullptr;
  QLabel* m_hint = nullptr;
  QWidget* m_facts = nullptr;
  QLabel* m_op = nullptr;
  QLabel* m_value = nullptr;
  QLabel* m_bytes = nullptr;
  QLabel* m_part = nullptr;
  QLabel* m_fate = nullptr;
  QLabel* m_why = nullptr;
  QLabel* m_module = nullptr;
  QLabel* m_source = nullptr;
  QLabel* m_kernel = nullptr;
  QWidget* m_pins = nullptr;
  std::array<QPushButton*, 3> m_pinButtons{};
  WhyPanel* m_whyPanel = nullptr;
  QString m_asked;
  models::PartitionPtr m_askedOf;
  QTreeWidget* m_links = nullptr;
};

}  // namespace views::pages
