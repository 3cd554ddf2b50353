#include "engine/cli/invoke.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

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
  return bits == 64 ? pattern : pattern & 0xffffffff;
}

// strtof or strtod on all of the text.
template <typename Float>
std::optional<Float> ParseFloat(const std::string& text, Float (*parse)(const char*, char**)) {
  char* end = nullptr;
  const Float value = parse(text.c_str(), &end);
  if (text.empty() || end != text.c_str() + text.size()) return std::nullopt;
  return value;
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
    default:
      return ToString(value);
  }
}

}  // namespace wasmtier::cli
