#include "runtime/range_allocator.h"

#include <gtest/gtest.h>

namespace wasmtier::runtime {
namespace {

TEST(RangeAllocatorTest, TakesTheSmallestHoleThatFits) {
  RangeAllocator ranges(1024);
  for (size_t offset = 0; offset < 256; offset += 64) {
    EXPECT_EQ(ranges.Allocate(64)->offset, offset);
  }
  ranges.Free(0, 64);
  ranges.Free(128, 64);
  const auto small = ranges.Allocate(32);
  EXPECT_EQ(small->offset, 0u);
  EXPECT_TRUE(small->was_used);
  EXPECT_EQ(ranges.Allocate(32)->offset, 32u);
  EXPECT_EQ(ranges.Allocate(48)->offset, 128u);
  const auto fresh = ranges.Allocate(128);
  EXPECT_EQ(fresh->offset, 256u);
  EXPECT_FALSE(fresh->was_used);
}

TEST(RangeAllocatorTest, NeighbouringHolesBecomeOne) {
  RangeAllocator ranges(256);
  for (size_t offset = 0; offset < 256; offset += 64) ranges.Allocate(64);
  EXPECT_FALSE(ranges.Allocate(16).has_value());
  ranges.Free(64, 64);
  EXPECT_FALSE(ranges.Allocate(128).has_value());
  ranges.Free(0, 64);  // before a hole
  EXPECT_FALSE(ranges.Allocate(192).has_value());
  ranges.Free(192, 64);
  ranges.Free(128, 64);  // between two
  EXPECT_EQ(ranges.Allocate(256)->offset, 0u);
  EXPECT_FALSE(ranges.Allocate(16).has_value());
}

TEST(RangeAllocatorTest, OfNothing) { EXPECT_FALSE(RangeAllocator(0).Allocate(16).has_value()); }

}  // namespace
}  // namespace wasmtier::runtime
