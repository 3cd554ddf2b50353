#include "profiler/profile.h"

#include <algorithm>
#include <utility>

namespace wasmtier::profiler {

const char* NameOf(FrameKind kind) {
  switch (kind) {
    case FrameKind::kInterpreter:
      return "interpreter";
    case FrameKind::kBaseline:
      return "baseline";
    case FrameKind::kOptimizing:
      return "optimizing";
    case FrameKind::kHost:
      return "host";
    case FrameKind::kRuntime:
      return "runtime";
    case FrameKind::kCompile:
      return "compile";
    case FrameKind::kOther:
      return "other";
  }
  return "other";
}

uint64_t Profile::TotalCpu() const {
  uint64_t total = 0;
  for (const Thread& thread : threads) {
    for (const Sample& sample : thread.samples) total += sample.cpu;
  }
  return total;
}

uint64_t Profile::SampleCount() const {
  uint64_t count = 0;
  for (const Thread& thread : threads) count += thread.samples.size();
  return count;
}

uint64_t Profile::LostSamples() const {
  uint64_t lost = 0;
  for (const Thread& thread : threads) lost += thread.lost;
  return lost;
}

std::vector<uint32_t> Profile::Stack(uint32_t node) const {
  std::vector<uint32_t> stack;
  for (; node != Node::kNoCaller; node = nodes[node].caller) stack.push_back(nodes[node].frame);
  std::reverse(stack.begin(), stack.end());
  return stack;
}

std::vector<FunctionTime> FunctionTimes(const Profile& profile) {
  std::vector<FunctionTime> times(profile.functions.size());
  for (uint32_t i = 0; i < times.size(); ++i) times[i].function = i;
  // The sample that a function was last counted for.
  std::vector<uint64_t> counted(profile.functions.size(), 0);
  uint64_t sample_number = 0;
  for (const Profile::Thread& thread : profile.threads) {
    for (const Profile::Sample& sample : thread.samples) {
      ++sample_number;
      const Profile::Frame& leaf = profile.frames[profile.nodes[sample.node].frame];
      FunctionTime& own = times[leaf.function];
      own.self += sample.cpu;
      own.self_of[static_cast<int>(leaf.kind)] += sample.cpu;
      if (leaf.is_inlined) own.inlined += sample.cpu;
      for (uint32_t node = sample.node; node != Profile::Node::kNoCaller;
           node = profile.nodes[node].caller) {
        const uint32_t function = profile.frames[profile.nodes[node].frame].function;
        if (std::exchange(counted[function], sample_number) == sample_number) continue;
        times[function].total += sample.cpu;
      }
    }
  }
  std::erase_if(times, [](const FunctionTime& time) { return time.total == 0; });
  std::sort(times.begin(), times.end(), [](const FunctionTime& a, const FunctionTime& b) {
    return std::pair(a.self, a.total) > std::pair(b.self, b.total);
  });
  return times;
}

}  // namespace wasmtier::profiler
