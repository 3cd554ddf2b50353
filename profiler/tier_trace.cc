#include "profiler/tier_trace.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "profiler/code_names.h"
#include "runtime/activation.h"
#include "runtime/model/module.h"
#include "runtime/module_code.h"
#include "runtime/stack_walk.h"
#include "runtime/trap.h"

namespace wasmtier::profiler {
namespace {

using runtime::CompileEvent;

std::atomic<uint64_t> traces_made{0};

// As a JSON string. Names of wasm are UTF-8.
std::string Quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&result, "\\u%04x", static_cast<unsigned char>(c));
    } else {
      result += c;
    }
  }
  return result + '"';
}

// Of code, and of what waits to become code: what tells one from another.
std::string Arguments(const runtime::ModuleCode& code, uint32_t function,
                      const std::optional<uint32_t>& osr_loop) {
  const runtime::Module& module = code.module();
  std::string text = absl::StrCat(
      "\"module\":", Quoted(PrintableName(module.ModuleName())), ",\"function\":", function,
      ",\"name\":", Quoted(NameOf(code, function)), ",\"wasm_bytes\":", module.body(function).size);
  if (osr_loop) absl::StrAppend(&text, ",\"loop\":", *osr_loop);
  return text;
}

const char* PipelineOf(bool is_quick) { return is_quick ? "\"quick\"" : "\"full\""; }

}  // namespace

absl::StatusOr<std::unique_ptr<TierTrace>> TierTrace::Open(const std::string& path) {
  const int descriptor =
      open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot write the trace ", path));
  }
  return std::unique_ptr<TierTrace>(new TierTrace(descriptor));
}

TierTrace::TierTrace(int descriptor)
    : descriptor_(descriptor), process_(getpid()), number_(traces_made.fetch_add(1) + 1) {
  Append("[\n");
}

TierTrace::~TierTrace() {
  const auto omitted = [](uint64_t count, uint64_t most) {
    return count > most ? count - most : 0;
  };
  const uint64_t entries = loop_entries_.load(std::memory_order_relaxed);
  const uint64_t growths = growths_.load(std::memory_order_relaxed);
  Append(absl::StrFormat(
      "{\"name\":\"process_labels\",\"ph\":\"M\",\"pid\":%d,\"tid\":%d,\"args\":{\"labels\":"
      "\"wasm-tier\",\"loop_entries\":%d,\"omitted_loop_entries\":%d,\"growths\":%d,"
      "\"omitted_growths\":%d}}\n]\n",
      process_, process_, entries, omitted(entries, kMaxLoopEntries), growths,
      omitted(growths, kMaxGrowths)));
  close(descriptor_);
}

void TierTrace::OnCode(const runtime::CodeEvent& event) {
  std::string arguments = absl::StrCat(Arguments(*event.code, event.function, event.osr_loop),
                                       ",\"bytes\":", event.size);
  if (event.tier == runtime::Tier::kOptimizing) {
    absl::StrAppend(&arguments, ",\"pipeline\":", PipelineOf(event.is_quick));
  }
  Write({NameOf(*event.code, event.function), NameOf(event.tier), 'X', event.nanoseconds}, "",
        arguments);
}

void TierTrace::OnStub(const runtime::StubEvent& event) {
  Write({absl::StrCat("stub ", PrintableName(event.name)), "stub", 'i'}, "\"s\":\"t\",",
        absl::StrCat("\"bytes\":", event.size));
}

