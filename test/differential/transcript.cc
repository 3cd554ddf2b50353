#include "test/differential/transcript.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>
#include <span>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "wasmtier/wasmtier.h"

namespace wasmtier::test {
namespace {

constexpr int kRounds = 4;
constexpr size_t kMostEvents = 20000;
constexpr size_t kMostReentries = 40;  // in one call from the host

std::string Describe(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kF32:
      if (value.f32() != value.f32()) return "f32:nan";
      return absl::StrCat(ToString(value), "=0x", absl::Hex(value.f32_bits()));
    case ValueKind::kF64:
      if (value.f64() != value.f64()) return "f64:nan";
      return absl::StrCat(ToString(value), "=0x", absl::Hex(value.f64_bits()));
    case ValueKind::kFuncRef:
      return value.IsNullRef() ? "null" : "function";  // addresses differ from run to run
    default:
      return ToString(value);
  }
}

std::string Describe(std::span<const Value> values) {
  std::string text;
  for (const Value& value : values)
    absl::StrAppend(&text, text.empty() ? "" : ", ", Describe(value));
  return absl::StrCat("(", text, ")");
}

bool IsExhaustion(const absl::Status& status) {
  const std::optional<Trap> trap = Trap::FromStatus(status);
  return trap && trap->code() == TrapCode::kCallStackExhausted;
}

// Whether an instruction reads or writes linear memory: what traps if that is not there.
bool IsAccess(std::span<const uint8_t> module, uint32_t offset) {
  if (offset + 1 >= module.size()) return false;
  const uint8_t opcode = module[offset];
  const uint8_t second = module[offset + 1];  // of one byte in all that access memory
  if (opcode == 0xfc)
    return second == 8 || second == 10 || second == 11;  // memory.init, copy, fill
  if (opcode == 0xfd) return second <= 11 || (second >= 84 && second <= 93);
  return opcode >= 0x28 && opcode <= 0x3e;
}

std::string Describe(const absl::Status& status) {
  const std::optional<Trap> trap = Trap::FromStatus(status);
  if (!trap) return absl::StrCat("error: ", std::string(status.message()));
  if (trap->code() == TrapCode::kCallStackExhausted) return absl::StrCat("trap: ", trap->message());
  std::string text = absl::StrCat("trap: ", trap->ToString());
  if (trap->omitted_frames() != 0) {
    absl::StrAppend(&text, "  and ", trap->omitted_frames(), " frames");
  }
  return text;
}

uint64_t Mix(uint64_t a, uint64_t b) {
  uint64_t x = (a ^ (b + 0x9e3779b97f4a7c15u + (a << 6))) * 0xbf58476d1ce4e5b9u;
  return x ^ (x >> 29);
}

uint64_t HashOf(std::string_view text) {
  uint64_t hash = text.size();
  for (char c : text) hash = Mix(hash, static_cast<uint8_t>(c));
  return hash;
}

uint64_t HashOf(std::span<const uint8_t> bytes) {
  uint64_t hash = bytes.size();
  size_t i = 0;
  // Most of a run's time is spent here: the multiplications of four lanes overlap.
  uint64_t lanes[4] = {1, 2, 3, 4};
  for (; i + sizeof(lanes) <= bytes.size(); i += sizeof(lanes)) {
    uint64_t words[4];
    std::memcpy(words, &bytes[i], sizeof(words));
    for (int lane = 0; lane < 4; ++lane) {
      lanes[lane] = (lanes[lane] ^ words[lane]) * 0x9e3779b97f4a7c15u;
      lanes[lane] ^= lanes[lane] >> 32;
    }
  }
  for (const uint64_t lane : lanes) hash = Mix(hash, lane);
  for (; i + 8 <= bytes.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, &bytes[i], 8);
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 32;
  }
  for (; i < bytes.size(); ++i) hash = Mix(hash, bytes[i]);
  return hash;
}

