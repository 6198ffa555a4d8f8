// Time of a trace over the length of a model: GPT blocks, 1 to 96 of them, forward and backward.
// One line a length: calls in the joint graph, processor time of the best of several traces, and
// time a call. Ends with 1 if a call takes longer than the limit, or longer in a deep model than in
// a shallow one.

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <limits>
#include <string>

#include "core/load/capture/capture_reader.h"
#include "tests/aot/trace_model.h"

namespace {

using namespace core;
using support::ProgramBuilder;
using support::value;
using Sizes = std::vector<std::int64_t>;

constexpr double kLimitMicroseconds = 25;
constexpr double kGrowthLimit = 1.5;  ///< of the time a call, from 6 blocks to 96
constexpr std::int64_t kBatch = 2, kLength = 16, kWidth = 32, kHeads = 4;

class GptBuilder {
 public:
  explicit GptBuilder(int blocks) {
    for (int i = 0; i < blocks; ++i) declare("b" + std::to_string(i) + "_");
    m_program.input("x", {kBatch, kLength, kWidth});
    std::string x = "x";
    for (int i = 0; i < blocks; ++i) x = block("b" + std::to_string(i) + "_", x);
    m_program.output(x);
  }

  ProgramBuilder& program() { return m_program; }

 private:
  void declare(const std::string& name) {
    for (const char* norm : {"n1", "n2"})
      m_program.parameter(name + norm + "w", {kWidth}).parameter(name + norm + "b", {kWidth});
    for (const char* projection : {"q", "k", "v", "o"})
      m_program.parameter(name + projection + "w", {kWidth, kWidth})
          .parameter(name + projection + "b", {kWidth});
    m_program.parameter(name + "upw", {4 * kWidth, kWidth}).parameter(name + "upb", {4 * kWidth});
    m_program.parameter(name + "downw", {kWidth, 4 * kWidth}).parameter(name + "downb", {kWidth});
  }

  std::string norm(const std::string& name, const std::string& x) {
    m_program.call(name, "aten.layer_norm.default",
                   {{"input", value(x)},
                    {"normalized_shape", Sizes{kWidth}},
                    {"weight", value(name + "w")},
                    {"bias", value(name + "b")}});
    return name;
  }

  std::string linear(const std::string& name, const std::string& x) {
    m_program.call(
        name, "aten.linear.default",
        {{"input", value(x)}, {"weight", value(name + "w")}, {"bias", value(name + "b")}});
    return name;
  }

  std::string heads(const std::string& x) {
    m_program
        .call(x + "_view", "aten.view.default",
              {{"self", value(x)}, {"size", Sizes{kBatch, kLength, kHeads, kWidth / kHeads}}})
        .call(x + "_heads", "aten.transpose.int",
              {{"self", value(x + "_view")}, {"dim0", std::int64_t{1}}, {"dim1", std::int64_t{2}}});
    return x + "_heads";
  }

  std::string add(const std::string& name, const std::string& a, const std::string& b) {
    m_program.call(name, "aten.add.Tensor", {{"self", value(a)}, {"other", value(b)}});
    return name;
  }

  std::string attention(const std::string& name, const std::string& x) {
    const std::string query = heads(linear(name + "q", x));
    const std::string key = heads(linear(name + "k", x));
    const std::string values = heads(linear(name + "v", x));
    m_program
        .call(name + "sdpa", "aten.scaled_dot_product_attention.default",
              {{"query", value(query)},
               {"key", value(key)},
               {"value", value(values)},
               {"is_causal", true}})
        .call(
            name + "back", "aten.transpose.int",
            {{"self", value(name + "sdpa")}, {"dim0", std::int64_t{1}}, {"dim1", std::int64_t{2}}})
        .call(name + "joined", "aten.reshape.default",
              {{"self", value(name + "back")}, {"shape", Sizes{kBatch, kLength, kWidth}}});
    return linear(name + "o", name + "joined");
  }

  std::string block(const std::string& name, const std::string& x) {
    const std::string middle = add(name + "add1", x, attention(name, norm(name + "n1", x)));
    const std::string up = linear(name + "up", norm(name + "n2", middle));
    m_program.call(name + "gelu", "aten.gelu.default", {{"self", value(up)}});
    return add(name + "add2", middle, linear(name + "down", name + "gelu"));
  }

  ProgramBuilder m_program;
};

struct Line {
  std::size_t calls = 0;
  double milliseconds = std::numeric_limits<double>::infinity();
  double perCall() const { return milliseconds * 1e3 / static_cast<double>(calls); }
};

Line measure(int blocks) {
  constexpr int kRounds = 5;
  GptBuilder gpt(blocks);
  const auto model = support::openModel(gpt.program().model(), gpt.program().inputs());
  Line line;
  for (int round = 0; round < kRounds; ++round) {
    const std::clock_t start = std::clock();
    const auto traced = model->trace({run::Mode::Train}, {});
    const double spent = 1e3 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    CORE_CHECK(!traced.error, traced.error ? traced.error->message : std::string());
    line.milliseconds = std::min(line.milliseconds, spent);
    line.calls = support::calls(*traced.joint->graph).size();
  }
  return line;
}

}  // namespace

int main() {
  std::printf("%8s %10s %12s %14s\n", "blocks", "calls", "trace (ms)", "us a call");
  double shallow = 0;
  double deep = 0;
  for (const int blocks : {1, 3, 6, 12, 24, 48, 96}) {
    const Line line = measure(blocks);
    std::printf("%8d %10zu %12.2f %14.2f\n", blocks, line.calls, line.milliseconds, line.perCall());
    if (blocks == 6) shallow = line.perCall();
    deep = line.perCall();
  }
  const bool isFast = deep <= kLimitMicroseconds;
  const bool isLinear = deep <= kGrowthLimit * shallow;
  std::printf("%s, %s\n", isFast ? "fast enough" : "too slow: over 25 us a call",
              isLinear ? "linear" : "not linear: a call takes longer in a deep model");
  return isFast && isLinear ? 0 : 1;
}
