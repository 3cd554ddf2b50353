#include "runtime/host_function.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/activation.h"

namespace wasmtier::runtime {

HostFunction::HostFunction(FuncType type, uint32_t type_id, HostCallback callback)
    : entry_(reinterpret_cast<void*>(&wasmtier_first_host_call)),
      type_(std::move(type)),
      callback_(std::move(callback)),
      frame_slots_(std::max(type_.ParamSlots(), type_.ResultSlots())),
      reference_{.entry = &entry_,
                 .context = nullptr,
                 .state = nullptr,
                 .host = this,
                 .type_id = type_id,
                 .index = 0,
                 .param_slots = static_cast<uint16_t>(type_.ParamSlots()),
                 .result_slots = static_cast<uint16_t>(type_.ResultSlots())} {}

const HostFunction& HostFunction::OfEntry(const std::atomic<void*>* entry) {
  // The slot is the first member.
  return *reinterpret_cast<const HostFunction*>(entry);
}

absl::Status HostFunction::Invoke(VMContext* caller, uint64_t* slots) const {
  // Nothing may be unwound through wasm frames (design §4).
  try {
    return callback_(caller, slots);
  } catch (const std::exception& exception) {
    return absl::InternalError(absl::StrCat("host function threw: ", exception.what()));
  } catch (...) {
    return absl::InternalError("host function threw: an exception of unknown type");
  }
}

}  // namespace wasmtier::runtime
