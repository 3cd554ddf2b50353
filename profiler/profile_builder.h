// ProfileBuilder: looks samples up and makes a Profile of them.
#ifndef WASMTIER_PROFILER_PROFILE_BUILDER_H_
#define WASMTIER_PROFILER_PROFILE_BUILDER_H_

#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "profiler/profile.h"
#include "profiler/stack_sampler.h"

namespace wasmtier::profiler {

class ProfileBuilder {
 public:
  // The node of a stack, from the innermost frame outwards. The code of its frames must not have
  // been freed.
  uint32_t NodeOf(std::span<const RawFrame> stack);

  Profile& profile() { return profile_; }

 private:
  // Frames of one raw frame: with what was inlined at its place. From the innermost one outwards.
  const std::vector<uint32_t>& FramesOf(const RawFrame& raw);
  std::vector<uint32_t> LookUp(const RawFrame& raw);
  std::vector<uint32_t> LookUpCode(const IndexedCode& code, const uint8_t* pc);
  uint32_t FunctionOf(const IndexedModule& module, uint32_t function);
  uint32_t EngineFunction(const std::string& name);
  uint32_t FrameOf(uint32_t function, FrameKind kind, bool is_inlined);
  uint32_t Child(uint32_t caller, uint32_t frame);

  Profile profile_;
  absl::flat_hash_map<std::tuple<uint8_t, const void*, uintptr_t>, std::vector<uint32_t>> raw_;
  absl::flat_hash_map<std::pair<const void*, uint32_t>, uint32_t> wasm_functions_;
  absl::flat_hash_map<std::string, uint32_t> engine_functions_;
  absl::flat_hash_map<std::tuple<uint32_t, FrameKind, bool>, uint32_t> frames_;
  absl::flat_hash_map<std::pair<uint32_t, uint32_t>, uint32_t> nodes_;
};

}  // namespace wasmtier::profiler

#endif  // WASMTIER_PROFILER_PROFILE_BUILDER_H_