// A value that depends on `hash` alone; nothing for types that values cannot have.
std::optional<Value> ValueFor(ValueType type, uint64_t hash) {
  static constexpr int64_t kIntegers[] = {
      0, 1, -1, 2, 5, -7, 100, 31, 4096, 65532, 65536, 2147483647, -2147483648, 1LL << 40};
  static constexpr double kFloats[] = {0,      -0.0,         1, -1.5,  0.1, 1e10,
                                       -1e300, 4294967295.0, 7, 1e-310};
  const uint64_t choice = hash >> 8;
  const int64_t integer =
      hash % 5 == 0 ? static_cast<int64_t>(Mix(hash, 1)) : kIntegers[choice % std::size(kIntegers)];
  const double number = kFloats[choice % std::size(kFloats)];
  switch (type.kind()) {
    case ValueKind::kI32:
      return Value(static_cast<int32_t>(integer));
    case ValueKind::kI64:
      return Value(integer);
    case ValueKind::kF32:
      return hash % 7 == 0 ? Value::F32Bits(0x7fc00000) : Value(static_cast<float>(number));
    case ValueKind::kF64:
      return hash % 7 == 0 ? Value::F64Bits(0x7ff8000000000000) : Value(number);
    case ValueKind::kV128: {
      V128 vector;
      const double lanes[] = {number, static_cast<double>(integer)};
      const uint64_t words[] = {static_cast<uint64_t>(integer), Mix(hash, 2)};
      if (hash % 3 == 0) {
        std::memcpy(vector.bytes, lanes, sizeof(lanes));
      } else {
        std::memcpy(vector.bytes, words, sizeof(words));
      }
      return Value(vector);
    }
    case ValueKind::kFuncRef:
      return Value::Default(type.kind());
    case ValueKind::kExternRef:
      return Value::ExternRef(reinterpret_cast<void*>(hash % 3));
    default:
      return std::nullopt;
  }
}

class Runner {
 public:
  Runner(Store store, const Config& config, const std::function<void(const std::string&)>& on_call)
      : store_(std::move(store)),
        on_call_(on_call),
        may_optimize_(config.tier != TierMode::kInterpreter && config.tier != TierMode::kBaseline),
        promises_memory_after_traps_(config.precise_traps || !may_optimize_) {
    linker_.AllowShadowing(true);
  }

  Transcript Run(const Engine& engine, const ModuleList& modules) {
    modules_ = modules;
    for (size_t i = 0; i < modules.size(); ++i) {
      const std::string name = absl::StrCat("m", i);
      on_call_(absl::StrCat("instantiation of ", name));
      const absl::StatusOr<Module> module = Module::FromBytes(engine, modules[i]);
      if (!module.ok()) {
        Log(absl::StrCat("loading ", name), Describe(module.status()));
        return std::move(transcript_);
      }
      for (const ImportInfo& item : module->imports()) {
        if (!linker_.Has(item.module, item.name)) DefineImport(item);
      }
      const absl::StatusOr<Instance> instance = linker_.Instantiate(store_, *module);
      Log(absl::StrCat("instantiation of ", name),
          instance.ok() ? "done" : Describe(instance.status()));
      if (!instance.ok()) return std::move(transcript_);
      (void)linker_.DefineInstance(name, *instance);
      for (const ExportInfo& item : module->exports()) AddExport(*instance, name, item);
    }
    for (int round = 0; round < kRounds; ++round) {
      for (size_t i = 0; i < functions_.size(); ++i) {
        if (!Call(i, Mix(round, HashOf(functions_[i].name)))) return std::move(transcript_);
        LogState();
      }
    }
    return std::move(transcript_);
  }

 private:
  struct NamedFunction {
    std::string name;
    Func function;
    FuncType type;
  };

  void Log(std::string what, std::string how) {
    Log(Event{.what = std::move(what), .how = std::move(how)});
  }
  void Log(Event event) {
    if (transcript_.events.size() < kMostEvents) transcript_.events.push_back(std::move(event));
  }

  void LogCall(std::string what, const absl::Status& status) {
    Event event{.what = std::move(what), .how = Describe(status)};
    const std::optional<Trap> trap = Trap::FromStatus(status);
    if (trap && trap->code() == TrapCode::kMemoryOutOfBounds && !trap->frames().empty()) {
      std::vector<TrapFrame> frames = trap->frames();
      uint32_t& offset = frames.front().offset;
      if (std::ranges::any_of(modules_,
                              [&](const auto& module) { return IsAccess(module, offset); })) {
        offset = 0;
        event.promise = Describe(Trap(trap->code(), trap->message(), std::move(frames),
                                      trap->omitted_frames(), absl::OkStatus())
                                     .ToStatus());
        event.is_exact = !may_optimize_;
      }
    }
    Log(std::move(event));
  }

  std::vector<std::vector<uint8_t>> CopyMemories() const {
    std::vector<std::vector<uint8_t>> copies;
    for (const auto& [name, memory] : memories_) {
      const std::span<const uint8_t> data = memory.data();
      copies.emplace_back(data.begin(), data.end());
    }
    return copies;
  }

