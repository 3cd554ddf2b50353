#include "runtime/code_space.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <thread>
#include <utility>

namespace wasmtier::runtime {
namespace {

// mov eax, number; ret
std::vector<uint8_t> Returning(uint8_t number) { return {0xb8, number, 0, 0, 0, 0xc3}; }

const CompiledCode* Add(CodeSpace& space, const std::vector<uint8_t>& bytes) {
  const auto buffer = space.Allocate(bytes.size());
  EXPECT_TRUE(buffer.ok()) << buffer.status();
  std::memcpy(buffer->writable, bytes.data(), bytes.size());
  auto code = std::make_unique<CompiledCode>();
  code->begin = buffer->executable;
  code->size = static_cast<uint32_t>(bytes.size());
  return space.Add(std::move(code), *buffer);
}

// Machine code has no type information for UndefinedBehaviorSanitizer to check.
__attribute__((no_sanitize("undefined"))) int Execute(const CompiledCode* code) {
  return reinterpret_cast<int (*)()>(reinterpret_cast<uintptr_t>(code->begin))();
}

class CodeSpaceTest : public testing::Test {
 protected:
  // Runs `body` in a forked child, which must return true.
  static void InChild(const std::function<bool()>& body) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) _exit(body() ? 0 : 1);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  }

  std::unique_ptr<CodeSpace> space_ = *CodeSpace::Create();
};
using CodeSpaceDeathTest = CodeSpaceTest;

TEST_F(CodeSpaceTest, RunsCode) {
  const CompiledCode* const one = Add(*space_, Returning(1));
  const CompiledCode* const two = Add(*space_, Returning(2));
  EXPECT_EQ(Execute(one), 1);
  EXPECT_EQ(Execute(two), 2);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(two->begin) % 16, 0u);
  EXPECT_EQ(space_->code_bytes(), 12u);
  space_->Remove(one);
  EXPECT_EQ(Execute(two), 2);
  EXPECT_EQ(space_->code_bytes(), 6u);
}

TEST_F(CodeSpaceTest, FindsCode) {
  const CompiledCode* const one = Add(*space_, Returning(1));
  const CompiledCode* const two = Add(*space_, Returning(2));
  EXPECT_EQ(space_->Find(one->begin), one);
  EXPECT_EQ(space_->Find(one->begin + 5), one);
  EXPECT_EQ(space_->Find(one->begin + 6), nullptr);
  EXPECT_EQ(space_->Find(two->begin + 2), two);
  EXPECT_EQ(space_->Find(one->begin - 1), nullptr);
  EXPECT_EQ(space_->Find(&space_), nullptr);
  EXPECT_TRUE(space_->Contains(one->begin));
  EXPECT_FALSE(space_->Contains(one->begin - 1));
  EXPECT_FALSE(space_->Contains(&space_));
  EXPECT_FALSE(space_->Contains(nullptr));
  space_->Remove(one);
  EXPECT_EQ(space_->Find(one), nullptr);
}

TEST_F(CodeSpaceTest, FreedMemoryTrapsUntilItIsReused) {
  const CompiledCode* const one = Add(*space_, Returning(1));
  const uint8_t* const begin = one->begin;
  Add(*space_, Returning(2));
  space_->Remove(one);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(begin[i], 0xcc);
  const CompiledCode* const three = Add(*space_, Returning(3));
  EXPECT_EQ(three->begin, begin);
  EXPECT_EQ(Execute(three), 3);
}

TEST_F(CodeSpaceTest, AbandonedMemoryIsReused) {
  const CodeBuffer buffer = *space_->Allocate(100);
  EXPECT_EQ(buffer.size, 128u);
  std::memset(buffer.writable, 0x90, buffer.size);
  space_->Abandon(buffer);
  EXPECT_EQ(buffer.executable[0], 0xcc);
  EXPECT_EQ(space_->Allocate(100)->executable, buffer.executable);
  EXPECT_EQ(space_->code_bytes(), 0u);
}

