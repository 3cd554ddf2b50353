#include "wasmtier/value.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/api/convert_types.h"
#include "engine/api/value_access.h"
#include "wasmtier/func.h"

namespace wasmtier {

Value::Value(const Func& function)
    : kind_(ValueKind::kFuncRef),
      words_{reinterpret_cast<uint64_t>(internal::FuncAccess::function(function)),
             reinterpret_cast<uint64_t>(internal::FuncAccess::store(function))} {}

Func Value::func() const {
  const uint64_t function = Word(ValueKind::kFuncRef);
  if (function == 0) return Func();
  return internal::FuncAccess::Make(reinterpret_cast<internal::StoreState*>(words_[1]),
                                    reinterpret_cast<const runtime::FunctionReference*>(function));
}

std::string ToString(const Value& value) {
  std::string text = absl::StrCat(ToString(value.kind()), ":");
  if (value.IsNullRef()) return text + "null";
  switch (value.kind()) {
    case ValueKind::kI32:
      absl::StrAppend(&text, value.i32());
      break;
    case ValueKind::kI64:
      absl::StrAppend(&text, value.i64());
      break;
    case ValueKind::kF32:
      absl::StrAppendFormat(&text, "%.9g", value.f32());
      break;
    case ValueKind::kF64:
      absl::StrAppendFormat(&text, "%.17g", value.f64());
      break;
    case ValueKind::kV128:
      text += "0x";
      for (uint8_t byte : value.v128().bytes) absl::StrAppendFormat(&text, "%02x", byte);
      break;
    case ValueKind::kExternRef:
      absl::StrAppendFormat(&text, "0x%x", reinterpret_cast<uint64_t>(value.externref()));
      break;
    case ValueKind::kFuncRef:
    case ValueKind::kOtherRef:
      text += "non-null";
      break;
  }
  return text;
}

namespace internal {

ValueKind KindOfValues(ValueType type) {
  if (type.kind() != ValueKind::kOtherRef) return type.kind();
  switch (ToRuntime(type).heap()) {
    case runtime::HeapKind::kFunc:
    case runtime::HeapKind::kNoFunc:
    case runtime::HeapKind::kIndex:
      return ValueKind::kFuncRef;
    case runtime::HeapKind::kExtern:
    case runtime::HeapKind::kNoExtern:
      return ValueKind::kExternRef;
    default:
      return ValueKind::kOtherRef;
  }
}

// Non-nullable references to any function or to any of the embedder's objects take what is not
// null. References to one function type take nothing: call_ref does not check what the host would
// claim.
bool IsOtherRef(ValueType type, const Value& value) {
  const runtime::HeapKind heap = ToRuntime(type).heap();
  const bool is_any = heap == runtime::HeapKind::kFunc || heap == runtime::HeapKind::kExtern;
  return is_any && value.kind() == KindOfValues(type) && !value.IsNullRef();
}

absl::Status CheckValue(const StoreState* store, const std::string& what, ValueType expected,
                        const Value& value) {
  if (!HasType(value, expected)) {
    return absl::InvalidArgumentError(
        absl::StrCat(what, ": expected ", ToString(expected), ", found ", ToString(value.kind())));
  }
  if (!ValueAccess::BelongsTo(value, store)) {
    return absl::InvalidArgumentError(absl::StrCat(what, ": function of another store"));
  }
  return absl::OkStatus();
}

}  // namespace internal

}  // namespace wasmtier
