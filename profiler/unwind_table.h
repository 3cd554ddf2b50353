// Unwind tables of machine code: .eh_frame and .eh_frame_hdr, as debuggers and perf read them
// (Linux Standard Base Core 5.0, "Exception Frames").
#ifndef WASMTIER_PROFILER_UNWIND_TABLE_H_
#define WASMTIER_PROFILER_UNWIND_TABLE_H_

#include <cstddef>
#include <string>

#include "runtime/code_space.h"

namespace wasmtier::profiler {

struct UnwindTable {
  std::string bytes;  // .eh_frame, then .eh_frame_hdr
  size_t header_bytes = 0;
};

// Of one piece of code, for an image in which the table lies behind the code, at the next multiple
// of 8. Frames are those of the frame pointer; where there is none (CompiledCode::frameless), of
// the stack pointer.
UnwindTable UnwindTableOf(const runtime::CompiledCode& code);

}  // namespace wasmtier::profiler

#endif  // WASMTIER_PROFILER_UNWIND_TABLE_H_