  void UndoInMemories(const std::vector<std::vector<uint8_t>>& before) {
    for (size_t i = 0; i < before.size(); ++i) {
      const auto& [name, memory] = memories_[i];
      const std::span<uint8_t> data = memory.data();
      Log({.what = absl::StrCat("bytes of ", name, " after the trap"),
           .how = absl::StrCat(HashOf(data)),
           .promise = "any",
           .is_exact = promises_memory_after_traps_});
      const auto rest = std::copy(before[i].begin(), before[i].end(), data.begin());
      std::fill(rest, data.end(), uint8_t{0});
    }
  }

  void DefineImport(const ImportInfo& item) {
    if (const auto* type = std::get_if<FuncType>(&item.type)) {
      const std::string name = absl::StrCat(std::string(item.module), ".", std::string(item.name));
      (void)linker_.DefineDynamicFunction(
          item.module, item.name, *type,
          [this, name, type = *type](Caller&, std::span<const Value> args, std::span<Value> results)
              -> absl::Status { return CallOfHost(name, type, args, results); });
    } else if (const auto* type = std::get_if<TableType>(&item.type)) {
      Define(item, Table::Create(store_, *type, Value::Default(type->element.kind())));
    } else if (const auto* type = std::get_if<MemoryType>(&item.type)) {
      Define(item, Memory::Create(store_, *type));
    } else if (const auto* type = std::get_if<GlobalType>(&item.type)) {
      if (const auto value = ValueFor(type->type, HashOf(item.name))) {
        Define(item, Global::Create(store_, *type, *value));
      }
    }
  }

  template <typename T>
  void Define(const ImportInfo& item, const absl::StatusOr<T>& object) {
    if (object.ok()) (void)linker_.DefineExtern(item.module, item.name, Extern(*object));
  }

  // What a host function returns depends on its arguments and on how many calls there were. Now and
  // then it calls an exported function first, and seldom it fails.
  absl::Status CallOfHost(const std::string& name, const FuncType& type,
                          std::span<const Value> args, std::span<Value> results) {
    const std::string described = Describe(args);
    const uint64_t hash = Mix(++host_calls_, HashOf(described));
    Log(absl::StrCat("host function ", name), described);
    if (hash % 64 == 0) return absl::InternalError(absl::StrCat("of call ", host_calls_));
    if (hash % 4 == 1 && reentries_ < kMostReentries && !functions_.empty()) {
      ++reentries_;
      const absl::Status status = CallOne(functions_[(hash >> 8) % functions_.size()], hash);
      if (IsExhaustion(status)) return status;
    }
    for (size_t i = 0; i < results.size(); ++i) {
      if (const auto value = ValueFor(type.results[i], Mix(hash, i))) results[i] = *value;
    }
    return absl::OkStatus();
  }

  void AddExport(const Instance& instance, const std::string& module, const ExportInfo& item) {
    const std::string name = absl::StrCat(module, ".", std::string(item.name));
    const std::optional<Extern> object = instance.FindExport(item.name);
    if (!object) return;
    if (const auto* function = std::get_if<Func>(&*object)) {
      const FuncType type = function->type();
      // What gives calls of this module their fuel again: our generator's name, and wasm-opt's.
      if (item.name == "refuel" || item.name == "hangLimitInitializer") {
        refuel_.push_back(*function);
      } else {
        functions_.push_back({name, *function, type});
      }
    } else if (const auto* memory = std::get_if<Memory>(&*object)) {
      memories_.emplace_back(name, *memory);
    } else if (const auto* global = std::get_if<Global>(&*object)) {
      globals_.emplace_back(name, *global);
    } else if (const auto* table = std::get_if<Table>(&*object)) {
      tables_.emplace_back(name, *table);
    }
  }

  // False if nothing more can be compared.
  bool Call(size_t index, uint64_t hash) {
    for (const Func& refuel : refuel_) {
      const absl::Status status = refuel.Call({}).status();
      if (!status.ok()) Log("refuel", Describe(status));
    }
    reentries_ = 0;
    const absl::Status status = CallOne(functions_[index], hash);
    return !IsExhaustion(status);
  }