TEST_F(CodeSpaceTest, IsFullAtSomeTime) {
  std::vector<CodeBuffer> buffers;
  constexpr size_t kSize = 64 << 20;
  for (;;) {
    auto buffer = space_->Allocate(kSize);
    if (!buffer.ok()) {
      EXPECT_EQ(buffer.status().code(), absl::StatusCode::kResourceExhausted);
      break;
    }
    ASSERT_LT(buffers.size(), 100u);
    buffers.push_back(*buffer);
  }
  // All within reach of a call.
  EXPECT_LT(buffers.back().executable - buffers.front().executable, ptrdiff_t{1} << 30);
  EXPECT_FALSE(space_->Allocate(SIZE_MAX / 2).ok());
  // Not touched: an Abandon would write to all of it.
}

TEST_F(CodeSpaceTest, ManyPieces) {
  // Of different sizes, removed in another order, several times as much as is kept writable.
  std::vector<const CompiledCode*> codes;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 1000; ++i) {
      std::vector<uint8_t> bytes = Returning(static_cast<uint8_t>(i));
      bytes.resize(6 + static_cast<size_t>(i * 37 % 700), 0x90);
      codes.push_back(Add(*space_, bytes));
    }
    for (size_t i = 0; i < codes.size(); ++i) {
      ASSERT_EQ(Execute(codes[i]), codes[i]->begin[1]);
      ASSERT_EQ(space_->Find(codes[i]->begin + codes[i]->size - 1), codes[i]);
    }
    std::vector<const CompiledCode*> kept;
    for (size_t i = 0; i < codes.size(); ++i) {
      if (i * 7919 % 3 == 0) {
        kept.push_back(codes[i]);
      } else {
        space_->Remove(codes[i]);
      }
    }
    codes = std::move(kept);
  }
  for (const CompiledCode* code : codes) space_->Remove(code);
  EXPECT_EQ(space_->code_bytes(), 0u);
}

