#include "runtime/trap_handler.h"

#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "runtime/code_space.h"
#include "runtime/memory.h"
#include "runtime/store.h"

extern "C" [[noreturn]] void wasmtier_unwind(wasmtier::runtime::Activation* activation);

namespace wasmtier::runtime {
namespace {

constexpr std::array kSignals = {SIGSEGV, SIGBUS};

ABSL_CONST_INIT absl::Mutex install_mutex(absl::kConstInit);
// Whom faults go to that are not ours; written under install_mutex before our handler can be
// called.
struct sigaction previous_actions[kSignals.size()];

// Addresses of instructions, sorted; never freed once published, since a handler may be reading
// them.
std::atomic<const std::vector<uint64_t>*> fault_sites{nullptr};

bool IsFaultSite(uint64_t address) {
  const std::vector<uint64_t>* sites = fault_sites.load(std::memory_order_acquire);
  return sites != nullptr && std::binary_search(sites->begin(), sites->end(), address);
}

void CallPrevious(int signal, siginfo_t* info, void* context) {
  const size_t index = signal == kSignals[0] ? 0 : 1;
  const struct sigaction& previous = previous_actions[index];
  if ((previous.sa_flags & SA_SIGINFO) != 0) {
    previous.sa_sigaction(signal, info, context);
  } else if (previous.sa_handler == SIG_DFL || previous.sa_handler == SIG_IGN) {
    // Returning runs the faulting instruction again, now with the default action: the process dies
    // of its own fault.
    struct sigaction action{};
    action.sa_handler = SIG_DFL;
    sigaction(signal, &action, nullptr);
  } else {
    previous.sa_handler(signal);
  }
}

void OnSignal(int signal, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  if (!HandleSignal(signal, info, context)) CallPrevious(signal, info, context);
  errno = saved_errno;
}

absl::Status InstallOne(size_t index) {
  struct sigaction current{};
  if (sigaction(kSignals[index], nullptr, &current) != 0)
    return absl::ErrnoToStatus(errno, "sigaction");
  if ((current.sa_flags & SA_SIGINFO) != 0 && current.sa_sigaction == OnSignal)
    return absl::OkStatus();
  previous_actions[index] = current;
  struct sigaction action{};
  action.sa_sigaction = OnSignal;
  // SA_NODEFER: a fault inside a chained handler must reach it again, as it would without us.
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  if (sigaction(kSignals[index], &action, nullptr) != 0)
    return absl::ErrnoToStatus(errno, "sigaction");
  return absl::OkStatus();
}

std::atomic<void (*)()> thread_hook{nullptr};

// A thread's alternate stack, unless it has one of sufficient size (Go and Java bring theirs).
class AlternateStack {
 public:
  AlternateStack() {
    Install();
    if (void (*const hook)() = thread_hook.load(std::memory_order_acquire)) hook();
  }
  ~AlternateStack() {
    if (memory_ == nullptr) return;
    stack_t disable{};
    disable.ss_flags = SS_DISABLE;
    stack_t current{};
    if (sigaltstack(nullptr, &current) == 0 && current.ss_sp == memory_)
      sigaltstack(&disable, nullptr);
    munmap(memory_, kSize);
  }
  AlternateStack(const AlternateStack&) = delete;
  AlternateStack& operator=(const AlternateStack&) = delete;
  // Makes the constructor run where the thread first uses wasm.
  void Touch() const {}

 private:
  void Install() {
    stack_t current{};
    if (sigaltstack(nullptr, &current) == 0 && (current.ss_flags & SS_DISABLE) == 0 &&
        current.ss_size >= kMinimum)
      return;
    void* memory = mmap(nullptr, kSize, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return;
    memory_ = memory;
    stack_t stack{};
    stack.ss_sp = memory_;
    stack.ss_size = kSize;
    sigaltstack(&stack, nullptr);
  }

  // AVX-512 and AMX state in the signal frame take up to 11 KiB.
  static constexpr size_t kMinimum = 16 << 10;
  static constexpr size_t kSize = 64 << 10;
  void* memory_ = nullptr;
};

}  // namespace

absl::Status InstallTrapHandlers() {
  absl::MutexLock lock(&install_mutex);
  for (size_t index = 0; index < kSignals.size(); ++index) {
    if (absl::Status status = InstallOne(index); !status.ok()) return status;
  }
  return absl::OkStatus();
}

void RegisterFaultSites(std::span<const FaultSite> sites) {
  auto* addresses = new std::vector<uint64_t>;
  addresses->reserve(sites.size());
  for (const FaultSite& site : sites) addresses->push_back(site.Address());
  std::sort(addresses->begin(), addresses->end());
  fault_sites.store(addresses, std::memory_order_release);
}

void SetThreadHook(void (*hook)()) { thread_hook.store(hook, std::memory_order_release); }

void PrepareThread() {
  thread_local const AlternateStack alternate_stack;
  alternate_stack.Touch();
}

#define IN_SIGNAL_HANDLER __attribute__((no_sanitize("address", "thread", "undefined")))

namespace {

// The trap that a fault in wasm code is, and where it happened; kNone if it is none. What the code
// at that place belongs to is looked up after it has been left.
IN_SIGNAL_HANDLER TrapCode Recognize(const Activation& activation, const gregset_t& registers,
                                     const void* address, CodePosition* position) {
  Store& store = *activation.store_block->store;
  const auto pc = static_cast<uint64_t>(registers[REG_RIP]);
  if (IsFaultSite(pc)) {
    if (store.FindReservation(address) == nullptr) return TrapCode::kNone;
    position->kind = CodePosition::Kind::kInterpreter;
    position->context = reinterpret_cast<VMContext*>(registers[REG_R12]);
    position->pc = reinterpret_cast<const uint8_t*>(registers[REG_RDI]);
    position->frame = reinterpret_cast<uint64_t*>(registers[REG_RSI]);
    position->stack_pointer = nullptr;
    return TrapCode::kMemoryOutOfBounds;
  }
  const CodeSpace* const space = CodeSpaceOf(*activation.store_block);
  if (space == nullptr || !space->Contains(reinterpret_cast<const void*>(pc))) {
    return TrapCode::kNone;
  }
  position->kind = CodePosition::Kind::kMachine;
  position->pc = reinterpret_cast<const uint8_t*>(pc);
  position->frame = reinterpret_cast<uint64_t*>(registers[REG_RBP]);
  position->stack_pointer = reinterpret_cast<uint64_t*>(registers[REG_RSP]);
  if (store.FindReservation(address) != nullptr) return TrapCode::kMemoryOutOfBounds;
  return store.stack().GuardContains(address) ? TrapCode::kCallStackExhausted : TrapCode::kNone;
}

}  // namespace

IN_SIGNAL_HANDLER bool HandleSignal(int signal, void* siginfo, void* ucontext) {
  if (signal != SIGSEGV && signal != SIGBUS) return false;
  auto& registers = static_cast<ucontext_t*>(ucontext)->uc_mcontext.gregs;
  Activation* activation = CurrentActivation();
  if (activation == nullptr) return false;
  CodePosition position;
  const TrapCode trap =
      Recognize(*activation, registers, static_cast<siginfo_t*>(siginfo)->si_addr, &position);
  if (trap == TrapCode::kNone) return false;
  activation->trap = trap;
  activation->exit = position;
  registers[REG_RDI] = reinterpret_cast<greg_t>(activation);
  registers[REG_RIP] = reinterpret_cast<greg_t>(&wasmtier_unwind);
  return true;
}

}  // namespace wasmtier::runtime
