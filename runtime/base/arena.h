#ifndef WASMTIER_RUNTIME_BASE_ARENA_H_
#define WASMTIER_RUNTIME_BASE_ARENA_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace wasmtier::runtime {

// Memory that is handed out piecewise and freed all at once. Not thread-safe.
class Arena {
 public:
  // `bytes` bytes, 8-aligned, uninitialized.
  uint8_t* Allocate(size_t bytes) {
    bytes = (bytes + 7) & ~size_t{7};
    if (bytes > left_) NewChunk(bytes);
    uint8_t* result = next_;
    next_ += bytes;
    left_ -= bytes;
    used_ += bytes;
    return result;
  }
  size_t used_bytes() const { return used_; }

 private:
  // Chunks double from 4 KiB, so that a small program stays small and a large one makes few of
  // them.
  void NewChunk(size_t bytes) {
    const size_t size = std::max(bytes, chunk_bytes_);
    chunk_bytes_ = std::min(chunk_bytes_ * 2, size_t{1} << 20);
    chunks_.push_back(std::make_unique_for_overwrite<uint8_t[]>(size));
    next_ = chunks_.back().get();
    left_ = size;
  }

  std::vector<std::unique_ptr<uint8_t[]>> chunks_;
  uint8_t* next_ = nullptr;
  size_t left_ = 0;
  size_t used_ = 0;
  size_t chunk_bytes_ = 4096;
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_BASE_ARENA_H_
