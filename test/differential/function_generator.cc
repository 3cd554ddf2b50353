#include "test/differential/function_generator.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "test/differential/constants.h"
#include "test/differential/operations.h"

namespace wasmtier::test {
namespace {

using decode::Opcode;

// What bounds the time of a call: code of more than kMostFreeBytes, code that calls and code with
// loops runs only as often as there is fuel. Loops that spend none are in functions that call
// nothing, and such a loop and those around it together take kMostTurns.
constexpr size_t kMostFreeBytes = 200;
constexpr uint32_t kMostTurns = 64;
constexpr int kDeepest = 5;
constexpr uint32_t kMultiMemoryFlag = 0x40;  // of a memory argument's alignment

class FunctionGenerator {
 public:
  FunctionGenerator(Choices& choices, Plan& plan, uint32_t function)
      : choices_(choices),
        plan_(plan),
        own_(plan.functions[function]),
        type_(plan.TypeOf(function)) {}

  std::vector<uint8_t> Generate() {
    locals_ = type_.params;
    // More than there are registers, or few.
    const uint32_t count = choices_.Below(choices_.OneIn(3) ? 40 : 8);
    for (uint32_t i = 0; i < count; ++i) locals_ += AnyType();
    labels_ = {{type_.results, false}};
    Statements(2 + choices_.Below(8), 0);
    if (!TailCallAtTheEnd()) Values(type_.results, 0);
    code_.End();
    if (!own_.is_leaf || has_loop_ || code_.bytes().size() > kMostFreeBytes) {
      const Code body = std::exchange(code_, Code());
      TakeFuel();
      code_.Raw(body.bytes());
    }
    return LocalsAndCode();
  }

 private:
  struct Label {
    std::string types;  // what a branch carries
    bool is_loop = false;
  };
  static constexpr std::array<char, 10> kTypes = {'i', 'l', 'd', 'f', 'i', 'l', 'd', 'i', 'r', 'e'};
  // Where there are vectors.
  static constexpr std::array<char, 10> kTypesWithVectors = {'i', 'l', 'd', 'f', 'v',
                                                             'i', 'l', 'v', 'r', 'e'};
  static constexpr std::array<char, 4> kScalars = {'i', 'l', 'f', 'd'};

  char AnyType() { return choices_.Of(plan_.vectors ? kTypesWithVectors : kTypes); }

  std::vector<uint8_t> LocalsAndCode() {
    Code body;
    body.U64(locals_.size() - type_.params.size());
    for (size_t i = type_.params.size(); i < locals_.size(); ++i) {
      body.U64(1).Raw({TypeByte(locals_[i])});
    }
    return body.Raw(code_.bytes()).bytes();
  }

  // Without fuel the function returns zeroes, or traps.
  void TakeFuel() {
    code_.Op(Opcode::kGlobalGet, kFuelGlobal).I32Const(1).Op(Opcode::kI32Sub);
    code_.Op(Opcode::kGlobalSet, kFuelGlobal).Op(Opcode::kGlobalGet, kFuelGlobal).I32Const(0);
    code_.Op(Opcode::kI32LtS).If();
    if (plan_.danger == Danger::kOften && choices_.OneIn(3)) {
      code_.Unreachable();
    } else {
      for (char type : type_.results) Zero(type);
      code_.Op(Opcode::kReturn);
    }
    code_.End();
  }

  bool IsDangerous() {
    if (plan_.danger == Danger::kSeldom) return choices_.Below(256) == 255;
    return plan_.danger == Danger::kOften && choices_.OneIn(24);
  }

  // --- Values ---

  void Values(const std::string& types, int depth) {
    for (char type : types) Expression(type, depth);
  }

  void Zero(char type) { AppendZero(code_, type); }

  std::optional<uint32_t> LocalOf(char type) { return IndexOf(locals_, type); }

  // One of the places of a letter.
  std::optional<uint32_t> IndexOf(const std::string& letters, char letter) {
    std::vector<uint32_t> found;
    for (uint32_t i = 0; i < letters.size(); ++i) {
      if (letters[i] == letter) found.push_back(i);
    }
    if (found.empty()) return std::nullopt;
    return choices_.Of(found);
  }

