#include "wasmtier/func.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/api/convert_types.h"
#include "engine/api/store_state.h"
#include "engine/api/value_access.h"
#include "runtime/instance.h"
#include "wasmtier/caller.h"

namespace wasmtier {
namespace {

using internal::StoreState;
using internal::ValueAccess;

const runtime::FuncType& TypeOf(const runtime::FunctionReference& function) {
  if (function.host != nullptr) return function.host->type();
  return function.context->instance->module().function_type(function.index);
}

// Checks the arguments and writes them to the frame.
absl::Status WriteArguments(StoreState& store, const runtime::FuncType& type,
                            std::span<const Value> args, uint64_t* slots) {
  if (args.size() != type.params.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected ", type.params.size(), " arguments, found ", args.size()));
  }
  for (size_t i = 0; i < args.size(); ++i) {
    const ValueType param = internal::ToPublic(type.params[i]);
    if (!internal::Fits(&store, param, args[i])) {
      return internal::CheckValue(&store, absl::StrCat("parameter ", i), param, args[i]);
    }
    ValueAccess::Write(args[i], slots);
    slots += param.slots();
  }
  return absl::OkStatus();
}

absl::Status Call(StoreState& store, const runtime::FunctionReference* function,
                  const runtime::FuncType& type, std::span<const Value> args,
                  std::span<Value> results) {
  if (results.size() != type.results.size()) {
    return absl::InvalidArgumentError(absl::StrCat("expected room for ", type.results.size(),
                                                   " results, found ", results.size()));
  }
  uint64_t* frame = internal::NextFrame(store);
  absl::Status status = WriteArguments(store, type, args, frame);
  if (!status.ok()) return status;
  status = internal::CallFunction(store, function, frame);
  if (!status.ok()) return status;
  for (size_t i = 0; i < results.size(); ++i) {
    results[i] = ValueAccess::Read(&store, internal::ToPublic(type.results[i]), frame);
    frame += type.results[i].slots();
  }
  return absl::OkStatus();
}

absl::Status NullFunction() {
  return absl::InvalidArgumentError("the null function reference was called");
}

}  // namespace

FuncType Func::type() const { return internal::ToPublic(TypeOf(*function_)); }

absl::Status Func::Call(std::span<const Value> args, std::span<Value> results) const {
  if (IsNull()) return NullFunction();
  return wasmtier::Call(*store_, function_, TypeOf(*function_), args, results);
}

absl::StatusOr<std::vector<Value>> Func::Call(std::span<const Value> args) const {
  if (IsNull()) return NullFunction();
  const runtime::FuncType& type = TypeOf(*function_);
  std::vector<Value> results(type.results.size());
  absl::Status status = wasmtier::Call(*store_, function_, type, args, std::span<Value>(results));
  if (!status.ok()) return status;
  return results;
}

namespace internal {

uint64_t* NextFrame(StoreState& store) { return store.store->block().next_frame; }

absl::Status ForeignReference() {
  return absl::InvalidArgumentError("a function of another store was passed");
}

absl::Status CheckFuncType(const Func& func, const FuncType& expected) {
  if (func.IsNull()) return absl::InvalidArgumentError("the null function reference has no type");
  const FuncType type = func.type();
  if (type == expected) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("function has type ", ToString(type), ", expected ", ToString(expected)));
}

}  // namespace internal

}  // namespace wasmtier
