// What debug information says of machine code, in the engine's own tables.
#ifndef WASMTIER_TIERS_OPTIMIZING_POSITION_TABLES_H_
#define WASMTIER_TIERS_OPTIMIZING_POSITION_TABLES_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/code_space.h"

namespace wasmtier::optimizing {

// As in runtime::CompiledCode; offsets are those in section .text.
struct PositionTables {
  std::vector<runtime::CodePositionEntry> positions;  // ranges
  std::vector<runtime::CodeScope> scopes;
  std::vector<runtime::FramelessRange> frameless;
  std::vector<uint32_t> tail_calls;
  uint32_t prologue_size = 0;
};

// Reads the DWARF of an object in which a line is a module offset, a column kTailCallColumn or 0,
// and a DISubprogram's name is FunctionSymbol.
absl::StatusOr<PositionTables> ReadPositionTables(std::string_view object);

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_POSITION_TABLES_H_
