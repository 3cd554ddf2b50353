#include "test/support/world.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "test/support/wat.h"
#include "wasmtier/engine.h"
#include "wasmtier/func.h"
#include "wasmtier/instance.h"
#include "wasmtier/linker.h"
#include "wasmtier/module.h"
#include "wasmtier/store.h"
#include "wasmtier/trap.h"
#include "wasmtier/value.h"

namespace wasmtier::test {
namespace {

// Tests cannot go on without what they set up.
template <typename T>
T Require(absl::StatusOr<T> value) {
  if (!value.ok()) {
    std::fprintf(stderr, "test setup: %s\n", value.status().ToString().c_str());
    std::abort();
  }
  return *std::move(value);
}

Value ToValue(const Number& number) {
  switch (number.type) {
    case 'i':
      return static_cast<uint32_t>(number.bits);
    case 'l':
      return number.bits;
    case 'f':
      return Value::F32Bits(static_cast<uint32_t>(number.bits));
    case 'd':
      return Value::F64Bits(number.bits);
    case 'v': {
      wasmtier::V128 vector;
      std::memcpy(vector.bytes, &number.bits, 8);
      std::memcpy(vector.bytes + 8, &number.high, 8);
      return vector;
    }
    case 'e':
      return Value::ExternRef(reinterpret_cast<void*>(number.bits));
    default:
      return Value::Default(ValueKind::kFuncRef);
  }
}

Number FromValue(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kI32:
      return {'i', value.u32()};
    case ValueKind::kI64:
      return {'l', value.u64()};
    case ValueKind::kF32:
      return {'f', value.f32_bits()};
    case ValueKind::kF64:
      return {'d', value.f64_bits()};
    case ValueKind::kV128: {
      Number number{.type = 'v'};
      const wasmtier::V128 vector = value.v128();
      std::memcpy(&number.bits, vector.bytes, 8);
      std::memcpy(&number.high, vector.bytes + 8, 8);
      return number;
    }
    case ValueKind::kExternRef:
      return {'e', reinterpret_cast<uint64_t>(value.externref())};
    case ValueKind::kFuncRef:
      return {'r', value.IsNullRef() ? 0u : 1u};
    default:
      return {'?', 0};
  }
}

ValueKind KindOf(char type) { return ToValue({type, 0}).kind(); }

FuncType ToFuncType(std::string_view signature) {
  FuncType type;
  size_t colon = signature.find(':');
  for (char c : signature.substr(0, colon)) type.params.emplace_back(KindOf(c));
  for (char c : signature.substr(colon + 1)) type.results.emplace_back(KindOf(c));
  return type;
}

Outcome FromStatus(const absl::Status& status) {
  Outcome outcome;
  if (status.ok()) return outcome;
  std::optional<Trap> trap = Trap::FromStatus(status);
  if (!trap) {
    outcome.kind = Outcome::Kind::kRefused;
    outcome.message = status.ToString();
    return outcome;
  }
  outcome.kind = Outcome::Kind::kTrapped;
  outcome.message = trap->message();
  for (const wasmtier::TrapFrame& frame : trap->frames()) {
    outcome.frames.push_back({frame.function, frame.name, frame.offset});
  }
  return outcome;
}

}  // namespace

struct World::State {
  explicit State(Engine the_engine)
      : engine(std::move(the_engine)), store(Require(Store::Create(engine))) {}

  Outcome Add(std::string_view name) {
    absl::StatusOr<Instance> instance = linker.Instantiate(store, *module);
    if (!instance.ok()) return FromStatus(instance.status());
    absl::Status defined = linker.DefineInstance(name, *instance);
    if (!defined.ok()) return FromStatus(defined);
    current = *instance;
    instances.insert_or_assign(std::string(name), *instance);
    return Outcome();
  }

  Engine engine;
  Store store;
  Linker linker;
  std::optional<Module> module;
  std::optional<Instance> current;
  std::map<std::string, Instance> instances;
};

