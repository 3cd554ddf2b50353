#ifndef WASMTIER_RUNTIME_BASE_ZEROED_ARRAY_H_
#define WASMTIER_RUNTIME_BASE_ZEROED_ARRAY_H_

#include <cstddef>
#include <cstdlib>
#include <exception>
#include <memory>
#include <type_traits>

namespace wasmtier::runtime {

struct FreeArray {
  void operator()(void* array) const { std::free(array); }
};

// An array of zeros. Unlike one of std::make_unique, its pages are not touched (and so cost no
// memory) until someone else does.
template <typename T>
using ZeroedArray = std::unique_ptr<T[], FreeArray>;

template <typename T>
ZeroedArray<T> MakeZeroedArray(size_t count) {
  static_assert(std::is_trivially_destructible_v<T>);
  void* const array = std::calloc(count == 0 ? 1 : count, sizeof(T));
  if (array == nullptr) std::terminate();  // as a failing `new` would end
  return ZeroedArray<T>(static_cast<T*>(array));
}

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_BASE_ZEROED_ARRAY_H_
