#include "runtime/table.h"

#include <gtest/gtest.h>

#include "test/unit/runtime/runtime_fixture.h"

namespace wasmtier::runtime {
namespace {

constexpr uint64_t kLimit = 1000;

TEST(TableTest, StartsWithItsInitialReference) {
  auto null_table = *Table::Create(TableOf(3), 0, kLimit);
  EXPECT_EQ(null_table->size(), 3u);
  EXPECT_EQ(null_table->Get(2), 0u);
  auto table = *Table::Create(TableOf(3), 42, kLimit);
  EXPECT_EQ(table->Get(0), 42u);
  EXPECT_EQ(table->Get(2), 42u);
}

TEST(TableTest, GrowsByOneManyTimes) {
  auto table = *Table::Create(TableOf(0), 0, kLimit);
  for (uint64_t i = 0; i < kLimit; ++i) ASSERT_EQ(table->Grow(1, i), static_cast<int64_t>(i));
  for (uint64_t i = 0; i < kLimit; ++i) ASSERT_EQ(table->Get(i), i);
  EXPECT_EQ(table->Grow(1, 0), -1);
  EXPECT_EQ(table->Grow(0, 0), static_cast<int64_t>(kLimit));
}

TEST(TableTest, GrowRespectsTheMaximum) {
  auto table = *Table::Create(TableOf(1, 4), 0, kLimit);
  EXPECT_EQ(table->Grow(UINT64_MAX, 0), -1);
  EXPECT_EQ(table->Grow(4, 0), -1);
  EXPECT_EQ(table->Grow(3, 9), 1);
  EXPECT_EQ(table->size(), 4u);
  EXPECT_EQ(table->Get(0), 0u);
  EXPECT_EQ(table->Get(3), 9u);
}

TEST(TableTest, LimitAtCreation) {
  EXPECT_TRUE(Table::Create(TableOf(kLimit), 0, kLimit).ok());
  const auto status = Table::Create(TableOf(kLimit + 1), 0, kLimit).status();
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
}

TEST(TableTest, ContainsDoesNotOverflow) {
  auto table = *Table::Create(TableOf(10), 0, kLimit);
  EXPECT_TRUE(table->Contains(10, 0));
  EXPECT_TRUE(table->Contains(4, 6));
  EXPECT_FALSE(table->Contains(5, 6));
  EXPECT_FALSE(table->Contains(11, 0));
  EXPECT_FALSE(table->Contains(UINT64_MAX, 2));
}

}  // namespace
}  // namespace wasmtier::runtime
