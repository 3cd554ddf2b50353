#include "test/differential/operations.h"

#include <map>
#include <string_view>

namespace wasmtier::test {
namespace {

using decode::Opcode;
using decode::Shape;

struct Lists {
  std::map<char, std::vector<Operation>> numeric;
  std::map<char, std::vector<Operation>> arithmetic;
  std::map<char, std::vector<Operation>> comparisons;
  std::map<char, std::vector<Operation>> loads;
  std::vector<Operation> stores;
};

char Letter(runtime::ValueType type) {
  if (type == runtime::kI32) return 'i';
  if (type == runtime::kI64) return 'l';
  if (type == runtime::kF32) return 'f';
  return type == runtime::kF64 ? 'd' : 'v';
}

// Arithmetic on float lanes leaves the bits of NaNs open; what only moves lanes does not.
int NanLaneBits(const decode::OpcodeInfo& info) {
  const std::string_view name = info.name;
  const bool computes = info.shape == Shape::kVectorUnary || info.shape == Shape::kVectorBinary ||
                        info.shape == Shape::kVectorTernary;
  if (!computes || name.front() != 'f') return 0;
  return name.starts_with("f32x4") ? 32 : 64;
}

Operation Describe(Opcode opcode) {
  const decode::OpcodeInfo& info = decode::Info(opcode);
  const std::string_view name = info.name;
  Operation operation;
  operation.opcode = opcode;
  for (int i = 0; i < info.signature.param_count; ++i) {
    const bool is_address = i == 0 && info.signature.has_address;
    operation.params += is_address ? 'a' : Letter(info.signature.params[i]);
  }
  const bool is_integer = name.front() == 'i';
  operation.may_divide_by_zero = is_integer && (name.find(".div_") != std::string_view::npos ||
                                                name.find(".rem_") != std::string_view::npos);
  operation.may_overflow = is_integer && name.find(".trunc_f") != std::string_view::npos;
  operation.shows_nan = name.find("reinterpret_f") != std::string_view::npos ||
                        name.find("copysign") != std::string_view::npos ||
                        info.shape == Shape::kStore || info.shape == Shape::kVectorSplat ||
                        info.shape == Shape::kVectorReplaceLane;
  if (info.signature.result == runtime::kV128) operation.nan_lane_bits = NanLaneBits(info);
  return operation;
}

// Whether the opcode takes or gives a v128.
bool IsVector(const decode::OpcodeInfo& info) {
  return info.feature == runtime::Feature::kSimd || info.feature == runtime::Feature::kRelaxedSimd;
}

Lists MakeLists(bool vectors) {
  Lists lists;
  const runtime::FeatureSet executable = runtime::FeatureSet::Executable();
  for (int i = 0; i < decode::kOpcodeCount; ++i) {
    const auto opcode = static_cast<Opcode>(i);
    const decode::OpcodeInfo& info = decode::Info(opcode);
    if (!executable.Has(info.feature) || (IsVector(info) && !vectors)) continue;
    const char result = Letter(info.signature.result);
    switch (info.shape) {
      case Shape::kBinary:
      case Shape::kVectorBinary:
        lists.arithmetic[result].push_back(Describe(opcode));
        [[fallthrough]];
      case Shape::kUnary:
      case Shape::kTest:
      case Shape::kConvert:
      case Shape::kVectorUnary:
      case Shape::kVectorTernary:
      case Shape::kVectorShift:
      case Shape::kVectorTest:
      case Shape::kVectorSplat:
      case Shape::kVectorExtractLane:
      case Shape::kVectorReplaceLane:
      case Shape::kVectorShuffle:
        lists.numeric[result].push_back(Describe(opcode));
        break;
      case Shape::kCompare:
        lists.numeric[result].push_back(Describe(opcode));
        lists.comparisons[Letter(info.signature.params[0])].push_back(Describe(opcode));
        break;
      case Shape::kLoad:
      case Shape::kVectorLoad:
      case Shape::kVectorLoadLane:
        lists.loads[result].push_back(Describe(opcode));
        break;
      case Shape::kStore:
      case Shape::kVectorStore:
      case Shape::kVectorStoreLane:
        lists.stores.push_back(Describe(opcode));
        break;
      default:
        break;
    }
  }
  return lists;
}

const Lists& AllLists(bool vectors) {
  static const auto* const scalar = new Lists(MakeLists(false));
  static const auto* const all = new Lists(MakeLists(true));
  return vectors ? *all : *scalar;
}

}  // namespace

const std::vector<Operation>& OperationsFor(char result, bool vectors) {
  return AllLists(vectors).numeric.at(result);
}
const std::vector<Operation>& ArithmeticFor(char result, bool vectors) {
  return AllLists(vectors).arithmetic.at(result);
}
const std::vector<Operation>& ComparisonsOf(char param) {
  return AllLists(false).comparisons.at(param);
}
const std::vector<Operation>& LoadsFor(char result) { return AllLists(true).loads.at(result); }
const std::vector<Operation>& Stores(bool vectors) { return AllLists(vectors).stores; }

}  // namespace wasmtier::test
