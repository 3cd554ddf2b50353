#include "test/spec/script_runner.h"

#include <cstring>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "test/spec/spectest.h"
#include "test/spec/suite.h"
#include "wasmtier/trap.h"
#include "wasmtier/value.h"

namespace wasmtier::spec {
namespace {

absl::Status Failed(const std::string& why) { return absl::FailedPreconditionError(why); }
absl::Status Skipped(const std::string& why) { return absl::UnavailableError(why); }

// Without payloads, which ToString shows.
std::string Describe(const absl::Status& status) {
  if (status.ok()) return "it succeeded";
  return absl::StrCat(absl::StatusCodeToString(status.code()), ": ", status.message());
}

// A failure that tells what happened instead.
absl::Status Unexpected(const std::string& expected, const absl::Status& actual) {
  return Failed(absl::StrCat("expected ", expected, ", but ", Describe(actual)));
}

absl::StatusOr<wasmtier::Value> ReferenceArgument(const Value& value) {
  bool is_null = value.kind == Value::Kind::kNull;
  if (value.type == "externref") {
    // Host reference 0 is not null.
    return wasmtier::Value::ExternRef(reinterpret_cast<void*>(is_null ? 0 : value.host + 1));
  }
  if (value.type == "funcref" && is_null) return wasmtier::Value::Default(ValueKind::kFuncRef);
  return Failed(absl::StrCat("values cannot hold ", ToString(value)));
}

absl::StatusOr<wasmtier::Value> ToArgument(const Value& value) {
  if (value.kind != Value::Kind::kNumber) return ReferenceArgument(value);
  if (value.type == "v128") {
    V128 vector;
    uint32_t lane_bytes = value.lane_bits / 8;
    for (size_t i = 0; i < value.lanes.size(); ++i) {
      std::memcpy(vector.bytes + i * lane_bytes, &value.lanes[i].bits, lane_bytes);
    }
    return wasmtier::Value(vector);
  }
  uint64_t bits = value.lanes[0].bits;
  if (value.type == "i32") return wasmtier::Value(static_cast<uint32_t>(bits));
  if (value.type == "i64") return wasmtier::Value(bits);
  if (value.type == "f32") return wasmtier::Value::F32Bits(static_cast<uint32_t>(bits));
  return wasmtier::Value::F64Bits(bits);
}

Actual FromResult(const wasmtier::Value& value) {
  Actual actual{ToString(value.kind()), {}, value.IsNullRef(), {}};
  switch (value.kind()) {
    case ValueKind::kI32:
      actual.bits[0] = value.u32();
      break;
    case ValueKind::kI64:
      actual.bits[0] = value.u64();
      break;
    case ValueKind::kF32:
      actual.bits[0] = value.f32_bits();
      break;
    case ValueKind::kF64:
      actual.bits[0] = value.f64_bits();
      break;
    case ValueKind::kV128:
      std::memcpy(actual.bits.data(), value.v128().bytes, 16);
      break;
    case ValueKind::kExternRef:
      if (!actual.is_null) actual.host = reinterpret_cast<uint64_t>(value.externref()) - 1;
      break;
    case ValueKind::kFuncRef:
    case ValueKind::kOtherRef:
      break;
  }
  return actual;
}

// The suite's texts are those of the reference interpreter; some say more than ours ("uninitialized
// element 2").
bool SameTrapText(const std::string& expected, const std::string& actual) {
  return expected.starts_with(actual) || actual.starts_with(expected);
}

bool IsRejection(const absl::Status& status) {
  return status.code() == absl::StatusCode::kInvalidArgument ||
         status.code() == absl::StatusCode::kResourceExhausted;
}

absl::StatusOr<std::string> ReadModule(const Script& script, const Command& command) {
  if (!command.filename) return Failed("the command has no filename");
  return ReadFile(script.folder / *command.filename);
}

std::span<const uint8_t> AsBytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

bool NeedsSharedMemory(const Script& script) {
  return script.name.starts_with("proposals/threads");
}

// Rules of Wasm 3.0 that the threads proposal's own scripts do not know (README, "Notes").
bool IsOutdated(const Script& script, const Command& command) {
  return NeedsSharedMemory(script) && command.type == "assert_invalid" &&
         (command.text == "multiple tables" || command.text == "multiple memories");
}

}  // namespace

absl::StatusOr<ScriptRunner> ScriptRunner::Create(const Engine& engine) {
  absl::StatusOr<Store> store = Store::Create(engine);
  if (!store.ok()) return store.status();
  return ScriptRunner(engine, *std::move(store));
}

std::vector<CommandResult> ScriptRunner::Run(const Script& script) {
  linker_.AllowShadowing(true);  // a script may register a name twice
  absl::Status spectest = DefineSpectest(store_, linker_, NeedsSharedMemory(script));
  std::vector<CommandResult> results;
  for (const Command& command : script.commands) {
    absl::Status status = spectest.ok() ? RunCommand(script, command) : spectest;
    CommandResult result{command.line, Verdict::kPassed, {}};
    if (!status.ok()) {
      result.verdict = absl::IsUnavailable(status) ? Verdict::kSkipped : Verdict::kFailed;
      result.message = absl::StrCat(command.type, ": ", status.message());
    }
    results.push_back(std::move(result));
  }
  return results;
}

absl::Status ScriptRunner::RunCommand(const Script& script, const Command& command) {
  if (command.module_type == "text") return Skipped("tests the text format");
  if (IsOutdated(script, command)) return Skipped("Wasm 3.0 allows it");
  if (command.type == "module") {
    current_.reset();
    absl::StatusOr<Module> module = Define(script, command);
    return module.ok() ? MakeCurrent(*module, command.name) : module.status();
  }
  if (command.type == "module_definition") return Define(script, command).status();
  if (command.type == "module_instance") return InstantiateDefinition(command);
  if (command.type == "register") return Register(command);
  if (command.type == "action") {
    absl::StatusOr<Ending> ending = Act(*command.action);
    if (!ending.ok()) return ending.status();
    return ending->status.ok() ? absl::OkStatus() : Unexpected("a return", ending->status);
  }
  return RunAssertion(script, command);
}

absl::Status ScriptRunner::RunAssertion(const Script& script, const Command& command) {
  const std::string& type = command.type;
  if (type == "assert_return") return ExpectReturn(command);
  if (type == "assert_trap" || type == "assert_exhaustion") return ExpectTrap(command);
  if (type == "assert_exception") return Failed("exceptions are not supported");
  if (type == "assert_invalid" || type == "assert_malformed") {
    return ExpectRejected(script, command);
  }
  if (type == "assert_unlinkable") return ExpectNoInstance(script, command, /*by_trap=*/false);
  if (type == "assert_uninstantiable") return ExpectNoInstance(script, command, /*by_trap=*/true);
  if (type == "assert_invalid_custom" || type == "assert_malformed_custom") {
    return Skipped("contents of custom sections are not checked");
  }
  return Failed("unknown command");
}

absl::StatusOr<Module> ScriptRunner::Load(const Script& script, const Command& command) {
  absl::StatusOr<std::string> bytes = ReadModule(script, command);
  if (!bytes.ok()) return bytes.status();
  std::span<const uint8_t> span = AsBytes(*bytes);
  return Module::FromVector(*engine_, std::vector<uint8_t>(span.begin(), span.end()));
}

absl::StatusOr<Module> ScriptRunner::Define(const Script& script, const Command& command) {
  if (command.name) instances_.erase(*command.name);
  absl::StatusOr<Module> module = Load(script, command);
  if (!module.ok()) return Failed(Describe(module.status()));
  definitions_.insert_or_assign("", *module);
  if (command.name) definitions_.insert_or_assign(*command.name, *module);
  return module;
}

absl::Status ScriptRunner::MakeCurrent(const Module& module,
                                       const std::optional<std::string>& name) {
  current_.reset();
  absl::StatusOr<Instance> instance = linker_.Instantiate(store_, module);
  if (!instance.ok()) return Failed(Describe(instance.status()));
  current_ = *instance;
  if (name) instances_.insert_or_assign(*name, *instance);
  return absl::OkStatus();
}

absl::Status ScriptRunner::InstantiateDefinition(const Command& command) {
  current_.reset();
  auto definition = definitions_.find(command.module.value_or(""));
  if (definition == definitions_.end()) return Failed("no such module definition");
  return MakeCurrent(definition->second, command.instance);
}

absl::Status ScriptRunner::Register(const Command& command) {
  absl::StatusOr<Instance> instance = Target(command.name);
  if (!instance.ok()) return instance.status();
  return linker_.DefineInstance(command.as.value_or(""), *instance);
}

absl::StatusOr<Instance> ScriptRunner::Target(const std::optional<std::string>& name) const {
  if (!name) {
    if (current_) return *current_;
    return Failed("there is no current instance");
  }
  auto found = instances_.find(*name);
  if (found == instances_.end()) return Failed(absl::StrCat("there is no instance ", *name));
  return found->second;
}

absl::StatusOr<ScriptRunner::Ending> ScriptRunner::Act(const Action& action) {
  absl::StatusOr<Instance> instance = Target(action.module);
  if (!instance.ok()) return instance.status();
  if (!action.is_get) return Invoke(*instance, action);
  absl::StatusOr<Global> global = instance->GetGlobal(action.field);
  if (!global.ok()) return Failed(global.status().ToString());
  return Ending{absl::OkStatus(), {FromResult(global->Get())}};
}

absl::StatusOr<ScriptRunner::Ending> ScriptRunner::Invoke(const Instance& instance,
                                                          const Action& action) {
  absl::StatusOr<Func> function = instance.GetFunc(action.field);
  if (!function.ok()) return Failed(function.status().ToString());
  std::vector<wasmtier::Value> arguments;
  for (const Value& value : action.args) {
    absl::StatusOr<wasmtier::Value> argument = ToArgument(value);
    if (!argument.ok()) return argument.status();
    arguments.push_back(*argument);
  }
  absl::StatusOr<std::vector<wasmtier::Value>> results =
      function->Call(std::span<const wasmtier::Value>(arguments));
  Ending ending{results.status(), {}};
  if (results.ok()) {
    for (const wasmtier::Value& result : *results) ending.results.push_back(FromResult(result));
  }
  return ending;
}

absl::Status ScriptRunner::ExpectReturn(const Command& command) {
  absl::StatusOr<Ending> ending = Act(*command.action);
  if (!ending.ok()) return ending.status();
  if (!ending->status.ok()) return Unexpected("a return", ending->status);
  if (ending->results.size() != command.expected.size()) {
    return Failed(absl::StrCat("expected ", command.expected.size(), " results, got ",
                               ending->results.size()));
  }
  for (size_t i = 0; i < command.expected.size(); ++i) {
    if (Matches(command.expected[i], ending->results[i])) continue;
    return Failed(absl::StrCat(command.action->field, ": result ", i, ": expected ",
                               ToString(command.expected[i]), ", got ",
                               ToString(ending->results[i])));
  }
  return absl::OkStatus();
}

absl::Status ScriptRunner::ExpectTrap(const Command& command) {
  absl::StatusOr<Ending> ending = Act(*command.action);
  if (!ending.ok()) return ending.status();
  std::optional<Trap> trap = Trap::FromStatus(ending->status);
  if (!trap || !SameTrapText(command.text, trap->message())) {
    return Unexpected(absl::StrCat("the trap \"", command.text, "\""), ending->status);
  }
  return absl::OkStatus();
}

absl::Status ScriptRunner::ExpectRejected(const Script& script, const Command& command) {
  absl::StatusOr<std::string> bytes = ReadModule(script, command);
  if (!bytes.ok()) return bytes.status();
  // Not by loading, which leaves bodies alone if validation is lazy.
  absl::Status status = Module::Validate(*engine_, AsBytes(*bytes));
  if (IsRejection(status)) return absl::OkStatus();
  return Unexpected(absl::StrCat("rejection (", command.text, ")"), status);
}

absl::Status ScriptRunner::ExpectNoInstance(const Script& script, const Command& command,
                                            bool by_trap) {
  absl::StatusOr<Module> module = Load(script, command);
  if (!module.ok()) return Unexpected("a valid module", module.status());
  absl::Status status = linker_.Instantiate(store_, *module).status();
  if (by_trap) {
    std::optional<Trap> trap = Trap::FromStatus(status);
    if (trap && SameTrapText(command.text, trap->message())) return absl::OkStatus();
    return Unexpected(absl::StrCat("the trap \"", command.text, "\""), status);
  }
  if (absl::IsNotFound(status) || absl::IsFailedPrecondition(status)) return absl::OkStatus();
  return Unexpected(absl::StrCat("a link error (", command.text, ")"), status);
}

}  // namespace wasmtier::spec
