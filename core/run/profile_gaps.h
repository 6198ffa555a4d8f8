#pragma once

// The time of a step in which no operator and no kernel ran, under names of its own, so that the
// slices add up to the step. Pure.

#include <vector>

#include "core/run/profile.h"

namespace core::run {

/// A time within the step, in µs from its beginning.
struct TimeSpan {
  double begin = 0;
  double end = 0;
};

/// A call of the compiled step: the forward, or the autograd node that runs the backward.
struct CompiledCall {
  TimeSpan whole;
  TimeSpan kernels;  ///< from its first kernel's begin to its last one's end
};

/// What a step was doing while no slice ran.
struct StepPhases {
  double forwardEnd = 0;                    ///< µs from the beginning; the loss comes then
  std::vector<CompiledCall> compiledCalls;  ///< none in eager
};

/// Whether the slice stands for time between operators. Their names are in parentheses.
bool isBetweenOperators(const ProfileSlice& slice);

/// Share of the wall time in operators and kernels alone, in [0, 1].
double shareInOperators(const StepProfile& step);

/// The forward, and each of `operators` that called kernels of `compiled`. `operators` are all that
/// the thread called outermost, in order of time.
std::vector<CompiledCall> compiledCalls(const StepProfile& compiled,
                                        const std::vector<ProfileSlice>& operators,
                                        double forwardEnd);

/// Adds the operators that ran outside of the schedules to the slices of these: the loss, the
/// wrapper's own, and autograd's other nodes.
void addOperatorsAround(StepProfile& compiled, const std::vector<ProfileSlice>& operators);

/// Adds a slice for all the time that no slice covers:
/// "(dispatch)" before and between operators of the forward and of the loss: finding the kernel,
/// allocating its result, and recording both;
/// "(autograd engine)" from the loss on: ordering the nodes, adding up gradients, storing them;
/// "(runtime wrapper)" of a compiled call, before its first and after its last kernel: binding
/// inputs, guarding versions, making views;
/// "(launch gap)" between its kernels.
/// Slices are in order of time afterwards.
void nameGaps(StepProfile& step, const StepPhases& phases);

}  // namespace core::run
