#include "wasmtier/trap.h"

#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/api/convert_types.h"
#include "engine/api/trap_access.h"
#include "engine/api/trap_payload.h"

namespace wasmtier {
namespace {

constexpr char kTrapUrl[] = "wasmtier/trap";
constexpr char kExitUrl[] = "wasmtier/exit";

// The public codes are those of traps.def, without "no trap".
constexpr runtime::TrapCode ToRuntime(TrapCode code) {
  return static_cast<runtime::TrapCode>(static_cast<int>(code) + 1);
}
#define TRAP(Name, message) \
  static_assert(ToRuntime(TrapCode::k##Name) == runtime::TrapCode::k##Name);
#include "runtime/traps.def"
#undef TRAP

}  // namespace

const char* ToString(TrapCode code) { return runtime::TrapMessage(ToRuntime(code)); }

Trap::Trap(TrapCode code, std::string message, std::vector<TrapFrame> frames,
           uint64_t omitted_frames, absl::Status host_status)
    : code_(code),
      message_(std::move(message)),
      frames_(std::move(frames)),
      omitted_frames_(omitted_frames),
      host_status_(std::move(host_status)) {}

std::optional<Trap> Trap::FromStatus(const absl::Status& status) {
  if (status.ok()) return std::nullopt;
  const auto payload = status.GetPayload(kTrapUrl);
  if (!payload) return std::nullopt;
  return internal::DecodeTrap(std::string(*payload));
}

absl::Status Trap::ToStatus() const {
  absl::Status status = absl::AbortedError(message_);
  status.SetPayload(kTrapUrl, absl::Cord(absl::string_view(internal::EncodeTrap(*this))));
  return status;
}

std::string Trap::ToString() const {
  std::string text = message_;
  for (size_t i = 0; i < frames_.size(); ++i) {
    const TrapFrame& frame = frames_[i];
    absl::StrAppendFormat(&text, "\n%3d: function %d", i, frame.function);
    if (!frame.name.empty()) absl::StrAppend(&text, " <", frame.name, ">");
    absl::StrAppendFormat(&text, " at 0x%x", frame.offset);
    if (!frame.module_name.empty()) absl::StrAppend(&text, " in ", frame.module_name);
    if (frame.source) absl::StrAppend(&text, " (", frame.source->ToString(), ")");
  }
  if (omitted_frames_ != 0) {
    absl::StrAppend(&text, "\n  ... and ", omitted_frames_, " more frame",
                    omitted_frames_ == 1 ? "" : "s");
  }
  return text;
}

absl::Status ExitStatus(int32_t code) {
  absl::Status status = absl::CancelledError(absl::StrCat("exit with code ", code));
  status.SetPayload(kExitUrl, absl::Cord(absl::string_view(absl::StrCat(code))));
  return status;
}

std::optional<int32_t> ExitCode(const absl::Status& status) {
  if (status.ok()) return std::nullopt;
  const auto payload = status.GetPayload(kExitUrl);
  int32_t code = 0;
  if (!payload || !absl::SimpleAtoi(std::string(*payload), &code)) return std::nullopt;
  return code;
}

namespace internal {

absl::Status ToStatus(const runtime::TrapInfo& trap) {
  std::string message = trap.message;
  if (trap.code == runtime::TrapCode::kHostError) {
    // A nested trap has the frames of all outer activations already.
    if (ExitCode(trap.host_status) || trap.host_status.GetPayload(kTrapUrl)) {
      return trap.host_status;
    }
    message = absl::StrCat(runtime::TrapMessage(trap.code), ": ", trap.host_status.message());
  }
  std::vector<TrapFrame> frames;
  frames.reserve(trap.frames.size());
  for (const runtime::Frame& frame : trap.frames) {
    frames.push_back({.function = frame.function,
                      .name = std::string(frame.module->FunctionName(frame.function)),
                      .module_name = std::string(frame.module->ModuleName()),
                      .offset = frame.offset,
                      .source = ToPublic(frame.module->FindSourceLine(frame.offset))});
  }
  const auto code = static_cast<TrapCode>(static_cast<int>(trap.code) - 1);
  return Trap(code, std::move(message), std::move(frames), trap.omitted_frames, trap.host_status)
      .ToStatus();
}

}  // namespace internal

}  // namespace wasmtier
