#include "wasmtier/memory.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/api/convert_types.h"
#include "engine/api/extern_access.h"
#include "engine/api/limits_check.h"
#include "runtime/memory.h"

namespace wasmtier {

static_assert(kPageBytes == runtime::kPageSize);

absl::StatusOr<Memory> Memory::Create(Store& store, const MemoryType& type) {
  const uint64_t most = type.limits.is_64 ? uint64_t{1} << 48 : 65536;
  absl::Status status = internal::CheckLimits("memory", type.limits, most);
  if (!status.ok()) return status;
  if (type.is_shared) return absl::UnimplementedError("a shared memory needs feature threads");
  internal::StoreState& state = internal::StoreAccess::state(store);
  const runtime::MemoryType runtime_type = internal::ToRuntime(type);
  absl::StatusOr<runtime::Memory*> memory =
      state.store->NewMemory(runtime_type, runtime::MemoryStrategy::kReserved);
  if (absl::IsUnavailable(memory.status())) {
    memory = state.store->NewMemory(runtime_type, runtime::MemoryStrategy::kChecked);
  }
  if (!memory.ok()) return memory.status();
  return Memory(&state, *memory);
}

MemoryType Memory::type() const { return internal::ToPublic(memory_->type()); }

uint64_t Memory::page_count() const { return memory_->pages(); }

uint64_t Memory::byte_count() const { return memory_->byte_size(); }

std::span<uint8_t> Memory::data() const { return {memory_->base(), memory_->byte_size()}; }

absl::StatusOr<std::span<uint8_t>> Memory::Slice(uint64_t offset, uint64_t bytes) const {
  if (!memory_->Contains(offset, bytes)) {
    return absl::OutOfRangeError(
        absl::StrFormat("memory access out of bounds: %d bytes at 0x%x, memory has %d", bytes,
                        offset, memory_->byte_size()));
  }
  return std::span<uint8_t>(memory_->base() + offset, bytes);
}

absl::Status Memory::Read(uint64_t offset, std::span<uint8_t> destination) const {
  absl::StatusOr<std::span<uint8_t>> source = Slice(offset, destination.size());
  if (!source.ok()) return source.status();
  if (!source->empty()) std::memcpy(destination.data(), source->data(), source->size());
  return absl::OkStatus();
}

absl::Status Memory::Write(uint64_t offset, std::span<const uint8_t> source) const {
  absl::StatusOr<std::span<uint8_t>> destination = Slice(offset, source.size());
  if (!destination.ok()) return destination.status();
  if (!source.empty()) std::memcpy(destination->data(), source.data(), source.size());
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> Memory::Grow(uint64_t pages) const {
  const int64_t previous = memory_->Grow(pages);
  if (previous < 0) {
    return absl::ResourceExhaustedError(
        absl::StrCat("cannot grow a memory of ", memory_->pages(), " pages by ", pages));
  }
  return static_cast<uint64_t>(previous);
}

}  // namespace wasmtier