// ThreadSanitizer takes the threads for leaked in the child.
#if !defined(__has_feature) || !__has_feature(thread_sanitizer)
TEST_F(CodeSpaceTest, ThreadsMakeCodeWhileAnotherForks) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < 200; ++i) {
        const auto number = static_cast<uint8_t>(t * 64 + i % 64);
        const CompiledCode* const code = Add(*space_, Returning(number));
        EXPECT_EQ(Execute(code), number);
        EXPECT_EQ(space_->Find(code->begin), code);
        space_->Remove(code);
      }
    });
  }
  for (int i = 0; i < 5; ++i) {
    InChild([this] { return space_->Find(this) == nullptr && !space_->Allocate(1).ok(); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(space_->code_bytes(), 0u);
}
#endif

TEST_F(CodeSpaceTest, DataIsZeroedAndInReach) {
  const CompiledCode* const code = Add(*space_, Returning(1));
  auto* const data = static_cast<uint8_t*>(space_->AllocateData(100));
  EXPECT_EQ(reinterpret_cast<uintptr_t>(data) % 16, 0u);
  EXPECT_LT(std::abs(data - code->begin), ptrdiff_t{1} << 30);
  EXPECT_FALSE(space_->Contains(data));
  std::memset(data, 0xff, 100);
  space_->FreeData(data, 100);
  auto* const again = static_cast<uint8_t*>(space_->AllocateData(100));
  EXPECT_EQ(again, data);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(again[i], 0);
  EXPECT_EQ(space_->AllocateData(size_t{2} << 30), nullptr);
}

TEST_F(CodeSpaceTest, FeedbackGoesWithTheCode) {
  const CodeBuffer buffer = *space_->Allocate(16);
  auto code = std::make_unique<CompiledCode>();
  code->begin = buffer.executable;
  code->size = 16;
  code->feedback = space_->AllocateData(64);
  code->feedback_bytes = 64;
  void* const feedback = code->feedback;
  space_->Remove(space_->Add(std::move(code), buffer));
  EXPECT_EQ(space_->AllocateData(64), feedback);
}

TEST_F(CodeSpaceDeathTest, CodeCannotBeWrittenWhereItRuns) {
  const CompiledCode* const code = Add(*space_, Returning(1));
  auto* const begin = const_cast<volatile uint8_t*>(code->begin);
  EXPECT_DEATH(*begin = 0x90, "");
}

TEST_F(CodeSpaceDeathTest, CodeCannotBeRunWhereItIsWritten) {
  const CodeBuffer buffer = *space_->Allocate(16);
  buffer.writable[0] = 0xc3;
  CompiledCode code;
  code.begin = buffer.writable;
  EXPECT_DEATH(Execute(&code), "");
}

TEST_F(CodeSpaceDeathTest, DataCannotBeRun) {
  CompiledCode code;
  code.begin = static_cast<uint8_t*>(space_->AllocateData(16));
  const_cast<uint8_t*>(code.begin)[0] = 0xc3;
  EXPECT_DEATH(Execute(&code), "");
}

TEST_F(CodeSpaceTest, AChildRunsWhatExistsAndMakesNothing) {
  const CompiledCode* const one = Add(*space_, Returning(1));
  const CompiledCode* const two = Add(*space_, Returning(2));
  InChild([&] {
    if (Execute(one) != 1 || space_->Find(one->begin) != one) return false;
    if (space_->Allocate(16).status().code() != absl::StatusCode::kFailedPrecondition) return false;
    space_->Remove(one);
    if (space_->Find(two->begin) != two || space_->code_bytes() != 6) return false;
    // An engine of the child's own.
    const auto own = CodeSpace::Create();
    return own.ok() && Execute(Add(**own, Returning(4))) == 4;
  });
  // The child's Remove did not reach us.
  EXPECT_EQ(Execute(one), 1);
}

TEST_F(CodeSpaceTest, AParentLeavesAloneWhatItsChildKnows) {
  const CompiledCode* const one = Add(*space_, Returning(1));
  const uint8_t* const begin = one->begin;
  int go[2];
  ASSERT_EQ(pipe(go), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    char byte = 0;
    if (read(go[0], &byte, 1) != 1) _exit(2);
    _exit(Execute(one));
  }
  space_->Remove(one);
  const CompiledCode* const two = Add(*space_, Returning(2));
  EXPECT_NE(two->begin, begin);
  EXPECT_EQ(begin[0], 0xb8);
  // What the child does not know is reused.
  const uint8_t* const second = two->begin;
  space_->Remove(two);
  EXPECT_EQ(Add(*space_, Returning(3))->begin, second);
  ASSERT_EQ(write(go[1], "x", 1), 1);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 1);
}

#if !defined(__has_feature) || \
    !(__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
TEST_F(CodeSpaceTest, LimitedAddressSpace) {
  InChild([] {
    const rlimit limit{size_t{512} << 20, size_t{512} << 20};
    if (setrlimit(RLIMIT_AS, &limit) != 0) return false;
    // ~CodeSpaceTest's is inherited and counts.
    return !CodeSpace::Create().ok();
  });
  space_.reset();
  InChild([] {
    const rlimit limit{size_t{512} << 20, size_t{512} << 20};
    if (setrlimit(RLIMIT_AS, &limit) != 0) return false;
    const auto space = CodeSpace::Create();
    return space.ok() && Execute(Add(**space, Returning(5))) == 5 &&
           !(*space)->Allocate(32 << 20).ok();
  });
}
#endif

// Shared memory is a file to the kernel.
TEST_F(CodeSpaceTest, LimitedFileSize) {
  InChild([] {
    const rlimit limit{1 << 20, 1 << 20};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return false;
    const auto space = CodeSpace::Create();
    return space.ok() && Execute(Add(**space, Returning(5))) == 5;
  });
}

}  // namespace
}  // namespace wasmtier::runtime
