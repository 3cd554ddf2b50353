// ThreadSanitizer does not see what absl::Mutex orders, since Debian's Abseil is not instrumented:
// the linker sends calls of its methods here (CMakeLists.txt, --wrap), which tell it.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)

#include <sanitizer/tsan_interface.h>

extern "C" {

// The first and only parameter of each is the mutex. NOLINTBEGIN: the names are those of the
// mangled methods.
#define WRAP_LOCK(method)                                       \
  void __real__ZN4absl7debian35Mutex##method##Ev(void* mutex);  \
  void __wrap__ZN4absl7debian35Mutex##method##Ev(void* mutex) { \
    __real__ZN4absl7debian35Mutex##method##Ev(mutex);           \
    __tsan_acquire(mutex);                                      \
  }
#define WRAP_UNLOCK(method)                                     \
  void __real__ZN4absl7debian35Mutex##method##Ev(void* mutex);  \
  void __wrap__ZN4absl7debian35Mutex##method##Ev(void* mutex) { \
    __tsan_release(mutex);                                      \
    __real__ZN4absl7debian35Mutex##method##Ev(mutex);           \
  }
// What waits for absl::call_once acquires what the other thread released at the same address.
#define SPIN_LOCK_WAIT(prefix) \
  prefix##_ZN4absl7debian313base_internal12SpinLockWaitEPSt6atomicIjEiPKNS1_22SpinLockWaitTransitionENS1_14SchedulingModeE
unsigned SPIN_LOCK_WAIT(__real_)(void* word, int count, const void* transitions, int mode);
unsigned SPIN_LOCK_WAIT(__wrap_)(void* word, int count, const void* transitions, int mode) {
  unsigned result = SPIN_LOCK_WAIT(__real_)(word, count, transitions, mode);
  __tsan_acquire(word);
  return result;
}

WRAP_LOCK(4Lock)
WRAP_LOCK(10ReaderLock)
WRAP_UNLOCK(6Unlock)
WRAP_UNLOCK(12ReaderUnlock)
// NOLINTEND

}  // extern "C"

#endif
#endif
