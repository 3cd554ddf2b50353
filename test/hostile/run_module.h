// Runs whatever a module exports, under low limits.
#ifndef WASMTIER_TEST_HOSTILE_RUN_MODULE_H_
#define WASMTIER_TEST_HOSTILE_RUN_MODULE_H_

#include <cstdint>
#include <span>
#include <string>

#include "wasmtier/engine.h"

namespace wasmtier::test {

// An engine for RunModule: small stacks; `careful` checks memory accesses explicitly and validates
// lazily.
Engine MakeSmallEngine(bool careful);

// Loads, links every import with something of its type, instantiates and calls each exported
// function. What happened, as text: results, traps with their frames, host calls, and the state of
// exported memories and globals at the end.
std::string RunModule(const Engine& engine, std::span<const uint8_t> bytes);

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_HOSTILE_RUN_MODULE_H_
