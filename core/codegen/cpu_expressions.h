#pragma once

// The C++ expression of each op. Vectors and scalars use the same operators; where a function has
// only a vector form, a scalar is spread and the first lane taken.

#include <optional>
#include <set>
#include <string>

#include "core/codegen/kernel_plan.h"

namespace core::codegen {

/// The register type of a dtype ("f32" for half precision too); empty for one that has none.
std::string scalarType(ir::DType dtype);
/// "f32v", or "Vec<i16>" where there is no short name; masks for Bool.
std::string vectorType(ir::DType dtype);
/// What a buffer of that dtype holds ("u16" for BF16, "u8" for Bool).
std::string storageType(ir::DType dtype);
/// The dtype that values are held in: F32 for half precision.
ir::DType registerDtype(ir::DType dtype);
/// A literal of `dtype`, exact.
std::string literal(double value, ir::DType dtype);

class CpuExpressions {
 public:
  explicit CpuExpressions(const KernelPlan& plan) : m_plan(plan) {}

  /// The name of an op's value ("exp_4"), or its literal.
  std::string name(int op) const;
  /// The value as an operand of a vector (`asVector`) or scalar expression.
  std::string operand(int op, bool asVector) const;
  /// The right-hand side of a Compute op. Unsupported combinations are told by unsupported().
  std::string compute(int op);
  /// What one element or vector of a buffer becomes in a register of `to`, and back.
  std::string fromStorage(const std::string& value, ir::DType stored, ir::DType to, bool isVector);
  std::string toStorage(const std::string& value, ir::DType from, ir::DType stored, bool isVector);
  /// `a` combined with `b` as the reduction does it.
  std::string combine(const schedule::LoopOp& op, const std::string& a, const std::string& b,
                      bool isVector);
  /// The reduction's neutral element.
  std::string identity(const schedule::LoopOp& op, bool isVector) const;

  /// Marks a prelude piece as used.
  void use(const std::string& piece) { m_pieces.insert(piece); }
  const std::set<std::string>& pieces() const { return m_pieces; }
  /// The first function that has no form for its dtype ("sin of i64").
  const std::optional<std::string>& unsupported() const { return m_unsupported; }

 private:
  std::string classification(const schedule::LoopOp& op, bool isVector);
  std::string unary(const schedule::LoopOp& op, ir::DType dtype, bool isVector);
  std::string binary(const schedule::LoopOp& op, ir::DType dtype, bool isVector);
  std::string infix(const schedule::LoopOp& op, const char* sign, bool isVector);
  std::string comparison(const schedule::LoopOp& op, const char* sign, bool isVector);
  std::string logical(const schedule::LoopOp& op, const char* sign, bool isVector);
  std::string function(const schedule::LoopOp& op, const std::string& callee,
                       const std::string& piece, bool isVector);
  std::string division(const schedule::LoopOp& op, const std::string& callee,
                       const std::string& piece, bool isVector);
  std::string power(const schedule::LoopOp& op, bool isVector);
  std::string cast(const std::string& value, ir::DType from, ir::DType to, bool isVector);
  std::string asBool(int op, bool isVector);
  std::string narrowed(std::string expression, ir::DType dtype, bool isVector) const;
  ir::DType dtypeOf(int op) const { return registerDtype(m_plan.op(op).dtype); }

  const KernelPlan& m_plan;
  std::set<std::string> m_pieces;
  std::optional<std::string> m_unsupported;
};

}  // namespace core::codegen
