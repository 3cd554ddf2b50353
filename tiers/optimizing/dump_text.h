// What LLVM prints, made readable: without what only tools read, and with the offsets of the wasm
// instructions that code was made from.
#ifndef WASMTIER_TIERS_OPTIMIZING_DUMP_TEXT_H_
#define WASMTIER_TIERS_OPTIMIZING_DUMP_TEXT_H_

#include <string>
#include <string_view>

namespace wasmtier::optimizing {

// Assembly without debug information and directives: labels, instructions, constants and tables;
// where the offset in the module changes, a line "# 0x2885".
std::string ReadableAssembly(std::string_view assembly);

// IR without debug metadata, which is still IR: at the end of an instruction "; 0x2885", and the
// name of the function where that has been inlined, "; f13 0x2885".
std::string ReadableIr(std::string_view ir);

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_DUMP_TEXT_H_
