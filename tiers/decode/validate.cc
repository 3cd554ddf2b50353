#include "tiers/decode/validate.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "tiers/decode/body_decoder.h"

namespace wasmtier::decode {

using runtime::FeatureSet;
using runtime::Module;
using runtime::ModuleLimits;

namespace {

using Validator = BodyDecoder<Validate, NullSink>;

// Below this much code a second thread costs more than it saves.
constexpr uint64_t kParallelCodeBytes = 1 << 20;
// Code that a thread takes at a time: small enough to share the end of the work evenly.
constexpr uint64_t kChunkBytes = 64 << 10;

absl::Status ToStatus(const DecodeError& error, const std::string& place) {
  const std::string message =
      absl::StrFormat("%s (at offset 0x%x in %s)", error.message, error.offset, place);
  return error.is_unimplemented ? absl::UnimplementedError(message)
                                : absl::InvalidArgumentError(message);
}

uint64_t CodeBytes(const Module& module) {
  uint64_t bytes = 0;
  for (const runtime::ByteRange& body : module.bodies) bytes += body.size;
  return bytes;
}

// One validation of all bodies, by several threads. Bodies are handed out in the order of the
// module.
class BodiesValidation {
 public:
  BodiesValidation(const Module& module, const ModuleLimits& limits)
      : module_(module), limits_(limits) {
    uint64_t bytes = kChunkBytes;
    for (uint32_t i = 0; i < module.bodies.size(); ++i) {
      if (bytes >= kChunkBytes) {
        chunks_.push_back(i);
        bytes = 0;
      }
      bytes += module.bodies[i].size;
    }
  }

  // What each thread does.
  void Work() {
    NullSink sink;
    Validator validator(module_, sink, limits_);
    FeatureSet features;
    while (true) {
      const size_t chunk = next_chunk_.fetch_add(1, std::memory_order_relaxed);
      // Later chunks do not matter once one before them has failed: the lowest error is the one
      // reported.
      if (chunk >= chunks_.size() || chunk > failed_chunk_.load(std::memory_order_relaxed)) break;
      if (!ValidateChunk(validator, chunk, features)) break;
    }
    absl::MutexLock lock(&mutex_);
    features_.AddAll(features);
  }

  absl::Status Finish(Module& module) {
    absl::MutexLock lock(&mutex_);
    module.features.AddAll(features_);
    if (!failed_function_) return absl::OkStatus();
    return ToStatus(error_, module_.DescribeFunction(*failed_function_));
  }

 private:
  bool ValidateChunk(Validator& validator, size_t chunk, FeatureSet& features) {
    const size_t last = chunk + 1 < chunks_.size() ? chunks_[chunk + 1] : module_.bodies.size();
    for (size_t i = chunks_[chunk]; i < last; ++i) {
      const uint32_t function = module_.imported_functions + static_cast<uint32_t>(i);
      if (!validator.Decode(function)) {
        RecordError(chunk, function, validator.error());
        return false;
      }
      features.AddAll(validator.features());
    }
    return true;
  }

  void RecordError(size_t chunk, uint32_t function, const DecodeError& error) {
    absl::MutexLock lock(&mutex_);
    if (failed_function_ && *failed_function_ < function) return;
    failed_function_ = function;
    error_ = error;
    failed_chunk_.store(chunk, std::memory_order_relaxed);
  }

  const Module& module_;
  const ModuleLimits limits_;
  std::vector<uint32_t> chunks_;  // the first body of each
  std::atomic<size_t> next_chunk_ = 0;
  std::atomic<size_t> failed_chunk_ = SIZE_MAX;
  absl::Mutex mutex_;
  FeatureSet features_ ABSL_GUARDED_BY(mutex_);
  std::optional<uint32_t> failed_function_ ABSL_GUARDED_BY(mutex_);
  DecodeError error_ ABSL_GUARDED_BY(mutex_);
};

// Starts threads until the system refuses one; the work gets done by however many there are.
void StartHelpers(int count, BodiesValidation& validation, std::vector<std::thread>& helpers) {
  helpers.reserve(count);
  try {
    for (int i = 0; i < count; ++i) helpers.emplace_back([&] { validation.Work(); });
  } catch (const std::system_error&) {
  }
}

}  // namespace

absl::StatusOr<BodySummary> ValidateFunction(const Module& module, uint32_t function,
                                             const ModuleLimits& limits) {
  NullSink sink;
  Validator validator(module, sink, limits);
  if (!validator.Decode(function)) {
    return ToStatus(validator.error(), module.DescribeFunction(function));
  }
  return BodySummary{validator.features()};
}

absl::Status ValidateBodies(Module& module, const ModuleLimits& limits, int threads) {
  BodiesValidation validation(module, limits);
  std::vector<std::thread> helpers;
  if (threads > 1 && CodeBytes(module) > kParallelCodeBytes) {
    StartHelpers(threads - 1, validation, helpers);
  }
  validation.Work();
  for (std::thread& helper : helpers) helper.join();
  return validation.Finish(module);
}

}  // namespace wasmtier::decode
