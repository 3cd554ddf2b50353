// Runs the commands of a script against the engine.
#ifndef WASMTIER_TEST_SPEC_SCRIPT_RUNNER_H_
#define WASMTIER_TEST_SPEC_SCRIPT_RUNNER_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "test/spec/expectations.h"
#include "test/spec/match.h"
#include "test/spec/script.h"
#include "wasmtier/engine.h"
#include "wasmtier/instance.h"
#include "wasmtier/linker.h"
#include "wasmtier/module.h"
#include "wasmtier/store.h"

namespace wasmtier::spec {

// The state of one script: its store, instances and definitions, which live until it ends.
class ScriptRunner {
 public:
  // `engine` must outlive it.
  static absl::StatusOr<ScriptRunner> Create(const Engine& engine);

  // One result a command.
  std::vector<CommandResult> Run(const Script& script);

 private:
  ScriptRunner(const Engine& engine, Store store) : engine_(&engine), store_(std::move(store)) {}

  // OK: passed. Unavailable: skipped. Other codes: failed.
  absl::Status RunCommand(const Script& script, const Command& command);
  absl::Status RunAssertion(const Script& script, const Command& command);

  absl::StatusOr<Module> Load(const Script& script, const Command& command);
  absl::StatusOr<Module> Define(const Script& script, const Command& command);
  absl::Status MakeCurrent(const Module& module, const std::optional<std::string>& name);
  absl::Status InstantiateDefinition(const Command& command);
  absl::Status Register(const Command& command);
  absl::StatusOr<Instance> Target(const std::optional<std::string>& name) const;

  // What an action ends in. The outer status says why it could not be run at all.
  struct Ending {
    absl::Status status;
    std::vector<Actual> results;
  };
  absl::StatusOr<Ending> Act(const Action& action);
  absl::StatusOr<Ending> Invoke(const Instance& instance, const Action& action);

  absl::Status ExpectReturn(const Command& command);
  absl::Status ExpectTrap(const Command& command);
  absl::Status ExpectRejected(const Script& script, const Command& command);
  absl::Status ExpectNoInstance(const Script& script, const Command& command, bool by_trap);

  const Engine* engine_;
  Store store_;
  Linker linker_;
  std::optional<Instance> current_;
  std::map<std::string, Instance> instances_;
  std::map<std::string, Module> definitions_;  // "" is the last one
};

}  // namespace wasmtier::spec

#endif  // WASMTIER_TEST_SPEC_SCRIPT_RUNNER_H_
