// How C++ types travel in the 8-byte slots of a raw call. Not part of the API: names in `internal`
// may change.
#ifndef WASMTIER_INTERNAL_SLOTS_H_
#define WASMTIER_INTERNAL_SLOTS_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "wasmtier/types.h"
#include "wasmtier/value.h"

namespace wasmtier::runtime {
struct FunctionReference;
}

namespace wasmtier::internal {

struct StoreState;

// Where the arguments of a call from the host go: above all frames of the store.
uint64_t* NextFrame(StoreState& store);
// Calls with arguments at frame[0...]; if OK, the results are there.
absl::Status CallFunction(StoreState& store, const runtime::FunctionReference* function,
                          uint64_t* frame);
// InvalidArgument: a Func of another store was given.
absl::Status ForeignReference();

// Specialized for each C++ type that can be a parameter or result; for Func in func.h.
template <typename T>
struct SlotTraits;

template <typename T, ValueKind kKindOfT>
struct ScalarTraits {
  static constexpr ValueKind kKind = kKindOfT;
  static constexpr uint32_t kSlots = 1;
  static bool BelongsTo(const StoreState*, const T&) { return true; }
};

template <>
struct SlotTraits<int32_t> : ScalarTraits<int32_t, ValueKind::kI32> {
  static void Write(uint64_t* slot, int32_t value) { *slot = static_cast<uint32_t>(value); }
  static int32_t Read(StoreState*, const uint64_t* slot) { return static_cast<int32_t>(*slot); }
};
template <>
struct SlotTraits<uint32_t> : ScalarTraits<uint32_t, ValueKind::kI32> {
  static void Write(uint64_t* slot, uint32_t value) { *slot = value; }
  static uint32_t Read(StoreState*, const uint64_t* slot) { return static_cast<uint32_t>(*slot); }
};
template <>
struct SlotTraits<int64_t> : ScalarTraits<int64_t, ValueKind::kI64> {
  static void Write(uint64_t* slot, int64_t value) { *slot = static_cast<uint64_t>(value); }
  static int64_t Read(StoreState*, const uint64_t* slot) { return static_cast<int64_t>(*slot); }
};
template <>
struct SlotTraits<uint64_t> : ScalarTraits<uint64_t, ValueKind::kI64> {
  static void Write(uint64_t* slot, uint64_t value) { *slot = value; }
  static uint64_t Read(StoreState*, const uint64_t* slot) { return *slot; }
};
template <>
struct SlotTraits<float> : ScalarTraits<float, ValueKind::kF32> {
  static void Write(uint64_t* slot, float value) { *slot = std::bit_cast<uint32_t>(value); }
  static float Read(StoreState*, const uint64_t* slot) {
    return std::bit_cast<float>(static_cast<uint32_t>(*slot));
  }
};
template <>
struct SlotTraits<double> : ScalarTraits<double, ValueKind::kF64> {
  static void Write(uint64_t* slot, double value) { *slot = std::bit_cast<uint64_t>(value); }
  static double Read(StoreState*, const uint64_t* slot) { return std::bit_cast<double>(*slot); }
};
template <>
struct SlotTraits<V128> : ScalarTraits<V128, ValueKind::kV128> {
  static constexpr uint32_t kSlots = 2;
  static void Write(uint64_t* slot, const V128& value) { std::memcpy(slot, value.bytes, 16); }
  static V128 Read(StoreState*, const uint64_t* slot) {
    V128 value;
    std::memcpy(value.bytes, slot, 16);
    return value;
  }
};
template <>
struct SlotTraits<void*> : ScalarTraits<void*, ValueKind::kExternRef> {
  static void Write(uint64_t* slot, void* value) { *slot = reinterpret_cast<uint64_t>(value); }
  static void* Read(StoreState*, const uint64_t* slot) { return reinterpret_cast<void*>(*slot); }
};
// A list of types one after another in slots.
template <typename... Ts>
struct SlotList {
  static constexpr uint32_t kCount = sizeof...(Ts);

  static std::vector<ValueType> Types() { return {ValueType(SlotTraits<Ts>::kKind)...}; }
  static bool BelongTo(const StoreState* store, const Ts&... values) {
    return (SlotTraits<Ts>::BelongsTo(store, values) && ...);
  }
  static void Write(uint64_t* slots, const Ts&... values) {
    ((SlotTraits<Ts>::Write(slots, values), slots += SlotTraits<Ts>::kSlots), ...);
  }
  static std::tuple<Ts...> Read(StoreState* store, const uint64_t* slots) {
    // Braces order the evaluation from left to right.
    return std::tuple<Ts...>{ReadNext<Ts>(store, slots)...};
  }

 private:
  template <typename T>
  static T ReadNext(StoreState* store, const uint64_t*& slots) {
    const uint64_t* slot = slots;
    slots += SlotTraits<T>::kSlots;
    return SlotTraits<T>::Read(store, slot);
  }
};

// The results of a C++ return type: none for void, several for a tuple.
template <typename R>
struct ResultTraits {
  using List = SlotList<R>;
  static R Read(StoreState* store, const uint64_t* slots) {
    return SlotTraits<R>::Read(store, slots);
  }
  static bool BelongTo(const StoreState* store, const R& value) {
    return List::BelongTo(store, value);
  }
  static void Write(uint64_t* slots, const R& value) { List::Write(slots, value); }
};
template <>
struct ResultTraits<void> {
  using List = SlotList<>;
};
template <typename... Rs>
struct ResultTraits<std::tuple<Rs...>> {
  using List = SlotList<Rs...>;
  static std::tuple<Rs...> Read(StoreState* store, const uint64_t* slots) {
    return List::Read(store, slots);
  }
  static bool BelongTo(const StoreState* store, const std::tuple<Rs...>& values) {
    return std::apply([&](const Rs&... value) { return List::BelongTo(store, value...); }, values);
  }
  static void Write(uint64_t* slots, const std::tuple<Rs...>& values) {
    std::apply([&](const Rs&... value) { List::Write(slots, value...); }, values);
  }
};

}  // namespace wasmtier::internal

#endif  // WASMTIER_INTERNAL_SLOTS_H_
