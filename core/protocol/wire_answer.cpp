// Answers to questions about a step: profile, search for a difference, one eager step.

#include <algorithm>

#include "core/protocol/wire_parts.h"

namespace core::protocol {
namespace {

template <bool kWrite>
void moveSlice(Ours<kWrite, run::ProfileSlice> ours, Wire<kWrite, wire::ProfileSliceT> onWire) {
  plain<kWrite>(ours.name, onWire.name);
  plain<kWrite>(ours.node, onWire.node);
  plain<kWrite>(ours.inBackward, onWire.backward);
  plain<kWrite>(ours.startUs, onWire.start);
  plain<kWrite>(ours.durationUs, onWire.duration);
  plain<kWrite>(ours.sequence, onWire.sequence);
  plain<kWrite>(ours.members, onWire.members);
}

template <bool kWrite>
void moveStep(Ours<kWrite, run::StepProfile> ours, Wire<kWrite, wire::StepProfileT> onWire) {
  plain<kWrite>(ours.wallUs, onWire.wall);
  list<kWrite>(ours.slices, onWire.slices, moveSlice<kWrite>);
}

template <bool kWrite>
void movePosition(Ours<kWrite, std::vector<std::int64_t>> ours,
                  Wire<kWrite, wire::PositionT> onWire) {
  plain<kWrite>(ours, onWire.index);
}

template <bool kWrite>
void moveErrors(Ours<kWrite, run::ErrorPicture> ours, Wire<kWrite, wire::ErrorPictureT> onWire) {
  plain<kWrite>(ours.equal, onWire.equal);
  if constexpr (kWrite) {
    onWire.decades.assign(ours.decades.begin(), ours.decades.end());
  } else {
    if (onWire.decades.size() != ours.decades.size())
      throw WireError("a histogram has another number of bins");
    std::copy(onWire.decades.begin(), onWire.decades.end(), ours.decades.begin());
  }
  plain<kWrite>(ours.compiledNans, onWire.compiled_nans);
  plain<kWrite>(ours.compiledInfinities, onWire.compiled_infinities);
  plain<kWrite>(ours.eagerNans, onWire.eager_nans);
  plain<kWrite>(ours.eagerInfinities, onWire.eager_infinities);
  list<kWrite>(ours.notFinite, onWire.not_finite, movePosition<kWrite>);
}

template <bool kWrite>
void moveCompared(Ours<kWrite, run::ComparedValue> ours,
                  Wire<kWrite, wire::ComparedValueT> onWire) {
  plain<kWrite>(ours.node, onWire.node);
  plain<kWrite>(ours.inBackward, onWire.backward);
  plain<kWrite>(ours.passed, onWire.passed);
  plain<kWrite>(ours.maxAbs, onWire.max_abs);
  plain<kWrite>(ours.maxRel, onWire.max_rel);
}

template <bool kWrite>
void moveDifference(Ours<kWrite, run::StepDifference> ours,
                    Wire<kWrite, wire::DifferenceT> onWire) {
  plain<kWrite>(ours.inBackward, onWire.backward);
  plain<kWrite>(ours.step, onWire.step);
  plain<kWrite>(ours.group, onWire.group);
  plain<kWrite>(ours.node, onWire.node);
  plain<kWrite>(ours.target, onWire.target);
  plain<kWrite>(ours.module, onWire.module_);
  plain<kWrite>(ours.source, onWire.source);
  plain<kWrite>(ours.members, onWire.members);
  plain<kWrite>(ours.maxAbs, onWire.max_abs);
  plain<kWrite>(ours.maxRel, onWire.max_rel);
  table<kWrite>(ours.errors, onWire.errors, moveErrors<kWrite>);
}

template <bool kWrite>
void moveSearch(Ours<kWrite, run::StepSearch> ours, Wire<kWrite, wire::StepSearchT> onWire) {
  plain<kWrite>(ours.steps, onWire.steps);
  plain<kWrite>(ours.values, onWire.values);
  list<kWrite>(ours.compared, onWire.compared, moveCompared<kWrite>);
  optionalTable<kWrite>(ours.first, onWire.first, moveDifference<kWrite>);
  optionalTable<kWrite>(ours.kernel, onWire.kernel, moveDifference<kWrite>);
}

template <bool kWrite>
void moveTried(Ours<kWrite, TriedStep> ours, Wire<kWrite, wire::TriedStepT> onWire) {
  plain<kWrite>(ours.seconds, onWire.seconds);
  if constexpr (kWrite) {
    onWire.has_loss = ours.lossValue.has_value();
    onWire.loss = ours.lossValue.value_or(0);
  } else if (onWire.has_loss) {
    ours.lossValue = onWire.loss;
  }
  plain<kWrite>(ours.outputs, onWire.outputs);
}

struct AnswerWriter {
  wire::AnswerT& onWire;

  void question(Question value) const { onWire.question = static_cast<std::uint8_t>(value); }
  void operator()(const run::Profile& profile) const {
    question(Question::Profile);
    table<true>(profile.eager, onWire.eager, moveStep<true>);
    table<true>(profile.compiled, onWire.compiled, moveStep<true>);
  }
  void operator()(const run::StepSearch& search) const {
    question(Question::Difference);
    table<true>(search, onWire.search, moveSearch<true>);
  }
  void operator()(const TriedStep& tried) const {
    question(Question::EagerStep);
    table<true>(tried, onWire.tried, moveTried<true>);
  }
};

}  // namespace

template <bool kWrite>
void moveConditions(Ours<kWrite, history::RunConditions> ours,
                    Wire<kWrite, wire::RunConditionsT> onWire) {
  plain<kWrite>(ours.model, onWire.model);
  plain<kWrite>(ours.graphHash, onWire.graph_hash);
  plain<kWrite>(ours.processor, onWire.processor);
  plain<kWrite>(ours.versions, onWire.versions);
  plain<kWrite>(ours.settings, onWire.settings);
}
template void moveConditions<true>(const history::RunConditions& ours,
                                   wire::RunConditionsT& onWire);
template void moveConditions<false>(history::RunConditions& ours,
                                    const wire::RunConditionsT& onWire);

void writeAnswer(const AnswerReply& reply, wire::AnswerT& onWire) {
  std::visit(AnswerWriter{onWire}, reply.answer);
}

AnswerReply readAnswer(const wire::AnswerT& onWire) {
  Question question{};
  enumeration<false>(question, onWire.question, kQuestionCount);
  AnswerReply reply;
  switch (question) {
    case Question::Profile: {
      run::Profile profile;
      table<false>(profile.eager, onWire.eager, moveStep<false>);
      table<false>(profile.compiled, onWire.compiled, moveStep<false>);
      reply.answer = std::move(profile);
      break;
    }
    case Question::Difference: {
      run::StepSearch search;
      table<false>(search, onWire.search, moveSearch<false>);
      reply.answer = std::move(search);
      break;
    }
    case Question::EagerStep: {
      TriedStep tried;
      table<false>(tried, onWire.tried, moveTried<false>);
      reply.answer = std::move(tried);
      break;
    }
  }
  return reply;
}

}  // namespace core::protocol
