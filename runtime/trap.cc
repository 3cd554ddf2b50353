#include "runtime/trap.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace wasmtier::runtime {

const char* TrapMessage(TrapCode code) {
  switch (code) {
    case TrapCode::kNone:
      return "no trap";
#define TRAP(Name, message) \
  case TrapCode::k##Name:   \
    return message;
#include "runtime/traps.def"
#undef TRAP
  }
  return "unknown trap";
}

std::string TrapInfo::ToString() const {
  std::string text = message.empty() ? TrapMessage(code) : message;
  for (size_t i = 0; i < frames.size(); ++i) {
    const Frame& frame = frames[i];
    absl::StrAppendFormat(&text, "\n%3d: %s at 0x%x", i,
                          frame.module->DescribeFunction(frame.function), frame.offset);
  }
  if (omitted_frames != 0) {
    absl::StrAppend(&text, "\n  ... and ", omitted_frames, " more frame",
                    omitted_frames == 1 ? "" : "s");
  }
  return text;
}

}  // namespace wasmtier::runtime
