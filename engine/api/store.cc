#include "wasmtier/store.h"

#include "engine/api/store_state.h"

namespace wasmtier {

using internal::EngineAccess;
using internal::EngineState;
using internal::StoreAccess;
using internal::StoreState;

namespace internal {

StoreState::StoreState(const Engine& engine, const StoreLimits& limits)
    : engine(engine), limits(limits), borrowed(StoreAccess::Borrow(this)) {}

void StoreDeleter::operator()(StoreState* state) const {
  if (owns) delete state;
}

}  // namespace internal

absl::StatusOr<Store> Store::Create(const Engine& engine, const StoreLimits& limits) {
  EngineState& engine_state = *EngineAccess::state(engine);
  Store store = StoreAccess::Own(new StoreState(engine, limits));
  StoreState& state = *store.state_;
  runtime::StackPool* stacks = &engine_state.stacks;
  if (engine_state.config.low_memory) {
    state.own_stacks = std::make_unique<runtime::StackPool>(engine_state.native_stack_bytes,
                                                            engine_state.stack_bytes);
    stacks = state.own_stacks.get();
  }
  absl::StatusOr<std::unique_ptr<runtime::Store>> created =
      runtime::Store::Create(engine_state.types, *stacks,
                             {.memory_bytes = limits.memory_bytes,
                              .table_elements = limits.table_elements,
                              .instances = limits.instances,
                              .memories = limits.memories,
                              .tables = limits.tables},
                             engine_state.use_signals(), engine_state.strategy->code_space());
  if (!created.ok()) return created.status();
  state.store = *std::move(created);
  return store;
}

const Engine& Store::engine() const { return state_->engine; }

const StoreLimits& Store::limits() const { return state_->limits; }

uint64_t Store::memory_bytes() const { return state_->store->memory_budget().used_bytes; }

void* Store::data() const { return state_->data; }

void Store::set_data(void* data) { state_->data = data; }

}  // namespace wasmtier