  absl::Status CallOne(const NamedFunction& function, uint64_t hash) {
    std::vector<Value> args;
    for (size_t i = 0; i < function.type.params.size(); ++i) {
      const auto value = ValueFor(function.type.params[i], Mix(hash, i + 1));
      if (!value) return absl::OkStatus();
      args.push_back(*value);
    }
    const std::string what = absl::StrCat("call of ", function.name, Describe(args));
    on_call_(what);
    const std::vector<std::vector<uint8_t>> before = CopyMemories();
    const absl::StatusOr<std::vector<Value>> results =
        function.function.Call(std::span<const Value>(args));
    if (results.ok()) {
      Log(what, Describe(*results));
    } else {
      LogCall(what, results.status());
    }
    if (Trap::FromStatus(results.status()) && !IsExhaustion(results.status())) {
      UndoInMemories(before);
    }
    return results.status();
  }

  // Memories, tables and globals after a call, where they changed.
  void LogState() {
    for (const auto& [name, memory] : memories_) {
      LogChange(name, absl::StrCat(memory.page_count(), " pages, hash ", HashOf(memory.data())));
    }
    for (const auto& [name, global] : globals_) LogChange(name, Describe(global.Get()));
    for (const auto& [name, table] : tables_) {
      std::string contents;
      for (uint64_t i = 0; i < table.size(); ++i) {
        const absl::StatusOr<Value> value = table.Get(i);
        contents += !value.ok() ? '?' : value->IsNullRef() ? '0' : '1';
      }
      LogChange(name, contents);
    }
  }

  void LogChange(const std::string& name, std::string state) {
    std::string& last = last_states_[name];
    if (last == state) return;
    last = state;
    Log(absl::StrCat("state of ", name), std::move(state));
  }

  Store store_;
  const std::function<void(const std::string&)>& on_call_;
  Linker linker_;
  std::vector<NamedFunction> functions_;
  std::vector<Func> refuel_;
  std::vector<std::pair<std::string, Memory>> memories_;
  std::vector<std::pair<std::string, Global>> globals_;
  std::vector<std::pair<std::string, Table>> tables_;
  std::map<std::string, std::string> last_states_;
  std::span<const std::vector<uint8_t>> modules_;
  const bool may_optimize_;
  const bool promises_memory_after_traps_;
  uint64_t host_calls_ = 0;
  size_t reentries_ = 0;
  Transcript transcript_;
};

bool Agree(const Event& left, const Event& right) {
  return left.what == right.what &&
         (left.how == right.how || (!(left.is_exact && right.is_exact) && !left.promise.empty() &&
                                    left.promise == right.promise));
}

void AppendEvent(std::string& text, const std::string& name, const Event* event) {
  absl::StrAppend(&text, "  ", name, ": ");
  if (event == nullptr) {
    absl::StrAppend(&text, "nothing more\n");
    return;
  }
  absl::StrAppend(&text, event->what, "\n      ", event->how, "\n");
}

}  // namespace

Transcript RunModules(const Config& config, const ModuleList& modules,
                      const std::function<void(const std::string&)>& on_call) {
  const absl::StatusOr<Engine> engine = Engine::Create(config);
  if (!engine.ok()) return {{{"engine", Describe(engine.status())}}};
  const StoreLimits limits = {.memory_bytes = 64 * kPageBytes, .table_elements = 1000};
  absl::StatusOr<Store> store = Store::Create(*engine, limits);
  if (!store.ok()) return {{{"store", Describe(store.status())}}};
  Transcript transcript = Runner(*std::move(store), config, on_call).Run(*engine, modules);
  // Without that tier it would be the baseline that is compared.
  if (const absl::Status status = engine->optimizer_status(); !status.ok()) {
    transcript.events.push_back({"optimizing tier", Describe(status)});
  }
  return transcript;
}

std::optional<std::string> Difference(const std::string& name, const Transcript& expected,
                                      const std::string& other_name, const Transcript& actual) {
  const size_t count = std::max(expected.events.size(), actual.events.size());
  for (size_t i = 0; i < count; ++i) {
    const Event* left = i < expected.events.size() ? &expected.events[i] : nullptr;
    const Event* right = i < actual.events.size() ? &actual.events[i] : nullptr;
    if (left != nullptr && right != nullptr && Agree(*left, *right)) continue;
    std::string text = absl::StrCat("event ", i, "\n");
    if (i > 0) AppendEvent(text, "before it", &expected.events[i - 1]);
    AppendEvent(text, name, left);
    AppendEvent(text, other_name, right);
    return text;
  }
  return std::nullopt;
}

}  // namespace wasmtier::test
