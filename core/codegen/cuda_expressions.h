#pragma once

// The CUDA C++ expression of each op: scalars only, since a GPU's lanes are its threads.

#include <optional>
#include <set>
#include <string>

#include "core/codegen/cuda_plan.h"

namespace core::codegen {

/// What a buffer of that dtype holds ("u16" for half precision, "u8" for Bool).
std::string cudaStorageType(ir::DType dtype);

class CudaExpressions {
 public:
  explicit CudaExpressions(const CudaPlan& plan) : m_plan(plan) {}

  /// The name of an op's variable ("exp_4").
  std::string variable(int op) const;
  /// The value of an op where it is used: its variable, an element of it, or its literal.
  std::string name(int op) const;
  /// The right-hand side of a Compute op. Unsupported combinations are told by unsupported().
  std::string compute(int op);
  /// What an element of a buffer becomes in a register of `to`, and back.
  std::string fromStorage(const std::string& value, ir::DType stored, ir::DType to);
  std::string toStorage(const std::string& value, ir::DType from, ir::DType stored);
  /// `value` of dtype `from` as a register of dtype `to`.
  std::string cast(const std::string& value, ir::DType from, ir::DType to);
  /// `a` combined with `b` as the reduction does it, and its neutral element.
  std::string combine(const schedule::LoopOp& op, const std::string& a, const std::string& b);
  std::string identity(const schedule::LoopOp& op) const;

  /// Marks a prelude piece as used.
  void use(const std::string& piece) { m_pieces.insert(piece); }
  const std::set<std::string>& pieces() const { return m_pieces; }
  /// The first function that has no form for its dtype ("sin of i64").
  const std::optional<std::string>& unsupported() const { return m_unsupported; }

 private:
  std::string unary(const schedule::LoopOp& op, ir::DType dtype);
  std::string special(const schedule::LoopOp& op);
  std::string binary(const schedule::LoopOp& op, ir::DType dtype);
  std::string infix(const schedule::LoopOp& op, const char* sign);
  std::string logical(const schedule::LoopOp& op, const char* sign);
  std::string call(const schedule::LoopOp& op, const std::string& callee);
  std::string own(const schedule::LoopOp& op, const std::string& callee, const char* piece);
  std::string library(const schedule::LoopOp& op, const std::string& callee);
  std::string division(const schedule::LoopOp& op);
  std::string power(const schedule::LoopOp& op);
  std::string asBool(int op);
  bool hasFloatForm(const schedule::LoopOp& op);
  ir::DType dtypeOf(int op) const;

  const CudaPlan& m_plan;
  bool m_isCoarse = false;  ///< of the op at hand
  std::set<std::string> m_pieces;
  std::optional<std::string> m_unsupported;
};

}  // namespace core::codegen
