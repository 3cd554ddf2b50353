#include "test/spec/match.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

namespace wasmtier::spec {
namespace {

Value Number(const char* type, uint32_t lane_bits, Lane lane) {
  Value value;
  value.type = type;
  value.lane_bits = lane_bits;
  value.lanes = {lane};
  return value;
}

Value Reference(const char* type, Value::Kind kind, uint64_t host = 0) {
  Value value;
  value.type = type;
  value.kind = kind;
  value.host = host;
  return value;
}

constexpr Lane kCanonical{Lane::Pattern::kCanonicalNan, 0};
constexpr Lane kArithmetic{Lane::Pattern::kArithmeticNan, 0};

TEST(Match, ComparesNumbersByTypeAndBits) {
  Value seven = Number("i32", 32, {Lane::Pattern::kBits, 7});
  EXPECT_TRUE(Matches(seven, {"i32", {7, 0}}));
  EXPECT_FALSE(Matches(seven, {"i32", {8, 0}}));
  EXPECT_FALSE(Matches(seven, {"i64", {7, 0}}));
  Value zero = Number("f64", 64, {Lane::Pattern::kBits, 0});
  EXPECT_FALSE(Matches(zero, {"f64", {std::bit_cast<uint64_t>(-0.0), 0}}));
}

TEST(Match, CanonicalNanHasOnlyTheTopBitOfThePayload) {
  Value f32 = Number("f32", 32, kCanonical);
  EXPECT_TRUE(Matches(f32, {"f32", {0x7fc00000, 0}}));
  EXPECT_TRUE(Matches(f32, {"f32", {0xffc00000, 0}}));
  EXPECT_FALSE(Matches(f32, {"f32", {0x7fc00001, 0}}));
  EXPECT_FALSE(Matches(f32, {"f32", {0x7f800000, 0}}));
  Value f64 = Number("f64", 64, kCanonical);
  EXPECT_TRUE(Matches(f64, {"f64", {0xfff8000000000000, 0}}));
  EXPECT_FALSE(Matches(f64, {"f64", {0x7ff8000000000001, 0}}));
}

TEST(Match, ArithmeticNanHasTheTopBitOfThePayload) {
  Value f32 = Number("f32", 32, kArithmetic);
  EXPECT_TRUE(Matches(f32, {"f32", {0xffc12345, 0}}));
  EXPECT_FALSE(Matches(f32, {"f32", {0x7f812345, 0}}));
  EXPECT_FALSE(Matches(f32, {"f32", {0x3f800000, 0}}));
}

TEST(Match, ComparesVectorsLaneByLane) {
  Value value;
  value.type = "v128";
  value.lane_bits = 32;
  value.lanes = {{Lane::Pattern::kBits, 1}, kCanonical, kArithmetic, {Lane::Pattern::kBits, 4}};
  EXPECT_TRUE(Matches(value, {"v128", {0x7fc00000'00000001, 0x00000004'7fc12345}}));
  EXPECT_FALSE(Matches(value, {"v128", {0x7fc00001'00000001, 0x00000004'7fc12345}}));
  EXPECT_FALSE(Matches(value, {"v128", {0x7fc00000'00000001, 0x00000005'7fc12345}}));
}

TEST(Match, References) {
  Actual null_function{"funcref", {}, /*is_null=*/true, {}};
  Actual function{"funcref", {}, false, {}};
  Actual host{"externref", {}, false, 3};
  Actual number{"i32", {}, false, {}};
  Value any_null = Reference("refnull", Value::Kind::kNull);
  EXPECT_TRUE(Matches(any_null, null_function));
  EXPECT_FALSE(Matches(any_null, function));
  EXPECT_FALSE(Matches(any_null, number));
  EXPECT_TRUE(Matches(Reference("funcref", Value::Kind::kAnyReference), function));
  EXPECT_FALSE(Matches(Reference("funcref", Value::Kind::kAnyReference), null_function));
  EXPECT_FALSE(Matches(Reference("externref", Value::Kind::kAnyReference), function));
  EXPECT_TRUE(Matches(Reference("externref", Value::Kind::kHostReference, 3), host));
  EXPECT_FALSE(Matches(Reference("externref", Value::Kind::kHostReference, 0), host));
}

TEST(Match, EitherIsOneOfItsAlternatives) {
  Value either = Reference("either", Value::Kind::kEither);
  either.alternatives = {Number("i32", 32, {Lane::Pattern::kBits, 1}),
                         Number("i32", 32, {Lane::Pattern::kBits, 2})};
  EXPECT_TRUE(Matches(either, {"i32", {2, 0}}));
  EXPECT_FALSE(Matches(either, {"i32", {3, 0}}));
}

}  // namespace
}  // namespace wasmtier::spec
