#include "tiers/optimizing/linker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "runtime/code_space.h"
#include "test/unit/optimizing/ir_text.h"
#include "tiers/optimizing/code_host.h"

namespace wasmtier::optimizing {
namespace {

using ::testing::HasSubstr;

extern "C" int32_t optimizer_test_seven() { return 7; }

// A host with one more function to call, that counts what is handed out.
class TestHost : public CodeHost {
 public:
  explicit TestHost(runtime::CodeSpace& space)
      : CodeHost(space),
        symbols_({{"seven", reinterpret_cast<const void*>(&optimizer_test_seven)}}) {}

  absl::StatusOr<runtime::CodeBuffer> AllocateCode(size_t size) override {
    if (is_full) return absl::ResourceExhaustedError("full");
    ++allocated;
    return CodeHost::AllocateCode(size);
  }
  void AbandonCode(const runtime::CodeBuffer& buffer) override {
    ++abandoned;
    CodeHost::AbandonCode(buffer);
  }
  std::span<const Symbol> symbols() override { return symbols_; }

  bool is_full = false;
  int allocated = 0;
  int abandoned = 0;

 private:
  std::vector<Symbol> symbols_;
};

class LinkerTest : public testing::Test {
 protected:
  absl::StatusOr<LinkedCode> LinkText(const std::string& text) {
    absl::StatusOr<std::string> object = ObjectOf(text);
    if (!object.ok()) return object.status();
    return Link(*object, "f0", host_);
  }
  // The message of an Internal error, after which no memory is kept.
  std::string ErrorOf(const std::string& text) {
    const absl::StatusOr<LinkedCode> linked = LinkText(text);
    EXPECT_EQ(linked.status().code(), absl::StatusCode::kInternal) << linked.status();
    EXPECT_EQ(host_.allocated, host_.abandoned);
    return std::string(linked.status().message());
  }
  // What the code returns. It has no type information for UndefinedBehaviorSanitizer to check.
  template <typename... Arguments>
  __attribute__((no_sanitize("undefined"))) int32_t Run(const LinkedCode& linked,
                                                        Arguments... arguments) const {
    return reinterpret_cast<int32_t (*)(Arguments...)>(reinterpret_cast<uintptr_t>(linked.begin))(
        arguments...);
  }
  void Add(const LinkedCode& linked) {
    auto code = std::make_unique<runtime::CompiledCode>();
    code->begin = linked.begin;
    code->size = linked.size;
    host_.AddCode(std::move(code), linked.buffer);
  }

  std::unique_ptr<runtime::CodeSpace> space_ = *runtime::CodeSpace::Create();
  TestHost host_{*space_};
};

TEST_F(LinkerTest, RunsCodeWithConstantsAndAJumpTable) {
  const auto linked = LinkText(R"(
    @table = private unnamed_addr constant [4 x i32] [i32 10, i32 20, i32 30, i32 40], align 64
    define i32 @f0(i32 %i) section ".text" {
      switch i32 %i, label %other [ i32 0, label %a  i32 1, label %b  i32 2, label %c
                                    i32 3, label %d  i32 4, label %e ]
    a: ret i32 5
    b: %r = call i32 @f1(i32 %i)
       ret i32 %r
    c: ret i32 77
    d: ret i32 -1
    e: %s = call i32 @f1(i32 1)
       ret i32 %s
    other:
      %k = and i32 %i, 3
      %p = getelementptr [4 x i32], ptr @table, i32 0, i32 %k
      %v = load i32, ptr %p
      ret i32 %v
    }
    define internal i32 @f1(i32 %i) noinline section ".text" {
      %r = mul i32 %i, 1000
      ret i32 %r
    }
  )");
  ASSERT_TRUE(linked.ok()) << linked.status();
  Add(*linked);
  EXPECT_TRUE(space_->Contains(linked->begin));
  EXPECT_EQ(Run(*linked, 0), 5);
  EXPECT_EQ(Run(*linked, 1), 1000);
  EXPECT_EQ(Run(*linked, 3), -1);
  EXPECT_EQ(Run(*linked, 9), 20);
  EXPECT_EQ(Run(*linked, 11), 40);
}

TEST_F(LinkerTest, CallsGivenFunctionsWhereverTheyAre) {
  const auto linked = LinkText(R"(
    declare i32 @seven()
    define i32 @f0() section ".text" {
      %a = notail call i32 @seven()
      %b = add i32 %a, 1
      ret i32 %b
    }
  )");
  ASSERT_TRUE(linked.ok()) << linked.status();
  Add(*linked);
  EXPECT_EQ(Run(*linked), 8);
}

TEST_F(LinkerTest, NamesWhatItDoesNotResolve) {
  EXPECT_THAT(ErrorOf(R"(
    declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
    define void @f0(ptr %p, i64 %n) section ".text" {
      call void @llvm.memset.p0.i64(ptr %p, i8 0, i64 %n, i1 false)
      ret void
    })"),
              HasSubstr("the code calls what it may not: memset"));
  EXPECT_THAT(ErrorOf(R"(
    define double @f0(double %a, double %b) section ".text" {
      %r = frem double %a, %b
      ret double %r
    })"),
              HasSubstr("fmod"));
}

TEST_F(LinkerTest, RefusesDataThatIsWritten) {
  EXPECT_THAT(ErrorOf(R"(
    @counter = internal global i32 5
    define i32 @f0() section ".text" {
      %v = load i32, ptr @counter
      %w = add i32 %v, 1
      store i32 %w, ptr @counter
      ret i32 %w
    })"),
              HasSubstr("writable data"));
}

TEST_F(LinkerTest, RefusesAnObjectThatDoesNotBeginWithItsEntry) {
  EXPECT_THAT(ErrorOf(R"(
    define i32 @f1() section ".text" { ret i32 1 }
    define i32 @f0() section ".text" { ret i32 0 })"),
              HasSubstr("does not begin with its entry"));
  EXPECT_THAT(ErrorOf("define i32 @f1() section \".text\" { ret i32 1 }"),
              HasSubstr("lacks its entry f0"));
}

TEST_F(LinkerTest, PassesOnThatThereIsNoMemory) {
  host_.is_full = true;
  const auto linked = LinkText("define i32 @f0() section \".text\" { ret i32 0 }");
  EXPECT_EQ(linked.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(linked.status().message(), "full");
}

TEST_F(LinkerTest, RefusesWhatIsNoObject) { EXPECT_FALSE(Link("no object", "f0", host_).ok()); }

TEST_F(LinkerTest, UnwindTablesAreDropped) {
  const auto linked = LinkText(R"(
    define i32 @f0() uwtable section ".text" { ret i32 3 })");
  ASSERT_TRUE(linked.ok()) << linked.status();
  Add(*linked);
  EXPECT_EQ(Run(*linked), 3);
  EXPECT_LE(linked->buffer.size, 64u);  // the least that is allocated
}

}  // namespace
}  // namespace wasmtier::optimizing
