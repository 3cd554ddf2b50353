// Hardware faults: those of guests are traps, all others are treated as if the engine were not
// there.
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <thread>

#include "test/support/world.h"
#include "wasmtier/engine.h"

namespace wasmtier::test {
namespace {

// A death test runs in a process of its own, started anew since threads and handlers are not
// forked.
class FaultDeathTest : public EveryTier {
 protected:
  void SetUp() override { testing::FLAGS_gtest_death_test_style = "threadsafe"; }
};
IN_EVERY_TIER(FaultDeathTest);

constexpr char kModule[] = R"((module
  (import "env" "fault" (func $fault)) (memory 1)
  (func (export "host") (call $fault))
  (func (export "guest") (drop (i32.load (i32.const 65536))))
  (func (export "exhaust") (call 3) (nop))))";

void NullWrite() { *reinterpret_cast<volatile int*>(uintptr_t{16}) = 1; }

// Dies as a process does that has no handler. Sanitizers have one, which must get the fault: it
// ends the process with a report.
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
bool DiesOfAFault(int status) { return !WIFEXITED(status) || WEXITSTATUS(status) != 0; }
#else
bool DiesOfAFault(int status) { return testing::KilledBySignal(SIGSEGV)(status); }
#endif

void Instantiate(World& world, void (*fault)()) {
  world.Host("env", "fault", ":", [fault](auto*) {
    fault();
    return absl::OkStatus();
  });
  Outcome outcome = world.Instantiate("m", kModule);
  if (outcome.kind != Outcome::Kind::kReturned) abort();
}

void ExpectGuestTraps(World& world) {
  EXPECT_THAT(world.Call("guest"), Traps("out of bounds memory access"));
  EXPECT_THAT(world.Call("exhaust"), Traps("call stack exhausted"));
}

void InstallHandler(int signal, void (*handler)(int, siginfo_t*, void*), int flags = 0) {
  struct sigaction action = {};
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO | flags;
  if (sigaction(signal, &action, nullptr) != 0) abort();
}

[[noreturn]] void SayAndExit(const char* text, size_t size) {
  if (write(STDERR_FILENO, text, size) < 0) _exit(9);
  _exit(7);
}

TEST_P(FaultDeathTest, NullWriteInAHostFunctionKillsTheProcess) {
  EXPECT_EXIT(
      {
        World world(GetParam());
        Instantiate(world, NullWrite);
        ExpectGuestTraps(world);
        world.Call("host");
      },
      DiesOfAFault, "");
}

TEST_P(FaultDeathTest, NullWriteOutsideOfWasmKillsTheProcess) {
  EXPECT_EXIT(
      {
        World world(GetParam());
        Instantiate(world, NullWrite);
        ExpectGuestTraps(world);
        NullWrite();
      },
      DiesOfAFault, "");
}

TEST_P(FaultDeathTest, WriteToTheGuardOfAMemoryByAHostFunctionIsNoTrap) {
  EXPECT_EXIT(
      {
        World world(GetParam());
        Instantiate(
            world, +[] {
              // A region as inaccessible as the guards, touched by host code.
              void* page = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
              *static_cast<volatile char*>(page) = 1;
            });
        world.Call("host");
      },
      DiesOfAFault, "");
}

TEST_P(FaultDeathTest, AbortInAHostFunctionAborts) {
  EXPECT_EXIT(
      {
        World world(GetParam());
        Instantiate(world, +[] { abort(); });
        world.Call("host");
      },
      testing::KilledBySignal(SIGABRT), "");
}

TEST_P(FaultDeathTest, EarlierHandlerIsCalledForFaultsThatAreNotOurs) {
  EXPECT_EXIT(
      {
        InstallHandler(SIGSEGV, [](int, siginfo_t* info, void*) {
          if (info->si_addr != reinterpret_cast<void*>(16)) SayAndExit("wrong\n", 6);
          SayAndExit("earlier handler\n", 16);
        });
        World world(GetParam());
        Instantiate(world, NullWrite);
        ExpectGuestTraps(world);
        world.Call("host");
      },
      testing::ExitedWithCode(7), "earlier handler");
}