World::World(const Mode& mode, size_t stack_bytes) {
  Config config = mode.config;
  if (stack_bytes != 0) config.stack_bytes = stack_bytes;
  state_ = std::make_unique<State>(Require(Engine::Create(config)));
  state_->linker.AllowShadowing(true);
}

World::World(std::unique_ptr<State> state) : state_(std::move(state)) {}
World::~World() = default;

void World::Host(std::string_view module, std::string_view name, std::string_view signature,
                 HostBody body) {
  auto callback = [body = std::move(body)](Caller&, std::span<const Value> args,
                                           std::span<Value> results) -> absl::Status {
    std::vector<Number> numbers;
    for (const Value& value : args) numbers.push_back(FromValue(value));
    absl::Status status = body(&numbers);
    for (size_t i = 0; status.ok() && i < results.size(); ++i) results[i] = ToValue(numbers.at(i));
    return status;
  };
  absl::Status status =
      state_->linker.DefineDynamicFunction(module, name, ToFuncType(signature), callback);
  Require<int>(status.ok() ? absl::StatusOr<int>(0) : status);
}

Outcome World::Instantiate(std::string_view name, std::string_view text) {
  return InstantiateBytes(name, CompileWat(text));
}

Outcome World::InstantiateBytes(std::string_view name, std::span<const uint8_t> bytes) {
  absl::StatusOr<Module> module =
      Module::FromVector(state_->engine, std::vector<uint8_t>(bytes.begin(), bytes.end()));
  if (!module.ok()) return FromStatus(module.status());
  state_->module = *std::move(module);
  return state_->Add(name);
}

Outcome World::InstantiateAgain(std::string_view name) { return state_->Add(name); }

Outcome World::Call(std::string_view function, const std::vector<Number>& args) {
  if (!state_->current) return FromStatus(absl::NotFoundError("there is no instance"));
  absl::StatusOr<Func> func = state_->current->GetFunc(function);
  if (!func.ok()) return FromStatus(func.status());
  std::vector<Value> values;
  for (const Number& number : args) values.push_back(ToValue(number));
  absl::StatusOr<std::vector<Value>> results = func->Call(std::span<const Value>(values));
  if (!results.ok()) return FromStatus(results.status());
  Outcome outcome;
  for (const Value& value : *results) outcome.results.push_back(FromValue(value));
  return outcome;
}

Outcome World::CallIn(std::string_view name, std::string_view function,
                      const std::vector<Number>& args) {
  auto found = state_->instances.find(std::string(name));
  if (found == state_->instances.end()) {
    return FromStatus(absl::NotFoundError(absl::StrCat("no instance ", std::string(name))));
  }
  std::optional<Instance> previous = std::exchange(state_->current, found->second);
  Outcome outcome = Call(function, args);
  state_->current = previous;
  return outcome;
}

std::unique_ptr<World> World::Another() {
  auto state = std::make_unique<State>(state_->engine);
  state->linker.AllowShadowing(true);
  state->module = state_->module;
  return std::unique_ptr<World>(new World(std::move(state)));
}

std::vector<uint8_t> World::ReadMemory(std::string_view name, uint64_t offset, size_t size) {
  std::vector<uint8_t> bytes(size);
  Memory memory = Require(state_->current->GetMemory(name));
  absl::Status status = memory.Read(offset, bytes);
  Require<int>(status.ok() ? absl::StatusOr<int>(0) : status);
  return bytes;
}

Number World::ReadGlobal(std::string_view name) {
  return FromValue(Require(state_->current->GetGlobal(name)).Get());
}

Outcome EveryTier::Run(std::string_view text, std::string_view function,
                       const std::vector<Number>& args) {
  return RunBytes(CompileWat(text), function, args);
}

Outcome EveryTier::RunBytes(std::span<const uint8_t> bytes, std::string_view function,
                            const std::vector<Number>& args) {
  World world(GetParam());
  Outcome outcome = world.InstantiateBytes("test", bytes);
  return outcome.kind == Outcome::Kind::kReturned ? world.Call(function, args) : outcome;
}

}  // namespace wasmtier::test
