#ifndef WASMTIER_RUNTIME_MODEL_FEATURES_H_
#define WASMTIER_RUNTIME_MODEL_FEATURES_H_

#include <cstdint>
#include <string>
#include <vector>

namespace wasmtier::runtime {

enum class Feature : uint8_t {
#define WASM_FEATURE(Name, text, executable) k##Name,
#include "runtime/model/features.def"
#undef WASM_FEATURE
};

const char* ToString(Feature feature);

// A set of features: what a module uses, or what may be used.
class FeatureSet {
 public:
  constexpr FeatureSet() = default;
  // Features that some tier executes.
  static FeatureSet Executable();

  constexpr void Add(Feature feature) { bits_ |= Bit(feature); }
  constexpr void AddAll(FeatureSet other) { bits_ |= other.bits_; }
  constexpr bool Has(Feature feature) const { return (bits_ & Bit(feature)) != 0; }
  constexpr FeatureSet Without(FeatureSet other) const {
    FeatureSet result;
    result.bits_ = bits_ & ~other.bits_;
    return result;
  }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr bool operator==(const FeatureSet&) const = default;
  std::vector<Feature> List() const;

 private:
  static constexpr uint64_t Bit(Feature feature) {
    return uint64_t{1} << static_cast<int>(feature);
  }
  uint64_t bits_ = 0;
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_MODEL_FEATURES_H_
