#include "runtime/model/type_reader.h"

#include <optional>

#include "absl/strings/str_cat.h"

namespace wasmtier::runtime {
namespace {

constexpr uint8_t kNullableReference = 0x63;
constexpr uint8_t kReference = 0x64;
constexpr uint8_t kI16Code = 0x77;
constexpr uint8_t kI8Code = 0x78;

std::optional<HeapKind> AbstractHeapType(uint8_t code) {
  switch (code) {
    case 0x69:
      return HeapKind::kExn;
    case 0x6a:
      return HeapKind::kArray;
    case 0x6b:
      return HeapKind::kStruct;
    case 0x6c:
      return HeapKind::kI31;
    case 0x6d:
      return HeapKind::kEq;
    case 0x6e:
      return HeapKind::kAny;
    case 0x6f:
      return HeapKind::kExtern;
    case 0x70:
      return HeapKind::kFunc;
    case 0x71:
      return HeapKind::kNone;
    case 0x72:
      return HeapKind::kNoExtern;
    case 0x73:
      return HeapKind::kNoFunc;
    case 0x74:
      return HeapKind::kNoExn;
    default:
      return std::nullopt;
  }
}

void AddFeatures(HeapKind heap, FeatureSet& features) {
  switch (heap) {
    case HeapKind::kFunc:  // from the start, as the type of tables
      break;
    case HeapKind::kExtern:
      features.Add(Feature::kReferenceTypes);
      break;
    case HeapKind::kExn:
    case HeapKind::kNoExn:
      features.Add(Feature::kExceptions);
      break;
    case HeapKind::kIndex:
      features.Add(Feature::kFunctionReferences);
      break;
    default:
      features.Add(Feature::kGc);
  }
}

std::optional<ValueKind> NumberOrVectorType(uint8_t code) {
  switch (code) {
    case 0x7f:
      return ValueKind::kI32;
    case 0x7e:
      return ValueKind::kI64;
    case 0x7d:
      return ValueKind::kF32;
    case 0x7c:
      return ValueKind::kF64;
    case 0x7b:
      return ValueKind::kV128;
    default:
      return std::nullopt;
  }
}

// The reference type that begins with `code`, which is read; no value when none does.
std::optional<ValueType> ReferenceTypeFrom(uint8_t code, ByteReader& reader, uint32_t type_count,
                                           FeatureSet& features) {
  if (code == kNullableReference || code == kReference) {
    features.Add(Feature::kFunctionReferences);
    return ReadHeapType(reader, code == kNullableReference, type_count, features);
  }
  const std::optional<HeapKind> heap = AbstractHeapType(code);
  if (!heap) return std::nullopt;
  AddFeatures(*heap, features);
  return ValueType::Ref(*heap, true);
}

}  // namespace

ValueType ReadHeapType(ByteReader& reader, bool nullable, uint32_t type_count,
                       FeatureSet& features) {
  const uint32_t start = reader.offset();
  if (const std::optional<HeapKind> heap = AbstractHeapType(reader.Peek())) {
    reader.Byte();
    AddFeatures(*heap, features);
    return ValueType::Ref(*heap, nullable);
  }
  const int64_t index = reader.S33();
  if (!reader.ok()) return kBottom;
  if (index < 0) {
    reader.FailAt(start, "malformed heap type");
    return kBottom;
  }
  if (index >= type_count) {
    reader.FailAt(start, absl::StrCat("unknown type ", index));
    return kBottom;
  }
  AddFeatures(HeapKind::kIndex, features);
  return ValueType::Ref(HeapKind::kIndex, nullable, static_cast<uint32_t>(index));
}

ValueType ReadReferenceType(ByteReader& reader, uint32_t type_count, FeatureSet& features) {
  const uint32_t start = reader.offset();
  const uint8_t code = reader.Byte();
  const std::optional<ValueType> type = ReferenceTypeFrom(code, reader, type_count, features);
  if (!type) reader.FailAt(start, "malformed reference type");
  return type.value_or(kBottom);
}

ValueType ReadValueType(ByteReader& reader, uint32_t type_count, FeatureSet& features) {
  const uint32_t start = reader.offset();
  const uint8_t code = reader.Byte();
  if (const std::optional<ValueKind> kind = NumberOrVectorType(code)) {
    if (*kind == ValueKind::kV128) features.Add(Feature::kSimd);
    return *kind;
  }
  const std::optional<ValueType> type = ReferenceTypeFrom(code, reader, type_count, features);
  if (!type) reader.FailAt(start, absl::StrCat("malformed value type 0x", absl::Hex(code)));
  return type.value_or(kBottom);
}

ValueType ReadStorageType(ByteReader& reader, uint32_t type_count, FeatureSet& features) {
  if (reader.Peek() == kI8Code || reader.Peek() == kI16Code) {
    return reader.Byte() == kI8Code ? ValueKind::kI8 : ValueKind::kI16;
  }
  return ReadValueType(reader, type_count, features);
}

}  // namespace wasmtier::runtime
