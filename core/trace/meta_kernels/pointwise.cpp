// Elementwise operators. Where the operator calls its own `.out` form, only that one is given here:
// the functional and the in-place form then work too.

#include "core/trace/meta_kernels/meta_kernel_torch.h"

namespace core::trace::meta {
namespace {

Tensor where(const Tensor& condition, const Tensor& self, const Tensor& other) {
  return pointwise({condition, self, other}, at::result_type(self, other));
}

Tensor& whereOut(const Tensor& condition, const Tensor& self, const Tensor& other, Tensor& out) {
  pointwise({condition, self, other}, out.scalar_type(), out);
  return out;
}

Tensor promoted(const Tensor& self, const Tensor& other) {
  return pointwise({self, other}, at::result_type(self, other));
}

Tensor reverseSubtract(const Tensor& self, const Tensor& other, const at::Scalar&) {
  return promoted(self, other);
}

Tensor shiftByScalar(const Tensor& self, const at::Scalar& other) {
  return pointwise({self}, at::result_type(self, other));
}

Tensor scalarRemainder(const at::Scalar& self, const Tensor& other) {
  return pointwise({other}, at::result_type(self, other));
}

Tensor isNan(const Tensor& self) {
  return pointwise({self}, at::kBool);
}

at::ScalarType realFloatType(const Tensor& self) {
  return c10::toRealValueType(floatType(self));
}

// Complex values are computed in a complex temporary and copied from there.
Tensor& angleOut(const Tensor& self, Tensor& out) {
  if (self.is_complex()) {
    out.resize_(self.sizes());
  } else {
    pointwise({self}, out.scalar_type(), out);
  }
  return out;
}

Tensor angle(const Tensor& self) {
  Tensor out = at::empty({0}, self.options().dtype(realFloatType(self)));
  return angleOut(self, out);
}

// Boxed, because a tuple of references does not survive the way from an unboxed kernel to a boxed
// caller.
void mantissaAndExponentOut(const c10::OperatorHandle&, Stack* stack) {
  const auto arguments = ::torch::jit::pop(*stack, 3);
  for (const auto& out : {arguments[1].toTensor(), arguments[2].toTensor()}) {
    stack->emplace_back(pointwise({arguments[0].toTensor()}, out.scalar_type(), out));
  }
}

}  // namespace

void addPointwise(MetaLibrary& library) {
  library.add("where.self", &where);
  library.add("where.self_out", &whereOut);
  library.add("floor_divide", &promoted);
  library.add("rsub.Tensor", &reverseSubtract);
  library.add("__lshift__.Tensor", &promoted);
  library.add("__rshift__.Tensor", &promoted);
  library.add("__lshift__.Scalar", &shiftByScalar);
  library.add("__rshift__.Scalar", &shiftByScalar);
  library.add("remainder.Scalar_Tensor", &scalarRemainder);
  library.add("isnan", &isNan);
  library.add("angle", &angle);
  library.add("angle.out", &angleOut);
  library.addBoxed<mantissaAndExponentOut>({"frexp.Tensor_out"});
  library.addBoxed<pointwiseOut<0>>(
      {"abs.out", "logical_not.out", "nan_to_num.out", "conj_physical.out"});
  library.addBoxed<pointwiseOut<0, 1>>({"floor_divide.out", "logical_and.out", "logical_or.out",
                                        "logical_xor.out", "complex.out", "polar.out"});
  library.addBoxed<noResult>({"_assert_async", "_assert_async.msg"});
}

}  // namespace core::trace::meta
