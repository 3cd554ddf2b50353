// wasm-tier profile
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/cli/commands.h"
#include "engine/cli/exit_codes.h"
#include "engine/cli/numbers.h"
#include "engine/cli/output.h"
#include "engine/cli/program_run.h"
#include "engine/cli/run_options.h"
#include "wasmtier/wasmtier.h"

namespace wasmtier::cli {
namespace {

struct FormatName {
  const char* name;
  const char* ending;  // of files that are this, if nothing else is said; the first that fits
  ProfileFormat format;
};
constexpr FormatName kFormats[] = {
    {"text", ".txt", ProfileFormat::kText},
    {"html", ".html", ProfileFormat::kHtml},
    {"folded", ".folded", ProfileFormat::kFolded},
    {"speedscope", ".speedscope.json", ProfileFormat::kSpeedscope},
    {"firefox", ".json", ProfileFormat::kFirefox},
};

std::string FormatNames() {
  std::string text;
  for (const FormatName& format : kFormats) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", format.name, " (", format.ending, ")");
  }
  return text;
}

struct ProfileOptions {
  RunOptions run;
  std::optional<std::string> output;
  std::optional<std::string> format;
  std::optional<std::string> frequency;
  bool no_compile_threads = false;

  std::optional<int> Parse(std::span<const char* const> command_line) {
    OptionParser parser("profile [OPTIONS] FILE [ARGS...]",
                        absl::StrCat(kProfileSummary, kRunDescription),
                        OptionParser::Style::kUntilArgument);
    parser.Text("-o,--output", "PATH", &output,
                "write the profile to a file (default: a table on stderr)");
    parser.Text("--format", "FORMAT", &format,
                absl::StrCat("its format: ", FormatNames(), "; default: by the ending of PATH"));
    parser.Text("--frequency", "HERTZ", &frequency,
                "samples in a second of CPU time, 1 to 10000 (default: 1000, of which Linux "
                "delivers 250 where its clock ticks as often)");
    parser.Flag("--no-compile-threads", &no_compile_threads, "leave out the threads that optimize");
    run.AddTo(parser);
    parser.Footer(kExitCodesOfProfile);
    std::vector<std::string> rest;
    if (std::optional<int> exit_code = parser.Parse(command_line, &rest)) return exit_code;
    return run.ParseRest("profile", std::move(rest));
  }

  absl::StatusOr<ProfileFormat> Format() const {
    if (format) {
      for (const FormatName& known : kFormats) {
        if (*format == known.name) return known.format;
      }
      return absl::InvalidArgumentError(
          absl::StrCat("--format: unknown format ", *format, ": ", FormatNames()));
    }
    if (!output) return ProfileFormat::kText;
    for (const FormatName& known : kFormats) {
      if (output->ends_with(known.ending)) return known.format;
    }
    return absl::InvalidArgumentError(
        absl::StrCat("-o: the ending of ", *output,
                     " names no format; give one with --format: ", FormatNames()));
  }

  absl::StatusOr<ProfilerOptions> Profiler() const {
    ProfilerOptions options;
    options.compile_threads = !no_compile_threads;
    if (!frequency) return options;
    absl::StatusOr<uint64_t> hertz = ParseCount("--frequency", *frequency);
    if (!hertz.ok()) return hertz.status();
    if (*hertz < 1 || *hertz > 10'000) {
      return absl::InvalidArgumentError(
          absl::StrCat("--frequency: it must lie between 1 and 10000, found ", *frequency));
    }
    options.frequency = static_cast<uint32_t>(*hertz);
    return options;
  }
};

// The file for a profile. Opened before the program runs, so that no run is for nothing; what was
// in it is kept until there is something new.
class ProfileFile {
 public:
  static absl::StatusOr<ProfileFile> Open(const std::string& path) {
    const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", path));
    return ProfileFile(path, descriptor);
  }
  ProfileFile(ProfileFile&& other) noexcept
      : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}
  ~ProfileFile() {
    if (descriptor_ >= 0) close(descriptor_);
  }

  absl::Status Write(std::string_view text) {
    // Pipes and terminals cannot be cut, and need not be.
    [[maybe_unused]] const int is_cut = ftruncate(descriptor_, 0);
    while (!text.empty()) {
      const ssize_t written = write(descriptor_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", path_));
      text.remove_prefix(static_cast<size_t>(written));
    }
    return absl::OkStatus();
  }

 private:
  ProfileFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  std::string path_;
  int descriptor_;
};

}  // namespace

int ProfileCommand(std::span<const char* const> args) {
  ProfileOptions options;
  if (std::optional<int> exit_code = options.Parse(args)) return *exit_code;
  absl::StatusOr<ProfileFormat> format = options.Format();
  if (!format.ok()) return Fail(kExitUsage, "profile", format.status());
  absl::StatusOr<ProfilerOptions> profiler_options = options.Profiler();
  if (!profiler_options.ok()) return Fail(kExitUsage, "profile", profiler_options.status());
  absl::StatusOr<Engine> engine = options.run.engine.CreateEngine(/*profiling=*/true);
  if (!engine.ok()) return Fail(kExitUsage, "profile", engine.status());
  std::optional<ProfileFile> file;
  if (options.output) {
    absl::StatusOr<ProfileFile> opened = ProfileFile::Open(*options.output);
    if (!opened.ok()) return Fail(kExitOutput, "profile", opened.status());
    file.emplace(*std::move(opened));
  }
  absl::StatusOr<Profiler> profiler = Profiler::Start(*engine, *profiler_options);
  if (!profiler.ok()) return Fail(kExitUsage, "profile", profiler.status());
  ProgramRun run("profile", options.run, *engine);
  int exit_code = run.Run();
  const Profile profile = profiler->Stop();
  exit_code = options.run.engine.WriteProfile("profile", *engine, exit_code);
  if (options.run.time) PrintError(run.TimeText());
  const std::string text = profile.Format(*format, options.run.file);
  if (!file) {
    FlushOutput();  // the program's comes first
    PrintError(text);
  } else if (absl::Status status = file->Write(text); !status.ok()) {
    Fail(kExitOutput, "profile", status);
    if (exit_code == kExitOk) exit_code = kExitOutput;
  }
  return EndRun(options.run, exit_code);
}

}  // namespace wasmtier::cli
