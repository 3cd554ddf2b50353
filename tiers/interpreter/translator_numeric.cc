// Translator: arithmetic, memory and runtime calls.
#include <algorithm>
#include <utility>

#include "runtime/memory.h"
#include "tiers/decode/opcode.h"
#include "tiers/interpreter/translator.h"

namespace wasmtier::interpreter {

using decode::Info;
using decode::Opcode;
using runtime::MemoryStrategy;
using runtime::RuntimeCall;
using runtime::ValueType;

namespace {

bool IsCommutative(Opcode opcode) {
  switch (opcode) {
    case Opcode::kI32Add:
    case Opcode::kI32Mul:
    case Opcode::kI32And:
    case Opcode::kI32Or:
    case Opcode::kI32Xor:
    case Opcode::kI32Eq:
    case Opcode::kI32Ne:
    case Opcode::kI64Add:
    case Opcode::kI64Mul:
    case Opcode::kI64And:
    case Opcode::kI64Or:
    case Opcode::kI64Xor:
    case Opcode::kI64Eq:
    case Opcode::kI64Ne:
      return true;
    default:
      return false;  // of floats, too: which NaN comes out is visible
  }
}

}  // namespace

// The comparison that is true when `opcode` is false; only integers have one.
bool Translator::InverseComparison(Opcode opcode, Opcode* inverse) {
  static constexpr std::pair<Opcode, Opcode> kPairs[] = {
      {Opcode::kI32Eq, Opcode::kI32Ne},   {Opcode::kI32LtS, Opcode::kI32GeS},
      {Opcode::kI32LtU, Opcode::kI32GeU}, {Opcode::kI32GtS, Opcode::kI32LeS},
      {Opcode::kI32GtU, Opcode::kI32LeU}, {Opcode::kI64Eq, Opcode::kI64Ne},
      {Opcode::kI64LtS, Opcode::kI64GeS}, {Opcode::kI64LtU, Opcode::kI64GeU},
      {Opcode::kI64GtS, Opcode::kI64LeS}, {Opcode::kI64GtU, Opcode::kI64LeU},
  };
  for (const auto& [a, b] : kPairs) {
    if (opcode == a || opcode == b) {
      *inverse = opcode == a ? b : a;
      return true;
    }
  }
  return false;
}

void Translator::EmitBinary(Opcode opcode) {
  writer_.set_module_offset(state_->offset());
  if (opcode == Opcode::kI32Add && EmitScaledAdd()) return;
  if (EmitBinaryPair(opcode)) return;
  const auto height = static_cast<uint32_t>(operands_.size());
  uint32_t left = height - 2;
  uint32_t right = height - 1;
  // An immediate stands on the right.
  if (IsCommutative(opcode) && operands_[left].IsConstant() && !operands_[right].IsConstant())
    std::swap(left, right);
  Prepare(left, false);
  Prepare(right, true);
  const Source a = SourceOf(left);
  const Source b = SourceOf(right, a.form != Form::kAccumulator);
  writer_.Begin(BinaryHandler(opcode, a.form, b.form));
  DropTo(height - 2);
  const ValueType result = Info(opcode).signature.result;
  PushResult(result);
  writer_.Destination(Top().slot, IsFloat(result));
  WriteSource(a);
  WriteSource(b);
  writer_.EndFusable(opcode, a.form, b.form);
}

// Which of the two topmost operands the last instruction has just computed, if nothing but locals
// and constants were pushed since.
const BytecodeWriter::Last* Translator::LastOfTwo(uint32_t* computed, uint32_t* other) const {
  const auto height = static_cast<uint32_t>(operands_.size());
  for (const uint32_t index : {height - 1, height - 2}) {
    const Operand& operand = operands_[index];
    if (operand.kind != Operand::Kind::kSlot) continue;
    const BytecodeWriter::Last* last = writer_.LastWriting(operand.slot);
    if (last == nullptr) continue;
    *computed = index;
    *other = 2 * height - 3 - index;
    return last;
  }
  return nullptr;
}

// a + (b << 1...3), as in the address of an array's element.
bool Translator::EmitScaledAdd() {
  uint32_t computed;
  uint32_t other;
  const BytecodeWriter::Last* last = LastOfTwo(&computed, &other);
  if (last == nullptr || !last->has_opcode || last->opcode != Opcode::kI32Shl ||
      last->b != Form::kImmediate)
    return false;
  const uint32_t shift = writer_.LastImmediate() & 31;
  if (shift < 1 || shift > 3) return false;
  const Form b = last->a;
  const BytecodeWriter::TakenOperands operands = writer_.TakeBackLast();
  const Source a = SourceOf(other, b != Form::kAccumulator);
  writer_.Begin(ScaledAddHandler(static_cast<int>(shift), a.form, b));
  DropTo(static_cast<uint32_t>(operands_.size()) - 2);
  PushResult(runtime::kI32);
  writer_.Destination(Top().slot, false);
  WriteSource(a);
  if (b == Form::kSlot) writer_.Write<uint16_t>(ReadField<uint16_t>(operands.bytes, 0));
  writer_.EndScaledAdd(static_cast<uint8_t>(shift), a.form, b);
  return true;
}

// An operation on what another one has just computed.
bool Translator::EmitBinaryPair(Opcode opcode) {
  uint32_t computed;
  uint32_t other;
  const BytecodeWriter::Last* last = LastOfTwo(&computed, &other);
  if (last == nullptr || !last->has_opcode || operands_[other].IsConstant()) return false;
  const Handler handler =
      BinaryPairHandler(last->opcode, last->a, last->b, opcode, computed > other);
  if (handler == nullptr) return false;
  const BytecodeWriter::TakenOperands operands = writer_.TakeBackLast();
  const Source c = SourceOf(other, false);
  writer_.Begin(handler);
  DropTo(static_cast<uint32_t>(operands_.size()) - 2);
  const ValueType result = Info(opcode).signature.result;
  PushResult(result);
  writer_.Destination(Top().slot, IsFloat(result));
  writer_.WriteOperands(operands);
  WriteSource(c);
  writer_.End();
  return true;
}

void Translator::EmitUnary(Opcode opcode) {
  writer_.set_module_offset(state_->offset());
  const auto top = static_cast<uint32_t>(operands_.size()) - 1;
  Prepare(top, false);
  const Source a = SourceOf(top);
  writer_.Begin(UnaryHandler(opcode, a.form));
  Pop();
  const ValueType result = Info(opcode).signature.result;
  PushResult(result);
  writer_.Destination(Top().slot, IsFloat(result));
  WriteSource(a);
  writer_.EndFusable(opcode, a.form, Form::kSlot);
}

void Translator::EmitTest(Opcode opcode) {
  if (opcode == Opcode::kI32Eqz && InvertLastComparison()) return;
  EmitUnary(opcode);
}

// `a < b` then `i32.eqz` is `a >= b`.
bool Translator::InvertLastComparison() {
  const Operand& top = Top();
  if (top.kind != Operand::Kind::kSlot) return false;
  const BytecodeWriter::Last* last = writer_.LastWriting(top.slot);
  Opcode inverse;
  if (last == nullptr || !last->has_opcode || !InverseComparison(last->opcode, &inverse))
    return false;
  writer_.ReplaceLastHandler(BinaryHandler(inverse, last->a, last->b), inverse);
  return true;
}

// Memory 0 with 32-bit addresses, which has handlers of its own.
bool Translator::IsPlain(uint32_t memory) const {
  return memory == 0 && !module_.memories[0].limits.is_64;
}

void Translator::EmitAnyLoad(Opcode opcode, const decode::MemoryArgument& argument) {
  MaterializeTop(1);
  writer_.Begin(AnyLoadHandler(opcode));
  const Operand address = Pop();
  const ValueType result = Info(opcode).signature.result;
  PushResult(result);
  writer_.Destination(Top().slot, IsFloat(result));
  writer_.Write<uint64_t>(argument.offset);
  writer_.Write<uint32_t>(argument.memory);
  writer_.Write<uint16_t>(static_cast<uint16_t>(address.slot));
  writer_.End();
}

void Translator::EmitAnyStore(Opcode opcode, const decode::MemoryArgument& argument) {
  MaterializeTop(2);
  writer_.Begin(AnyStoreHandler(opcode));
  const Operand value = Pop();
  const Operand address = Pop();
  writer_.Write<uint64_t>(argument.offset);
  writer_.Write<uint32_t>(argument.memory);
  writer_.Write<uint16_t>(static_cast<uint16_t>(address.slot));
  writer_.Write<uint16_t>(static_cast<uint16_t>(value.slot));
}

void Translator::EmitLoad(Opcode opcode, const decode::MemoryArgument& argument) {
  writer_.set_module_offset(state_->offset());
  if (!IsPlain(argument.memory)) return EmitAnyLoad(opcode, argument);
  // The guard behind a reserved memory covers small offsets only.
  const bool checked =
      strategy_ == MemoryStrategy::kChecked || argument.offset >= runtime::kGuardBytes;
  if (!checked && EmitAddressLoad(opcode, argument)) return;
  const auto top = static_cast<uint32_t>(operands_.size()) - 1;
  uint64_t offset = argument.offset;
  const bool is_constant =
      operands_[top].IsConstant() && (operands_[top].bits + offset) <= UINT32_MAX;
  Prepare(top, is_constant);
  const Source address = SourceOf(top);
  if (is_constant) offset += address.bits;
  writer_.Begin(LoadHandler(opcode, address.form, checked));
  Pop();
  const ValueType result = Info(opcode).signature.result;
  PushResult(result);
  writer_.Destination(Top().slot, IsFloat(result));
  writer_.Write<uint32_t>(static_cast<uint32_t>(offset));
  if (address.form == Form::kSlot) WriteSource(address);
  writer_.End();
}

// The handler that takes in the address that the last instruction computed, given that handler's
// table; null if there is none.
Handler Translator::AddressHandler(Opcode opcode, const BytecodeWriter::Last* last,
                                   const Form* value) {
  if (last == nullptr) return nullptr;
  const bool scaled = last->shift != 0;
  if (scaled ? last->shift != decode::NaturalAlignment(opcode)
             : !last->has_opcode || last->opcode != Opcode::kI32Add) {
    return nullptr;
  }
  return value == nullptr ? AddressLoadHandler(opcode, scaled, last->a, last->b)
                          : AddressStoreHandler(opcode, scaled, last->a, last->b, *value);
}

bool Translator::EmitAddressLoad(Opcode opcode, const decode::MemoryArgument& argument) {
  if (Top().kind != Operand::Kind::kSlot) return false;
  const Handler handler = AddressHandler(opcode, writer_.LastWriting(Top().slot), nullptr);
  if (handler == nullptr) return false;
  const BytecodeWriter::TakenOperands operands = writer_.TakeBackLast();
  writer_.Begin(handler);
  Pop();
  const ValueType result = Info(opcode).signature.result;
  PushResult(result);
  writer_.Destination(Top().slot, IsFloat(result));
  writer_.Write<uint32_t>(static_cast<uint32_t>(argument.offset));
  writer_.WriteOperands(operands);
  writer_.End();
  return true;
}

bool Translator::EmitAddressStore(Opcode opcode, const decode::MemoryArgument& argument) {
  const Operand& value = Top();
  if (Top(1).kind != Operand::Kind::kSlot || value.kind == Operand::Kind::kSlot) return false;
  if (value.IsConstant() && (value.is_float || !FitsImmediate(value))) return false;
  const Form form = value.IsConstant() ? Form::kImmediate : Form::kSlot;
  const Handler handler = AddressHandler(opcode, writer_.LastWriting(Top(1).slot), &form);
  if (handler == nullptr) return false;
  const BytecodeWriter::TakenOperands operands = writer_.TakeBackLast();
  const Source source = SourceOf(static_cast<uint32_t>(operands_.size()) - 1, false);
  writer_.Begin(handler);
  DropTo(static_cast<uint32_t>(operands_.size()) - 2);
  writer_.Write<uint32_t>(static_cast<uint32_t>(argument.offset));
  writer_.WriteOperands(operands);
  WriteSource(source);
  return true;
}

void Translator::EmitStore(Opcode opcode, const decode::MemoryArgument& argument) {
  writer_.set_module_offset(state_->offset());
  if (!IsPlain(argument.memory)) return EmitAnyStore(opcode, argument);
  const bool checked =
      strategy_ == MemoryStrategy::kChecked || argument.offset >= runtime::kGuardBytes;
  if (!checked && EmitAddressStore(opcode, argument)) return;
  const auto height = static_cast<uint32_t>(operands_.size());
  uint64_t offset = argument.offset;
  const bool is_constant =
      operands_[height - 2].IsConstant() && operands_[height - 2].bits + offset <= UINT32_MAX;
  // There is no handler with a float immediate.
  const bool allow_immediate = !operands_[height - 1].is_float;
  Prepare(height - 2, is_constant);
  Prepare(height - 1, allow_immediate);
  const Source address = SourceOf(height - 2);
  const Source value =
      SourceOf(height - 1, address.form != Form::kAccumulator || operands_[height - 1].is_float);
  if (is_constant) offset += address.bits;
  writer_.Begin(StoreHandler(opcode, address.form, value.form, checked));
  DropTo(height - 2);
  writer_.Write<uint32_t>(static_cast<uint32_t>(offset));
  if (address.form == Form::kSlot) WriteSource(address);
  WriteSource(value);
}

void Translator::MemorySize(uint32_t memory) {
  if (!IsPlain(memory)) return EmitRuntimeCall(RuntimeCall::kMemorySize, 0, 1, memory, 0);
  writer_.set_module_offset(state_->offset());
  writer_.Begin(SimpleHandler(Simple::kMemorySize));
  PushResult(runtime::kI32);
  writer_.Destination(Top().slot, false);
  writer_.End();
}

void Translator::MemoryFill(uint32_t memory) {
  if (!IsPlain(memory)) return EmitRuntimeCall(RuntimeCall::kMemoryFill, 3, 0, memory, 0);
  writer_.set_module_offset(state_->offset());
  MaterializeTop(3);
  DropTo(static_cast<uint32_t>(operands_.size()) - 3);
  writer_.Begin(SimpleHandler(Simple::kMemoryFill));
  writer_.Write<uint16_t>(static_cast<uint16_t>(SlotAt(static_cast<uint32_t>(operands_.size()))));
}

void Translator::MemoryCopy(uint32_t destination, uint32_t source) {
  if (!IsPlain(destination) || !IsPlain(source)) {
    return EmitRuntimeCall(RuntimeCall::kMemoryCopy, 3, 0, destination, source);
  }
  writer_.set_module_offset(state_->offset());
  MaterializeTop(3);
  DropTo(static_cast<uint32_t>(operands_.size()) - 3);
  writer_.Begin(SimpleHandler(Simple::kMemoryCopy));
  writer_.Write<uint16_t>(static_cast<uint16_t>(SlotAt(static_cast<uint32_t>(operands_.size()))));
}

void Translator::TableGet(uint32_t table) {
  writer_.set_module_offset(state_->offset());
  MaterializeTop(1);
  Pop();
  writer_.Begin(SimpleHandler(Simple::kTableGet));
  PushResult(module_.tables[table].type.element);
  writer_.Destination(Top().slot, false);
  writer_.Write<uint32_t>(table);
  // Not End: the destination is the operand as well and cannot be redirected.
}

void Translator::TableSet(uint32_t table) {
  writer_.set_module_offset(state_->offset());
  MaterializeTop(2);
  DropTo(static_cast<uint32_t>(operands_.size()) - 2);
  writer_.Begin(SimpleHandler(Simple::kTableSet));
  writer_.Write<uint16_t>(static_cast<uint16_t>(SlotAt(static_cast<uint32_t>(operands_.size()))));
  writer_.Write<uint32_t>(table);
}

void Translator::EmitRuntimeCall(RuntimeCall call, uint32_t operands, uint32_t results,
                                 uint32_t immediate, uint32_t immediate2) {
  writer_.set_module_offset(state_->offset());
  MaterializeTop(operands);
  DropTo(static_cast<uint32_t>(operands_.size()) - operands);
  const uint32_t base = SlotAt(static_cast<uint32_t>(operands_.size()));
  // Without operands and results, too, the handler reads the slot.
  highest_slot_ = std::max(highest_slot_, base + 1);
  writer_.Begin(SimpleHandler(Simple::kRuntimeCall));
  writer_.Write<uint16_t>(static_cast<uint16_t>(call));
  writer_.Write<uint16_t>(static_cast<uint16_t>(base));
  writer_.Write<uint32_t>(immediate);
  writer_.Write<uint32_t>(immediate2);
  writer_.Label();
  // Sizes and references; sizes of 32 bits are zero-extended.
  if (results != 0) PushResult(runtime::kI64, true);
}

}  // namespace wasmtier::interpreter
