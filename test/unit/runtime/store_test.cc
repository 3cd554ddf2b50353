#include "runtime/store.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "runtime/activation.h"
#include "test/unit/runtime/runtime_fixture.h"

namespace wasmtier::runtime {
namespace {

using StoreTest = RuntimeTest;

TEST_F(StoreTest, BlockDescribesTheStack) {
  EXPECT_EQ(store().block().store, &store());
  EXPECT_EQ(store().block().activation, nullptr);
  EXPECT_EQ(store().block().slot_limit, store().stack().slot_limit());
  EXPECT_EQ(store().block().next_frame, store().stack().slots());
  EXPECT_EQ(store().block().native_limit, store().stack().native_bottom() + kNativeReserve);
  EXPECT_EQ(CodeSpaceOf(store().block()), nullptr);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(store().block().call_area) % 16, 0u);
}

TEST_F(StoreTest, StacksGoBackToThePool) {
  auto first = MakeStore();
  const uint64_t* const slots = first->stack().slots();
  first.reset();
  EXPECT_EQ(MakeStore()->stack().slots(), slots);
}

TEST_F(StoreTest, FindsReservations) {
  int unrelated = 0;
  EXPECT_EQ(store().FindReservation(&unrelated), nullptr);
  const Memory* const first = *store().NewMemory(MemoryOf(1), MemoryStrategy::kReserved);
  const Memory* const checked = *store().NewMemory(MemoryOf(1), MemoryStrategy::kChecked);
  const Memory* const second = *store().NewMemory(MemoryOf(0), MemoryStrategy::kReserved);
  EXPECT_EQ(store().FindReservation(first->base()), first);
  EXPECT_EQ(store().FindReservation(second->base() + kReservationBytes - 1), second);
  EXPECT_EQ(store().FindReservation(checked->base()), nullptr);
  EXPECT_EQ(store().FindReservation(nullptr), nullptr);
}

TEST_F(StoreTest, WithoutSignalsNothingIsReserved) {
  const auto store = MakeStore({}, false);
  const Memory* const memory = *store->NewMemory(MemoryOf(1), MemoryStrategy::kReserved);
  EXPECT_EQ(memory->strategy(), MemoryStrategy::kChecked);
}

TEST_F(StoreTest, LimitsOfObjects) {
  const auto store = MakeStore({.memories = 1, .tables = 1});
  EXPECT_TRUE(store->NewMemory(MemoryOf(0), MemoryStrategy::kReserved).ok());
  EXPECT_EQ(store->NewMemory(MemoryOf(0), MemoryStrategy::kReserved).status(),
            absl::ResourceExhaustedError("the store has its limit of 1 memories"));
  EXPECT_TRUE(store->NewTable(TableOf(0), 0).ok());
  EXPECT_EQ(store->NewTable(TableOf(0), 0).status(),
            absl::ResourceExhaustedError("the store has its limit of 1 tables"));
}

TEST_F(StoreTest, HostFunctions) {
  HostFunction* const function = store().NewHostFunction(
      {{kI32, kI32}, {kI64}}, [](VMContext* caller, uint64_t* slots) -> absl::Status {
        EXPECT_EQ(caller, nullptr);
        slots[0] += slots[1];
        return absl::OkStatus();
      });
  const FunctionReference& reference = function->reference();
  EXPECT_EQ(reference.host, function);
  EXPECT_EQ(reference.context, nullptr);
  EXPECT_EQ(reference.entry, function->entry());
  EXPECT_EQ(&HostFunction::OfEntry(reference.entry), function);
  EXPECT_EQ(reference.entry->load(), reinterpret_cast<void*>(&wasmtier_first_host_call));
  EXPECT_EQ(reference.type_id, types_.Canonicalize({{kI32, kI32}, {kI64}}));
  EXPECT_EQ(function->frame_slots(), 2u);
  uint64_t slots[] = {3, 4};
  EXPECT_TRUE(function->Invoke(nullptr, slots).ok());
  EXPECT_EQ(slots[0], 7u);
}

TEST_F(StoreTest, ExceptionsOfHostFunctionsAreCaught) {
  const auto invoke = [&](HostCallback callback) {
    return store().NewHostFunction({}, std::move(callback))->Invoke(nullptr, nullptr);
  };
  EXPECT_EQ(invoke([](VMContext*, uint64_t*) { return absl::NotFoundError("no file"); }),
            absl::NotFoundError("no file"));
  EXPECT_EQ(invoke([](VMContext*, uint64_t*) -> absl::Status {
              throw std::runtime_error("out of paper");
            }),
            absl::InternalError("host function threw: out of paper"));
  EXPECT_EQ(invoke([](VMContext*, uint64_t*) -> absl::Status { throw 5; }),
            absl::InternalError("host function threw: an exception of unknown type"));
}

}  // namespace
}  // namespace wasmtier::runtime
