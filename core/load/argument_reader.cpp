#include "core/load/argument_reader.h"

#include <array>

#include "core/load/size_expression.h"

namespace core::load {
namespace {

constexpr std::size_t kMaxRank = 64;
constexpr std::int64_t kMaxElements = std::int64_t{1} << 40;
constexpr std::int64_t kStrided = 7;

struct DTypeNumber {
  std::int64_t number;
  ir::DType dtype;
};

constexpr std::array kDTypes = {
    DTypeNumber{1, ir::DType::U8},      DTypeNumber{2, ir::DType::I8},
    DTypeNumber{3, ir::DType::I16},     DTypeNumber{4, ir::DType::I32},
    DTypeNumber{5, ir::DType::I64},     DTypeNumber{6, ir::DType::F16},
    DTypeNumber{7, ir::DType::F32},     DTypeNumber{8, ir::DType::F64},
    DTypeNumber{9, ir::DType::C32},     DTypeNumber{10, ir::DType::C64},
    DTypeNumber{11, ir::DType::C128},   DTypeNumber{12, ir::DType::Bool},
    DTypeNumber{13, ir::DType::BF16},   DTypeNumber{28, ir::DType::U16},
    DTypeNumber{29, ir::DType::F8E4M3}, DTypeNumber{30, ir::DType::F8E5M2},
};

std::vector<ir::Size> readSizes(const JsonValue& values, SizeValue need) {
  std::vector<ir::Size> sizes;
  if (values.arraySize() > kMaxRank) values.fail("has more than 64 dimensions");
  values.forEachElement(
      [&](std::size_t, const JsonValue& value) { sizes.push_back(readSize(value, need)); });
  return sizes;
}

void checkElements(const JsonValue& value, const ir::TensorMeta& meta) {
  std::int64_t elements = 1;
  for (const ir::Size& size : meta.sizes) {
    if (size.hint() < 0) value.fail("has a negative size");
    if (__builtin_mul_overflow(elements, size.hint(), &elements) || elements > kMaxElements) {
      value.fail("has more than 2^40 elements");
    }
  }
}

}  // namespace

ir::DType readDType(const JsonValue& value) {
  const std::int64_t number = value.integer();
  for (const DTypeNumber& row : kDTypes) {
    if (row.number == number) return row.dtype;
  }
  value.fail("is the unknown element type " + std::to_string(number));
}

std::optional<std::int64_t> readOptionalInteger(const JsonValue& value) {
  if (value.isNull()) return std::nullopt;
  return value.integer();
}

ir::Device readDevice(const JsonValue& value) {
  const std::string type = value.at("type").string();
  ir::Device device;
  if (type == "cpu") {
    device.type = ir::DeviceType::Cpu;
  } else if (type == "cuda") {
    device.type = ir::DeviceType::Cuda;
  } else if (type == "meta") {
    device.type = ir::DeviceType::Meta;
  } else {
    value.fail("names the device '" + type + "'; cpu, cuda and meta can be read");
  }
  if (const auto index = value.find("index")) {
    const std::int64_t number = index->integer();
    if (number < -1 || number > 255) index->fail("is not a device number");
    device.index = static_cast<int>(number);
  }
  return device;
}

ir::Size readSize(const JsonValue& value, SizeValue need) {
  const auto [tag, inner] = value.onlyMember();
  if (tag == "as_int") return inner.integer();
  if (tag != "as_expr") value.fail("is neither as_int nor as_expr");
  const JsonValue text = inner.at("expr_str");
  const auto expression = sizeExpressionFromSrepr(text.string());
  if (!expression) text.fail("is not a symbolic size that can be read: " + text.string());
  const auto hint = inner.find("hint");
  if (!hint && need == SizeValue::MayDependOnData) return ir::Size(*expression, 0);
  if (!hint) inner.fail("has no hint: the size depends on data, which cannot be traced");
  const auto [hintTag, hintValue] = hint->onlyMember();
  if (hintTag != "as_int") hint->fail("is not as_int");
  return ir::Size(*expression, hintValue.integer());
}

ExportTensor readTensorMeta(const JsonValue& value, SizeValue need) {
  ExportTensor tensor;
  if (value.at("layout").integer() != kStrided) {
    value.fail("is not a strided tensor (sparse and opaque layouts cannot be read)");
  }
  tensor.meta.dtype = readDType(value.at("dtype"));
  tensor.meta.sizes = readSizes(value.at("sizes"), need);
  tensor.meta.strides = readSizes(value.at("strides"), need);
  tensor.meta.device = readDevice(value.at("device"));
  tensor.storageOffset = readSize(value.at("storage_offset"), need).hint();
  tensor.requiresGrad = value.at("requires_grad").boolean();
  if (tensor.meta.strides.size() != tensor.meta.sizes.size()) {
    value.fail("has another number of strides than of sizes");
  }
  checkElements(value, tensor.meta);
  return tensor;
}

}  // namespace core::load
