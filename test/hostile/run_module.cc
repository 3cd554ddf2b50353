#include "test/hostile/run_module.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wasmtier/caller.h"
#include "wasmtier/linker.h"
#include "wasmtier/trap.h"

namespace wasmtier::test {
namespace {

constexpr size_t kLongestTranscript = 65536;

// References differ from run to run; numbers do not. NaNs count as one, since their payloads are
// free.
std::string Describe(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kF32:
      return value.f32() != value.f32() ? "f32:nan" : absl::StrCat("f32:", value.f32_bits());
    case ValueKind::kF64:
      return value.f64() != value.f64() ? "f64:nan" : absl::StrCat("f64:", value.f64_bits());
    case ValueKind::kFuncRef:
    case ValueKind::kExternRef:
      return value.IsNullRef() ? "null" : "reference";
    default:
      return ToString(value);
  }
}

std::string Describe(std::span<const Value> values) {
  std::string text;
  for (const Value& value : values) absl::StrAppend(&text, " ", Describe(value));
  return text;
}

std::string Describe(const absl::Status& status) {
  const std::optional<Trap> trap = Trap::FromStatus(status);
  if (!trap) return std::string(status.message());
  // How deep the stack is depends on the mode.
  return trap->code() == TrapCode::kCallStackExhausted ? trap->message() : trap->ToString();
}

std::optional<Value> ArgumentOf(ValueType type) {
  switch (type.kind()) {
    case ValueKind::kI32:
      return Value(int32_t{5});
    case ValueKind::kI64:
      return Value(int64_t{-7});
    case ValueKind::kF32:
      return Value(1.5f);
    case ValueKind::kF64:
      return Value(-2.25);
    case ValueKind::kFuncRef:
    case ValueKind::kExternRef:
      return Value::Default(type.kind());
    default:
      return std::nullopt;
  }
}

class Runner {
 public:
  Runner(const Engine& engine, Store store) : engine_(engine), store_(std::move(store)) {
    linker_.AllowShadowing(true);
  }

  std::string Run(std::span<const uint8_t> bytes) {
    const absl::StatusOr<Module> module = Module::FromBytes(engine_, bytes);
    if (!module.ok()) return Describe(module.status());
    for (const ImportInfo& item : module->imports()) DefineImport(item);
    const absl::StatusOr<Instance> instance = linker_.Instantiate(store_, *module);
    if (!instance.ok()) {
      Log("instantiation", Describe(instance.status()));
      return transcript_;
    }
    for (const ExportInfo& item : module->exports()) {
      if (const auto* type = std::get_if<FuncType>(&item.type)) CallExport(*instance, item, *type);
    }
    for (const ExportInfo& item : module->exports()) DescribeExport(*instance, item);
    return std::move(transcript_);
  }

 private:
  void Log(std::string_view what, std::string_view how) {
    if (transcript_.size() > kLongestTranscript) return;
    transcript_.append(what).append(": ").append(how).append("\n");
  }

  void DefineImport(const ImportInfo& item) {
    const std::string name = std::string(item.module) + "." + std::string(item.name);
    if (const auto* type = std::get_if<FuncType>(&item.type)) {
      const auto callback = [this, name](Caller&, std::span<const Value> args, std::span<Value>) {
        Log(name, Describe(args));
        return absl::OkStatus();
      };
      (void)linker_.DefineDynamicFunction(item.module, item.name, *type, callback);
      return;
    }
    if (const auto* type = std::get_if<TableType>(&item.type)) {
      Define(item, Table::Create(store_, *type, Value::Default(type->element.kind())));
    } else if (const auto* type = std::get_if<MemoryType>(&item.type)) {
      Define(item, Memory::Create(store_, *type));
    } else if (const auto* type = std::get_if<GlobalType>(&item.type)) {
      if (const auto value = ArgumentOf(type->type)) {
        Define(item, Global::Create(store_, *type, *value));
      }
    }
  }

  template <typename T>
  void Define(const ImportInfo& item, const absl::StatusOr<T>& object) {
    if (object.ok()) (void)linker_.DefineExtern(item.module, item.name, Extern(*object));
  }

  void CallExport(const Instance& instance, const ExportInfo& item, const FuncType& type) {
    std::vector<Value> args;
    for (ValueType param : type.params) {
      const std::optional<Value> value = ArgumentOf(param);
      if (!value) return;
      args.push_back(*value);
    }
    const absl::StatusOr<Func> function = instance.GetFunc(item.name);
    if (!function.ok()) std::abort();  // it is exported
    const absl::StatusOr<std::vector<Value>> results = function->Call(args);
    Log(item.name, results.ok() ? Describe(*results) : Describe(results.status()));
  }

  void DescribeExport(const Instance& instance, const ExportInfo& item) {
    const std::optional<Extern> object = instance.FindExport(item.name);
    if (!object) return;
    if (const auto* memory = std::get_if<Memory>(&*object)) {
      uint64_t sum = 0;
      for (uint8_t byte : memory->data()) sum = (sum ^ byte) * 1099511628211u;
      Log(item.name, absl::StrCat(memory->page_count(), " pages ", sum));
    } else if (const auto* global = std::get_if<Global>(&*object)) {
      Log(item.name, Describe(global->Get()));
    } else if (const auto* table = std::get_if<Table>(&*object)) {
      Log(item.name, absl::StrCat(table->size(), " elements"));
    }
  }

  const Engine& engine_;
  Store store_;
  Linker linker_;
  std::string transcript_;
};

}  // namespace

Engine MakeSmallEngine(bool careful) {
  Config config;
  config.stack_bytes = 65536;
  config.validation_threads = 1;
  if (careful) {
    config.memory_checks = MemoryChecks::kExplicit;
    config.lazy_validation = true;
  }
  absl::StatusOr<Engine> engine = Engine::Create(config);
  if (!engine.ok()) std::abort();
  return *engine;
}

std::string RunModule(const Engine& engine, std::span<const uint8_t> bytes) {
  const StoreLimits limits = {.memory_bytes = 32 * kPageBytes, .table_elements = 1000};
  absl::StatusOr<Store> store = Store::Create(engine, limits);
  if (!store.ok()) return Describe(store.status());
  return Runner(engine, *std::move(store)).Run(bytes);
}

}  // namespace wasmtier::test
