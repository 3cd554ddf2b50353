#include "engine/cli/invoke.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace wasmtier::cli {
namespace {

// An integer of `bits` bits as its bit pattern.
std::optional<uint64_t> ParseInteger(std::string_view text, int bits) {
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  }
  uint64_t magnitude = 0;
  const char* const end = text.data() + text.size();
  const auto [position, error] = std::from_chars(text.data(), end, magnitude, base);
  if (error != std::errc() || position != end) return std::nullopt;
  const uint64_t sign_bit = uint64_t{1} << (bits - 1);
  const uint64_t most = is_negative ? sign_bit : sign_bit | (sign_bit - 1);
  if (magnitude > most) return std::nullopt;
  const uint64_t pattern = is_negative ? ~magnitude + 1 : magnitude;
  return pattern & (sign_bit | (sign_bit - 1));
}

// strtof or strtod on all of the text.
template <typename Float>
std::optional<Float> ParseFloat(const std::string& text, Float (*parse)(const char*, char**)) {
  char* end = nullptr;
  const Float value = parse(text.c_str(), &end);
  if (text.empty() || end != text.c_str() + text.size()) return std::nullopt;
  return value;
}

// A lane's bit pattern; `kind` is 'i' or 'f'.
std::optional<uint64_t> ParseLane(char kind, int bits, const std::string& text) {
  if (kind == 'i') return ParseInteger(text, bits);
  if (bits == 32) {
    const std::optional<float> value = ParseFloat<float>(text, std::strtof);
    return value ? std::optional<uint64_t>(std::bit_cast<uint32_t>(*value)) : std::nullopt;
  }
  const std::optional<double> value = ParseFloat<double>(text, std::strtod);
  return value ? std::optional(std::bit_cast<uint64_t>(*value)) : std::nullopt;
}

// "i32x4:1,-2,0x3,4": a shape and its lanes, lane 0 first, as in the text format.
std::optional<V128> ParseVector(const std::string& text) {
  static constexpr std::pair<std::string_view, int> kShapes[] = {{"i8x16:", 8},  {"i16x8:", 16},
                                                                 {"i32x4:", 32}, {"i64x2:", 64},
                                                                 {"f32x4:", 32}, {"f64x2:", 64}};
  for (const auto& [shape, bits] : kShapes) {
    if (!text.starts_with(shape)) continue;
    const std::vector<std::string> lanes = absl::StrSplit(text.substr(shape.size()), ',');
    V128 vector{};
    if (lanes.size() * bits != 128) return std::nullopt;
    for (size_t i = 0; i < lanes.size(); ++i) {
      const std::optional<uint64_t> lane = ParseLane(shape[0], bits, lanes[i]);
      if (!lane) return std::nullopt;
      std::memcpy(&vector.bytes[i * bits / 8], &*lane, bits / 8);
    }
    return vector;
  }
  return std::nullopt;
}

std::optional<Value> ParseValue(ValueKind kind, const std::string& text) {
  switch (kind) {
    case ValueKind::kI32:
      if (auto bits = ParseInteger(text, 32)) return Value(static_cast<uint32_t>(*bits));
      break;
    case ValueKind::kI64:
      if (auto bits = ParseInteger(text, 64)) return Value(*bits);
      break;
    case ValueKind::kF32:
      if (auto value = ParseFloat<float>(text, std::strtof)) return Value(*value);
      break;
    case ValueKind::kF64:
      if (auto value = ParseFloat<double>(text, std::strtod)) return Value(*value);
      break;
    case ValueKind::kFuncRef:
    case ValueKind::kExternRef:
      if (text == "null") return Value::Default(kind);
      break;
    case ValueKind::kV128:
      if (auto vector = ParseVector(text)) return Value(*vector);
      break;
    case ValueKind::kOtherRef:
      break;
  }
  return std::nullopt;
}

// The shortest text that reads back as the same number; a NaN has no payload in it.
template <typename Float>
std::string FormatFloat(Float value) {
  if (std::isnan(value)) return std::signbit(value) ? "-nan" : "nan";
  char text[64];
  return std::string(text, std::to_chars(text, text + sizeof(text), value).ptr);
}

}  // namespace

absl::StatusOr<std::vector<Value>> ParseArguments(const FuncType& type,
                                                  std::span<const std::string> args) {
  if (args.size() != type.params.size()) {
    return absl::InvalidArgumentError(absl::StrCat("the function has type ", ToString(type),
                                                   ": it takes ", type.params.size(),
                                                   " arguments, found ", args.size()));
  }
  std::vector<Value> values;
  for (size_t i = 0; i < args.size(); ++i) {
    std::optional<Value> value = ParseValue(type.params[i].kind(), args[i]);
    if (!value) {
      return absl::InvalidArgumentError(absl::StrCat("argument ", i + 1, ": not of type ",
                                                     ToString(type.params[i]), ": ", args[i]));
    }
    values.push_back(*value);
  }
  return values;
}

std::string FormatResult(const Value& value) {
  if (value.IsNullRef()) return "null";
  switch (value.kind()) {
    case ValueKind::kI32:
      return absl::StrCat(value.i32());
    case ValueKind::kI64:
      return absl::StrCat(value.i64());
    case ValueKind::kF32:
      return FormatFloat(value.f32());
    case ValueKind::kF64:
      return FormatFloat(value.f64());
    case ValueKind::kV128: {
      std::array<uint32_t, 4> lanes;
      const V128 vector = value.v128();
      std::memcpy(lanes.data(), vector.bytes, sizeof(lanes));
      return absl::StrFormat("i32x4:0x%08x,0x%08x,0x%08x,0x%08x", lanes[0], lanes[1], lanes[2],
                             lanes[3]);
    }
    default:
      return ToString(value);
  }
}

}  // namespace wasmtier::cli
