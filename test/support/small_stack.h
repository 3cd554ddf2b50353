// For tests that fill the host's stack: how long they take grows with the square of its size, since
// each level that turns a trap into another walks all those around it, and ThreadSanitizer's own
// stack of calls ends at 65536 frames.
#ifndef WASMTIER_TEST_SUPPORT_SMALL_STACK_H_
#define WASMTIER_TEST_SUPPORT_SMALL_STACK_H_

#include <pthread.h>

#include <cstdlib>
#include <functional>

namespace wasmtier::test {

// Runs the body on a thread with a stack of 1 MiB.
inline void OnSmallStack(std::function<void()> body) {
  pthread_attr_t attributes;
  pthread_t thread;
  const auto call = [](void* argument) -> void* {
    (*static_cast<std::function<void()>*>(argument))();
    return nullptr;
  };
  if (pthread_attr_init(&attributes) != 0 || pthread_attr_setstacksize(&attributes, 1 << 20) != 0 ||
      pthread_create(&thread, &attributes, call, &body) != 0 ||
      pthread_join(thread, nullptr) != 0) {
    std::abort();
  }
  pthread_attr_destroy(&attributes);
}

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_SUPPORT_SMALL_STACK_H_