  uint32_t NewLocal(char type) {
    hidden_.resize(locals_.size());
    locals_ += type;
    hidden_.push_back(true);
    return static_cast<uint32_t>(locals_.size() - 1);
  }
  bool IsHidden(uint32_t local) const { return local < hidden_.size() && hidden_[local]; }

  void Leaf(char type) {
    if (type == 'r') {
      if (choices_.OneIn(2)) {
        code_.Op(Opcode::kRefFunc, choices_.Below(static_cast<uint32_t>(plan_.functions.size())));
      } else {
        Zero(type);
      }
      return;
    }
    const uint32_t what = choices_.Below(4);
    if (what >= 1) {
      if (const auto local = LocalOf(type)) {
        code_.LocalGet(*local);
        return;
      }
    }
    AppendConstant(choices_, code_, type);
  }

  void Expression(char type, int depth) {
    if (depth >= kDeepest || choices_.empty()) return Leaf(type);
    if (type == 'r' || type == 'e') return Reference(type, depth);
    switch (choices_.Below(24)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return Leaf(type);
      case 4:
        return Tee(type, depth);
      case 5:
        return Load(type, depth);
      case 6:
        return Select(type, depth);
      case 7:
        return ResultOfBlock(type, depth);
      case 8:
        return ResultOfIf(type, depth);
      case 9:
        return ResultOfLoop(type, depth);
      case 10:
      case 11:
        return ResultOfCall(type, depth);
      case 12:
        return Deep(type, depth);
      case 13:
        return GlobalOr(type);
      case 14:
        return BranchWithValue(type, depth);
      case 15:
        if (type == 'i') return IntegerOfReference(depth);
        return Operate(type, depth);
      default:
        return Operate(type, depth);
    }
  }

  void Reference(char type, int depth) {
    switch (choices_.Below(6)) {
      case 1:
        return Tee(type, depth);
      case 2:
        Expression(type, depth + 1);
        Expression(type, depth + 1);
        Expression('i', depth + 1);
        code_.Op(Opcode::kSelectTyped).Raw({1, TypeByte(type)});
        return;
      case 3:
        return ResultOfCall(type, depth);
      case 4:
        if (type == 'r') {
          code_.I32Const(static_cast<int32_t>(choices_.Below(kTableSize)));
          code_.Op(Opcode::kTableGet, 0);
          return;
        }
        return ResultOfBlock(type, depth);
      default:
        if (const auto local = LocalOf(type)) {
          code_.LocalGet(*local);
          return;
        }
        return Leaf(type);
    }
  }

  void Tee(char type, int depth) {
    Expression(type, depth + 1);
    const auto local = LocalOf(type);
    if (local && !IsHidden(*local)) code_.Op(Opcode::kLocalTee, *local);
  }

  void GlobalOr(char type) {
    std::string types;
    for (const PlannedGlobal& global : plan_.globals) types += global.type;
    const auto global = IndexOf(types, type);
    if (!global || *global == kFuelGlobal) return Leaf(type);
    code_.Op(Opcode::kGlobalGet, *global);
  }

  void IntegerOfReference(int depth) {
    switch (choices_.Below(4)) {
      case 0:
        Expression(choices_.OneIn(2) ? 'r' : 'e', depth + 1);
        code_.Op(Opcode::kRefIsNull);
        break;
      case 1:
        code_.Op(Opcode::kTableSize, 0);
        break;
      case 2: {
        const uint32_t memory = Memory();
        const bool grows = choices_.OneIn(4);
        if (grows) Index(memory, choices_.OneIn(3) ? 1000 : 0);
        code_.Op(grows ? Opcode::kMemoryGrow : Opcode::kMemorySize, memory);
        if (plan_.memories[memory]) code_.Op(Opcode::kI32WrapI64);
        break;
      }
      default:
        Expression('r', depth + 1);
        Expression('i', depth + 1);
        code_.I32Const(1).Op(Opcode::kI32And).Op(Opcode::kTableGrow, 0);
    }
  }

