#include "core/pipeline/operator_table.h"

namespace core::pipeline {

const char* shapeWord(trace::ShapeSource source) {
  switch (source) {
    case trace::ShapeSource::Ours: return "ours";
    case trace::ShapeSource::LibTorch: return "LibTorch's";
    case trace::ShapeSource::Composite: return "of its parts";
    case trace::ShapeSource::Nobody: return "none";
  }
  return "";
}

const char* treatmentWord(trace::Treatment treatment) {
  switch (treatment) {
    case trace::Treatment::Recorded: return "recorded";
    case trace::Treatment::TakenApart: return "taken apart";
    case trace::Treatment::Functionalized: return "made functional";
    case trace::Treatment::Replaced: return "replaced";
    case trace::Treatment::Whole: return "kept whole";
    case trace::Treatment::Refused: return "refused";
  }
  return "";
}

const char* coreWord(trace::InCoreTable core) {
  switch (core) {
    case trace::InCoreTable::No: return "-";
    case trace::InCoreTable::Yes: return "decomposed";
    case trace::InCoreTable::LeftOut: return "left out";
  }
  return "";
}

const char* formWord(KernelForm form) {
  switch (form) {
    case KernelForm::None: return "-";
    case KernelForm::View: return "view";
    case KernelForm::Pointwise: return "pointwise";
    case KernelForm::Reduction: return "reduction";
    case KernelForm::Library: return "library";
  }
  return "";
}

}  // namespace core::pipeline
