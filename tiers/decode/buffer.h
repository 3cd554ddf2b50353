#ifndef WASMTIER_TIERS_DECODE_BUFFER_H_
#define WASMTIER_TIERS_DECODE_BUFFER_H_

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>

namespace wasmtier::decode {

// Uninitialized, growing storage that is kept from one function body to the next: capacity that is
// never touched costs address space only.
template <typename T>
class Buffer {
 public:
  static_assert(std::is_trivially_copyable_v<T>);

  T* data() const { return data_.get(); }
  size_t capacity() const { return capacity_; }

  // Makes room for `capacity` elements; elements survive, their addresses need not.
  void Reserve(size_t capacity) {
    if (capacity <= capacity_) return;
    capacity = std::max(capacity, capacity_ * 2);
    void* moved = std::realloc(static_cast<void*>(data_.get()), capacity * sizeof(T));
    if (moved == nullptr) throw std::bad_alloc();
    (void)data_.release();
    data_.reset(static_cast<T*>(moved));
    capacity_ = capacity;
  }

 private:
  struct Free {
    void operator()(T* data) const { std::free(static_cast<void*>(data)); }
  };
  std::unique_ptr<T, Free> data_;
  size_t capacity_ = 0;
};

}  // namespace wasmtier::decode

#endif  // WASMTIER_TIERS_DECODE_BUFFER_H_
