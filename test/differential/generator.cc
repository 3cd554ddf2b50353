#include "test/differential/generator.h"

#include <iterator>
#include <span>

#include "test/differential/constants.h"
#include "test/differential/function_generator.h"
#include "test/differential/plan.h"
#include "test/support/module_builder.h"

namespace wasmtier::test {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr char kScalars[] = {'i', 'l', 'f', 'd'};
constexpr uint8_t kMemoryPages = 1;

char ScalarOrVector(Choices& choices, bool vectors) {
  return vectors && choices.OneIn(4) ? 'v' : choices.Of(kScalars);
}

std::string Types(Choices& choices, uint32_t most, bool vectors) {
  std::string types;
  for (uint32_t i = choices.Below(most + 1); i > 0; --i) {
    types += choices.OneIn(16) ? (choices.OneIn(2) ? 'e' : 'r') : ScalarOrVector(choices, vectors);
  }
  return types;
}

// Few result lists, so that many functions can end in tail calls of each other.
std::vector<Signature> Signatures(Choices& choices, bool vectors) {
  std::vector<std::string> results = {"i", "", vectors ? "v" : "d", "l"};
  results.push_back(Types(choices, 3, vectors));
  results.push_back(Types(choices, 6, vectors));
  std::vector<Signature> signatures = {{"", ""}, {"i", "i"}};
  for (int i = 0; i < 7; ++i) {
    const bool many = choices.OneIn(3);
    signatures.push_back({Types(choices, many ? 24 : 4, vectors), choices.Of(results)});
  }
  return signatures;
}

Plan FirstPlan(Choices& choices) {
  Plan plan;
  plan.danger = static_cast<Danger>(choices.Below(3));
  plan.vectors = choices.OneIn(2);
  plan.types = Signatures(choices, plan.vectors);
  // The embedder's functions.
  const auto types = static_cast<uint32_t>(plan.types.size());
  for (uint32_t i = choices.Below(4); i > 0; --i) plan.functions.push_back({choices.Below(types)});
  plan.imported_functions = static_cast<uint32_t>(plan.functions.size());
  for (uint32_t i = 2 + choices.Below(6); i > 0; --i) {
    plan.functions.push_back({choices.Below(types), choices.OneIn(3)});
  }
  plan.globals.push_back({'i', true});
  for (uint32_t i = choices.Below(6); i > 0; --i) {
    plan.globals.push_back({ScalarOrVector(choices, plan.vectors), !choices.OneIn(5)});
  }
  for (uint32_t i = 1 + choices.OneIn(6); i > 0; --i) plan.memories.push_back(choices.OneIn(6));
  return plan;
}

// The second module imports all functions, globals, memories and the table of the first.
Plan SecondPlan(Choices& choices, const Plan& first) {
  Plan plan = first;
  plan.imported_functions = static_cast<uint32_t>(plan.functions.size());
  const auto types = static_cast<uint32_t>(plan.types.size());
  for (uint32_t i = 1 + choices.Below(5); i > 0; --i) {
    plan.functions.push_back({choices.Below(types), choices.OneIn(3)});
  }
  return plan;
}

void FillTable(Choices& choices, Plan& plan) {
  const auto functions = static_cast<uint32_t>(plan.functions.size());
  for (int i = 0; i < kTableSize; ++i) {
    plan.table.push_back(choices.OneIn(8) ? -1 : static_cast<int32_t>(choices.Below(functions)));
  }
}

// Writes a planned module whose bodies are generated.
class ModuleWriter {
 public:
  // `first`: the plan of the module to import from; null for the first module.
  ModuleWriter(Choices& choices, Plan& plan, const Plan* first)
      : choices_(choices), plan_(plan), first_(first) {}

  Bytes Write() {
    Code code;  // before the types: bodies add some
    code.U64(defined_count() + (first_ == nullptr ? 1 : 0));
    for (uint32_t i = plan_.imported_functions; i < plan_.functions.size(); ++i) {
      AddBody(code, GenerateFunction(choices_, plan_, i));
    }
    if (first_ == nullptr) AddBody(code, Refuel());
    const uint32_t refuel_type = plan_.TypeIndex({"", ""});

    out_ = {0, 'a', 's', 'm', 1, 0, 0, 0};
    Section(1, TypeSection());
    Section(2, ImportSection());
    Code functions;
    functions.U64(defined_count() + (first_ == nullptr ? 1 : 0));
    for (uint32_t i = plan_.imported_functions; i < plan_.functions.size(); ++i) {
      functions.U64(plan_.functions[i].type);
    }
    if (first_ == nullptr) functions.U64(refuel_type);
    Section(3, functions);
    if (first_ == nullptr) {
      Section(4, Code().U64(1).Raw({0x70, 0}).U64(kTableSize));
      Section(5, MemorySection());
      Section(6, GlobalSection());
    }
    Section(7, ExportSection());
    Section(9, ElementSection());
    Section(12, Code().U64(first_ == nullptr ? 2 : 1));
    Section(10, code);
    Section(11, DataSection());
    return std::move(out_);
  }

 private:
  uint32_t defined_count() const {
    return static_cast<uint32_t>(plan_.functions.size()) - plan_.imported_functions;
  }

  void Section(uint8_t id, const Code& contents) {
    out_.push_back(id);
    const Bytes size = Code().U64(contents.bytes().size()).bytes();
    out_.insert(out_.end(), size.begin(), size.end());
    out_.insert(out_.end(), contents.bytes().begin(), contents.bytes().end());
  }

  static void AddBody(Code& code, const Bytes& body) { code.U64(body.size()).Raw(body); }

