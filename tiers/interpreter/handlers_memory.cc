// Loads and stores of linear memory.
#include <array>
#include <cstring>
#include <type_traits>
#include <utility>

#include "tiers/decode/opcode.h"
#include "tiers/interpreter/dispatch.h"
#include "tiers/interpreter/fault_sites.h"
#include "tiers/interpreter/handler_tables.h"
#include "tiers/interpreter/handlers.h"
#include "tiers/interpreter/linear_memory.h"
#include "tiers/semantics/operation.h"

// The linker gathers the section and names its ends.
extern "C" const wasmtier::runtime::FaultSite __start_wasmtier_fault_sites[];
extern "C" const wasmtier::runtime::FaultSite __stop_wasmtier_fault_sites[];

namespace wasmtier::interpreter {
namespace {

using decode::Info;
using decode::Opcode;
using decode::Shape;
using semantics::MemoryOperation;

// The sum of index and static offset does not overflow: 32 bits each.
INLINE bool IsOutOfBounds(const VMContext* context, uint64_t address, uint64_t bytes) {
  return address + bytes > context->memory->byte_size;
}

#define LOAD_AND_PUT(address)                                                       \
  do {                                                                              \
    const uint64_t load_address = (address);                                        \
    if constexpr (checked) {                                                        \
      if (IsOutOfBounds(context, load_address, sizeof(Stored))) [[unlikely]] {      \
        JUMP Trap<runtime::TrapCode::kMemoryOutOfBounds>(HANDLER_ARGUMENTS);        \
      }                                                                             \
      Stored stored;                                                                \
      std::memcpy(&stored, context->memory->base + load_address, sizeof(stored));   \
      PUT(static_cast<Value>(stored), kHandlerBytes);                               \
    } else {                                                                        \
      PUT((LoadUnchecked<Stored, Value>(context, memory, load_address, pc, frame)), \
          kHandlerBytes);                                                           \
    }                                                                               \
  } while (false)

template <Opcode op, Form form, bool checked>
HANDLER Load(HANDLER_PARAMETERS) {
  using Stored = typename MemoryOperation<op>::Memory;
  using Value = typename MemoryOperation<op>::Value;
  constexpr int kOffset = kHandlerBytes + kSlotBytes;
  uint64_t address = ReadField<uint32_t>(pc, kOffset);
  // An immediate address is already added to the offset.
  if constexpr (form != Form::kImmediate) {
    address += ReadOperand<uint32_t, form>(pc, kOffset + 4, frame, accumulator, float_accumulator);
  }
  LOAD_AND_PUT(address);
  NEXT(kOffset + 4 + (form == Form::kSlot ? kSlotBytes : 0));
}

template <Opcode op, Form form, Form form_value, bool checked>
HANDLER Store(HANDLER_PARAMETERS) {
  using Stored = typename MemoryOperation<op>::Memory;
  using Value = typename MemoryOperation<op>::Value;
  constexpr int kAddress = kHandlerBytes + 4;
  constexpr int kValue = kAddress + (form == Form::kSlot ? kSlotBytes : 0);
  uint64_t address = ReadField<uint32_t>(pc, kHandlerBytes);
  if constexpr (form != Form::kImmediate) {
    address += ReadOperand<uint32_t, form>(pc, kAddress, frame, accumulator, float_accumulator);
  }
  const auto value = static_cast<Stored>(
      ReadOperand<Value, form_value>(pc, kValue, frame, accumulator, float_accumulator));
  if constexpr (checked) {
    if (IsOutOfBounds(context, address, sizeof(Stored))) [[unlikely]] {
      JUMP Trap<runtime::TrapCode::kMemoryOutOfBounds>(HANDLER_ARGUMENTS);
    }
    std::memcpy(context->memory->base + address, &value, sizeof(value));
  } else {
    StoreUnchecked<Stored>(context, memory, address, value, pc, frame);
  }
  NEXT(kValue + OperandBytes<Value>(form_value));
}

template <Opcode op>
HANDLER AnyLoad(HANDLER_PARAMETERS) {
  using Stored = typename MemoryOperation<op>::Memory;
  using Value = typename MemoryOperation<op>::Value;
  constexpr int kOffset = kHandlerBytes + kSlotBytes;
  const uint8_t* const found = FindInAnyMemory(context, ReadField<uint32_t>(pc, kOffset + 8),
                                               frame[ReadField<uint16_t>(pc, kOffset + 12)],
                                               ReadField<uint64_t>(pc, kOffset), sizeof(Stored));
  if (found == nullptr) [[unlikely]]
    JUMP Trap<runtime::TrapCode::kMemoryOutOfBounds>(HANDLER_ARGUMENTS);
  PUT(static_cast<Value>(ReadField<Stored>(found, 0)), kHandlerBytes);
  NEXT(kOffset + 12 + kSlotBytes);
}

template <Opcode op>
HANDLER AnyStore(HANDLER_PARAMETERS) {
  using Stored = typename MemoryOperation<op>::Memory;
  using Value = typename MemoryOperation<op>::Value;
  constexpr int kAddress = kHandlerBytes + 12;
  const auto value = static_cast<Stored>(ReadOperand<Value, Form::kSlot>(
      pc, kAddress + kSlotBytes, frame, accumulator, float_accumulator));
  uint8_t* const found = FindInAnyMemory(context, ReadField<uint32_t>(pc, kHandlerBytes + 8),
                                         frame[ReadField<uint16_t>(pc, kAddress)],
                                         ReadField<uint64_t>(pc, kHandlerBytes), sizeof(Stored));
  if (found == nullptr) [[unlikely]]
    JUMP Trap<runtime::TrapCode::kMemoryOutOfBounds>(HANDLER_ARGUMENTS);
  std::memcpy(found, &value, sizeof(value));
  NEXT(kAddress + 2 * kSlotBytes);
}

template <Opcode op, bool checked>
constexpr std::array<Handler, kForms> LoadRow() {
  if constexpr (Info(op).shape == Shape::kLoad)
    return {Load<op, kS, checked>, Load<op, kA, checked>, Load<op, kI, checked>};
  return {};
}

template <Opcode op, bool checked>
constexpr PairRow StoreRow() {
  PairRow row{};
  if constexpr (Info(op).shape == Shape::kStore) {
    row[PairIndex(kS, kS)] = Store<op, kS, kS, checked>;
    row[PairIndex(kS, kA)] = Store<op, kS, kA, checked>;
    row[PairIndex(kA, kS)] = Store<op, kA, kS, checked>;
    row[PairIndex(kI, kS)] = Store<op, kI, kS, checked>;
    row[PairIndex(kI, kA)] = Store<op, kI, kA, checked>;
    row[PairIndex(kS, kI)] = Store<op, kS, kI, checked>;
    row[PairIndex(kA, kI)] = Store<op, kA, kI, checked>;
    row[PairIndex(kI, kI)] = Store<op, kI, kI, checked>;
    // The accumulators of the two classes can both be current.
    if constexpr (kIsFloat<typename MemoryOperation<op>::Value>)
      row[PairIndex(kA, kA)] = Store<op, kA, kA, checked>;
  }
  return row;
}

template <Opcode op>
constexpr Handler AnyHandler() {
  if constexpr (Info(op).shape == Shape::kLoad) return AnyLoad<op>;
  if constexpr (Info(op).shape == Shape::kStore) return AnyStore<op>;
  return nullptr;
}

template <bool checked, int... index>
constexpr auto LoadTable(std::integer_sequence<int, index...>) {
  return std::array{LoadRow<static_cast<Opcode>(kFirstMemory + index), checked>()...};
}
template <bool checked, int... index>
constexpr auto StoreTable(std::integer_sequence<int, index...>) {
  return std::array{StoreRow<static_cast<Opcode>(kFirstMemory + index), checked>()...};
}

template <int... index>
constexpr auto AnyTable(std::integer_sequence<int, index...>) {
  return std::array{AnyHandler<static_cast<Opcode>(kFirstMemory + index)>()...};
}

constexpr std::array kLoadTables = {LoadTable<false>(MemoryIndices()),
                                    LoadTable<true>(MemoryIndices())};
constexpr std::array kStoreTables = {StoreTable<false>(MemoryIndices()),
                                     StoreTable<true>(MemoryIndices())};

constexpr auto kAnyTable = AnyTable(MemoryIndices());

}  // namespace

Handler LoadHandler(Opcode opcode, Form address, bool checked) {
  return kLoadTables[checked][MemoryRow(opcode)][static_cast<int>(address)];
}
Handler AnyLoadHandler(Opcode opcode) { return kAnyTable[MemoryRow(opcode)]; }
Handler AnyStoreHandler(Opcode opcode) { return kAnyTable[MemoryRow(opcode)]; }
Handler StoreHandler(Opcode opcode, Form address, Form value, bool checked) {
  return kStoreTables[checked][MemoryRow(opcode)][PairIndex(address, value)];
}

std::span<const runtime::FaultSite> FaultSites() {
  return {__start_wasmtier_fault_sites, __stop_wasmtier_fault_sites};
}

int UncheckedMemoryHandlerCount() {
  return CountHandlers(kLoadTables[false]) + CountHandlers(kStoreTables[false]) +
         FusedMemoryHandlerCount() + VectorMemoryHandlerCount();
}

}  // namespace wasmtier::interpreter
