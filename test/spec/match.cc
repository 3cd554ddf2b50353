#include "test/spec/match.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace wasmtier::spec {
namespace {

uint64_t LaneOf(const Actual& actual, uint32_t lane_bits, size_t index) {
  size_t first_bit = index * lane_bits;
  uint64_t word = actual.bits[first_bit / 64] >> (first_bit % 64);
  return lane_bits == 64 ? word : word & ((uint64_t{1} << lane_bits) - 1);
}

bool LaneMatches(const Lane& lane, uint32_t lane_bits, uint64_t bits) {
  if (lane.pattern == Lane::Pattern::kBits) return bits == lane.bits;
  // Exponent all ones and the payload's top bit: 0x7fc00000, 0x7ff8000000000000.
  uint64_t quiet = lane_bits == 32 ? 0x7fc00000 : 0x7ff8000000000000;
  uint64_t magnitude = bits & ((uint64_t{1} << (lane_bits - 1)) - 1);
  if (lane.pattern == Lane::Pattern::kCanonicalNan) return magnitude == quiet;
  return (magnitude & quiet) == quiet;
}

bool NumberMatches(const Value& expected, const Actual& actual) {
  if (expected.type != actual.type) return false;
  for (size_t i = 0; i < expected.lanes.size(); ++i) {
    if (!LaneMatches(expected.lanes[i], expected.lane_bits,
                     LaneOf(actual, expected.lane_bits, i))) {
      return false;
    }
  }
  return true;
}

bool IsReference(const Actual& actual) {
  return actual.type != "i32" && actual.type != "i64" && actual.type != "f32" &&
         actual.type != "f64" && actual.type != "v128";
}

}  // namespace

bool Matches(const Value& expected, const Actual& actual) {
  switch (expected.kind) {
    case Value::Kind::kNumber:
      return NumberMatches(expected, actual);
    case Value::Kind::kNull:
      return IsReference(actual) && actual.is_null;
    case Value::Kind::kHostReference:
      return IsReference(actual) && !actual.is_null && actual.host == expected.host;
    case Value::Kind::kAnyReference:
      return actual.type == expected.type && !actual.is_null;
    case Value::Kind::kEither:
      return std::any_of(expected.alternatives.begin(), expected.alternatives.end(),
                         [&](const Value& value) { return Matches(value, actual); });
  }
  return false;
}

std::string ToString(const Actual& actual) {
  if (!IsReference(actual)) {
    return actual.type == "v128" ? absl::StrCat("v128 i64x2 ", actual.bits[0], " ", actual.bits[1])
                                 : absl::StrCat(actual.type, " ", actual.bits[0]);
  }
  if (actual.is_null) return absl::StrCat(actual.type, " null");
  return actual.host ? absl::StrCat(actual.type, " ", *actual.host) : actual.type;
}

}  // namespace wasmtier::spec