  // Makes a NaN, whose bits are open, a zero.
  void WithoutNan(char type) {
    const uint32_t local = NewLocal(type);
    code_.Op(Opcode::kLocalTee, local);
    Zero(type);
    code_.LocalGet(local).LocalGet(local);
    code_.Op(type == 'f' ? Opcode::kF32Eq : Opcode::kF64Eq).Op(Opcode::kSelect);
  }

  void Operate(char type, int depth) {
    const Operation& operation =
        choices_.Of(choices_.OneIn(2) ? ArithmeticFor(type, plan_.vectors)
                                      : OperationsFor(type, plan_.vectors));
    for (size_t i = 0; i < operation.params.size(); ++i) {
      const char param = operation.params[i];
      const bool is_last = i + 1 == operation.params.size();
      if (is_last && i > 0 && choices_.OneIn(3)) {
        // A constant operand; for divisions anything but 0 and -1.
        if (operation.may_divide_by_zero && !IsDangerous()) {
          AppendDivisor(choices_, code_, param);
        } else {
          AppendConstant(choices_, code_, param);
        }
      } else {
        Expression(param, depth + 1);
        if (is_last && operation.may_divide_by_zero && !IsDangerous()) AppendMakeOdd(code_, param);
      }
      if (is_last && operation.shows_nan && (param == 'f' || param == 'd')) WithoutNan(param);
      if (operation.may_overflow && !IsDangerous()) {
        WithoutNan(param);
        AppendMakeSmall(code_, param);
      }
    }
    code_.Op(operation.opcode);
    AppendLanes(choices_, code_, operation.opcode);
    if (operation.nan_lane_bits != 0)
      AppendWithoutNanLanes(code_, NewLocal('v'), operation.nan_lane_bits);
  }

  void Select(char type, int depth) {
    Expression(type, depth + 1);
    Expression(type, depth + 1);
    Expression('i', depth + 1);
    code_.Op(Opcode::kSelect);
  }

  // Many operands on the stack at once, with calls between them.
  void Deep(char type, int depth) {
    const uint32_t count = 3 + choices_.Below(choices_.OneIn(4) ? 24 : 8);
    const int own_depth = depth + 2 < kDeepest ? kDeepest - 1 : kDeepest;
    for (uint32_t i = 0; i < count; ++i) Expression(type, own_depth);
    for (uint32_t i = 1; i < count; ++i) AppendFold(choices_, code_, type);
  }

  // --- Memory ---

  uint32_t Memory() { return choices_.Below(static_cast<uint32_t>(plan_.memories.size())); }

  // A constant of a memory's index type.
  void Index(uint32_t memory, int64_t value) {
    plan_.memories[memory] ? code_.I64Const(value) : code_.I32Const(static_cast<int32_t>(value));
  }

  // An address and its offset.
  uint64_t Address(uint32_t memory, int depth) {
    const bool is_64 = plan_.memories[memory];
    static constexpr uint64_t kSmall[] = {0, 1, 4, 8, 100, 127, 128, 1000, 32768, 60000};
    if (IsDangerous()) {
      static constexpr uint64_t kLarge[] = {
          0, 0, 65528, 65535, 65536, 0x7ffffffc, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff};
      Expression(is_64 ? 'l' : 'i', depth + 1);
      return choices_.Of(kLarge);
    }
    if (choices_.OneIn(3)) {
      Index(memory, choices_.Below(5000));
      return choices_.Of(kSmall);
    }
    Expression(is_64 ? 'l' : 'i', depth + 1);
    Index(memory, 4095);
    code_.Op(is_64 ? Opcode::kI64And : Opcode::kI32And);
    return choices_.Of(kSmall);
  }

  void Access(Opcode opcode, uint32_t memory, uint64_t offset) {
    const uint32_t alignment = choices_.Below(decode::NaturalAlignment(opcode) + 1);
    if (memory == 0) {
      code_.Op(opcode, alignment, offset);
    } else {
      code_.Op(opcode, alignment | kMultiMemoryFlag, memory, offset);
    }
  }

  void Load(char type, int depth) {
    const Operation& load = choices_.Of(LoadsFor(type));
    const uint32_t memory = Memory();
    const uint64_t offset = Address(memory, depth);
    if (load.params.size() > 1) Expression('v', depth + 1);
    Access(load.opcode, memory, offset);
    AppendLanes(choices_, code_, load.opcode);
  }

