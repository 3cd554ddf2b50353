#include "profiler/unwind_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace wasmtier::profiler {
namespace {

using runtime::CompiledCode;
using testing::EndsWith;
using testing::StartsWith;

template <typename T>
T Read(const std::string& bytes, size_t offset) {
  T value{};
  if (offset + sizeof(T) <= bytes.size()) std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

constexpr uint8_t kCode[] = {0x55, 0x48, 0x89, 0xe5, 0x90, 0x90, 0x90, 0x90, 0xc9, 0xc3};

CompiledCode MakeCode() {
  CompiledCode code;
  code.kind = CompiledCode::Kind::kFunction;
  code.begin = kCode;
  code.size = sizeof(kCode);
  code.prologue_size = 4;
  return code;
}

// The call frame instructions of the code's entry, which follows the common one.
std::string Instructions(const UnwindTable& table) {
  const size_t entry = 4 + Read<uint32_t>(table.bytes, 0);
  const size_t end = entry + 4 + Read<uint32_t>(table.bytes, entry);
  std::string text = table.bytes.substr(entry + 17, end - entry - 17);
  while (!text.empty() && text.back() == 0) text.pop_back();
  return text;
}

TEST(UnwindTable, PointsToTheCode) {
  const CompiledCode code = MakeCode();
  const UnwindTable table = UnwindTableOf(code);
  // In the image: the code, to the next multiple of 8, the table.
  constexpr int64_t kTable = 16;
  const size_t entry = 4 + Read<uint32_t>(table.bytes, 0);
  EXPECT_EQ(Read<uint32_t>(table.bytes, entry + 4), entry + 4) << "the common entry is at 0";
  EXPECT_EQ(kTable + static_cast<int64_t>(entry) + 8 + Read<int32_t>(table.bytes, entry + 8), 0);
  EXPECT_EQ(Read<uint32_t>(table.bytes, entry + 12), sizeof(kCode));

  const size_t header = table.bytes.size() - table.header_bytes;
  EXPECT_EQ(header % 4, 0u);
  ASSERT_EQ(table.header_bytes, 20u);
  EXPECT_THAT(table.bytes.substr(header), StartsWith("\x01\x1b\x03\x3b"));
  EXPECT_EQ(static_cast<int64_t>(header) + 4 + Read<int32_t>(table.bytes, header + 4), 0);
  EXPECT_EQ(Read<uint32_t>(table.bytes, header + 8), 1u);
  EXPECT_EQ(kTable + static_cast<int64_t>(header) + Read<int32_t>(table.bytes, header + 12), 0);
  EXPECT_EQ(static_cast<int64_t>(header) + Read<int32_t>(table.bytes, header + 16),
            static_cast<int64_t>(entry));
}

TEST(UnwindTable, FollowsTheFramePointer) {
  using std::string_view_literals::operator""sv;
  CompiledCode code = MakeCode();
  // At 1: CFA = rsp + 16, rbp saved; at 4: CFA = rbp + 16.
  const auto set_up = "\x04\x01\0\0\0\x0e\x10\x86\x02\x04\x03\0\0\0\x0c\x06\x10\x86\x02"sv;
  EXPECT_EQ(Instructions(UnwindTableOf(code)), set_up);
  // From 9 on, and to the end, the frame is gone: CFA = rsp + 8.
  code.frameless = {{9, 10, 0}};
  EXPECT_EQ(Instructions(UnwindTableOf(code)),
            std::string(set_up) + std::string("\x04\x05\0\0\0\x0c\x07\x08\x08\x06"sv));
  // In the middle, with 16 bytes on the stack.
  code.frameless = {{5, 7, 16}};
  EXPECT_THAT(Instructions(UnwindTableOf(code)),
              EndsWith("\x04\x01\0\0\0\x0c\x07\x18\x08\x06\x04\x02\0\0\0\x0c\x06\x10\x86\x02"sv));
}

TEST(UnwindTable, WithoutAFrameThereIsOnlyTheStackPointer) {
  CompiledCode stub;
  const uint8_t jump[] = {0xff, 0xe0};
  stub.begin = jump;
  stub.size = sizeof(jump);
  EXPECT_EQ(Instructions(UnwindTableOf(stub)), "");
}

}  // namespace
}  // namespace wasmtier::profiler