  static Bytes Refuel() {
    Code code;
    code.Raw({0}).I32Const(kFuel).Op(decode::Opcode::kGlobalSet, kFuelGlobal).End();
    return code.bytes();
  }

  static Code& Name(Code& code, const std::string& name) {
    code.U64(name.size());
    return code.Raw(Bytes(name.begin(), name.end()));
  }

  Code TypeSection() const {
    Code code;
    code.U64(plan_.types.size());
    for (const Signature& type : plan_.types) {
      code.Raw({0x60}).U64(type.params.size());
      for (char param : type.params) code.Raw({TypeByte(param)});
      code.U64(type.results.size());
      for (char result : type.results) code.Raw({TypeByte(result)});
    }
    return code;
  }

  Code ImportSection() const {
    Code code;
    if (first_ == nullptr) {
      code.U64(plan_.imported_functions);
      for (uint32_t i = 0; i < plan_.imported_functions; ++i) {
        Name(Name(code, "env"), "host" + std::to_string(i)).Raw({0}).U64(plan_.functions[i].type);
      }
      return code;
    }
    code.U64(plan_.imported_functions + plan_.globals.size() + plan_.memories.size() + 1);
    for (uint32_t i = 0; i < plan_.imported_functions; ++i) {
      Name(Name(code, "m0"), "f" + std::to_string(i)).Raw({0}).U64(plan_.functions[i].type);
    }
    Name(Name(code, "m0"), "table").Raw({1, 0x70, 0}).U64(kTableSize);
    for (uint32_t i = 0; i < plan_.memories.size(); ++i) {
      Name(Name(code, "m0"), "memory" + std::to_string(i)).Raw({2});
      Memory(code, plan_.memories[i]);
    }
    for (uint32_t i = 0; i < plan_.globals.size(); ++i) {
      Name(Name(code, "m0"), "g" + std::to_string(i)).Raw({3});
      Global(code, plan_.globals[i]);
    }
    return code;
  }

  static void Memory(Code& code, bool is_64) { code.Raw({is_64 ? 5 : 1, kMemoryPages, 4}); }
  static void Global(Code& code, const PlannedGlobal& global) {
    code.Raw({TypeByte(global.type), global.is_mutable ? 1 : 0});
  }

  Code MemorySection() const {
    Code code;
    code.U64(plan_.memories.size());
    for (bool is_64 : plan_.memories) Memory(code, is_64);
    return code;
  }

  Code GlobalSection() {
    Code code;
    code.U64(plan_.globals.size());
    for (uint32_t i = 0; i < plan_.globals.size(); ++i) {
      Global(code, plan_.globals[i]);
      if (i == kFuelGlobal) {
        code.I32Const(kFuel);
      } else {
        AppendConstant(choices_, code, plan_.globals[i].type);
      }
      code.End();
    }
    return code;
  }

  // Functions keep their names in every module; the first module's globals, memories and table are
  // exported too.
  Code ExportSection() const {
    Code code;
    const auto functions = static_cast<uint32_t>(plan_.functions.size());
    if (first_ != nullptr) {
      code.U64(defined_count());
    } else {
      code.U64(functions + 1 + plan_.globals.size() + plan_.memories.size() + 1);
      Name(code, "refuel").Raw({0}).U64(functions);
      Name(code, "table").Raw({1, 0});
      for (uint32_t i = 0; i < plan_.memories.size(); ++i) {
        Name(code, "memory" + std::to_string(i)).Raw({2}).U64(i);
      }
      for (uint32_t i = 0; i < plan_.globals.size(); ++i) {
        Name(code, "g" + std::to_string(i)).Raw({3}).U64(i);
      }
    }
    for (uint32_t i = first_ == nullptr ? 0 : plan_.imported_functions; i < functions; ++i) {
      Name(code, "f" + std::to_string(i)).Raw({0}).U64(i);
    }
    return code;
  }

  Code ElementSection() const {
    Code code;
    uint32_t segments = 1;
    for (int32_t function : plan_.table) segments += function >= 0 ? 1 : 0;
    code.U64(segments);
    for (int32_t i = 0; i < kTableSize; ++i) {
      if (plan_.table[i] < 0) continue;
      code.U64(0).I32Const(i).End().U64(1).U64(static_cast<uint32_t>(plan_.table[i]));
    }
    // All functions are declared, for ref.func.
    code.Raw({3, 0}).U64(plan_.functions.size());
    for (uint32_t i = 0; i < plan_.functions.size(); ++i) code.U64(i);
    return code;
  }

  Code DataSection() {
    Code code;
    code.U64(first_ == nullptr ? 2 : 1).Raw({1});
    AddData(code);
    if (first_ == nullptr) {  // also at the beginning of memory 0
      code.Raw({0});
      (plan_.memories[0] ? code.I64Const(0) : code.I32Const(0)).End();
      AddData(code);
    }
    return code;
  }

  void AddData(Code& code) {
    code.U64(kDataBytes);
    for (uint32_t i = 0; i < kDataBytes; ++i) code.Raw({static_cast<int>(choices_.Below(256))});
  }

  Choices& choices_;
  Plan& plan_;
  const Plan* first_;
  Bytes out_;
};

}  // namespace

std::vector<std::vector<uint8_t>> GenerateModules(Choices& choices) {
  Plan first = FirstPlan(choices);
  const bool is_pair = choices.OneIn(4);
  FillTable(choices, first);
  std::vector<Bytes> modules = {ModuleWriter(choices, first, nullptr).Write()};
  if (is_pair) {
    Plan second = SecondPlan(choices, first);
    second.table.clear();
    FillTable(choices, second);
    modules.push_back(ModuleWriter(choices, second, &first).Write());
  }
  return modules;
}

}  // namespace wasmtier::test
