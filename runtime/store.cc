#include "runtime/store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/trap_handler.h"

namespace wasmtier::runtime {
namespace {

absl::Status TooMany(const char* what, uint32_t limit) {
  return absl::ResourceExhaustedError(
      absl::StrCat("the store has its limit of ", limit, " ", what));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> Store::Create(
    TypeRegistry& types, StackPool& stacks, const StoreLimits& limits, bool use_signals,
    const std::atomic<const CodeSpace*>* code_space) {
  if (use_signals) {
    if (absl::Status status = InstallTrapHandlers(); !status.ok()) return status;
  }
  absl::StatusOr<std::unique_ptr<WasmStack>> stack = stacks.Take();
  if (!stack.ok()) return stack.status();
  return std::unique_ptr<Store>(
      new Store(types, stacks, limits, use_signals, *std::move(stack), code_space));
}

Store::Store(TypeRegistry& types, StackPool& stacks, const StoreLimits& limits, bool use_signals,
             std::unique_ptr<WasmStack> stack, const std::atomic<const CodeSpace*>* code_space)
    : types_(types),
      stacks_(stacks),
      limits_(limits),
      use_signals_(use_signals),
      stack_(std::move(stack)),
      budget_{.limit_bytes = limits.memory_bytes, .used_bytes = 0} {
  // One by one: an initializer would clear the call area.
  block_.activation = nullptr;
  block_.slot_limit = stack_->slot_limit();
  block_.next_frame = stack_->slots();
  block_.native_limit = stack_->native_limit();
  block_.store = this;
  block_.code_space = code_space;
}

Store::~Store() {
  // Instances point to all else.
  instances_.clear();
  stacks_.Return(std::move(stack_));
}

HostFunction* Store::NewHostFunction(FuncType type, HostCallback callback) {
  const uint32_t type_id = types_.Canonicalize(type);
  host_functions_.push_back(
      std::make_unique<HostFunction>(std::move(type), type_id, std::move(callback)));
  return host_functions_.back().get();
}

absl::StatusOr<Memory*> Store::NewMemory(const MemoryType& type, MemoryStrategy strategy) {
  if (memories_.size() >= limits_.memories) return TooMany("memories", limits_.memories);
  // Faults could not be turned into traps.
  if (!use_signals_) strategy = MemoryStrategy::kChecked;
  absl::StatusOr<std::unique_ptr<Memory>> created = Memory::Create(type, strategy, &budget_);
  if (!created.ok()) return created.status();
  Memory* const memory = created->get();
  memories_.push_back(*std::move(created));
  if (memory->strategy() == MemoryStrategy::kReserved) {
    memory->next_reservation_ = reservations_.load(std::memory_order_relaxed);
    reservations_.store(memory, std::memory_order_release);
  }
  return memory;
}

absl::StatusOr<Table*> Store::NewTable(const TableType& type, uint64_t initial_reference) {
  if (tables_.size() >= limits_.tables) return TooMany("tables", limits_.tables);
  absl::StatusOr<std::unique_ptr<Table>> table =
      Table::Create(type, initial_reference, limits_.table_elements);
  if (!table.ok()) return table.status();
  tables_.push_back(*std::move(table));
  return tables_.back().get();
}

Global* Store::NewGlobal(const GlobalType& type, GlobalCell value) {
  globals_.push_back(std::make_unique<Global>(Global{type, value}));
  return globals_.back().get();
}

absl::StatusOr<Instance*> Store::AddInstance(std::unique_ptr<Instance> instance) {
  if (instances_.size() >= limits_.instances) return TooMany("instances", limits_.instances);
  instances_.push_back(std::move(instance));
  return instances_.back().get();
}

const Memory* Store::FindReservation(const void* address) const {
  const Memory* memory = reservations_.load(std::memory_order_acquire);
  while (memory != nullptr && !memory->Reserves(address)) memory = memory->next_reservation_;
  return memory;
}

void Store::DropSince(Mark mark) {
  while (memories_.size() > mark.memories) {
    const Memory* const memory = memories_.back().get();
    if (reservations_.load(std::memory_order_relaxed) == memory) {
      reservations_.store(memory->next_reservation_, std::memory_order_release);
    }
    memories_.pop_back();
  }
  tables_.resize(mark.tables);
}

}  // namespace wasmtier::runtime
