// SampleRing: samples on their way from a signal handler to the thread that looks them up.
#ifndef WASMTIER_PROFILER_SAMPLE_RING_H_
#define WASMTIER_PROFILER_SAMPLE_RING_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "profiler/stack_sampler.h"
#include "runtime/base/zeroed_array.h"

namespace wasmtier::profiler {

struct SampleHead {
  uint64_t time_nanoseconds;  // CLOCK_MONOTONIC
  uint64_t cpu_nanoseconds;   // that the thread has used until now
  uint64_t frame_count;
};

// Of bounded size, without locks, for one handler at a time and one reader at a time.
class SampleRing {
 public:
  SampleRing() : words_(runtime::MakeZeroedArray<uint64_t>(kWords)) {}

  // False if it is full; the sample is lost then. Async-signal-safe.
  bool Push(const SampleHead& head, std::span<const RawFrame> frames) {
    const uint64_t begin = write_.load(std::memory_order_relaxed);
    const uint64_t used = begin - read_.load(std::memory_order_acquire);
    if (kWords - used < kHeadWords + frames.size() * kFrameWords) return false;
    uint64_t at = begin;
    Put(at, head.time_nanoseconds);
    Put(at, head.cpu_nanoseconds);
    Put(at, head.frame_count);
    for (const RawFrame& frame : frames) {
      Put(at, static_cast<uint64_t>(frame.kind) | (frame.is_cut ? kCutBit : 0));
      Put(at, reinterpret_cast<uint64_t>(frame.code));
      Put(at, frame.address);
    }
    write_.store(at, std::memory_order_release);
    return true;
  }

  // False if it is empty. `frames` has room for as many as were pushed.
  bool Pop(SampleHead* head, std::span<RawFrame> frames) {
    uint64_t at = read_.load(std::memory_order_relaxed);
    if (at == write_.load(std::memory_order_acquire)) return false;
    head->time_nanoseconds = Take(at);
    head->cpu_nanoseconds = Take(at);
    head->frame_count = Take(at);
    for (RawFrame& frame : frames.first(head->frame_count)) {
      const uint64_t kind = Take(at);
      frame.kind = static_cast<RawFrame::Kind>(kind & (kCutBit - 1));
      frame.is_cut = (kind & kCutBit) != 0;
      frame.code = reinterpret_cast<const IndexedCode*>(Take(at));
      frame.address = Take(at);
    }
    read_.store(at, std::memory_order_release);
    return true;
  }

 private:
  // A quarter of a second of the deepest stacks at 1 kHz; pages are taken as they are first used.
  static constexpr size_t kWords = 1 << 18;
  static constexpr size_t kHeadWords = 3;
  static constexpr size_t kFrameWords = 3;
  static constexpr uint64_t kCutBit = 1 << 8;

  void Put(uint64_t& at, uint64_t word) { words_[at++ % kWords] = word; }
  uint64_t Take(uint64_t& at) const { return words_[at++ % kWords]; }

  runtime::ZeroedArray<uint64_t> words_;
  std::atomic<uint64_t> write_{0};
  std::atomic<uint64_t> read_{0};
};

}  // namespace wasmtier::profiler

#endif  // WASMTIER_PROFILER_SAMPLE_RING_H_
