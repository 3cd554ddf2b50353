#include "runtime/memory.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "test/unit/runtime/runtime_fixture.h"

namespace wasmtier::runtime {
namespace {

bool IsZero(const Memory& memory, uint64_t offset, uint64_t size) {
  const uint8_t* const begin = memory.base() + offset;
  return std::all_of(begin, begin + size, [](uint8_t byte) { return byte == 0; });
}

// All that must hold for both strategies.
class MemoryTest : public testing::TestWithParam<MemoryStrategy> {
 protected:
  std::unique_ptr<Memory> Make(const MemoryType& type) {
    auto memory = Memory::Create(type, GetParam(), &budget_);
    EXPECT_TRUE(memory.ok()) << memory.status();
    return *std::move(memory);
  }
  MemoryBudget budget_;
};

INSTANTIATE_TEST_SUITE_P(Strategies, MemoryTest,
                         testing::Values(MemoryStrategy::kReserved, MemoryStrategy::kChecked),
                         [](const auto& test) {
                           return test.param == MemoryStrategy::kReserved ? "Reserved" : "Checked";
                         });

TEST_P(MemoryTest, StartsZeroedWithItsMinimum) {
  auto memory = Make(MemoryOf(2));
  EXPECT_EQ(memory->pages(), 2u);
  EXPECT_EQ(memory->strategy(), GetParam());
  EXPECT_TRUE(IsZero(*memory, 0, 2 * kPageSize));
}

TEST_P(MemoryTest, GrowKeepsContentsAndAddsZeros) {
  auto memory = Make(MemoryOf(1));
  std::fill_n(memory->base(), kPageSize, uint8_t{0xab});
  EXPECT_EQ(memory->Grow(0), 1);
  EXPECT_EQ(memory->Grow(3), 1);
  EXPECT_EQ(memory->Grow(100), 4);
  EXPECT_EQ(memory->pages(), 104u);
  EXPECT_EQ(memory->base()[kPageSize - 1], 0xab);
  EXPECT_TRUE(IsZero(*memory, kPageSize, 103 * kPageSize));
  memory->base()[104 * kPageSize - 1] = 1;
}

TEST_P(MemoryTest, EmptyMemoryHasABaseAndCanGrow) {
  auto memory = Make(MemoryOf(0));
  EXPECT_NE(memory->base(), nullptr);
  EXPECT_EQ(memory->byte_size(), 0u);
  EXPECT_FALSE(memory->Contains(0, 1));
  EXPECT_TRUE(memory->Contains(0, 0));
  EXPECT_EQ(memory->Grow(1), 0);
  EXPECT_TRUE(IsZero(*memory, 0, kPageSize));
}

TEST_P(MemoryTest, GrowRespectsTheDeclaredMaximum) {
  auto memory = Make(MemoryOf(1, 3));
  EXPECT_EQ(memory->Grow(3), -1);
  EXPECT_EQ(memory->Grow(UINT64_MAX), -1);
  EXPECT_EQ(memory->Grow(2), 1);
  EXPECT_EQ(memory->Grow(1), -1);
  EXPECT_EQ(memory->Grow(0), 3);
}

TEST_P(MemoryTest, Memory32HasAtMost65536Pages) {
  auto memory = Make(MemoryOf(1));
  EXPECT_EQ(memory->Grow(65536), -1);
  EXPECT_EQ(memory->Grow(65535), 1);
  EXPECT_EQ(memory->byte_size(), uint64_t{4} << 30);
  memory->base()[(uint64_t{4} << 30) - 1] = 1;
  EXPECT_EQ(memory->Grow(1), -1);
}

TEST_P(MemoryTest, BudgetIsSharedAndGivenBack) {
  budget_.limit_bytes = 10 * kPageSize;
  auto first = Make(MemoryOf(4));
  auto second = Make(MemoryOf(4));
  EXPECT_EQ(first->Grow(3), -1);
  EXPECT_EQ(first->Grow(2), 4);
  const auto third = Memory::Create(MemoryOf(1), GetParam(), &budget_);
  EXPECT_TRUE(absl::IsResourceExhausted(third.status())) << third.status();
  first.reset();
  EXPECT_EQ(second->Grow(6), 4);
  second.reset();
  EXPECT_EQ(budget_.used_bytes, 0u);
}

TEST_P(MemoryTest, ContainsDoesNotOverflow) {
  auto memory = Make(MemoryOf(1));
  EXPECT_TRUE(memory->Contains(kPageSize, 0));
  EXPECT_TRUE(memory->Contains(kPageSize - 8, 8));
  EXPECT_FALSE(memory->Contains(kPageSize - 7, 8));
  EXPECT_FALSE(memory->Contains(kPageSize + 1, 0));
  EXPECT_FALSE(memory->Contains(UINT64_MAX, 2));
  EXPECT_FALSE(memory->Contains(2, UINT64_MAX));
}

TEST(ReservedMemoryTest, BaseStaysAndReservationIsKnown) {
  MemoryBudget budget;
  auto memory = *Memory::Create(MemoryOf(1), MemoryStrategy::kReserved, &budget);
  uint8_t* const base = memory->base();
  EXPECT_EQ(memory->Grow(10000), 1);
  EXPECT_EQ(memory->base(), base);
  EXPECT_TRUE(memory->Reserves(base));
  EXPECT_TRUE(memory->Reserves(base + kReservationBytes - 1));
  EXPECT_FALSE(memory->Reserves(base + kReservationBytes));
  EXPECT_FALSE(memory->Reserves(base - 1));
}

TEST(ReservedMemoryDeathTest, BehindTheSizeIsNothing) {
  MemoryBudget budget;
  auto memory = *Memory::Create(MemoryOf(1), MemoryStrategy::kReserved, &budget);
  volatile uint8_t* const base = memory->base();
  EXPECT_DEATH(base[kPageSize] = 1, "");
  EXPECT_DEATH((void)base[(uint64_t{6} << 30) + 14], "");
}

TEST(CheckedMemoryTest, Memory64IsAlwaysChecked) {
  MemoryBudget budget;
  MemoryType type = MemoryOf(1);
  type.limits.is_64 = true;
  auto memory = *Memory::Create(type, MemoryStrategy::kReserved, &budget);
  EXPECT_EQ(memory->strategy(), MemoryStrategy::kChecked);
  EXPECT_EQ(memory->Grow(65536), 1);
  EXPECT_EQ(memory->Grow(uint64_t{1} << 48), -1);
  EXPECT_EQ(memory->Grow(UINT64_MAX), -1);
  EXPECT_FALSE(memory->Reserves(memory->base()));
  type.limits.minimum = uint64_t{1} << 48;
  EXPECT_TRUE(
      absl::IsResourceExhausted(Memory::Create(type, MemoryStrategy::kChecked, &budget).status()));
}

// Exits with 0 if a memory behaves as it should where address space is short.
void RunWithLittleAddressSpace() {
  const rlimit limit{uint64_t{1} << 30, uint64_t{1} << 30};
  if (setrlimit(RLIMIT_AS, &limit) != 0) _exit(1);
  MemoryBudget budget;
  const auto reserved = Memory::Create(MemoryOf(1), MemoryStrategy::kReserved, &budget);
  if (!absl::IsUnavailable(reserved.status())) _exit(2);
  auto memory = Memory::Create(MemoryOf(1), MemoryStrategy::kChecked, &budget);
  if (!memory.ok()) _exit(3);
  (*memory)->base()[5] = 7;
  if ((*memory)->Grow(1600) != 1) _exit(4);    // 100 MiB
  if ((*memory)->Grow(30000) != -1) _exit(5);  // 2 GiB
  if ((*memory)->pages() != 1601 || (*memory)->base()[5] != 7) _exit(6);
  if (budget.used_bytes != 1601 * kPageSize) _exit(7);
  const auto large = Memory::Create(MemoryOf(40000), MemoryStrategy::kChecked, &budget);
  if (!absl::IsResourceExhausted(large.status())) _exit(8);
  _exit(0);
}

TEST(MemoryDeathTest, AddressSpaceLimit) {
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  GTEST_SKIP() << "sanitizers need terabytes of address space";
#endif
  EXPECT_EXIT(RunWithLittleAddressSpace(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace wasmtier::runtime