  void Store(int depth) {
    const Operation& store = choices_.Of(Stores(plan_.vectors));
    const uint32_t memory = Memory();
    const uint64_t offset = Address(memory, depth);
    const char type = store.params[1];
    Expression(type, depth + 1);
    if (type == 'f' || type == 'd') WithoutNan(type);
    Access(store.opcode, memory, offset);
    AppendLanes(choices_, code_, store.opcode);
  }

  void Bulk(int depth) {
    const uint32_t memory = Memory();
    const char type = plan_.memories[memory] ? 'l' : 'i';
    if (IsDangerous()) {
      Expression(type, depth + 1);
    } else {
      Index(memory, choices_.Below(50000));
    }
    switch (choices_.Below(3)) {
      case 0:
        Expression('i', depth + 1);
        Index(memory, choices_.Below(300));
        code_.Op(Opcode::kMemoryFill, memory);
        break;
      case 1:
        Index(memory, choices_.Below(50000));
        Index(memory, choices_.Below(300));
        code_.Op(Opcode::kMemoryCopy, memory, memory);
        break;
      default:
        code_.I32Const(static_cast<int32_t>(choices_.Below(32)));
        code_.I32Const(static_cast<int32_t>(choices_.Below(IsDangerous() ? 64 : 33)));
        code_.Op(Opcode::kMemoryInit, 0u, memory);
    }
  }

  void Tables(int depth) {
    const uint32_t place = choices_.Below(kTableSize);
    switch (choices_.Below(3)) {
      case 0:
        code_.I32Const(static_cast<int32_t>(place));
        Expression('r', depth + 1);
        code_.Op(Opcode::kTableSet, 0);
        break;
      case 1:
        code_.I32Const(static_cast<int32_t>(place));
        Expression('r', depth + 1);
        code_.I32Const(IsDangerous() ? 100 : 0).Op(Opcode::kTableFill, 0);
        break;
      default:
        code_.I32Const(static_cast<int32_t>(place / 2)).I32Const(static_cast<int32_t>(place));
        code_.I32Const(1).Op(Opcode::kTableCopy, 0, 0);
    }
  }

  // --- Control ---

  // What is not needed: dropped or kept in a local. The last type is on top.
  void Consume(const std::string& types) {
    for (size_t i = types.size(); i > 0; --i) {
      const auto local = choices_.OneIn(2) ? LocalOf(types[i - 1]) : std::nullopt;
      if (local && !IsHidden(*local)) {
        code_.LocalSet(*local);
      } else {
        code_.Drop();
      }
    }
  }

  void BlockType(const std::string& params, const std::string& results) {
    if (params.empty() && results.empty()) {
      code_.Raw({Code::kEmptyBlock});
    } else if (params.empty() && results.size() == 1) {
      code_.Raw({TypeByte(results[0])});
    } else {
      code_.S64(plan_.TypeIndex({params, results}));
    }
  }

  std::string RandomTypes(uint32_t most) {
    std::string types;
    for (uint32_t i = choices_.Below(most + 1); i > 0; --i) types += AnyType();
    return types;
  }

  // The first result is the wanted one.
  void ResultOfBlock(char type, int depth) {
    const std::string results = type + RandomTypes(choices_.OneIn(4) ? 4 : 0);
    const std::string params = RandomTypes(choices_.OneIn(4) ? 3 : 0);
    Values(params, depth + 1);
    code_.Op(Opcode::kBlock);
    BlockType(params, results);
    labels_.push_back({results});
    const bool late = choices_.OneIn(2);  // parameters lie under the block's operands meanwhile
    if (!late) Consume(params);
    Statements(choices_.Below(3), depth + 1);
    if (late) Consume(params);
    Values(results, depth + 1);
    labels_.pop_back();
    code_.End();
    Consume(results.substr(1));
  }

