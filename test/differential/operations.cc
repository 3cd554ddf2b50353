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
                        info.shape == Shape::kStore;
  return operation;
}

Lists MakeLists() {
  Lists lists;
  const runtime::FeatureSet executable = runtime::FeatureSet::Executable();
  for (int i = 0; i < decode::kOpcodeCount; ++i) {
    const auto opcode = static_cast<Opcode>(i);
    const decode::OpcodeInfo& info = decode::Info(opcode);
    if (!executable.Has(info.feature)) continue;
    const char result = Letter(info.signature.result);
    switch (info.shape) {
      case Shape::kBinary:
        lists.arithmetic[result].push_back(Describe(opcode));
        [[fallthrough]];
      case Shape::kUnary:
      case Shape::kTest:
      case Shape::kConvert:
        lists.numeric[result].push_back(Describe(opcode));
        break;
      case Shape::kCompare:
        lists.numeric[result].push_back(Describe(opcode));
        lists.comparisons[Letter(info.signature.params[0])].push_back(Describe(opcode));
        break;
      case Shape::kLoad:
        lists.loads[result].push_back(Describe(opcode));
        break;
      case Shape::kStore:
        lists.stores.push_back(Describe(opcode));
        break;
      default:
        break;
    }
  }
  return lists;
}

const Lists& AllLists() {
  static const auto* lists = new Lists(MakeLists());
  return *lists;
}

}  // namespace

const std::vector<Operation>& OperationsFor(char result) { return AllLists().numeric.at(result); }
const std::vector<Operation>& ArithmeticFor(char result) {
  return AllLists().arithmetic.at(result);
}
const std::vector<Operation>& ComparisonsOf(char param) { return AllLists().comparisons.at(param); }
const std::vector<Operation>& LoadsFor(char result) { return AllLists().loads.at(result); }
const std::vector<Operation>& Stores() { return AllLists().stores; }

}  // namespace wasmtier::test