void TierTrace::OnCompile(const CompileEvent& event) {
  const std::string name = NameOf(*event.code, event.function);
  const std::string_view tier = NameOf(event.tier);
  std::string arguments = Arguments(*event.code, event.function, event.osr_loop);
  if (event.tier == runtime::Tier::kOptimizing) {
    absl::StrAppend(&arguments, ",\"pipeline\":", PipelineOf(event.is_quick));
  }
  // Of the time in the queue. A task waits once at a time.
  const std::string id =
      absl::StrFormat("\"id\":\"%x-%d-%d-%d-%d\",", reinterpret_cast<uintptr_t>(event.code),
                      event.function, event.osr_loop ? int64_t{*event.osr_loop} : -1,
                      event.is_quick ? 1 : 0, static_cast<int>(event.tier));
  switch (event.step) {
    case CompileEvent::Step::kQueued:
      Write({absl::StrCat("wait ", name), tier, 'b'}, id, arguments);
      break;
    case CompileEvent::Step::kStarted:
      Write({absl::StrCat("wait ", name), tier, 'e'}, id, arguments);
      break;
    case CompileEvent::Step::kDropped:
      Write({absl::StrCat("wait ", name), tier, 'e'}, id, arguments);
      Write({absl::StrCat("drop ", name), tier, 'i'}, "\"s\":\"t\",", arguments);
      break;
    case CompileEvent::Step::kPublished:
      Write({absl::StrCat("publish ", name), tier, 'i'}, "\"s\":\"p\",", arguments);
      break;
    case CompileEvent::Step::kFailed:
      Write({absl::StrCat("fail ", name), tier, 'X', event.nanoseconds}, "",
            absl::StrCat(arguments, ",\"reason\":", Quoted(PrintableName(event.reason))));
      break;
  }
}

void TierTrace::OnLoopEntry(const runtime::LoopEntryEvent& event) {
  if (loop_entries_.fetch_add(1, std::memory_order_relaxed) >= kMaxLoopEntries) return;
  Write({absl::StrCat("enter loop of ", NameOf(*event.code, event.function)), NameOf(event.from),
         'i'},
        "\"s\":\"t\",", Arguments(*event.code, event.function, event.loop));
}

void TierTrace::OnGrowth(const runtime::GrowthEvent& event) {
  if (growths_.fetch_add(1, std::memory_order_relaxed) >= kMaxGrowths) return;
  const bool is_memory = event.what == runtime::GrowthEvent::What::kMemory;
  // Of the innermost function, which asked for it.
  runtime::TrapInfo place;
  runtime::AppendFrames(place, runtime::CurrentActivation());
  std::string function;
  if (!place.frames.empty()) {
    const runtime::Frame& frame = place.frames.front();
    function = absl::StrCat(",\"function\":", frame.function,
                            ",\"name\":", Quoted(NameOf(*frame.module, frame.function)));
  }
  Write({absl::StrCat(event.is_refused ? "refuse to grow " : "grow ",
                      is_memory ? "memory" : "table", " ", event.index),
         is_memory ? "memory" : "table", 'i'},
        "\"s\":\"t\",",
        absl::StrCat("\"module\":", Quoted(PrintableName(event.code->module().ModuleName())),
                     is_memory ? ",\"pages\":" : ",\"elements\":", event.size,
                     ",\"added\":", event.added, function));
}

void TierTrace::Write(const Head& head, std::string_view fields, std::string_view arguments) {
  const double now = std::chrono::duration<double, std::micro>(Clock::now() - start_).count();
  const double duration = static_cast<double>(head.nanoseconds) / 1e3;
  const auto thread = static_cast<int64_t>(syscall(SYS_gettid));
  NameThread(thread);
  std::string text =
      absl::StrFormat("{\"name\":%s,\"cat\":\"%s\",\"ph\":\"%c\",\"ts\":%.3f,", Quoted(head.name),
                      std::string(head.category), head.phase, now - duration);
  if (head.phase == 'X') absl::StrAppendFormat(&text, "\"dur\":%.3f,", duration);
  absl::StrAppendFormat(&text, "%s\"pid\":%d,\"tid\":%d,\"args\":{%s}},\n", std::string(fields),
                        process_, thread, std::string(arguments));
  Append(text);
}

void TierTrace::NameThread(int64_t thread) {
  thread_local uint64_t named_in = 0;
  if (named_in == number_) return;
  named_in = number_;
  char name[16] = "";
  pthread_getname_np(pthread_self(), name, sizeof(name));
  Append(absl::StrFormat(
      "{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":%d,\"tid\":%d,\"args\":{\"name\":%s}},\n",
      process_, thread, Quoted(thread == process_ ? "main" : name)));
}

void TierTrace::Append(std::string_view text) {
  // One write is one event, whichever threads write too (O_APPEND). A full disk costs the trace an
  // event, not the program its life. A forked child has no trace.
  if (getpid() != process_) return;
  [[maybe_unused]] const ssize_t written = write(descriptor_, text.data(), text.size());
}

}  // namespace wasmtier::profiler