  void ResultOfIf(char type, int depth) {
    const std::string results = type + RandomTypes(choices_.OneIn(4) ? 3 : 0);
    const std::string params = RandomTypes(choices_.OneIn(4) ? 3 : 0);
    Values(params, depth + 1);
    Condition(depth + 1);
    code_.Op(Opcode::kIf);
    BlockType(params, results);
    labels_.push_back({results});
    Consume(params);
    Statements(choices_.Below(2), depth + 1);
    Values(results, depth + 1);
    code_.Else();
    Consume(params);
    Values(results, depth + 1);
    labels_.pop_back();
    code_.End();
    Consume(results.substr(1));
  }

  void ResultOfLoop(char type, int depth) {
    Loop(type + RandomTypes(choices_.OneIn(4) ? 2 : 0), depth);
  }

  // Leaves results[0].
  void Loop(const std::string& results, int depth) {
    const std::string params = RandomTypes(choices_.OneIn(3) ? 4 : 0);
    const uint32_t counter = NewLocal('i');
    const bool counts = own_.is_leaf || choices_.OneIn(2);
    const uint32_t most_turns = own_.is_leaf && depth == 0 ? 60 : 4;
    const uint32_t turns = 1 + choices_.Below(std::min(most_turns, kMostTurns / turns_around_));
    has_loop_ = true;
    code_.I32Const(static_cast<int32_t>(turns)).LocalSet(counter);
    Values(params, depth + 1);
    code_.Op(Opcode::kLoop);
    BlockType(params, results);
    labels_.push_back({params, true});
    Consume(params);
    if (counts && !own_.is_leaf) TakeFuel();
    const uint32_t turns_around = turns_around_;
    if (own_.is_leaf) turns_around_ *= turns;
    Statements(1 + choices_.Below(3), depth + 1);
    Values(params, depth + 1);
    if (counts) {
      code_.LocalGet(counter).I32Const(1).Op(Opcode::kI32Sub).Op(Opcode::kLocalTee, counter);
    } else {
      Condition(depth + 1);
      HasFuel();
      code_.Op(Opcode::kI32And);
    }
    code_.Op(Opcode::kBrIf, 0u);
    turns_around_ = turns_around;
    Consume(params);
    Values(results, depth + 1);
    labels_.pop_back();
    code_.End();
    if (!results.empty()) Consume(results.substr(1));
  }

  // Takes one from the fuel: whether there is some left.
  void HasFuel() {
    code_.Op(Opcode::kGlobalGet, kFuelGlobal).I32Const(1).Op(Opcode::kI32Sub);
    code_.Op(Opcode::kGlobalSet, kFuelGlobal).Op(Opcode::kGlobalGet, kFuelGlobal).I32Const(0);
    code_.Op(Opcode::kI32GtS);
  }

  // An i32 that is often 0 and often not; mostly a comparison, to be fused with the branch.
  void Condition(int depth) {
    if (choices_.OneIn(3)) {
      Expression('i', depth);
      code_.I32Const(1).Op(Opcode::kI32And);
      return;
    }
    const char type = choices_.Of(kScalars);
    Expression(type, depth);
    if (choices_.OneIn(2)) {
      AppendConstant(choices_, code_, type);
    } else {
      Expression(type, depth);
    }
    code_.Op(choices_.Of(ComparisonsOf(type)).opcode);
    if (choices_.OneIn(4)) code_.Op(Opcode::kI32Eqz);
  }

  uint32_t AnyLabel() { return choices_.Below(static_cast<uint32_t>(labels_.size())); }
  // `depth` as in a branch: 0 is the innermost.
  const Label& LabelAt(uint32_t depth) const { return labels_[labels_.size() - 1 - depth]; }

  // br_if whose operands stay, or a conditional br.
  void Branch(int depth) {
    uint32_t label = AnyLabel();
    const std::string types = LabelAt(label).types;
    const bool is_loop = LabelAt(label).is_loop;
    if (is_loop && own_.is_leaf) return;
    const bool stays = choices_.OneIn(2);
    if (stays) {
      Values(types, depth + 1);
      Condition(depth + 1);
      Guard(is_loop);
      code_.Op(Opcode::kBrIf, label);
      Consume(types);
      return;
    }
    Condition(depth + 1);
    Guard(is_loop);
    code_.If();
    labels_.push_back({""});
    if (choices_.OneIn(3)) Expression('l', depth + 1);  // left behind by the branch
    Values(types, depth + 1);
    if (label + 1 == labels_.size() - 1 && choices_.OneIn(2)) {
      code_.Op(Opcode::kReturn);
    } else {
      code_.Op(Opcode::kBr, label + 1);
    }
    if (choices_.OneIn(4)) Statement(kDeepest);  // never reached
    labels_.pop_back();
    code_.End();
  }

