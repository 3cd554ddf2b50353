#include "runtime/range_allocator.h"

#include <algorithm>
#include <iterator>

namespace wasmtier::runtime {

RangeAllocator::RangeAllocator(size_t size) {
  if (size != 0) AddHole(0, size);
}

std::optional<RangeAllocator::Range> RangeAllocator::Allocate(size_t size) {
  const auto best = by_size_.lower_bound({size, 0});
  if (best == by_size_.end()) return std::nullopt;
  const auto [hole_size, offset] = *best;
  RemoveHole(holes_.find(offset));
  if (hole_size > size) AddHole(offset + size, hole_size - size);
  const bool was_used = offset < used_end_;
  used_end_ = std::max(used_end_, offset + size);
  return Range{offset, was_used};
}

void RangeAllocator::Free(size_t offset, size_t size) {
  const auto after = holes_.lower_bound(offset);
  if (after != holes_.begin()) {
    const auto before = std::prev(after);
    if (before->first + before->second == offset) {
      offset = before->first;
      size += before->second;
      RemoveHole(before);
    }
  }
  if (after != holes_.end() && after->first == offset + size) {
    size += after->second;
    RemoveHole(after);
  }
  AddHole(offset, size);
}

void RangeAllocator::AddHole(size_t offset, size_t size) {
  holes_.emplace(offset, size);
  by_size_.emplace(size, offset);
}

void RangeAllocator::RemoveHole(std::map<size_t, size_t>::iterator hole) {
  by_size_.erase({hole->second, hole->first});
  holes_.erase(hole);
}

}  // namespace wasmtier::runtime
