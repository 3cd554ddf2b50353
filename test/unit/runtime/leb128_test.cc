#include "runtime/base/leb128.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace wasmtier::runtime {
namespace {

template <typename T>
struct Result {
  LebError error;
  T value;
  size_t position;
};

template <typename T, int kBits = sizeof(T) * 8>
Result<T> Read(const std::vector<uint8_t>& bytes) {
  const uint8_t* position = bytes.data();
  T value = 0;
  const LebError error = ReadLeb<T, kBits>(&position, bytes.data() + bytes.size(), &value);
  return {error, value, static_cast<size_t>(position - bytes.data())};
}

template <typename T, int kBits = sizeof(T) * 8>
void ExpectValue(const std::vector<uint8_t>& bytes, T value) {
  const Result<T> result = Read<T, kBits>(bytes);
  EXPECT_EQ(result.error, LebError::kNone);
  EXPECT_EQ(result.value, value);
  EXPECT_EQ(result.position, bytes.size());
}

TEST(Leb128, Unsigned) {
  ExpectValue<uint32_t>({0x00}, 0);
  ExpectValue<uint32_t>({0x7f}, 127);
  ExpectValue<uint32_t>({0x80, 0x01}, 128);
  ExpectValue<uint32_t>({0x80, 0x80, 0x80, 0x80, 0x00}, 0);
  ExpectValue<uint32_t>({0xff, 0xff, 0xff, 0xff, 0x0f}, UINT32_MAX);
  ExpectValue<uint64_t>({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, UINT64_MAX);
}

TEST(Leb128, Signed) {
  ExpectValue<int32_t>({0x3f}, 63);
  ExpectValue<int32_t>({0x40}, -64);
  ExpectValue<int32_t>({0x7f}, -1);
  ExpectValue<int32_t>({0xff, 0x7f}, -1);
  ExpectValue<int32_t>({0xff, 0xff, 0xff, 0xff, 0x07}, std::numeric_limits<int32_t>::max());
  ExpectValue<int32_t>({0x80, 0x80, 0x80, 0x80, 0x78}, std::numeric_limits<int32_t>::min());
  ExpectValue<int64_t>({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f},
                       std::numeric_limits<int64_t>::min());
  ExpectValue<int64_t, 33>({0xff, 0xff, 0xff, 0xff, 0x0f}, int64_t{UINT32_MAX});
  ExpectValue<int64_t, 33>({0x80, 0x80, 0x80, 0x80, 0x70}, -(int64_t{1} << 32));
}

TEST(Leb128, UnexpectedEnd) {
  EXPECT_EQ(Read<uint32_t>({}).error, LebError::kUnexpectedEnd);
  EXPECT_EQ(Read<uint32_t>({0x80}).error, LebError::kUnexpectedEnd);
  EXPECT_EQ(Read<uint32_t>({0x80, 0x80, 0x80, 0x80}).position, 4u);
}

TEST(Leb128, TooLong) {
  EXPECT_EQ(Read<uint32_t>({0x80, 0x80, 0x80, 0x80, 0x80, 0x00}).error, LebError::kTooLong);
  EXPECT_EQ(Read<int32_t>({0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}).error, LebError::kTooLong);
  EXPECT_EQ(Read<uint64_t>(std::vector<uint8_t>(11, 0x80)).error, LebError::kTooLong);
}

TEST(Leb128, TooLarge) {
  EXPECT_EQ(Read<uint32_t>({0x80, 0x80, 0x80, 0x80, 0x10}).error, LebError::kTooLarge);
  EXPECT_EQ(Read<int32_t>({0x80, 0x80, 0x80, 0x80, 0x70}).error, LebError::kTooLarge);
  EXPECT_EQ(Read<int32_t>({0xff, 0xff, 0xff, 0xff, 0x0f}).error, LebError::kTooLarge);
  EXPECT_EQ((Read<int64_t, 33>({0xff, 0xff, 0xff, 0xff, 0x1f}).error), LebError::kTooLarge);
  EXPECT_EQ(Read<uint64_t>({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02}).error,
            LebError::kTooLarge);
}

}  // namespace
}  // namespace wasmtier::runtime