  void Guard(bool is_loop) {
    if (!is_loop) return;
    HasFuel();
    code_.Op(Opcode::kI32And);
  }

  void BranchTable(int depth) {
    const uint32_t chosen = AnyLabel();
    const std::string types = LabelAt(chosen).types;
    std::vector<uint32_t> targets;
    for (uint32_t i = 0; i < labels_.size(); ++i) {
      if (!LabelAt(i).is_loop && LabelAt(i).types == types) targets.push_back(i);
    }
    if (targets.empty()) return;
    // Two blocks of their own around it, so that there is somewhere to go nearby.
    code_.Op(Opcode::kBlock);
    BlockType("", types);
    code_.Op(Opcode::kBlock);
    BlockType("", types);
    for (uint32_t& target : targets) target += 2;
    targets.push_back(0);
    targets.push_back(1);
    labels_.push_back({types});
    labels_.push_back({types});
    Values(types, depth + 1);
    Expression('i', depth + 1);
    const uint32_t count = choices_.Below(choices_.OneIn(6) ? 40 : 7);
    if (count > 0 && !choices_.OneIn(4)) {
      code_.I32Const(static_cast<int32_t>(count)).Op(Opcode::kI32RemU);
    }
    code_.Op(Opcode::kBrTable, count);
    for (uint32_t i = 0; i <= count; ++i) code_.U64(choices_.Of(targets));
    labels_.pop_back();
    code_.End();
    Consume(types);
    Values(types, depth + 1);
    labels_.pop_back();
    code_.End();
    Consume(types);
  }

  void BranchWithValue(char type, int depth) {
    code_.Op(Opcode::kBlock).Raw({TypeByte(type)});
    labels_.push_back({std::string(1, type)});
    Expression(type, depth + 1);
    Condition(depth + 1);
    code_.Op(Opcode::kBrIf, 0u);
    if (choices_.OneIn(2)) {
      code_.Drop();
      Expression(type, depth + 1);
    }
    labels_.pop_back();
    code_.End();
  }

  // --- Calls ---

  // A function whose results satisfy the condition.
  template <typename Condition>
  std::optional<uint32_t> FunctionWhere(Condition condition) {
    std::vector<uint32_t> found;
    for (uint32_t i = 0; i < plan_.functions.size(); ++i) {
      if (condition(plan_.TypeOf(i).results)) found.push_back(i);
    }
    if (found.empty()) return std::nullopt;
    return choices_.Of(found);
  }

  // Where in the table a function is that has the type of `function`.
  std::optional<uint32_t> TablePlace(uint32_t function) const {
    for (uint32_t i = 0; i < plan_.table.size(); ++i) {
      const int32_t there = plan_.table[i];
      if (there >= 0 && plan_.functions[there].type == plan_.functions[function].type) return i;
    }
    return std::nullopt;
  }

  // Direct, indirect or by reference; the arguments are computed here.
  void CallSomehow(uint32_t function, bool is_tail, int depth) {
    const uint32_t type = plan_.functions[function].type;
    const std::string params = plan_.types[type].params;  // a copy: the plan's types move
    Values(params, depth + 1);
    const uint32_t how = choices_.Below(5);
    const auto place = TablePlace(function);
    if (how <= 2 || (how == 3 && !place)) {
      code_.Op(is_tail ? Opcode::kReturnCall : Opcode::kCall, function);
    } else if (how == 3) {
      if (IsDangerous()) {
        Expression('i', depth + 1);
      } else {
        code_.I32Const(static_cast<int32_t>(*place));
      }
      code_.Op(is_tail ? Opcode::kReturnCallIndirect : Opcode::kCallIndirect, type, 0);
    } else {
      IsDangerous() ? code_.Op(Opcode::kRefNull, type) : code_.Op(Opcode::kRefFunc, function);
      code_.Op(is_tail ? Opcode::kReturnCallRef : Opcode::kCallRef, type);
    }
  }

