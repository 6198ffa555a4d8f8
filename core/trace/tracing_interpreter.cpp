// The table of LibTorch 2.11. Nearly every release changes the list of members; only `dispatch`,
// `detach` and `python_dispatcher` do something for us. The others answer questions about tensor
// subclasses that only Python makes.

#include "core/trace/tracing_interpreter_torch.h"

#include <ATen/ATen.h>

#define AOT_PYTHON_ONLY(name) TORCH_CHECK(false, "the tracer has no Python tensors: " #name)

namespace core::trace {
namespace {

using c10::TensorImpl;

class TracingTable final : public c10::impl::PyInterpreterVTable {
 public:
  explicit TracingTable(const InterpreterEvents& events) : m_events(events) {}

  std::string name() const override { return "aot-tracer"; }

  void incref(PyObject*) const override {}
  void decref(PyObject*) const override {}
  bool try_incref(const c10::impl::PyObjectSlot&) const override { return false; }
  size_t refcnt(PyObject*) const override { return 1; }

  void dispatch(const c10::OperatorHandle& op, ::torch::jit::Stack* stack) const override {
    m_events.dispatch(op, stack);
  }
  /// Autograd saves a result of an operator through this: the `detach` nodes of a joint graph.
  c10::intrusive_ptr<TensorImpl> detach(const TensorImpl* self) const override {
    static const auto op = c10::Dispatcher::singleton().findSchemaOrThrow("aten::detach", "");
    ::torch::jit::Stack stack;
    stack.emplace_back(at::Tensor(c10::intrusive_ptr<TensorImpl>::unsafe_reclaim_from_nonowning(
        const_cast<TensorImpl*>(self))));
    m_events.dispatch(op, &stack);
    return stack.front().toTensor().getIntrusivePtr();
  }
  void python_dispatcher(const c10::OperatorHandle& op, c10::DispatchKeySet keys,
                         ::torch::jit::Stack* stack) const override {
    m_events.redispatch(op, keys, stack);
  }

  void reportErrorCallback(PyObject*, c10::DispatchKey) const override { AOT_PYTHON_ONLY(error); }
  void python_op_registration_trampoline(const c10::OperatorHandle&, c10::DispatchKey,
                                         c10::DispatchKeySet, ::torch::jit::Stack*, bool,
                                         bool) const override {
    AOT_PYTHON_ONLY(registration);
  }
  void throw_abstract_impl_not_imported_error(std::string op, const char*,
                                              const char*) const override {
    TORCH_CHECK_NOT_IMPLEMENTED(false, "no shape kernel for ", op);
  }

  bool is_contiguous(const TensorImpl*, at::MemoryFormat) const override {
    AOT_PYTHON_ONLY(is_contiguous);
  }
  c10::SymBool sym_is_contiguous(const TensorImpl*, at::MemoryFormat) const override {
    AOT_PYTHON_ONLY(sym_is_contiguous);
  }
  bool is_strides_like(const TensorImpl*, at::MemoryFormat) const override {
    AOT_PYTHON_ONLY(is_strides_like);
  }
  bool is_non_overlapping_and_dense(const TensorImpl*) const override {
    AOT_PYTHON_ONLY(is_non_overlapping_and_dense);
  }
  c10::Device device(const TensorImpl*) const override { AOT_PYTHON_ONLY(device); }
  int64_t dim(const TensorImpl*) const override { AOT_PYTHON_ONLY(dim); }
  c10::IntArrayRef strides(const TensorImpl*) const override { AOT_PYTHON_ONLY(strides); }
  c10::IntArrayRef sizes(const TensorImpl*) const override { AOT_PYTHON_ONLY(sizes); }
  c10::SymIntArrayRef sym_sizes(const TensorImpl*) const override { AOT_PYTHON_ONLY(sym_sizes); }
  c10::Layout layout(const TensorImpl*) const override { AOT_PYTHON_ONLY(layout); }
  int64_t numel(const TensorImpl*) const override { AOT_PYTHON_ONLY(numel); }
  c10::SymInt sym_numel(const TensorImpl*) const override { AOT_PYTHON_ONLY(sym_numel); }
  c10::SymIntArrayRef sym_strides(const TensorImpl*) const override {
    AOT_PYTHON_ONLY(sym_strides);
  }
  c10::SymInt sym_storage_offset(const TensorImpl*) const override {
    AOT_PYTHON_ONLY(sym_storage_offset);
  }

  void trace_gpu_event_creation(c10::DeviceType, uintptr_t) const override {}
  void trace_gpu_event_deletion(c10::DeviceType, uintptr_t) const override {}
  void trace_gpu_event_record(c10::DeviceType, uintptr_t, uintptr_t) const override {}
  void trace_gpu_event_wait(c10::DeviceType, uintptr_t, uintptr_t) const override {}
  void trace_gpu_memory_allocation(c10::DeviceType, uintptr_t) const override {}
  void trace_gpu_memory_deallocation(c10::DeviceType, uintptr_t) const override {}
  void trace_gpu_stream_creation(c10::DeviceType, uintptr_t) const override {}
  void trace_gpu_device_synchronization(c10::DeviceType) const override {}
  void trace_gpu_stream_synchronization(c10::DeviceType, uintptr_t) const override {}
  void trace_gpu_event_synchronization(c10::DeviceType, uintptr_t) const override {}

  void reset_backward_hooks(const TensorImpl*) const override { AOT_PYTHON_ONLY(hooks); }

 private:
  InterpreterEvents m_events;
};

}  // namespace

c10::impl::PyInterpreter* tracingInterpreter(const InterpreterEvents& events) {
  static auto* const interpreter = new c10::impl::PyInterpreter(new TracingTable(events));
  return interpreter;
}

}  // namespace core::trace

#undef AOT_PYTHON_ONLY
