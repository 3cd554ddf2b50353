// From an object file in memory to machine code in the host's code memory, by JITLink.
#ifndef WASMTIER_TIERS_OPTIMIZING_LINKER_H_
#define WASMTIER_TIERS_OPTIMIZING_LINKER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tiers/optimizing/optimizer.h"
#include "tiers/optimizing/symbols.h"

namespace wasmtier::optimizing {

// Code that was written to memory of Host::AllocateCode; whoever has it adds or abandons the
// memory.
struct LinkedCode {
  runtime::CodeBuffer buffer;
  const uint8_t* begin = nullptr;  // executable; of the section .text, where the entry is
  uint32_t size = 0;               // of .text and of the jumps to what is out of its reach
};

// `object` must have all its functions in .text, `entry` first; it may have constants, but nothing
// that is written; unwind tables are dropped. It may refer to host.symbols() and `callees` only.
// Internal: an object that is otherwise; the text names the symbol or section. ResourceExhausted:
// no code memory.
absl::StatusOr<LinkedCode> Link(std::string_view object, const std::string& entry, Host& host,
                                const Callees& callees = {});

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_LINKER_H_
