#include "runtime/model/features.h"

namespace wasmtier::runtime {
namespace {

struct FeatureRow {
  const char* text;
  bool executable;
};

constexpr FeatureRow kFeatures[] = {
#define WASM_FEATURE(Name, text, executable) {text, executable},
#include "runtime/model/features.def"
#undef WASM_FEATURE
};
constexpr int kFeatureCount = sizeof kFeatures / sizeof kFeatures[0];
static_assert(kFeatureCount <= 64, "a FeatureSet has 64 bits");

}  // namespace

const char* ToString(Feature feature) { return kFeatures[static_cast<int>(feature)].text; }

FeatureSet FeatureSet::Executable() {
  FeatureSet set;
  for (int i = 0; i < kFeatureCount; ++i) {
    if (kFeatures[i].executable) set.Add(static_cast<Feature>(i));
  }
  return set;
}

std::vector<Feature> FeatureSet::List() const {
  std::vector<Feature> features;
  for (int i = 0; i < kFeatureCount; ++i) {
    if (Has(static_cast<Feature>(i))) features.push_back(static_cast<Feature>(i));
  }
  return features;
}

}  // namespace wasmtier::runtime
