#include "views/pages/kernels_page.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "core/codegen/write_reproducer.h"
#include "views/models/run_tables.h"
#include "views/models/showable_text.h"
#include "views/pages/code_view.h"
#include "views/pages/data_table.h"
#include "views/shared/export_dialog.h"

namespace views::pages {

using models::KernelEntry;
using models::StepKind;

namespace {

std::string listOf(const char* title, const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string text = std::string(title) + "\n";
  for (const std::string& line : lines) text += "  " + line + "\n";
  return text + "\n";
}

std::string whyText(const KernelEntry& entry, const models::RecordIndex& index) {
  std::vector<std::string> refused;
  for (const models::RefusalEntry& refusal : index.refusals()) {
    const auto holds = [&](const std::string& name) {
      return std::find(entry.nodes.begin(), entry.nodes.end(), name) != entry.nodes.end();
    };
    if (refusal.half != entry.half || (!holds(refusal.producer) && !holds(refusal.consumer))) {
      continue;
    }
    refused.push_back(refusal.producer + " -> " + refusal.consumer + ": " + refusal.sentence +
                      " (" + refusal.rule + ")");
  }
  std::string text = listOf("Nodes", entry.nodes);
  text += listOf(entry.kind == StepKind::Generated ? "Why these nodes are one kernel"
                                                   : "Why no kernel was generated",
                 entry.reasons);
  text += listOf("Why a neighbour is not in it", refused);
  if (entry.source) text += listOf("Decisions of the writer", entry.source->notes);
  return text;
}

QString factsOf(const KernelEntry& entry) {
  const double bytes = static_cast<double>(entry.readBytes + entry.writtenBytes);
  const QString limit = entry.isLimitedByMemory() ? KernelsPage::tr("limited by memory")
                                                  : KernelsPage::tr("limited by arithmetic");
  return KernelsPage::tr(
             "%1 of the %2 · %3 nodes · reads %4, writes %5 · %6, %7 per byte: %8 · "
             "%9 by the roofline of a modest core")
      .arg(models::stepKindText(entry.kind), models::halfText(entry.half))
      .arg(entry.nodes.size())
      .arg(models::bytesText(entry.readBytes), models::bytesText(entry.writtenBytes),
           models::operationsText(entry.operations),
           QString::number(bytes > 0 ? entry.operations / bytes : 0, 'g', 2), limit,
           models::millisecondsText(entry.estimatedMs()));
}

/// The generated kernel with the most nodes, which tells most about fusion; -1 if there is no step.
int largestKernel(const std::vector<KernelEntry>& kernels) {
  const auto size = [](const KernelEntry& entry) {
    return entry.source ? entry.nodes.size() + 1 : 0;
  };
  const auto largest = std::max_element(
      kernels.begin(), kernels.end(),
      [&](const KernelEntry& a, const KernelEntry& b) { return size(a) < size(b); });
  return largest == kernels.end() ? -1 : static_cast<int>(largest - kernels.begin());
}

}  // namespace

KernelsPage::KernelsPage(shared::SelectionHub* hub, QWidget* parent)
    : StagePage(PageId::Kernels, parent), m_hub(hub) {
  auto* content = new QWidget(this);
  m_summary = plainLabel(QString(), content);
  auto* both = new QSplitter(Qt::Horizontal, content);
  both->addWidget(buildLists());
  both->addWidget(buildDetails());
  both->setSizes({600, 560});
  auto* layout = new QVBoxLayout(content);
  layout->addWidget(m_summary);
  layout->addWidget(both, 1);
  setContent(content);
  connect(m_hub, &shared::SelectionHub::selectionChanged, this, &KernelsPage::showSelection);
}

QWidget* KernelsPage::buildLists() {
  m_kernels = new DataTable(tr("Kernels"), this);
  m_refusals = new DataTable(tr("Refused fusions"), this);
  m_refusals->followSelection(m_hub, shared::GraphKind::Joint);
  connect(m_kernels, &DataTable::rowChosen, this, [this](int kernel) {
    showKernel(kernel);
    selectMembers(kernel);
  });
  m_lists = new QTabWidget(this);
  m_lists->setAccessibleName(tr("Steps and refused fusions"));
  m_lists->addTab(m_kernels, tr("Steps"));
  m_lists->addTab(m_refusals, tr("Refused fusions"));
  return m_lists;
}

QWidget* KernelsPage::buildDetails() {
  auto* box = new QWidget(this);
  m_title = headingLabel(QString(), box);
  m_facts = plainLabel(QString(), box);
  m_facts->setWordWrap(true);
  m_source = new CodeView(tr("Generated source"), CodeKind::Cpp, box);
  m_loops = new CodeView(tr("Loop text"), CodeKind::Text, box);
  m_machineCode = new CodeView(tr("Machine code"), CodeKind::Listing, box);
  m_why = new CodeView(tr("Reasons"), CodeKind::Text, box);
  m_details = new QTabWidget(box);
  m_details->setAccessibleName(tr("Texts of the step"));
  m_details->addTab(m_source, tr("Source"));
  m_details->addTab(m_loops, tr("Loops"));
  m_details->addTab(m_why, tr("Nodes and reasons"));
  m_details->addTab(m_machineCode, tr("Machine code"));
  connect(m_details, &QTabWidget::currentChanged, this, &KernelsPage::wantMachineCode);
  m_export = new QPushButton(tr("Export reproducer…"), box);
  m_export->setToolTip(tr("Writes this kernel as a C++ program of its own, which g++ builds"));
  connect(m_export, &QPushButton::clicked, this, &KernelsPage::exportReproducer);
  connect(m_source, &CodeView::lineChosen, this, &KernelsPage::selectLine);
  auto* head = new QHBoxLayout;
  head->addWidget(m_title, 1);
  head->addWidget(m_export);
  auto* layout = new QVBoxLayout(box);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addLayout(head);
  layout->addWidget(m_facts);
  layout->addWidget(m_details, 1);
  return box;
}

std::optional<Notice> KernelsPage::missing(const Snapshot& snapshot) const {
  if (snapshot.record() && snapshot.record()->forward) return std::nullopt;
  return explain(snapshot,
                 {tr("No kernels yet"),
                  tr("Fuse the partitioned graphs and write their kernels. Nothing of the model "
                     "is run."),
                  tr("Generate kernels (F7)"), Intent::MakeKernels});
}

QString KernelsPage::summary(const Snapshot& snapshot) const {
  int generated = 0;
  int external = 0;
  for (const KernelEntry& entry : snapshot.index->kernels()) {
    generated += entry.kind == StepKind::Generated ? 1 : 0;
    external += entry.kind == StepKind::Extern ? 1 : 0;
  }
  QString text = tr("%1 generated kernels, %2 extern calls, %3 fusions refused")
                     .arg(generated)
                     .arg(external)
                     .arg(snapshot.index->refusals().size());
  if (snapshot.kernelsStale) {
    text = tr("○ Stale: made for another partition. Press F7 to generate them again.   ") + text;
  }
  return text;
}

void KernelsPage::refresh(const Snapshot& snapshot) {
  m_summary->setText(summary(snapshot));
  m_kernels->setTable(models::kernelTable(snapshot.index));
  m_refusals->setTable(models::refusalTable(snapshot.index));
  m_lists->setTabText(0, tr("Steps (%1)").arg(snapshot.index->kernels().size()));
  m_lists->setTabText(1, tr("Refused fusions (%1)").arg(snapshot.index->refusals().size()));
  m_shown = -1;
  showSelection();
  if (m_shown >= 0) return;
  showKernel(largestKernel(snapshot.index->kernels()));
}

void KernelsPage::showKernel(int kernel) {
  if (kernel == m_shown && kernel >= 0) return;
  m_shown = kernel;
  m_machineCodeOf = -1;
  const auto& kernels = snapshot()->index->kernels();
  if (kernel < 0 || kernel >= static_cast<int>(kernels.size())) {
    m_title->clear();
    m_facts->clear();
    for (CodeView* view : {m_source, m_loops, m_why}) view->setCode({});
    m_lineNodes.clear();
    m_machineCode->setCode({});
    m_export->setEnabled(false);
    return;
  }
  const KernelEntry& entry = kernels[static_cast<std::size_t>(kernel)];
  m_title->setText(entry.label() + QStringLiteral("  ") + models::showable(entry.name));
  m_facts->setText(factsOf(entry));
  m_source->setCode(entry.source ? entry.source->source : std::string());
  // The shared helpers come first in every source; what differs is the work and the entry point.
  if (!m_source->scrollToLineWith(QStringLiteral("void work("))) {
    m_source->scrollToLineWith(QStringLiteral("extern \"C\""));
  }
  m_lineNodes = snapshot()->index->nodesOfLines(kernel);
  markLines(false);
  m_export->setEnabled(entry.source != nullptr);
  m_loops->setCode(entry.source ? entry.source->loopText : std::string());
  m_why->setCode(whyText(entry, *snapshot()->index));
  showTabs(entry.source != nullptr);
  wantMachineCode();
}

void KernelsPage::wantMachineCode() {
  if (m_details->currentWidget() != m_machineCode || m_shown < 0 || m_machineCodeOf == m_shown)
    return;
  const KernelEntry& entry = snapshot()->index->kernels()[static_cast<std::size_t>(m_shown)];
  m_machineCodeOf = m_shown;
  if (!entry.source || entry.source->language != core::codegen::KernelLanguage::Cpp) {
    m_machineCode->setCode(tr("Only kernels for the CPU are shown as machine code.").toStdString());
    return;
  }
  m_machineCode->setCode(tr("Compiling…").toStdString());
  Q_EMIT machineCodeWanted(QString::fromStdString(entry.source->source));
}

void KernelsPage::showMachineCode(const QString& listing) {
  m_machineCode->setCode(listing.toStdString());
}

void KernelsPage::showTabs(bool hasSource) {
  // Asked before the tabs are disabled, because that moves to another tab by itself.
  const bool onReasons = m_details->currentWidget() == m_why;
  m_details->setTabEnabled(0, hasSource);
  m_details->setTabEnabled(1, hasSource);
  m_details->setTabEnabled(m_details->indexOf(m_machineCode), hasSource);
  if (!hasSource && !onReasons) {
    m_details->setCurrentWidget(m_why);
    m_leftSource = true;
  } else if (hasSource && m_leftSource) {
    m_details->setCurrentWidget(m_source);
    m_leftSource = false;
  }
}

void KernelsPage::selectMembers(int kernel) {
  const auto& kernels = snapshot()->index->kernels();
  if (kernel < 0 || kernel >= static_cast<int>(kernels.size())) return;
  const KernelEntry& entry = kernels[static_cast<std::size_t>(kernel)];
  shared::Selection selection;
  selection.graph = entry.half == models::Half::Forward ? shared::GraphKind::Forward
                                                        : shared::GraphKind::Backward;
  for (auto name = entry.nodes.rbegin(); name != entry.nodes.rend(); ++name) {
    selection.nodes << QString::fromStdString(*name);
  }
  if (!selection.nodes.isEmpty()) m_hub->select(selection);
}

void KernelsPage::selectLine(int line) {
  if (line >= static_cast<int>(m_lineNodes.size())) return;
  const auto& names = m_lineNodes[static_cast<std::size_t>(line)];
  if (names.empty()) return;
  const KernelEntry& entry = snapshot()->index->kernels()[static_cast<std::size_t>(m_shown)];
  shared::Selection selection;
  selection.graph = entry.half == models::Half::Forward ? shared::GraphKind::Forward
                                                        : shared::GraphKind::Backward;
  for (const std::string& name : names) selection.nodes << QString::fromStdString(name);
  const QScopedValueRollback<bool> guard(m_choosingLine, true);
  m_hub->select(selection);
}

void KernelsPage::markLines(bool show) {
  const std::string name = m_hub->selection().primary().toStdString();
  std::vector<int> lines;
  for (std::size_t line = 0; line < m_lineNodes.size(); ++line) {
    const auto& names = m_lineNodes[line];
    if (std::find(names.begin(), names.end(), name) != names.end())
      lines.push_back(static_cast<int>(line));
  }
  m_source->markLines(lines);
  if (show && !lines.empty()) m_source->showLine(lines.front());
}

void KernelsPage::exportReproducer() {
  const KernelEntry& entry = snapshot()->index->kernels()[static_cast<std::size_t>(m_shown)];
  if (!entry.source || !entry.nest) return;
  const auto text = core::codegen::writeReproducer(*entry.source, *entry.nest);
  if (!text) {
    m_facts->setText(models::showable(text.error().message));
    return;
  }
  shared::exportTextWithDialog(this, tr("Export reproducer"), tr("C++ source (*.cpp)"),
                               QString::fromStdString(*text));
}

void KernelsPage::showSelection() {
  if (!isVisible()) return;
  const QString name = m_hub->selection().primary();
  const auto kernels = snapshot()->index->kernelsOf(name.toStdString());
  if (kernels.empty() || std::find(kernels.begin(), kernels.end(), m_shown) != kernels.end()) {
    markLines(!m_choosingLine);
    return;
  }
  showKernel(kernels.front());
  markLines(true);
  m_kernels->selectSourceRow(kernels.front());
}

}  // namespace views::pages
