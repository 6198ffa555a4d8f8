#include "app/engine/preset_words.h"

#include <algorithm>
#include <array>

#include "app/engine/command_output.h"
#include "app/engine/keep_run.h"
#include "core/history/run_history.h"
#include "core/load/loaded_model.h"
#include "core/pipeline/model_hash.h"
#include "core/pipeline/model_summary.h"

namespace engine {
namespace {

using namespace core;
using Words = std::vector<std::string>;

/// Options that say what a step is run with.
constexpr std::array kKept{"--mode", "--loss", "--inputs", "--input", "--dim", "--seed"};
/// Of these, options of which every use names something else.
constexpr std::array kNaming{"--input", "--dim"};

template <typename Options>
bool isOneOf(const Options& options, const std::string& word) {
  return std::find(options.begin(), options.end(), word) != options.end();
}

Result<std::string> hashOf(const std::string& path) {
  CORE_TRY(const load::LoadedModelPtr model, load::loadModel(path, commandContext(true)));
  return pipeline::modelHash(pipeline::summarizeModel(*model));
}

Result<history::RunHistory> openHistory(const EngineOptions& options) {
  CORE_TRY(const std::string path, historyPath(options));
  return history::RunHistory::open(path);
}

/// False for the next option and for the model, which may stand behind any value.
bool isValue(const std::string& word, const EngineOptions& options) {
  return !word.starts_with("--") && word != options.model;
}

/// `--option=value` as two words.
Words splitWords(const Words& arguments) {
  Words words;
  for (const std::string& argument : arguments) {
    const auto equals = argument.find('=');
    const bool joined = equals != std::string::npos && isOneOf(kKept, argument.substr(0, equals));
    if (joined) words.push_back(argument.substr(0, equals));
    words.push_back(joined ? argument.substr(equals + 1) : argument);
  }
  return words;
}

}  // namespace

Result<Words> withPreset(const EngineOptions& options, const Words& arguments) {
  CORE_TRY(const std::string model, hashOf(options.model));
  CORE_TRY(history::RunHistory runs, openHistory(options));
  CORE_TRY(const std::vector<history::Preset> presets, runs.presets(model));
  const auto preset = std::find_if(presets.begin(), presets.end(), [&](const history::Preset& one) {
    return one.name == options.preset;
  });
  if (preset == presets.end()) {
    std::string known;
    for (const auto& one : presets) known += (known.empty() ? "" : ", ") + one.name;
    return Error{ErrorCode::InvalidArgument,
                 "There is no preset '" + options.preset + "' for this model; it has " +
                     (known.empty() ? "none. Make one with --save-preset." : known + "."),
                 {},
                 {}};
  }
  const Words given = splitWords(arguments);
  Words words;
  for (std::size_t i = 0; i + 1 < preset->words.size(); i += 2) {
    const std::string& option = preset->words[i];
    // The last use counts for what is named; any other option may stand there once.
    if (!isOneOf(kNaming, option) && isOneOf(given, option)) continue;
    words.insert(words.end(), {option, preset->words[i + 1]});
  }
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

Result<void> savePreset(const EngineOptions& options, const Words& arguments) {
  CORE_TRY(const std::string model, hashOf(options.model));
  history::Preset preset{options.savedPreset, {}};
  const Words words = splitWords(arguments);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!isOneOf(kKept, words[i])) continue;
    for (std::size_t value = i + 1; value < words.size() && isValue(words[value], options);
         ++value) {
      preset.words.insert(preset.words.end(), {words[i], words[value]});
      if (!isOneOf(kNaming, words[i])) break;
    }
  }
  CORE_TRY(history::RunHistory runs, openHistory(options));
  return runs.keepPreset(model, preset);
}

}  // namespace engine
