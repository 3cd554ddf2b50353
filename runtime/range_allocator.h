// RangeAllocator: which parts of a region are in use.
#ifndef WASMTIER_RUNTIME_RANGE_ALLOCATOR_H_
#define WASMTIER_RUNTIME_RANGE_ALLOCATOR_H_

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace wasmtier::runtime {

// Hands out ranges of [0, size) from the smallest hole that is large enough, so that memory that
// was never used (the largest hole) is the last to be touched; neighbouring holes become one.
class RangeAllocator {
 public:
  // A cache line. How fast a function is must not depend on what was compiled before it: aligned to
  // 16, the jump-table loop of bench/programs/machine.c took 1.4 times as long in auto mode, where
  // it lay at another place in its line, as when everything is compiled (2026-11-22).
  static constexpr size_t kAlignment = 64;
  explicit RangeAllocator(size_t size);

  static size_t RoundUp(size_t size) { return (size + kAlignment - 1) & ~(kAlignment - 1); }

  struct Range {
    size_t offset;
    bool was_used;  // some of it was handed out before
  };
  // `size` is a multiple of kAlignment, and more than 0. Nothing if no hole is large enough.
  std::optional<Range> Allocate(size_t size);
  void Free(size_t offset, size_t size);

 private:
  void AddHole(size_t offset, size_t size);
  void RemoveHole(std::map<size_t, size_t>::iterator hole);

  std::map<size_t, size_t> holes_;               // size by offset
  std::set<std::pair<size_t, size_t>> by_size_;  // size and offset
  size_t used_end_ = 0;                          // nothing behind it was ever handed out
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_RANGE_ALLOCATOR_H_
