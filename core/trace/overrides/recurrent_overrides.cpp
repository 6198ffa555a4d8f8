// LSTM, GRU and plain RNNs over padded sequences, unrolled as PyTorch's Python unrolls them: one
// linear layer over the whole sequence for the input, then a step at a time for the hidden state.
//
// One oddity of the original is kept, because graphs are compared with it: an unrolled LSTM
// squeezes its final states at dimension 1, so that with a batch of another size than one they keep
// an extra dimension. Dropout between layers, which the original forgets, is applied as in eager
// runs.

#include <ATen/Context.h>

#include <algorithm>

#include "core/trace/overrides/override_torch.h"
#include "core/trace/trace_target.h"

namespace core::trace::overrides {
namespace {

struct State {
  Tensor hidden;
  Tensor cell;  ///< undefined but for LSTMs
};

/// The weights of one layer and direction: input, hidden, two biases if any, projection if any.
struct Weights {
  Tensor input, hidden, inputBias, hiddenBias, projection;
};

struct LayerResult {
  Tensor output;
  State final;
};

using Layer = LayerResult (*)(const Tensor& input, const State& state, const Weights& weights,
                              bool reverse);

std::vector<Weights> groupWeights(const std::vector<Tensor>& flat, bool hasBiases,
                                  bool hasProjection) {
  const std::size_t size = (hasBiases ? 4u : 2u) + (hasProjection ? 1u : 0u);
  TORCH_CHECK(!flat.empty() && flat.size() % size == 0, "recurrent layer: expected a multiple of ",
              size, " weights, got ", flat.size());
  std::vector<Weights> groups;
  for (std::size_t i = 0; i < flat.size(); i += size) {
    Weights weights{flat[i], flat[i + 1], {}, {}, {}};
    if (hasBiases) {
      weights.inputBias = flat[i + 2];
      weights.hiddenBias = flat[i + 3];
    }
    if (hasProjection) weights.projection = flat[i + size - 1];
    groups.push_back(std::move(weights));
  }
  return groups;
}

/// The whole sequence through the input's linear layer, last step first if reversed.
Tensor projectedSequence(const Tensor& input, const Weights& weights, bool reverse) {
  const Tensor projected = at::linear(input, weights.input, weights.inputBias);
  return reverse ? projected.flip({0}) : projected;
}

Tensor joinedSteps(std::vector<Tensor> steps, bool reverse) {
  if (reverse) std::reverse(steps.begin(), steps.end());
  return at::cat(steps, 0);
}

LayerResult lstmLayer(const Tensor& input, const State& state, const Weights& weights,
                      bool reverse) {
  Tensor hidden = state.hidden.unsqueeze(0);
  Tensor cell = state.cell.unsqueeze(0);
  std::vector<Tensor> steps;
  for (const Tensor& step : projectedSequence(input, weights, reverse).unbind(0)) {
    const Tensor gates = at::linear(hidden, weights.hidden, weights.hiddenBias).add(step);
    const auto chunks = gates.chunk(4, 2);
    const Tensor in = chunks[0].sigmoid();
    const Tensor forget = chunks[1].sigmoid();
    const Tensor candidate = chunks[2].tanh();
    const Tensor out = chunks[3].sigmoid();
    const Tensor kept = forget.mul(cell);
    cell = kept.add(in.mul(candidate));
    hidden = out.mul(cell.tanh());
    if (weights.projection.defined()) hidden = at::linear(hidden, weights.projection);
    steps.push_back(hidden);
  }
  const Tensor output = joinedSteps(std::move(steps), reverse);
  const Tensor finalHidden = hidden.squeeze(1);
  return {output, {finalHidden, cell.squeeze(1)}};
}

Tensor zerosLike(const Tensor& weight) {
  return at::zeros(weight.sizes(), weight.options().requires_grad(false));
}

/// oneDNN's fused layer.
LayerResult oneDnnLstmLayer(const Tensor& input, const State& state, const Weights& weights,
                            bool reverse) {
  const bool hasBiases = weights.inputBias.defined();
  const Tensor inputBias = hasBiases ? weights.inputBias : zerosLike(weights.input);
  const Tensor hiddenBias = hasBiases ? weights.hiddenBias : zerosLike(weights.hidden);
  const Tensor hidden = state.hidden.unsqueeze(0);
  const Tensor cell = state.cell.unsqueeze(0);
  constexpr std::int64_t kLstm = 2;
  const std::int64_t hiddenSize = hidden.size(2);
  const Tensor denseInput = input.contiguous();
  const Tensor denseHidden = hidden.contiguous();
  const Tensor denseCell = cell.contiguous();
  const auto [output, finalHidden, finalCell, workspace] = at::mkldnn_rnn_layer(
      denseInput, weights.input, weights.hidden, inputBias, hiddenBias, denseHidden, denseCell,
      reverse, {}, kLstm, hiddenSize, 1, hasBiases, false, false, false);
  const Tensor squeezed = finalHidden.squeeze(0);
  return {output, {squeezed, finalCell.squeeze(0)}};
}

using Cell = Tensor (*)(const Tensor& step, const Tensor& hidden, const Weights& weights);

Tensor gruCell(const Tensor& step, const Tensor& hidden, const Weights& weights) {
  const auto in = step.chunk(3, 1);
  const auto recurrent = at::linear(hidden, weights.hidden, weights.hiddenBias).chunk(3, 2);
  const Tensor reset = recurrent[0].add(in[0]).sigmoid();
  const Tensor update = recurrent[1].add(in[1]).sigmoid();
  const Tensor candidate = in[2].add(recurrent[2].mul(reset)).tanh();
  return hidden.sub(candidate).mul(update).add(candidate);
}

Tensor tanhCell(const Tensor& step, const Tensor& hidden, const Weights& weights) {
  return at::linear(hidden, weights.hidden, weights.hiddenBias).add(step).tanh();
}

Tensor reluCell(const Tensor& step, const Tensor& hidden, const Weights& weights) {
  return at::linear(hidden, weights.hidden, weights.hiddenBias).add(step).relu();
}

template <Cell cell>
LayerResult plainLayer(const Tensor& input, const State& state, const Weights& weights,
                       bool reverse) {
  std::vector<Tensor> steps;
  const Tensor projected = projectedSequence(input, weights, reverse);
  Tensor hidden = state.hidden.unsqueeze(0);
  for (const Tensor& step : projected.unbind(0)) {
    hidden = cell(step, hidden, weights);
    steps.push_back(hidden);
  }
  const Tensor output = joinedSteps(std::move(steps), reverse);
  return {output, {hidden.squeeze(0), {}}};
}

/// The arguments that follow the weights.
struct Shape {
  std::int64_t layers;
  double dropout;  ///< 0 outside of training
  bool bidirectional;
  bool batchFirst;
};

struct StackResult {
  Tensor output;
  std::vector<State> finals;
};

StackResult runLayers(Tensor sequence, const std::vector<State>& initial,
                      const std::vector<Weights>& weights, const Shape& shape, Layer layer) {
  StackResult result;
  if (shape.batchFirst) sequence = sequence.transpose(0, 1);
  std::size_t next = 0;
  for (std::int64_t i = 0; i < shape.layers; ++i) {
    const Tensor input = sequence;
    const LayerResult forward = layer(input, initial.at(next), weights.at(next), false);
    ++next;
    result.finals.push_back(forward.final);
    sequence = forward.output;
    if (shape.bidirectional) {
      const LayerResult backward = layer(input, initial.at(next), weights.at(next), true);
      ++next;
      result.finals.push_back(backward.final);
      sequence = at::cat({forward.output, backward.output}, forward.output.dim() - 1);
    }
    if (shape.dropout != 0 && i + 1 < shape.layers) {
      sequence = std::get<0>(at::native_dropout(sequence, shape.dropout, true));
    }
  }
  result.output = shape.batchFirst ? sequence.transpose(0, 1) : sequence;
  return result;
}

/// (input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first)
constexpr std::size_t kArguments = 9;

Shape shapeOf(const std::vector<IValue>& arguments) {
  return {arguments[4].toInt(), arguments[6].toBool() ? arguments[5].toDouble() : 0.0,
          arguments[7].toBool(), arguments[8].toBool()};
}

bool isOneDnnType(const Tensor& tensor) {
  return tensor.scalar_type() == at::kFloat || tensor.scalar_type() == at::kBFloat16;
}

/// oneDNN's layer has no gradient for its input here, and knows float32 and bfloat16.
bool takesOneDnn(const Tensor& input, const std::vector<Tensor>& states,
                 const std::vector<Tensor>& weights, bool hasProjection) {
  return !traceTarget().isCuda && at::globalContext().userEnabledMkldnn() &&
         !input.requires_grad() && !hasProjection && isOneDnnType(input) &&
         std::all_of(states.begin(), states.end(), isOneDnnType) &&
         std::all_of(weights.begin(), weights.end(), isOneDnnType);
}

template <typename Member>
Tensor stacked(const std::vector<State>& states, Member member) {
  std::vector<Tensor> tensors;
  for (const State& state : states) tensors.push_back(state.*member);
  return at::stack(tensors, 0);
}

bool overrideLstm(Stack* stack) {
  const auto arguments = take(stack, kArguments);
  const Tensor input = arguments[0].toTensor();
  const auto states = arguments[1].toTensorVector();
  TORCH_CHECK(states.size() == 2, "lstm: expected two hidden states, got ", states.size());
  const auto flat = arguments[2].toTensorVector();
  const bool hasProjection = states[0].size(2) != states[1].size(2);
  const Layer layer = takesOneDnn(input, states, flat, hasProjection) ? oneDnnLstmLayer : lstmLayer;

  const auto hidden = states[0].unbind(0);
  const auto cell = states[1].unbind(0);
  std::vector<State> initial;
  for (std::size_t i = 0; i < hidden.size(); ++i) initial.push_back({hidden[i], cell.at(i)});
  const auto result =
      runLayers(input, initial, groupWeights(flat, arguments[3].toBool(), hasProjection),
                shapeOf(arguments), layer);
  stack->emplace_back(result.output);
  stack->emplace_back(stacked(result.finals, &State::hidden));
  stack->emplace_back(stacked(result.finals, &State::cell));
  return true;
}

template <Cell cell>
bool overridePlain(Stack* stack) {
  const auto arguments = take(stack, kArguments);
  std::vector<State> initial;
  for (const Tensor& hidden : arguments[1].toTensor().unbind(0)) initial.push_back({hidden, {}});
  const auto result =
      runLayers(arguments[0].toTensor(), initial,
                groupWeights(arguments[2].toTensorVector(), arguments[3].toBool(), false),
                shapeOf(arguments), plainLayer<cell>);
  stack->emplace_back(result.output);
  stack->emplace_back(stacked(result.finals, &State::hidden));
  return true;
}

}  // namespace

void enterRecurrent(Table& table) {
  enter(table, "lstm.input", overrideLstm);
  enter(table, "gru.input", overridePlain<gruCell>);
  enter(table, "rnn_tanh.input", overridePlain<tanhCell>);
  enter(table, "rnn_relu.input", overridePlain<reluCell>);
}

}  // namespace core::trace::overrides
