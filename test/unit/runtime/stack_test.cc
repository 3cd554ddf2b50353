#include "runtime/stack.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace wasmtier::runtime {
namespace {

constexpr size_t kNativeBytes = 256 << 10;
constexpr size_t kSlotBytes = 8 << 20;

size_t ResidentBytes(void* begin, size_t bytes) {
  std::vector<unsigned char> pages(bytes / 4096);
  EXPECT_EQ(mincore(begin, bytes, pages.data()), 0);
  return 4096 * static_cast<size_t>(std::count_if(pages.begin(), pages.end(),
                                                  [](unsigned char page) { return page & 1; }));
}

TEST(WasmStackTest, AllOfItIsUsable) {
  auto stack = *WasmStack::Create(kNativeBytes, kSlotBytes);
  volatile uint8_t* const native = stack->native_top();
  native[-1] = 1;
  native[-static_cast<ptrdiff_t>(kNativeBytes)] = 1;
  EXPECT_EQ(reinterpret_cast<uintptr_t>(native) % 16, 0u);
  volatile uint64_t* const slots = stack->slots();
  EXPECT_EQ(stack->slot_limit() - stack->slots(), static_cast<ptrdiff_t>(kSlotBytes / 8));
  slots[0] = 1;
  slots[kSlotBytes / 8 + kSlotReserve - 1] = 1;
}

TEST(WasmStackTest, SizesAreRoundedUp) {
  auto stack = *WasmStack::Create(1, 1);
  EXPECT_GE(stack->slot_limit() - stack->slots(), 512);
  stack->native_top()[-4096] = 1;
}

TEST(WasmStackTest, HugeSizesAreErrors) {
  EXPECT_FALSE(WasmStack::Create(SIZE_MAX, 4096).ok());
  EXPECT_FALSE(WasmStack::Create(4096, SIZE_MAX - 100).ok());
}

TEST(WasmStackDeathTest, GuardsAtBothEnds) {
  auto stack = *WasmStack::Create(kNativeBytes, kSlotBytes);
  volatile uint8_t* const native_end = stack->native_top() - kNativeBytes;
  EXPECT_TRUE(stack->GuardContains(const_cast<uint8_t*>(native_end - 1)));
  EXPECT_FALSE(stack->GuardContains(const_cast<uint8_t*>(native_end)));
  EXPECT_DEATH(native_end[-1] = 1, "");
  EXPECT_DEATH(native_end[-(64 << 10)] = 1, "");
  volatile uint64_t* const slot_end = stack->slot_limit() + kSlotReserve;
  EXPECT_FALSE(stack->GuardContains(const_cast<uint64_t*>(slot_end - 1)));
  EXPECT_TRUE(stack->GuardContains(const_cast<uint64_t*>(slot_end)));
  EXPECT_DEATH(slot_end[0] = 1, "");
  // The largest frame, begun at the very end.
  EXPECT_DEATH(slot_end[65535] = 1, "");
  EXPECT_FALSE(stack->GuardContains(&stack));
}

TEST(StackPoolTest, ReusesStacksAndGivesTheirPagesBack) {
  StackPool pool(kNativeBytes, kSlotBytes);
  auto stack = *pool.Take();
  uint64_t* const slots = stack->slots();
  for (size_t i = 0; i < kSlotBytes / 8; i += 512) slots[i] = i + 1;
  for (size_t i = 0; i < kNativeBytes; i += 4096) stack->native_bottom()[i] = 1;
  EXPECT_EQ(ResidentBytes(slots, kSlotBytes), kSlotBytes);
  EXPECT_EQ(ResidentBytes(stack->native_bottom(), kNativeBytes), kNativeBytes);
  pool.Return(std::move(stack));
  stack = *pool.Take();
  EXPECT_EQ(stack->slots(), slots);
  EXPECT_LE(ResidentBytes(slots, kSlotBytes), size_t{64} << 10);
  EXPECT_LE(ResidentBytes(stack->native_bottom(), kNativeBytes), size_t{64} << 10);
  EXPECT_EQ(slots[kSlotBytes / 8 - 512], 0u);
  auto other = *pool.Take();
  EXPECT_NE(other->slots(), slots);
}

TEST(StackPoolTest, MoreThanItKeeps) {
  StackPool pool(4096, 4096);
  std::vector<std::unique_ptr<WasmStack>> stacks;
  for (int i = 0; i < 200; ++i) stacks.push_back(*pool.Take());
  for (auto& stack : stacks) pool.Return(std::move(stack));
  EXPECT_TRUE(pool.Take().ok());
}

}  // namespace
}  // namespace wasmtier::runtime
