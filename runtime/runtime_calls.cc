#include "runtime/runtime_calls.h"

#include "runtime/code_listener.h"
#include "runtime/instance.h"
#include "runtime/module_code.h"
#include "runtime/tier_hooks.h"

namespace wasmtier::runtime {
namespace {

// Operands of memories and tables with 32-bit indices have zero upper halves (design §6), so 64
// bits can be read of all.

TrapCode MemoryTrapUnless(bool done) {
  return done ? TrapCode::kNone : TrapCode::kMemoryOutOfBounds;
}
TrapCode TableTrapUnless(bool done) { return done ? TrapCode::kNone : TrapCode::kTableOutOfBounds; }

// -1 as the index type of the memory or table spells it.
uint64_t SizeResult(int64_t size, bool is_64) {
  return is_64 ? static_cast<uint64_t>(size) : static_cast<uint32_t>(size);
}

// Tells of what memory.grow and table.grow did: `before`, or -1. Growing by 0 asks for the size.
void ReportGrowth(GrowthEvent::What what, VMContext* context, uint32_t index, uint64_t size,
                  uint64_t added, int64_t before) {
  if (added == 0) return;
  context->code->hooks().listener().OnGrowth({.what = what,
                                              .code = context->code,
                                              .index = index,
                                              .size = size,
                                              .added = added,
                                              .is_refused = before < 0});
}

TrapCode MemorySize(VMContext* context, uint64_t* slots, uint32_t memory, uint32_t) {
  slots[0] = context->instance->memory(memory).pages();
  return TrapCode::kNone;
}

TrapCode MemoryGrow(VMContext* context, uint64_t* slots, uint32_t memory_index, uint32_t) {
  Memory& memory = context->instance->memory(memory_index);
  const uint64_t size = memory.pages();
  const uint64_t added = slots[0];
  const int64_t before = memory.Grow(added);
  ReportGrowth(GrowthEvent::What::kMemory, context, memory_index, size, added, before);
  slots[0] = SizeResult(before, memory.type().limits.is_64);
  return TrapCode::kNone;
}

TrapCode MemoryInit(VMContext* context, uint64_t* slots, uint32_t data, uint32_t memory) {
  return MemoryTrapUnless(
      context->instance->MemoryInit(memory, data, slots[0], slots[1], slots[2]));
}

TrapCode DataDrop(VMContext* context, uint64_t*, uint32_t data, uint32_t) {
  context->instance->DataDrop(data);
  return TrapCode::kNone;
}

TrapCode MemoryCopy(VMContext* context, uint64_t* slots, uint32_t destination, uint32_t source) {
  return MemoryTrapUnless(
      context->instance->MemoryCopy(destination, source, slots[0], slots[1], slots[2]));
}

TrapCode MemoryFill(VMContext* context, uint64_t* slots, uint32_t memory, uint32_t) {
  return MemoryTrapUnless(
      context->instance->MemoryFill(memory, slots[0], static_cast<uint8_t>(slots[1]), slots[2]));
}

TrapCode TableSize(VMContext* context, uint64_t* slots, uint32_t table, uint32_t) {
  slots[0] = context->instance->table(table).size();
  return TrapCode::kNone;
}

TrapCode TableGrow(VMContext* context, uint64_t* slots, uint32_t table_index, uint32_t) {
  Table& table = context->instance->table(table_index);
  const uint64_t size = table.size();
  const uint64_t added = slots[1];
  const int64_t before = table.Grow(added, slots[0]);
  ReportGrowth(GrowthEvent::What::kTable, context, table_index, size, added, before);
  slots[0] = SizeResult(before, table.type().limits.is_64);
  return TrapCode::kNone;
}

TrapCode TableFill(VMContext* context, uint64_t* slots, uint32_t table, uint32_t) {
  return TableTrapUnless(context->instance->TableFill(table, slots[0], slots[1], slots[2]));
}

TrapCode TableCopy(VMContext* context, uint64_t* slots, uint32_t destination, uint32_t source) {
  return TableTrapUnless(
      context->instance->TableCopy(destination, source, slots[0], slots[1], slots[2]));
}

TrapCode TableInit(VMContext* context, uint64_t* slots, uint32_t element, uint32_t table) {
  return TableTrapUnless(
      context->instance->TableInit(table, element, slots[0], slots[1], slots[2]));
}

TrapCode ElementDrop(VMContext* context, uint64_t*, uint32_t element, uint32_t) {
  context->instance->ElementDrop(element);
  return TrapCode::kNone;
}

TrapCode RefFunc(VMContext* context, uint64_t* slots, uint32_t function, uint32_t) {
  slots[0] = reinterpret_cast<uint64_t>(context->instance->GetFunction(function));
  return TrapCode::kNone;
}

}  // namespace

const RuntimeFunction kRuntimeFunctions[] = {
#define RUNTIME_CALL(Name, operands, results) Name,
#include "runtime/runtime_calls.def"
#undef RUNTIME_CALL
};

}  // namespace wasmtier::runtime
