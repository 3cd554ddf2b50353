// Constant expressions (spec: "Validation / Instructions / Expressions / Constant Expressions").
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "runtime/base/byte_reader.h"
#include "runtime/model/type_reader.h"
#include "tiers/decode/opcode.h"
#include "tiers/decode/subtyping.h"
#include "tiers/decode/validate.h"

namespace wasmtier::decode {
namespace {

using runtime::Feature;
using runtime::Module;
using runtime::ValueType;

class ConstExpressionDecoder {
 public:
  ConstExpressionDecoder(Module& module, uint32_t offset, uint32_t end_limit,
                         uint32_t visible_globals)
      : module_(module),
        reader_(module.bytes, offset, end_limit),
        visible_globals_(visible_globals) {
    reader_.set_place("in a constant expression");
  }

  absl::StatusOr<ConstExpressionSummary> Decode(ValueType expected);

 private:
  // At the current instruction. The first error counts; it ends the expression.
  void Fail(const std::string& message) { reader_.FailAt(instruction_, message); }
  void FailUnsupported(Opcode opcode);

  bool ReadOpcode(Opcode* opcode);
  void Instruction(Opcode opcode);
  void Binary(ValueType type);
  void GlobalGet();
  void RefFunc();
  void RefNull();
  void Finish(ValueType expected);
  void Push(ValueType type) { operands_.push_back(type); }

  Module& module_;
  runtime::ByteReader reader_;
  uint32_t instruction_ = 0;  // offset of the current one
  uint32_t visible_globals_;
  std::vector<ValueType> operands_;
  runtime::FeatureSet features_;
};

bool ConstExpressionDecoder::ReadOpcode(Opcode* opcode) {
  instruction_ = reader_.offset();
  uint32_t code = reader_.Byte();
  if (code >= 0xfb && code <= 0xfe) {
    const uint32_t number = reader_.U32();
    code = number > 0xffff ? UINT32_MAX : code << 16 | number;
  }
  if (!reader_.ok()) return false;
  const std::optional<Opcode> found = FindOpcode(code);
  if (!found) {
    Fail(absl::StrCat("illegal opcode ", absl::Hex(module_.bytes[instruction_], absl::kZeroPad2)));
    return false;
  }
  *opcode = *found;
  return true;
}

// GC's constant instructions may be valid; they have no rule here yet.
void ConstExpressionDecoder::FailUnsupported(Opcode opcode) {
  reader_.FailWith(absl::UnimplementedError(
      absl::StrCat("needs feature ", ToString(Info(opcode).feature), ": ", Name(opcode),
                   " (at offset 0x", absl::Hex(instruction_), " in a constant expression)")));
}

void ConstExpressionDecoder::Binary(ValueType type) {
  features_.Add(Feature::kExtendedConst);
  for (int i = 0; i < 2; ++i) {
    if (operands_.empty() || operands_.back() != type) {
      return Fail(absl::StrCat("type mismatch: expected ", ToString(type), ", found ",
                               operands_.empty() ? "nothing" : ToString(operands_.back())));
    }
    operands_.pop_back();
  }
  Push(type);
}

void ConstExpressionDecoder::GlobalGet() {
  const uint32_t index = reader_.U32();
  if (!reader_.ok()) return;
  if (index >= visible_globals_ || index >= module_.globals.size()) {
    return Fail(absl::StrCat("unknown global ", index));
  }
  const runtime::GlobalType& type = module_.globals[index].type;
  if (type.is_mutable) {
    return Fail(absl::StrCat("constant expression required: global ", index, " is mutable"));
  }
  if (index >= module_.imported_globals) features_.Add(Feature::kExtendedConst);
  Push(type.type);
}

void ConstExpressionDecoder::RefFunc() {
  features_.Add(Feature::kReferenceTypes);
  const uint32_t index = reader_.U32();
  if (!reader_.ok()) return;
  if (index >= module_.function_types.size()) {
    return Fail(absl::StrCat("unknown function ", index));
  }
  if (module_.declared_functions.size() <= index) {
    module_.declared_functions.resize(module_.function_types.size());
  }
  module_.declared_functions[index] = true;
  Push(ValueType::Ref(runtime::HeapKind::kIndex, false, module_.function_types[index]));
}

void ConstExpressionDecoder::RefNull() {
  features_.Add(Feature::kReferenceTypes);
  Push(runtime::ReadHeapType(reader_, /*nullable=*/true,
                             static_cast<uint32_t>(module_.types.size()), features_));
}

void ConstExpressionDecoder::Instruction(Opcode opcode) {
  switch (opcode) {
    case Opcode::kI32Const:
      reader_.S32();
      return Push(runtime::kI32);
    case Opcode::kI64Const:
      reader_.S64();
      return Push(runtime::kI64);
    case Opcode::kF32Const:
      reader_.Bytes(4);
      return Push(runtime::kF32);
    case Opcode::kF64Const:
      reader_.Bytes(8);
      return Push(runtime::kF64);
    case Opcode::kV128Const:
      features_.Add(Feature::kSimd);
      reader_.Bytes(16);
      return Push(runtime::kV128);
    case Opcode::kI32Add:
    case Opcode::kI32Sub:
    case Opcode::kI32Mul:
      return Binary(runtime::kI32);
    case Opcode::kI64Add:
    case Opcode::kI64Sub:
    case Opcode::kI64Mul:
      return Binary(runtime::kI64);
    case Opcode::kGlobalGet:
      return GlobalGet();
    case Opcode::kRefFunc:
      return RefFunc();
    case Opcode::kRefNull:
      return RefNull();
    case Opcode::kStructNew:
    case Opcode::kStructNewDefault:
    case Opcode::kArrayNew:
    case Opcode::kArrayNewDefault:
    case Opcode::kArrayNewFixed:
    case Opcode::kRefI31:
    case Opcode::kAnyConvertExtern:
    case Opcode::kExternConvertAny:
      return FailUnsupported(opcode);
    default:
      return Fail(absl::StrCat("constant expression required: ", Name(opcode), " is not constant"));
  }
}

void ConstExpressionDecoder::Finish(ValueType expected) {
  if (operands_.size() != 1) {
    Fail(absl::StrCat("type mismatch: a constant expression must leave one value, not ",
                      operands_.size()));
  } else if (!IsSubtype(module_, operands_.back(), expected)) {
    Fail(absl::StrCat("type mismatch: expected ", ToString(expected), ", found ",
                      ToString(operands_.back())));
  }
}

absl::StatusOr<ConstExpressionSummary> ConstExpressionDecoder::Decode(ValueType expected) {
  Opcode opcode;
  while (ReadOpcode(&opcode)) {
    if (opcode == Opcode::kEnd) {
      Finish(expected);
      break;
    }
    Instruction(opcode);
  }
  if (!reader_.ok()) return reader_.status();
  return ConstExpressionSummary{reader_.offset(), features_};
}

}  // namespace

absl::StatusOr<ConstExpressionSummary> ValidateConstExpression(Module& module, uint32_t offset,
                                                               uint32_t end_limit,
                                                               ValueType expected,
                                                               uint32_t visible_globals) {
  return ConstExpressionDecoder(module, offset, end_limit, visible_globals).Decode(expected);
}

}  // namespace wasmtier::decode
