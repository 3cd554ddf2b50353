// Profile: where the time of a program went, as samples of its stacks.
#ifndef WASMTIER_PROFILER_PROFILE_H_
#define WASMTIER_PROFILER_PROFILE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace wasmtier::profiler {

// What code a frame is of.
enum class FrameKind : uint8_t {
  kInterpreter,  // wasm functions, by their tier
  kBaseline,
  kOptimizing,
  kHost,     // a host function
  kRuntime,  // the engine, working for wasm code: memory.grow, stubs ...
  kCompile,  // the engine, making code
  kOther,    // threads outside of wasm; callers that could not be found
};
inline constexpr int kFrameKinds = static_cast<int>(FrameKind::kOther) + 1;
// "interpreter", "host" ...
const char* NameOf(FrameKind kind);

struct Profile {
  struct Function {
    std::string name;    // printable
    std::string module;  // of a wasm function; may be empty
    uint32_t index = 0;  // in it
    bool is_wasm = false;
  };
  // A function as it was found on stacks.
  struct Frame {
    uint32_t function = 0;
    FrameKind kind = FrameKind::kOther;
    bool is_inlined = false;  // into the frame that called it
  };
  // A frame with its callers: what samples are of.
  struct Node {
    static constexpr uint32_t kNoCaller = UINT32_MAX;
    uint32_t caller = kNoCaller;  // comes before it
    uint32_t frame = 0;
  };
  struct Sample {
    uint64_t time = 0;  // nanoseconds since the profile began
    uint64_t cpu = 0;   // nanoseconds that the thread has used since its sample before
    uint32_t node = 0;
  };
  struct Thread {
    std::string name;
    int64_t id = 0;
    bool is_main = false;         // of the process
    std::vector<Sample> samples;  // by time
    uint64_t lost = 0;            // samples
  };

  double start_time = 0;  // milliseconds since 1970
  uint64_t duration = 0;  // nanoseconds
  uint64_t interval = 0;  // nanoseconds of a thread's time between samples, as wanted
  int64_t process = 0;
  std::vector<Function> functions;
  std::vector<Frame> frames;
  std::vector<Node> nodes;
  std::vector<Thread> threads;  // that have run wasm or made code

  uint64_t TotalCpu() const;
  uint64_t SampleCount() const;
  uint64_t LostSamples() const;
  // The frames of a node, from the outermost one inwards.
  std::vector<uint32_t> Stack(uint32_t node) const;
};

// CPU time of a function, in nanoseconds.
struct FunctionTime {
  uint32_t function = 0;
  uint64_t self = 0;                   // in its own code
  uint64_t total = 0;                  // and in what it called; counted once where it is recursive
  uint64_t self_of[kFrameKinds] = {};  // self, by FrameKind
  uint64_t inlined = 0;                // part of self
};
// Of all functions that appear, most self time first.
std::vector<FunctionTime> FunctionTimes(const Profile& profile);

// `title` is the name of what was profiled.
// For people: a summary and a table of at most `rows` functions.
std::string ToText(const Profile& profile, const std::string& title, size_t rows);
// A line for each stack: "main;sort;compare 12", with microseconds.
std::string ToFolded(const Profile& profile);
// https://www.speedscope.app/file-format-schema.json
std::string ToSpeedscope(const Profile& profile, const std::string& title);
// For https://profiler.firefox.com ("processed profile format").
std::string ToFirefox(const Profile& profile, const std::string& title);
// One file with a flame graph and a table; it loads nothing from elsewhere.
std::string ToHtml(const Profile& profile, const std::string& title);

}  // namespace wasmtier::profiler

#endif  // WASMTIER_PROFILER_PROFILE_H_
