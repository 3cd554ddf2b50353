// FeedbackProfile: what the functions of modules did until a run ended, for runs that follow.
#ifndef WASMTIER_PROFILER_FEEDBACK_PROFILE_H_
#define WASMTIER_PROFILER_FEEDBACK_PROFILE_H_

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "profiler/feedback.h"
#include "runtime/code_listener.h"
#include "runtime/module_code.h"

namespace wasmtier::profiler {

// Of one function: what the baseline's code counted (profiler/feedback.h), with callees by index.
struct FunctionProfile {
  struct Target {
    uint32_t function = 0;
    uint32_t count = 0;

    bool operator==(const Target&) const = default;
  };
  // Of an indirect call or a call by reference.
  struct CallSite {
    std::vector<Target> targets;  // functions of the module, at most CallSite::kTargets
    uint32_t others = 0;          // calls of further functions

    bool operator==(const CallSite&) const = default;
  };

  runtime::Tier tier = runtime::Tier::kBaseline;  // the highest one that it had code of
  // How long it took to count this. What is hot is optimized soon, and then counts no more.
  uint64_t counted_nanoseconds = 0;
  uint32_t calls = 0;
  // Numbered as in FunctionFeedback.
  std::vector<uint32_t> loops;
  std::vector<uint32_t> branches;
  std::vector<CallSite> call_sites;
  std::vector<uint32_t> optimized_loops;  // that had code of their own; ascending

  bool operator==(const FunctionProfile&) const = default;
};

// XXH3-128 of a module's bytes: it tells modules apart, and is no protection against forgery, which
// would gain nothing: a profile changes how fast a program is, never what it does.
struct ModuleHash {
  std::array<uint8_t, 16> bytes{};

  static ModuleHash Of(std::span<const uint8_t> module);
  // 32 hexadecimal digits.
  std::string ToString() const;
  auto operator<=>(const ModuleHash&) const = default;
};

struct ModuleProfile {
  uint64_t module_bytes = 0;
  uint64_t nanoseconds = 0;  // of the function that counted longest: the run's time, about
  std::string name;          // of the module; for readers
  std::map<uint32_t, FunctionProfile> functions;
  std::map<uint32_t, std::string> function_names;  // for readers

  // Why it cannot be of `module`, of which it has the hash: it names what there is not.
  absl::Status CheckFits(const runtime::Module& module) const;
};

using FeedbackProfile = std::map<ModuleHash, ModuleProfile>;

// Adds what code of the same module did elsewhere (in a store with other memories, say): of each
// function that which has counted more.
void Merge(ModuleProfile from, ModuleProfile& into);

// What the functions of `code` have done by now; of those that did nothing, what its own profile
// says (ModuleCode::profile). Threads may be running them.
ModuleProfile Record(const runtime::ModuleCode& code);

// Adds what `profile` says to feedback of new code, that has not run yet. Nothing if their numbers
// differ.
void Restore(const FunctionProfile& profile, runtime::ModuleCode& code, FunctionFeedback& feedback);

// What earlier runs of `code` say of a function; null if they say nothing.
const FunctionProfile* FindProfile(const runtime::ModuleCode& code, uint32_t function);

}  // namespace wasmtier::profiler

#endif  // WASMTIER_PROFILER_FEEDBACK_PROFILE_H_
