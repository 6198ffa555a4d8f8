#include "core/ir/graph_text.h"
namespace core::ir {}
