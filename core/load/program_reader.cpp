#include "core/load/program_reader.h"

#include <array>

#include "core/load/argument_reader.h"
#include "core/load/graph_reader.h"

namespace core::load {
namespace {

constexpr std::int64_t kSchemaMajor = 8;

/// How the signature writes one kind of input or output: its tag, and the member that holds the
/// full name (empty: none).
template <typename Kind>
struct SpecForm {
  std::string_view tag;
  Kind kind;
  std::string_view target;
};

constexpr std::array kInputForms = {
    SpecForm<InputKind>{"parameter", InputKind::Parameter, "parameter_name"},
    SpecForm<InputKind>{"buffer", InputKind::Buffer, "buffer_name"},
    SpecForm<InputKind>{"tensor_constant", InputKind::TensorConstant, "tensor_constant_name"},
    SpecForm<InputKind>{"user_input", InputKind::UserInput, ""},
    SpecForm<InputKind>{"constant_input", InputKind::ConstantInput, ""},
};

constexpr std::array kOutputForms = {
    SpecForm<OutputKind>{"user_output", OutputKind::UserOutput, ""},
    SpecForm<OutputKind>{"loss_output", OutputKind::LossOutput, ""},
    SpecForm<OutputKind>{"buffer_mutation", OutputKind::BufferMutation, "buffer_name"},
    SpecForm<OutputKind>{"user_input_mutation", OutputKind::UserInputMutation, "user_input_name"},
};

template <typename Kind, std::size_t N>
SpecForm<Kind> formOf(const std::array<SpecForm<Kind>, N>& forms, std::string_view tag) {
  for (const SpecForm<Kind>& form : forms) {
    if (form.tag == tag) return form;
  }
  return {tag, Kind::Other, ""};
}

/// The name in an `arg`: {"name": ..} or an argument union around it; empty for a constant.
std::string readSpecName(const JsonValue& arg) {
  if (const auto name = arg.find("name"); name && name->isString()) return name->string();
  const auto [tag, inner] = arg.onlyMember();
  if (tag == "as_tensor") return inner.at("name").string();
  if (tag == "as_sym_int") {
    if (const auto name = inner.find("as_name")) return name->string();
  }
  return {};
}

InputSpec readInputSpec(const JsonValue& value) {
  const auto [tag, inner] = value.onlyMember();
  const SpecForm<InputKind> form = formOf(kInputForms, tag);
  InputSpec spec;
  spec.kind = form.kind;
  if (const auto arg = inner.find("arg")) {
    spec.name = readSpecName(*arg);
  } else if (const auto name = inner.find("name")) {
    spec.name = name->string();
  }
  if (!form.target.empty()) spec.target = inner.at(form.target).string();
  if (const auto persistent = inner.find("persistent")) spec.persistent = persistent->boolean();
  // A user input that is a plain number or None was fixed when the program was exported.
  if (spec.kind == InputKind::UserInput && spec.name.empty()) spec.kind = InputKind::ConstantInput;
  return spec;
}

OutputSpec readOutputSpec(const JsonValue& value) {
  const auto [tag, inner] = value.onlyMember();
  const SpecForm<OutputKind> form = formOf(kOutputForms, tag);
  OutputSpec spec;
  spec.kind = form.kind;
  if (const auto arg = inner.find("arg")) spec.name = readSpecName(*arg);
  if (!form.target.empty()) spec.target = inner.at(form.target).string();
  return spec;
}

std::string nameOf(const ExportArgument& argument) {
  const auto* tensor = std::get_if<TensorName>(&argument);
  return tensor ? tensor->name : std::string();
}

/// The signature lists graph inputs and outputs in the graph's order, under the same names.
template <typename Spec>
void checkOrder(const JsonValue& value, const std::vector<Spec>& specs,
                const std::vector<ExportArgument>& arguments, const char* side) {
  if (specs.size() != arguments.size()) {
    value.fail("has " + std::to_string(specs.size()) + " entries, but the graph has " +
               std::to_string(arguments.size()) + " " + side);
  }
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const std::string name = nameOf(arguments[i]);
    if (!name.empty() && name != specs[i].name) {
      value.fail("calls number " + std::to_string(i) + " '" + specs[i].name +
                 "', the graph calls it '" + name + "'");
    }
  }
}

void readSignature(const JsonValue& signature, ExportedProgram& program) {
  const JsonValue inputs = signature.at("input_specs");
  inputs.forEachElement([&](std::size_t, const JsonValue& value) {
    program.inputSpecs.push_back(readInputSpec(value));
  });
  checkOrder(inputs, program.inputSpecs, program.graph.inputs, "inputs");
  const JsonValue outputs = signature.at("output_specs");
  outputs.forEachElement([&](std::size_t, const JsonValue& value) {
    program.outputSpecs.push_back(readOutputSpec(value));
  });
  checkOrder(outputs, program.outputSpecs, program.graph.outputs, "outputs");
}

void readSchemaVersion(const JsonValue& version, ExportedProgram& program) {
  program.schemaMajor = version.at("major").integer();
  program.schemaMinor = version.at("minor").integer();
  if (program.schemaMajor != kSchemaMajor) {
    version.fail("is " + std::to_string(program.schemaMajor) +
                 "; major version 8 can be read. Export the model again with torch 2.11");
  }
}

void readRangeConstraints(const JsonValue& ranges, ExportedProgram& program) {
  ranges.forEachMember([&](const std::string& symbol, const JsonValue& range) {
    RangeConstraint constraint;
    if (const auto min = range.find("min_val")) constraint.min = min->integer();
    if (const auto max = range.find("max_val")) constraint.max = max->integer();
    if (constraint.min && constraint.max && *constraint.min > *constraint.max) {
      range.fail("is empty: its lower bound is above its upper bound");
    }
    program.rangeConstraints.emplace(symbol, constraint);
  });
}

}  // namespace

ExportedProgram readProgram(const JsonValue& root) {
  ExportedProgram program;
  readSchemaVersion(root.at("schema_version"), program);
  if (const auto version = root.find("torch_version")) program.torchVersion = version->string();
  if (const auto ranges = root.find("range_constraints")) readRangeConstraints(*ranges, program);
  const JsonValue module = root.at("graph_module");
  Provenance provenance;
  program.graph = readGraph(module.at("graph"), provenance);
  readSignature(module.at("signature"), program);
  program.modules = provenance.modules();
  return program;
}

}  // namespace core::load
