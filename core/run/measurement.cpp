#include "core/run/measurement.h"

namespace core::run {

const char* verdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::Faster: return "faster";
    case Verdict::Slower: return "slower";
    case Verdict::NoDifferenceShown: return "no difference shown";
  }
  return "no difference shown";
}

}  // namespace core::run
