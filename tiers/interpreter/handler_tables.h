// What the tables of handlers by opcode and operand forms have in common.
#ifndef WASMTIER_TIERS_INTERPRETER_HANDLER_TABLES_H_
#define WASMTIER_TIERS_INTERPRETER_HANDLER_TABLES_H_

#include <array>
#include <utility>

#include "tiers/decode/opcode.h"
#include "tiers/interpreter/bytecode.h"
#include "tiers/interpreter/handlers.h"

namespace wasmtier::interpreter {

inline constexpr Form kS = Form::kSlot;
inline constexpr Form kA = Form::kAccumulator;
inline constexpr Form kI = Form::kImmediate;

// The handlers of an opcode by the forms of two operands, null where there is none.
using PairRow = std::array<Handler, kForms * kForms>;
constexpr int PairIndex(Form a, Form b) {
  return static_cast<int>(a) * kForms + static_cast<int>(b);
}

// The loads and stores of scalars stand together in opcodes.def.
inline constexpr int kFirstMemory = static_cast<int>(decode::Opcode::kI32Load);
inline constexpr int kMemoryCount =
    static_cast<int>(decode::Opcode::kI64Store32) - kFirstMemory + 1;
using MemoryIndices = std::make_integer_sequence<int, kMemoryCount>;
inline int MemoryRow(decode::Opcode opcode) { return static_cast<int>(opcode) - kFirstMemory; }

// Handlers in a table of rows.
template <typename Table>
int CountHandlers(const Table& table) {
  int count = 0;
  for (const auto& row : table) {
    for (Handler handler : row) count += handler != nullptr;
  }
  return count;
}

}  // namespace wasmtier::interpreter

#endif  // WASMTIER_TIERS_INTERPRETER_HANDLER_TABLES_H_