  void ResultOfCall(char type, int depth) {
    const auto function =
        own_.is_leaf ? std::nullopt : FunctionWhere([type](const std::string& results) {
          return !results.empty() && results[0] == type;
        });
    if (!function) return Leaf(type);
    CallSomehow(*function, false, depth);
    Consume(plan_.TypeOf(*function).results.substr(1));
  }

  void CallStatement(int depth) {
    if (own_.is_leaf) return;
    const uint32_t function = choices_.Below(static_cast<uint32_t>(plan_.functions.size()));
    CallSomehow(function, false, depth);
    Consume(plan_.TypeOf(function).results);
  }

  std::optional<uint32_t> TailCallee() {
    if (own_.is_leaf) return std::nullopt;
    return FunctionWhere([this](const std::string& results) { return results == type_.results; });
  }

  void TailCall(int depth) {
    const auto function = TailCallee();
    if (!function) return;
    Condition(depth + 1);
    code_.If();
    labels_.push_back({""});
    CallSomehow(*function, true, depth + 1);
    labels_.pop_back();
    code_.End();
  }

  bool TailCallAtTheEnd() {
    if (!choices_.OneIn(4)) return false;
    const auto function = TailCallee();
    if (!function) return false;
    CallSomehow(*function, true, 1);
    return true;
  }

  // --- Statements ---

  void Statements(uint32_t count, int depth) {
    for (uint32_t i = 0; i < count && !choices_.empty(); ++i) Statement(depth);
  }

  void Statement(int depth) {
    if (depth > kDeepest) return;
    switch (choices_.Below(20)) {
      case 0:
        code_.Op(Opcode::kNop);
        return;
      case 1:
      case 13:
        return Store(depth);
      case 2:
        return CallStatement(depth);
      case 3:
        return Branch(depth);
      case 4:
        return BranchTable(depth);
      case 5:
        return Loop("", depth);
      case 6:
        return IfStatement(depth);
      case 7:
        return TailCall(depth);
      case 8:
        return Bulk(depth);
      case 9:
        return Tables(depth);
      case 10:
        return SetGlobal(depth);
      case 11: {
        const std::string types = RandomTypes(6);
        Values(types, depth);
        return Consume(types);
      }
      case 12:
        if (IsDangerous()) code_.Unreachable();
        return;
      default:
        return SetLocal(depth);
    }
  }

  void SetLocal(int depth) {
    const char type = AnyType();
    const auto local = LocalOf(type);
    Expression(type, depth);
    if (local && !IsHidden(*local)) {
      code_.LocalSet(*local);
    } else {
      code_.Drop();
    }
  }

  void SetGlobal(int depth) {
    const uint32_t global = choices_.Below(static_cast<uint32_t>(plan_.globals.size()));
    if (global == kFuelGlobal || !plan_.globals[global].is_mutable) return;
    Expression(plan_.globals[global].type, depth);
    code_.Op(Opcode::kGlobalSet, global);
  }

  void IfStatement(int depth) {
    Condition(depth);
    code_.If();
    labels_.push_back({""});
    Statements(1 + choices_.Below(3), depth + 1);
    if (choices_.OneIn(2)) {
      code_.Else();
      Statements(1 + choices_.Below(2), depth + 1);
    }
    labels_.pop_back();
    code_.End();
  }

  Choices& choices_;
  Plan& plan_;
  const PlannedFunction own_;
  const Signature type_;  // a copy: the plan's types move
  Code code_;
  std::string locals_;
  std::vector<bool> hidden_;  // locals that only their maker sets
  std::vector<Label> labels_;
  bool has_loop_ = false;
  uint32_t turns_around_ = 1;  // of all the loops around that spend no fuel, multiplied
};

}  // namespace

std::vector<uint8_t> GenerateFunction(Choices& choices, Plan& plan, uint32_t function) {
  return FunctionGenerator(choices, plan, function).Generate();
}

}  // namespace wasmtier::test
