#include "runtime/call_convention.h"

namespace wasmtier::runtime {
namespace {

// Hands out places, given how many registers of each class there are.
std::vector<ArgumentPlace> Place(std::span<const ValueType> types, uint32_t integer_registers,
                                 uint32_t float_registers) {
  std::vector<ArgumentPlace> places;
  places.reserve(types.size());
  ArgumentPlacer placer(integer_registers, float_registers);
  for (ValueType type : types) places.push_back(placer.Next(type));
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
