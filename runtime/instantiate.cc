#include "runtime/instantiate.h"

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/leb128.h"
#include "runtime/const_expression.h"

namespace wasmtier::runtime {
namespace {

// What instances without a memory 0 or table 0 point to.
constexpr MemoryView kNoMemory{nullptr, 0};
constexpr TableView kNoTable{nullptr, 0};

absl::Status CheckFeatures(const Module& module) {
  const FeatureSet missing = module.features.Without(FeatureSet::Executable());
  if (missing.empty()) return absl::OkStatus();
  const auto append_name = [](std::string* out, Feature feature) { *out += ToString(feature); };
  return absl::UnimplementedError(
      absl::StrCat("needs feature ", absl::StrJoin(missing.List(), ", ", append_name)));
}

std::unique_ptr<TrapInfo> MakeTrap(TrapCode code) {
  auto trap = std::make_unique<TrapInfo>();
  trap->code = code;
  trap->message = TrapMessage(code);
  return trap;
}

}  // namespace

// One instantiation, in the order of the spec's "Instantiation". Until the instance is added to the
// store nothing can refer to what was made, and an error takes it back.
class Instantiation {
 public:
  Instantiation(Store& store, ModuleCodeProvider& provider, std::span<const ExternValue> imports)
      : store_(store), provider_(provider), module_(provider.module()), imports_(imports) {}

  absl::StatusOr<InstantiationResult> Run() {
    if (absl::Status status = CheckFeatures(module_); !status.ok()) return status;
    if (absl::Status status = MatchImports(); !status.ok()) return status;
    const Store::Mark mark = store_.mark();
    absl::StatusOr<Instance*> added = MakeInstance();
    if (!added.ok()) {
      store_.DropSince(mark);
      return added.status();
    }
    InstantiationResult result;
    result.instance = *added;
    result.trap = RunSegments();
    return result;
  }

