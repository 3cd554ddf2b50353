// Names that the makers and the readers of IR and objects share.
#ifndef WASMTIER_TIERS_OPTIMIZING_SYMBOLS_H_
#define WASMTIER_TIERS_OPTIMIZING_SYMBOLS_H_

#include <charconv>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace wasmtier::optimizing {

// All that emitted code may call besides wasm code: thunks of the runtime, SysV.
//
// void (ptr context, i32 trap_code), noreturn, cold, nomerge
inline constexpr char kTrapSymbol[] = "wasmtier_trap_with_context";
// void (ptr context, ptr slots, i32 immediate, i32 immediate2, i32 runtime_call): operands are
// taken from slots[0...], results left there, as runtime/runtime_calls.def says
inline constexpr char kRuntimeCallSymbol[] = "wasmtier_runtime_call_with_context";

// Name of a wasm function's IR function and of its DISubprogram: "f12"; of its body from a loop on:
// "f12.osr3" (the DISubprogram's name is "f12").
inline std::string FunctionSymbol(uint32_t function) { return "f" + std::to_string(function); }
inline std::string OsrSymbol(uint32_t function, uint32_t loop) {
  return "f" + std::to_string(function) + ".osr" + std::to_string(loop);
}

// The index in such a name; what LLVM appends to it (".specialized.1") does not matter.
inline std::optional<uint32_t> FunctionOfSymbol(std::string_view name) {
  if (name.size() < 2 || name[0] != 'f') return std::nullopt;
  uint32_t function = 0;
  const char* const end = name.data() + name.size();
  const auto [position, error] = std::from_chars(name.data() + 1, end, function);
  if (error != std::errc() || (position != end && *position != '.')) return std::nullopt;
  return function;
}

// Column of a tail call's debug location, whose line is its module offset; of all others: 0.
inline constexpr unsigned kTailCallColumn = 1;

// Machine code outside of a unit, by FunctionSymbol.
using Callees = std::map<std::string, const void*, std::less<>>;

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_SYMBOLS_H_
