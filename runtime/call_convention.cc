#include "runtime/call_convention.h"

namespace wasmtier::runtime {
namespace {

bool InFloatRegisters(ValueType type) {
  const ValueKind kind = type.kind();
  return kind == ValueKind::kF32 || kind == ValueKind::kF64 || kind == ValueKind::kV128;
}

// Hands out places, given how many registers of each class there are.
std::vector<ArgumentPlace> Place(std::span<const ValueType> types, uint32_t integer_registers,
                                 uint32_t float_registers) {
  std::vector<ArgumentPlace> places;
  places.reserve(types.size());
  uint16_t integers = 0;
  uint16_t floats = 0;
  uint16_t slots = 0;
  for (ValueType type : types) {
    if (InFloatRegisters(type) && floats < float_registers) {
      places.push_back({ArgumentPlace::Kind::kFloatRegister, floats++});
    } else if (!InFloatRegisters(type) && integers < integer_registers) {
      places.push_back({ArgumentPlace::Kind::kIntegerRegister, integers++});
    } else {
      if (type.slots() == 2) slots = static_cast<uint16_t>((slots + 1) & ~1);
      places.push_back({ArgumentPlace::Kind::kCallArea, slots});
      slots = static_cast<uint16_t>(slots + type.slots());
    }
  }
  return places;
}

}  // namespace

std::vector<ArgumentPlace> PlaceParameters(std::span<const ValueType> params) {
  return Place(params, kIntegerArgumentRegisters, kFloatArgumentRegisters);
}

std::vector<ArgumentPlace> PlaceResults(std::span<const ValueType> results) {
  if (results.empty()) return {};
  // Only the first result has a register.
  std::vector<ArgumentPlace> places = Place(results.first(1), 1, 1);
  const std::vector<ArgumentPlace> rest = Place(results.subspan(1), 0, 0);
  places.insert(places.end(), rest.begin(), rest.end());
  return places;
}

}  // namespace wasmtier::runtime