 private:
  absl::Status MatchImports() {
    if (imports_.size() != module_.imports.size()) {
      return absl::InvalidArgumentError(absl::StrCat("the module has ", module_.imports.size(),
                                                     " imports, not ", imports_.size()));
    }
    for (size_t i = 0; i < imports_.size(); ++i) {
      absl::Status status = MatchImport(store_, module_, module_.imports[i], imports_[i]);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Instance*> MakeInstance() {
    absl::StatusOr<MemoryStrategy> strategy = MakeMemories();
    if (!strategy.ok()) return strategy.status();
    std::unique_ptr<Instance> instance(new Instance(store_, provider_.Code(*strategy)));
    instance_ = instance.get();
    instance_->memories_ = std::move(memories_);
    TakeImports();
    SetContext();
    MakeGlobals();
    if (absl::Status status = MakeTables(); !status.ok()) return status;
    EvaluatePassiveElements();
    return store_.AddInstance(std::move(instance));
  }

  MemoryStrategy FirstStrategy() const {
    for (size_t i = 0; i < imports_.size(); ++i) {
      if (const auto* memory = std::get_if<Memory*>(&imports_[i])) {
        if ((*memory)->strategy() == MemoryStrategy::kChecked) return MemoryStrategy::kChecked;
      }
    }
    for (const MemoryType& memory : module_.memories) {
      if (memory.limits.is_64) return MemoryStrategy::kChecked;
    }
    return store_.use_signals() ? provider_.preferred_strategy() : MemoryStrategy::kChecked;
  }

  // Makes the memories before all else, since their strategy decides which code the instance gets.
  absl::StatusOr<MemoryStrategy> MakeMemories() {
    MemoryStrategy strategy = FirstStrategy();
    for (const ExternValue& value : imports_) {
      if (const auto* memory = std::get_if<Memory*>(&value)) memories_.push_back(*memory);
    }
    for (size_t i = module_.imported_memories; i < module_.memories.size(); ++i) {
      absl::StatusOr<Memory*> memory = store_.NewMemory(module_.memories[i], strategy);
      if (absl::IsUnavailable(memory.status())) {
        // Code with explicit checks takes the memories reserved so far as well.
        strategy = MemoryStrategy::kChecked;
        memory = store_.NewMemory(module_.memories[i], strategy);
      }
      if (!memory.ok()) return memory.status();
      memories_.push_back(*memory);
    }
    return strategy;
  }

  void TakeImports() {
    instance_->tables_.reserve(module_.tables.size());
    instance_->globals_.reserve(module_.globals.size());
    uint32_t functions = 0;
    for (const ExternValue& value : imports_) {
      if (const auto* function = std::get_if<const FunctionReference*>(&value)) {
        instance_->functions_[functions++] = *function;
      } else if (Table* const* table = std::get_if<Table*>(&value)) {
        AddTable(*table);
      } else if (Global* const* global = std::get_if<Global*>(&value)) {
        instance_->globals_.push_back(*global);
      }
    }
  }

  void AddTable(Table* table) {
    instance_->tables_.push_back(table);
    instance_->table_views_.push_back(&table->view());
  }

  // All but the tables and globals, which are not there yet.
  void SetContext() {
    VMContext& context = instance_->context_;
    ModuleCode& code = *instance_->code_;
    context.store_block = &store_.block();
    context.memory = &kNoMemory;
    if (!instance_->memories_.empty()) {
      const Memory& memory = *instance_->memories_[0];
      context.memory = &memory.view();
      if (memory.strategy() == MemoryStrategy::kReserved) context.memory_base = memory.base();
    }
    for (const Memory* memory : instance_->memories_) {
      instance_->memory_views_.push_back(&memory->view());
    }
    context.memories = instance_->memory_views_.data();
    context.table = &kNoTable;
    context.functions = instance_->functions_.get();
    context.function_states = code.function_states();
    context.hotness = code.hotness();
    context.code = &code;
    context.instance = instance_;
  }

  void MakeGlobals() {
    const size_t imported = module_.imported_globals;
    const size_t defined = module_.globals.size() - imported;
    instance_->own_globals_ = std::make_unique<Global[]>(defined);
    instance_->global_cells_.reserve(module_.globals.size());
    for (Global* global : instance_->globals_) instance_->global_cells_.push_back(&global->cell);
    for (size_t i = 0; i < defined; ++i) {
      const GlobalDefinition& definition = module_.globals[imported + i];
      Global& global = instance_->own_globals_[i];
      global.type = {CanonicalType(module_, definition.type.type), definition.type.is_mutable};
      global.cell = EvaluateConstExpression(*instance_, definition.initializer);
      instance_->globals_.push_back(&global);
      instance_->global_cells_.push_back(&global.cell);
    }
    instance_->context_.globals = instance_->global_cells_.data();
  }

  absl::Status MakeTables() {
    for (size_t i = module_.imported_tables; i < module_.tables.size(); ++i) {
      const TableDefinition& definition = module_.tables[i];
      uint64_t initial = 0;
      if (definition.initializer) {
        initial = EvaluateConstExpression(*instance_, *definition.initializer).slots[0];
      }
      const TableType type = {definition.type.limits,
                              CanonicalType(module_, definition.type.element)};
      absl::StatusOr<Table*> table = store_.NewTable(type, initial);
      if (!table.ok()) return table.status();
      AddTable(*table);
    }
    instance_->context_.tables = instance_->table_views_.data();
    if (!instance_->tables_.empty()) instance_->context_.table = instance_->table_views_[0];
    return absl::OkStatus();
  }

  // Writes the references that a segment lists to `values`, which has room for them.
  void EvaluateElements(const ElementSegment& segment, uint64_t* values) {
    const std::span<const uint8_t> bytes = module_.BytesOf(segment.items);
    const uint8_t* position = bytes.data();
    const uint8_t* const end = position + bytes.size();
    for (uint32_t i = 0; i < segment.count; ++i) {
      if (segment.items_are_expressions) {
        values[i] = EvaluateConstExpression(*instance_, &position, end).slots[0];
        continue;
      }
      uint32_t function = 0;
      // The parser has read them all.
      if (ReadLeb<uint32_t>(&position, end, &function) != LebError::kNone) std::abort();
      values[i] = reinterpret_cast<uint64_t>(instance_->GetFunction(function));
    }
  }

  void EvaluatePassiveElements() {
    for (uint32_t i = 0; i < module_.elements.size(); ++i) {
      const ElementSegment& segment = module_.elements[i];
      if (segment.mode != ElementSegment::Mode::kPassive) continue;
      std::vector<uint64_t>& values = instance_->element_values_[i];
      values.resize(segment.count);
      EvaluateElements(segment, values.data());
    }
  }

  uint64_t Offset(const ConstExpression& expression) {
    return EvaluateConstExpression(*instance_, expression).slots[0];
  }

  // Active segments, in order; what those before a trap have written stays.
  std::unique_ptr<TrapInfo> RunSegments() {
    for (const ElementSegment& segment : module_.elements) {
      if (segment.mode != ElementSegment::Mode::kActive) continue;
      const Table& table = *instance_->tables_[segment.table];
      const uint64_t offset = Offset(segment.offset);
      if (!table.Contains(offset, segment.count)) return MakeTrap(TrapCode::kTableOutOfBounds);
      EvaluateElements(segment, table.view().elements + offset);
    }
    for (uint32_t i = 0; i < module_.data.size(); ++i) {
      const DataSegment& segment = module_.data[i];
      if (!segment.is_active) continue;
      const uint64_t offset = Offset(segment.offset);
      if (!instance_->MemoryInit(segment.memory, i, offset, 0, segment.bytes.size)) {
        return MakeTrap(TrapCode::kMemoryOutOfBounds);
      }
      instance_->DataDrop(i);
    }
    return nullptr;
  }

  Store& store_;
  ModuleCodeProvider& provider_;
  const Module& module_;
  std::span<const ExternValue> imports_;
  std::vector<Memory*> memories_;
  Instance* instance_ = nullptr;
};

absl::StatusOr<InstantiationResult> Instantiate(Store& store, ModuleCodeProvider& provider,
                                                std::span<const ExternValue> imports) {
  return Instantiation(store, provider, imports).Run();
}

}  // namespace wasmtier::runtime
