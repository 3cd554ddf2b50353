// Compares the tiers on modules from files or of our generator: run.py's other half.
//
//   differential --file a.wasm [b.wasm ...]
//       one case; each file may import the exports of those before
//   differential --list FILE
//       a case a line: paths with blanks between
//   differential --seeds FIRST COUNT --keep DIR
//       generated modules; those that differ are kept in DIR
//   differential --write SEED DIR
//       writes the modules of a seed, with the bytes that they are made of
//   differential --shrink FILE --keep DIR
//       tries to make a case (a file of such bytes) smaller
//
// Options: --mode NAME (repeatable; default all of test/support/modes.def; those with the
// optimizing tier the other way about traps, too, by NAME_precise or NAME_imprecise),
// --progress FILE (what is being run, should it crash or hang), --seconds N (for one case, then
// the process ends with SIGALRM). Prints each difference and ends with the number of cases; exit
// status 1 if there was one.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "test/differential/generator.h"
#include "test/differential/transcript.h"
#include "test/support/modes.h"
#include "wasmtier/engine.h"

namespace wasmtier::test {
namespace {

using Bytes = std::vector<uint8_t>;

struct Options {
  std::vector<std::string> files;
  std::string list;
  uint64_t first_seed = 0;
  uint64_t seed_count = 0;
  std::optional<uint64_t> write_seed;
  std::string write_folder;
  std::string shrink;
  std::string keep = ".";
  std::vector<std::string> modes;
  std::string progress;
  unsigned seconds = 120;
};

// What is being done, in a file that survives a crash.
class Progress {
 public:
  explicit Progress(const std::string& path) {
    if (!path.empty()) file_ = open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666);
  }
  void Case(std::string name) { case_ = std::move(name); }
  void Mode(std::string name) { mode_ = std::move(name); }
  void Call(const std::string& what) {
    if (file_ < 0) return;
    const std::string text = absl::StrCat(case_, "\n", mode_, "\n", what, "\n");
    if (ftruncate(file_, 0) == 0) (void)!pwrite(file_, text.data(), text.size(), 0);
  }

 private:
  int file_ = -1;
  std::string case_;
  std::string mode_;
};

Bytes ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "differential: cannot read %s\n", path.c_str());
    std::exit(2);
  }
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

void WriteFile(const std::filesystem::path& path, const Bytes& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

// Writes NAME.bytes and NAME.m0.wasm ...; returns the paths of the modules.
std::string Write(const std::string& folder, const std::string& name, const Bytes& bytes) {
  const std::filesystem::path path(folder);
  std::filesystem::create_directories(path);
  WriteFile(path / (name + ".bytes"), bytes);
  Choices choices(bytes);
  std::string written;
  int number = 0;
  for (const Bytes& module : GenerateModules(choices)) {
    const std::filesystem::path file = path / absl::StrCat(name, ".m", number++, ".wasm");
    WriteFile(file, module);
    absl::StrAppend(&written, written.empty() ? "" : " ", file.string());
  }
  return written;
}

class Comparison {
 public:
  explicit Comparison(const Options& options)
      : progress_(options.progress), seconds_(options.seconds) {
    if (options.modes.empty()) {
      modes_ = Modes();
      return;
    }
    for (const Mode& mode : ModesOfBothPrecisions()) {
      const bool is_oracle = modes_.empty();
      if (is_oracle || std::ranges::count(options.modes, mode.name) != 0) modes_.push_back(mode);
    }
    for (const std::string& name : options.modes) {
      if (std::ranges::count(modes_, name, &Mode::name) != 0) continue;
      // A build without LLVM leaves these out, as it leaves them out of the defaults.
      if (!OptimizerModule().ok() && name.find("optimizing") != std::string::npos) continue;
      std::fprintf(stderr, "differential: no mode %s\n", name.c_str());
      std::exit(2);
    }
  }

  // Runs a case in every mode; nothing, or how one differs from the first.
  std::optional<std::string> Compare(const std::string& name, const ModuleList& modules) {
    progress_.Case(name);
    alarm(seconds_);
    const Transcript expected = Run(modes_[0], modules);
    if (expected.events.empty() || expected.events[0].how != "done") {
      return absl::StrCat("does not run in mode ", modes_[0].name, ": ",
                          expected.events.empty() ? "" : expected.events[0].how, "\n");
    }
    ++cases_;
    for (const Event& event : expected.events) {
      calls_ += event.what.starts_with("call of") ? 1 : 0;
      traps_ += event.how.starts_with("trap") ? 1 : 0;
    }
    for (size_t i = 1; i < modes_.size(); ++i) {
      const auto difference =
          Difference(modes_[0].name, expected, modes_[i].name, Run(modes_[i], modules));
      if (difference) return absl::StrCat("mode ", modes_[i].name, ", ", *difference);
    }
    alarm(0);
    return std::nullopt;
  }

  std::string Summary() const {
    return absl::StrCat(cases_, " cases, ", calls_, " calls, ", traps_, " traps, ", modes_.size(),
                        " modes");
  }

 private:
  Transcript Run(const Mode& mode, const ModuleList& modules) {
    progress_.Mode(mode.name);
    return RunModules(mode.config, modules,
                      [this](const std::string& what) { progress_.Call(what); });
  }

  Progress progress_;
  const unsigned seconds_;
  std::vector<Mode> modes_;
  uint64_t cases_ = 0;
  uint64_t calls_ = 0;
  uint64_t traps_ = 0;
};

// Whether these bytes still make a case that differs, crashes or hangs, in a process of its own.
bool Fails(const Options& options, const Bytes& bytes) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    const int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    Options quick = options;
    quick.seconds = 10;
    quick.progress.clear();
    Choices choices(bytes);
    _exit(Comparison(quick).Compare("", GenerateModules(choices)) ? 1 : 0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status != 0;
}

// Takes parts out, then makes bytes 0, as long as the case still fails.
Bytes Shrink(const Options& options, Bytes bytes) {
  for (size_t part = bytes.size() / 2; part >= 1; part /= 2) {
    for (size_t at = 0; at + part <= bytes.size();) {
      Bytes shorter = bytes;
      shorter.erase(shorter.begin() + at, shorter.begin() + at + part);
      if (Fails(options, shorter)) {
        bytes = std::move(shorter);
      } else {
        at += part;
      }
    }
  }
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (const uint8_t value : {0, bytes[i] / 2}) {
      if (bytes[i] == value) break;
      Bytes smaller = bytes;
      smaller[i] = value;
      if (!Fails(options, smaller)) continue;
      bytes = std::move(smaller);
      break;
    }
  }
  return bytes;
}

