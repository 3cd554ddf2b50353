// What modules do when all that they export is called, as text that can be compared between tiers.
#ifndef WASMTIER_TEST_DIFFERENTIAL_TRANSCRIPT_H_
#define WASMTIER_TEST_DIFFERENTIAL_TRANSCRIPT_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "wasmtier/config.h"

namespace wasmtier::test {

// The modules of one case: instantiated in this order as "m0", "m1" ..., each linked with those
// before it and, for what these do not export, with host functions that log their arguments.
using ModuleList = std::vector<std::vector<uint8_t>>;

// One thing that happened: an instantiation, a call from the host, a call of the host, or the state
// of a memory or global after a call.
struct Event {
  std::string what;
  std::string how;  // results, or the trap with its whole backtrace
  // What even optimized code promises of `how`, where that is less. Without Config::precise_traps:
  // not what memory holds after a trap. And where several accesses of a function are out of bounds
  // before anything else is seen: not which of them is reported, since loads of what does not
  // change move in front of loops.
  std::string promise = {};
  bool is_exact = true;  // whether the mode promises all
};

struct Transcript {
  std::vector<Event> events;
};

// Runs the modules in an engine with this configuration. Functions are called several times, so
// that they become hot, with arguments that depend on nothing but the modules. All NaNs of a type
// are the same. A call that traps is undone in memory, since what it has stored differs (see
// Event). After a call that exhausts the stack nothing more is called, since how far it came
// differs. `on_call` is told each call before it is made.
Transcript RunModules(const Config& config, const ModuleList& modules,
                      const std::function<void(const std::string&)>& on_call);

// Where two transcripts part, as a few lines; nothing if they are equal.
std::optional<std::string> Difference(const std::string& name, const Transcript& expected,
                                      const std::string& other_name, const Transcript& actual);

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_DIFFERENTIAL_TRANSCRIPT_H_
