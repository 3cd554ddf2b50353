// Compiler: linear memory and tables.
#include <cstddef>

#include "runtime/memory.h"
#include "runtime/vm_context.h"
#include "tiers/baseline/compiler.h"

namespace wasmtier::baseline {

using decode::Info;
using runtime::MemoryView;
using runtime::TableView;
using runtime::TrapCode;
using runtime::VMContext;

// Whether bounds are compared; otherwise the hardware finds what is out of bounds.
bool Compiler::IsChecked(const decode::MemoryArgument& argument) const {
  return code_->strategy() == runtime::MemoryStrategy::kChecked || argument.memory != 0 ||
         Is64Memory(argument.memory) || argument.offset >= runtime::kGuardBytes;
}

bool Compiler::Is64Memory(uint32_t memory) const { return module_->memories[memory].limits.is_64; }

// A register with the base of memory 0; the caller frees it (a home is not changed by that).
Register Compiler::MemoryBase() {
  const Register home = homes_.ReadMemoryBase();
  if (home.IsValid()) return home;
  const Register base = ContextWord(offsetof(VMContext, memory_base));
  return base;
}

// A register with the address of the MemoryView.
Register Compiler::MemoryViewOf(uint32_t memory) {
  return memory == 0 ? ContextWord(offsetof(VMContext, memory))
                     : ContextElement(offsetof(VMContext, memories), memory);
}

// The instruction behind a load or store: behind the opcode, the alignment (whose bit 6 says that a
// memory index follows) and the offset.
const uint8_t* Compiler::BehindMemoryArgument() const {
  constexpr uint8_t kVectorPrefix = 0xfd;
  constexpr uint8_t kHasMemory = 0x40;
  const uint8_t* argument = *state_->instruction() == kVectorPrefix ? SkipLeb(Next()) : Next();
  const uint8_t* next = SkipLeb(argument);
  if ((*argument & kHasMemory) != 0) next = SkipLeb(next);
  return SkipLeb(next);
}

// With the register that it allocates for the base; the caller frees it.
Masm::Place Compiler::PlaceOf(const decode::MemoryArgument& argument, const Operand& address) {
  const bool is_checked = IsChecked(argument);
  const Register base = is_checked ? MemoryViewOf(argument.memory) : MemoryBase();
  return {base, address, argument.offset, is_checked, Is64Memory(argument.memory)};
}

void Compiler::EmitLoad(Opcode opcode, const decode::MemoryArgument& argument) {
  Begin();
  const uint8_t* next = BehindMemoryArgument();
  Value address = values_.Pop();
  const Type type = TypeOf(Info(opcode).signature.result);
  const Operand operand = values_.Read(address);
  if (IsChecked(argument)) {
    const Register view = MemoryViewOf(argument.memory);
    const Register destination = Destination(next, type, address);
    masm_.LoadChecked(opcode, destination, view, operand, argument.offset,
                      Is64Memory(argument.memory));
    values_.Free(view);
    values_.Release(address);
    return Push(type, destination);
  }
  const Register base = MemoryBase();
  const Register destination = Destination(next, type, address);
  masm_.Load(opcode, destination, base, operand, argument.offset);
  values_.Free(base);
  values_.Release(address);
  Push(type, destination);
}

void Compiler::EmitStore(Opcode opcode, const decode::MemoryArgument& argument) {
  Begin();
  const Value value = values_.Pop();
  const Value address = values_.Pop();
  const Operand stored = values_.Read(value);
  const Operand operand = values_.Read(address);
  if (IsChecked(argument)) {
    const Register view = MemoryViewOf(argument.memory);
    masm_.StoreChecked(opcode, stored, view, operand, argument.offset, Is64Memory(argument.memory));
    values_.Free(view);
  } else {
    const Register base = MemoryBase();
    masm_.Store(opcode, stored, base, operand, argument.offset);
    values_.Free(base);
  }
  values_.Release(value);
  values_.Release(address);
}

void Compiler::MemorySize(uint32_t memory) {
  Begin();
  const Register pages = MemoryViewOf(memory);
  masm_.LoadWord(Type::kI64, pages, {pages, {}, offsetof(MemoryView, byte_size)});
  constexpr uint64_t kPageBits = 16;
  masm_.Binary(Opcode::kI64ShrU, pages, Operand::In(pages), Operand::Constant(kPageBits));
  Push(Is64Memory(memory) ? Type::kI64 : Type::kI32, pages);
}

Register Compiler::TableViewOf(uint32_t table) {
  return table == 0 ? ContextWord(offsetof(VMContext, table))
                    : ContextElement(offsetof(VMContext, tables), table);
}

// Turns the register of a table's view into the address of an element; consumes the index, which
// was popped. Traps if there is no such element.
void Compiler::AddressElement(Register view, Value index, TrapCode code) {
  const Register position = values_.InRegister(index);
  masm_.CompareWord(Operand::In(position), {view, {}, offsetof(TableView, size)});
  masm_.TrapIf(Condition::kAboveEqual, code);
  masm_.LoadWord(Type::kI64, view, {view, {}, offsetof(TableView, elements)});
  masm_.ScaledAdd(Type::kI64, view, view, position, 3);
  values_.Release(index);
}

void Compiler::TableGet(uint32_t table) {
  Begin();
  const Value index = values_.Pop();
  const Register element = TableViewOf(table);
  AddressElement(element, index, TrapCode::kTableOutOfBounds);
  masm_.LoadWord(Type::kI64, element, {element, {}, 0});
  Push(Type::kI64, element);
}

void Compiler::TableSet(uint32_t table) {
  Begin();
  const Value value = values_.Pop();
  const Value index = values_.Pop();
  const Operand reference = values_.Read(value);
  const Register element = TableViewOf(table);
  AddressElement(element, index, TrapCode::kTableOutOfBounds);
  masm_.StoreWord(Type::kI64, {element, {}, 0}, reference);
  values_.Free(element);
  values_.Release(value);
}

void Compiler::TableSize(uint32_t table) {
  Begin();
  const Register size = TableViewOf(table);
  masm_.LoadWord(Type::kI64, size, {size, {}, offsetof(TableView, size)});
  Push(module_->tables[table].type.limits.is_64 ? Type::kI64 : Type::kI32, size);
}

}  // namespace wasmtier::baseline