int ShrinkCase(const Options& options) {
  Bytes bytes = ReadFile(options.shrink);
  if (!Fails(options, bytes)) {
    std::fprintf(stderr, "differential: %s does not fail\n", options.shrink.c_str());
    return 2;
  }
  const size_t before = bytes.size();
  bytes = Shrink(options, std::move(bytes));
  const std::string written = Write(options.keep, "shrunk", bytes);
  std::printf("%zu bytes became %zu: %s\n", before, bytes.size(), written.c_str());
  return 0;
}

int CompareAll(const Options& options) {
  Comparison comparison(options);
  int failures = 0;
  const auto report = [&](const std::string& name, const std::string& kept,
                          const std::string& difference) {
    std::printf("DIFFERENT %s (%s): %s", name.c_str(), kept.c_str(), difference.c_str());
    std::fflush(stdout);
    ++failures;
  };
  const auto compare_files = [&](const std::string& line) {
    ModuleList modules;
    std::istringstream paths(line);
    for (std::string path; paths >> path;) modules.push_back(ReadFile(path));
    if (const auto difference = comparison.Compare(line, modules)) report(line, line, *difference);
  };
  if (!options.files.empty()) {
    std::string line;
    for (const std::string& path : options.files) absl::StrAppend(&line, path, " ");
    compare_files(line);
  }
  if (!options.list.empty()) {
    std::ifstream list(options.list);
    for (std::string line; std::getline(list, line);) compare_files(line);
  }
  for (uint64_t seed = options.first_seed; seed < options.first_seed + options.seed_count; ++seed) {
    const Bytes bytes = BytesOfSeed(seed);
    Choices choices(bytes);
    const std::string name = absl::StrCat("seed ", seed);
    if (const auto difference = comparison.Compare(name, GenerateModules(choices))) {
      report(name, Write(options.keep, absl::StrCat("seed-", seed), bytes), *difference);
    }
  }
  std::printf("%s, %d different\n", comparison.Summary().c_str(), failures);
  return failures == 0 ? 0 : 1;
}

Options Parse(int argc, char** argv) {
  Options options;
  const auto usage = [] {
    std::fprintf(stderr, "differential: wrong arguments; test/differential/main.cc lists them\n");
    std::exit(2);
  };
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    const auto next = [&]() -> std::string {
      if (i + 1 >= argc) usage();
      return argv[++i];
    };
    if (name == "--file") {
      while (i + 1 < argc && argv[i + 1][0] != '-') options.files.push_back(next());
    } else if (name == "--list") {
      options.list = next();
    } else if (name == "--seeds") {
      options.first_seed = std::stoull(next());
      options.seed_count = std::stoull(next());
    } else if (name == "--write") {
      options.write_seed = std::stoull(next());
      options.write_folder = next();
    } else if (name == "--shrink") {
      options.shrink = next();
    } else if (name == "--keep") {
      options.keep = next();
    } else if (name == "--mode") {
      options.modes.push_back(next());
    } else if (name == "--progress") {
      options.progress = next();
    } else if (name == "--seconds") {
      options.seconds = static_cast<unsigned>(std::stoul(next()));
    } else {
      usage();
    }
  }
  return options;
}

int Main(int argc, char** argv) {
  const Options options = Parse(argc, argv);
  if (options.write_seed) {
    std::printf("%s\n", Write(options.write_folder, absl::StrCat("seed-", *options.write_seed),
                              BytesOfSeed(*options.write_seed))
                            .c_str());
    return 0;
  }
  return options.shrink.empty() ? CompareAll(options) : ShrinkCase(options);
}

}  // namespace
}  // namespace wasmtier::test

int main(int argc, char** argv) { return wasmtier::test::Main(argc, argv); }
