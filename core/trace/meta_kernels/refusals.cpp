// Operators whose result sizes or values decide what comes next. The tracer refuses them where it
// meets them; these kernels refuse them with the same sentence where another operator's shape
// function calls them, as indexing by a mask calls nonzero.

#include "core/trace/meta_kernels/meta_kernel_torch.h"
#include "core/trace/refused_ops.h"

namespace core::trace::meta {
namespace {

void refuse(const c10::OperatorHandle& op, Stack*) {
  const std::string& name = op.schema().name();
  const RefusedOp* refused = refusedOp(name);
  TORCH_CHECK_NOT_IMPLEMENTED(false, refused ? refusalError(name, *refused).message : name);
}

}  // namespace

void addRefusals(MetaLibrary& library) {
  library.refuse<refuse>({"nonzero", "masked_select", "_unique2", "unique_dim",
                          "unique_consecutive", "unique_dim_consecutive", "bincount", "equal",
                          "_local_scalar_dense"});
}

}  // namespace core::trace::meta