TEST_P(FaultDeathTest, EarlierHandlerMayRepairTheFault) {
  EXPECT_EXIT(
      {
        static void* page = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        InstallHandler(
            SIGSEGV, [](int, siginfo_t*, void*) { mprotect(page, 4096, PROT_READ | PROT_WRITE); });
        World world(GetParam());
        Instantiate(world, +[] { *static_cast<volatile int*>(page) = 42; });
        ExpectGuestTraps(world);
        if (world.Call("host").kind != Outcome::Kind::kReturned) _exit(1);
        if (*static_cast<volatile int*>(page) != 42) _exit(2);
        ExpectGuestTraps(world);
        _exit(testing::Test::HasFailure() ? 3 : 0);
      },
      testing::ExitedWithCode(0), "");
}

TEST_P(FaultDeathTest, IgnoredSignalsStillKillForRealFaults) {
  EXPECT_EXIT(
      {
        signal(SIGSEGV, SIG_IGN);
        World world(GetParam());
        Instantiate(world, NullWrite);
        ExpectGuestTraps(world);
        world.Call("host");
      },
      DiesOfAFault, "");
}

TEST_P(FaultDeathTest, SignalSentByKillReachesTheEarlierHandler) {
  EXPECT_EXIT(
      {
        InstallHandler(SIGSEGV, [](int, siginfo_t*, void*) { SayAndExit("sent\n", 5); });
        World world(GetParam());
        Instantiate(world, +[] { kill(getpid(), SIGSEGV); });
        world.Call("host");
      },
      testing::ExitedWithCode(7), "sent");
}

TEST_P(FaultDeathTest, ReplacedHandlerIsRepairedByTheNextStore) {
  EXPECT_EXIT(
      {
        World world(GetParam());
        Instantiate(world, NullWrite);
        ExpectGuestTraps(world);
        InstallHandler(SIGSEGV, [](int, siginfo_t*, void*) { SayAndExit("replacement\n", 12); });
        std::unique_ptr<World> another = world.Another();
        Instantiate(*another, NullWrite);
        ExpectGuestTraps(*another);
        ExpectGuestTraps(world);
        if (testing::Test::HasFailure()) _exit(3);
        another->Call("host");
      },
      testing::ExitedWithCode(7), "replacement");
}

TEST_P(FaultDeathTest, EmbeddersOwnAlternateStackIsUsed) {
  EXPECT_EXIT(
      {
        stack_t stack = {};
        stack.ss_size = 256 << 10;
        stack.ss_sp = malloc(stack.ss_size);
        sigaltstack(&stack, nullptr);
        World world(GetParam());
        Instantiate(world, NullWrite);
        ExpectGuestTraps(world);
        _exit(testing::Test::HasFailure() ? 3 : 0);
      },
      testing::ExitedWithCode(0), "");
}

TEST_P(FaultDeathTest, OverflowOfTheHostsStackKillsTheProcess) {
  EXPECT_EXIT(
      {
        World world(GetParam());
        Instantiate(
            world, +[] {
              struct Endless {
                static int Recurse(volatile char* above) {
                  volatile char frame[4096];
                  if (above == nullptr) return 0;
                  frame[0] = above[0];
                  return Recurse(frame) + frame[1];
                }
              };
              char start = 0;
              Endless::Recurse(&start);
            });
        world.Call("host");
      },
      DiesOfAFault, "");
}

TEST_P(FaultDeathTest, GuestsOnOtherThreadsTrapWhileTheHostHandlesItsOwnFaults) {
  EXPECT_EXIT(
      {
        World world(GetParam());
        Instantiate(world, +[] {});
        std::thread guest([&] {
          for (int i = 0; i < 10; ++i) ExpectGuestTraps(world);
        });
        guest.join();
        _exit(testing::Test::HasFailure() ? 3 : 0);
      },
      testing::ExitedWithCode(0), "");
}

TEST_P(FaultDeathTest, EmbedderWithItsOwnHandlerAsksTheEngine) {
  EXPECT_EXIT(
      {
        World world(GetParam());
        Instantiate(world, NullWrite);
        InstallHandler(
            SIGSEGV,
            [](int signal, siginfo_t* info, void* context) {
              if (Engine::HandleSignal(signal, info, context)) return;
              SayAndExit("not a trap\n", 11);
            },
            SA_ONSTACK);
        ExpectGuestTraps(world);
        if (testing::Test::HasFailure()) _exit(3);
        world.Call("host");
      },
      testing::ExitedWithCode(7), "not a trap");
}

}  // namespace
}  // namespace wasmtier::test
