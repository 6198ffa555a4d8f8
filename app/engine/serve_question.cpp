#include "app/engine/serve_question.h"

#include <cstdio>

#include "core/pipeline/find_difference.h"
#include "core/pipeline/profile_model.h"

namespace engine {
namespace {

using namespace core;
using namespace core::protocol;

/// "f32[8, 10], mean of |x| 0.31".
std::string outputText(const std::optional<run::Checksum>& output) {
  if (!output) return "no tensor";
  std::int64_t elements = 1;
  std::string text = std::string(ir::dtypeName(output->dtype)) + "[";
  for (std::size_t i = 0; i < output->shape.size(); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(output->shape[i]);
    elements *= output->shape[i];
  }
  char mean[48];
  std::snprintf(mean, sizeof mean, "], mean of |x| %.4g",
                elements > 0 ? output->absSum / static_cast<double>(elements) : 0.0);
  return text + mean;
}

Result<TriedStep> tryEager(pipeline::OpenModel& open, const QuestionRequest& request,
                           const StageContext& context) {
  CORE_TRY_VOID(pipeline::openModel(open, request.modelPath, request.options, context));
  CORE_TRY(torch::TorchModel* const model, pipeline::bindTorch(open, request.options));
  CORE_TRY_VOID(pipeline::requireDevice(request.options));
  CORE_TRY(const torch::RunOptions run, pipeline::runOptions(open, request.options));
  CORE_TRY(const run::StepResult result, model->runEager(run, context));
  TriedStep tried{result.seconds, result.lossValue, {}};
  for (const auto& output : result.outputs) tried.outputs.push_back(outputText(output));
  return tried;
}

Result<AnswerReply> answer(pipeline::OpenModel& open, const QuestionRequest& request,
                           const StageContext& context) {
  switch (request.question) {
    case Question::Profile: {
      CORE_TRY(run::Profile profile,
               pipeline::profileModel(open, request.modelPath, request.options, context));
      return AnswerReply{std::move(profile)};
    }
    case Question::Difference: {
      CORE_TRY(run::StepSearch search,
               pipeline::findDifference(open, request.modelPath, request.options, context));
      return AnswerReply{std::move(search)};
    }
    case Question::EagerStep: break;
  }
  CORE_TRY(TriedStep tried, tryEager(open, request, context));
  return AnswerReply{std::move(tried)};
}

}  // namespace

void serveQuestion(ReplyPipe& pipe, pipeline::OpenModel& open, std::uint64_t id,
                   const QuestionRequest& request, std::stop_token stop) {
  RequestProgress progress(pipe, id);
  progress.begin(pipeline::Stage::Run);
  auto reply = answer(open, request, progress.context(std::move(stop)));
  if (reply)
    pipe.send({id, std::move(*reply)});
  else
    pipe.send({id, FailureReply{pipeline::Stage::Run, reply.error(), nullptr}});
}

}  // namespace engine
