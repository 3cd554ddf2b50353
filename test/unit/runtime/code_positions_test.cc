#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/code_space.h"

namespace wasmtier::runtime {
namespace {

TEST(CodePositionsTest, ComeBackAsTheyWere) {
  const std::vector<CodePositionEntry> entries = {
      {0, 0x20}, {3, 0x21}, {3000, 0x10}, {3001, 0xffffffff}, {0xfffffffe, 0}, {0xffffffff, 7}};
  const std::vector<uint8_t> encoded = EncodePositions(entries);
  const std::vector<CodePositionEntry> decoded = DecodePositions(encoded);
  ASSERT_EQ(decoded.size(), entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(decoded[i].code_offset, entries[i].code_offset);
    EXPECT_EQ(decoded[i].module_offset, entries[i].module_offset);
  }
  EXPECT_TRUE(EncodePositions({}).empty());
  EXPECT_TRUE(DecodePositions({}).empty());
}

TEST(CodePositionsTest, UsualEntriesAreSmall) {
  EXPECT_EQ(EncodePositions({{{20, 30}, {50, 37}, {70, 33}}}).size(), 6u);
}

TEST(CodePositionsTest, FindsExactAddressesOnly) {
  const uint8_t bytes[100] = {};
  CompiledCode code;
  code.begin = bytes;
  code.size = sizeof(bytes);
  code.positions = EncodePositions({{{10, 1000}, {20, 900}, {100, 1200}}});
  uint32_t offset = 0;
  EXPECT_TRUE(code.FindPosition(bytes + 10, &offset));
  EXPECT_EQ(offset, 1000u);
  EXPECT_TRUE(code.FindPosition(bytes + 20, &offset));
  EXPECT_EQ(offset, 900u);
  EXPECT_TRUE(code.FindPosition(bytes + 100, &offset));  // behind the last call
  EXPECT_EQ(offset, 1200u);
  EXPECT_FALSE(code.FindPosition(bytes, &offset));
  EXPECT_FALSE(code.FindPosition(bytes + 15, &offset));
}

TEST(CodePositionsTest, OsrEntriesByLoop) {
  const uint8_t bytes[100] = {};
  CompiledCode code;
  code.begin = bytes;
  code.osr_entries = {{0, 40}, {2, 60}};
  EXPECT_EQ(code.FindOsrEntry(0), bytes + 40);
  EXPECT_EQ(code.FindOsrEntry(2), bytes + 60);
  EXPECT_EQ(code.FindOsrEntry(1), nullptr);
}

}  // namespace
}  // namespace wasmtier::runtime
