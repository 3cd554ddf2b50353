// Host functions: from the public forms to the runtime's raw one.
#include "engine/api/host_function.h"

#include <string>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "engine/api/convert_types.h"
#include "engine/api/value_access.h"
#include "wasmtier/caller.h"

namespace wasmtier {
namespace internal {

const runtime::HostFunction* NewHostFunction(StoreState& state, const FuncType& type,
                                             RawCallback callback) {
  return state.store->NewHostFunction(
      ToRuntime(type),
      [&state, callback = std::move(callback)](runtime::VMContext* context, uint64_t* slots) {
        Caller caller =
            CallerAccess::Make(&state, context == nullptr ? nullptr : context->instance);
        return callback(caller, slots);
      });
}

RawCallback MakeRaw(FuncType type, DynamicCallback callback) {
  return [type = std::move(type), callback = std::move(callback)](Caller& caller,
                                                                  uint64_t* slots) -> absl::Status {
    StoreState* store = CallerAccess::store(caller);
    absl::InlinedVector<Value, 8> args;
    const uint64_t* arg = slots;
    for (ValueType param : type.params) {
      args.push_back(ValueAccess::Read(store, param, arg));
      arg += param.slots();
    }
    absl::InlinedVector<Value, 2> results;
    for (ValueType result : type.results) results.push_back(Value::Default(result.kind()));
    absl::Status status = callback(caller, std::span<const Value>(args.data(), args.size()),
                                   std::span<Value>(results.data(), results.size()));
    if (!status.ok()) return status;
    for (size_t i = 0; i < results.size(); ++i) {
      if (!Fits(store, type.results[i], results[i])) {
        return CheckValue(store, absl::StrCat("result ", i), type.results[i], results[i]);
      }
    }
    for (const Value& result : results) {
      ValueAccess::Write(result, slots);
      slots += ValueType(result.kind()).slots();
    }
    return absl::OkStatus();
  };
}

}  // namespace internal

Func Func::Raw(Store& store, const FuncType& type, RawCallback callback) {
  internal::StoreState& state = internal::StoreAccess::state(store);
  return Func(&state, &internal::NewHostFunction(state, type, std::move(callback))->reference());
}

Func Func::Dynamic(Store& store, const FuncType& type, DynamicCallback callback) {
  return Raw(store, type, internal::MakeRaw(type, std::move(callback)));
}

}  // namespace wasmtier
