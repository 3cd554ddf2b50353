// The plugin as a whole: through a Linker, with a guest that runs.
#include "wasi/preview1.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/wat.h"
#include "wasmtier/engine.h"
#include "wasmtier/module.h"

namespace wasmtier::wasi {
namespace {

TEST(ListFunctions, HasAllOfPreview1) {
  std::map<std::string_view, FunctionInfo> functions;
  for (const FunctionInfo& function : ListFunctions()) functions[function.name] = function;
  EXPECT_EQ(functions.size(), 46u);
  EXPECT_EQ(ToString(functions["fd_write"].type), "(i32, i32, i32, i32) -> i32");
  EXPECT_EQ(ToString(functions["path_open"].type),
            "(i32, i32, i32, i32, i32, i64, i64, i32, i32) -> i32");
  EXPECT_EQ(ToString(functions["fd_seek"].type), "(i32, i64, i32, i32) -> i32");
  EXPECT_EQ(ToString(functions["clock_time_get"].type), "(i32, i64, i32) -> i32");
  EXPECT_EQ(ToString(functions["fd_readdir"].type), "(i32, i32, i32, i64, i32) -> i32");
  EXPECT_EQ(ToString(functions["proc_exit"].type), "(i32) -> ()");
  EXPECT_EQ(ToString(functions["sched_yield"].type), "() -> i32");
  EXPECT_EQ(functions["fd_tell"].parameters, "Fd fd, Pointer offset");
  EXPECT_TRUE(functions["fd_write"].is_made);
  EXPECT_FALSE(functions["sock_recv"].is_made);
}

std::string MakeTable() {
  std::string table = "| function | type | parameters | |\n| --- | --- | --- | --- |\n";
  for (const FunctionInfo& function : ListFunctions()) {
    absl::StrAppend(&table, "| `", std::string(function.name), "` | `", ToString(function.type),
                    "` | ", std::string(function.parameters), " | ",
                    function.is_made ? "" : "refused", " |\n");
  }
  return table;
}

// WASMTIER_UPDATE_DOCS=1 writes the table instead.
TEST(ListFunctions, IsTheTableInTheDocument) {
  const std::string begin = "<!-- begin: test/unit/wasi/preview1_test.cc -->\n";
  const std::string end = "<!-- end -->\n";
  std::string path = __FILE__;
  path.replace(path.find("test/unit/wasi/preview1_test.cc"), std::string::npos, "docs/wasi.md");
  std::ifstream stream(path);
  if (!stream) GTEST_SKIP() << "no sources here";
  std::string text(std::istreambuf_iterator<char>(stream), {});
  size_t from = text.find(begin);
  ASSERT_NE(from, std::string::npos);
  from += begin.size();
  size_t to = text.find(end, from);
  ASSERT_NE(to, std::string::npos);
  if (std::getenv("WASMTIER_UPDATE_DOCS") != nullptr) {
    std::ofstream(path) << text.substr(0, from) << MakeTable() << text.substr(to);
    return;
  }
  EXPECT_EQ(text.substr(from, to - from), MakeTable())
      << "run unit_wasi with WASMTIER_UPDATE_DOCS=1";
}

// Writes "hello\n" and exits with 6, the bytes written, plus the number of its arguments:
constexpr std::string_view kHello = R"(
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\06\00\00\00")
  (data (i32.const 16) "hello\n")
  (func (export "_start")
    (drop (call $args_sizes_get (i32.const 32) (i32.const 36)))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (call $proc_exit (i32.add (i32.load (i32.const 32)) (i32.load (i32.const 8))))
    unreachable))
)";

class Preview1 : public testing::Test {
 protected:
  Preview1() {
    EXPECT_EQ(pipe2(output_, O_CLOEXEC), 0);
    absl::StatusOr<Engine> engine = Engine::Create();
    EXPECT_TRUE(engine.ok()) << engine.status();
    engine_.emplace(*std::move(engine));
  }
  ~Preview1() override {
    close(output_[0]);
    close(output_[1]);
  }

  // Runs the guest's _start in a store of its own.
  absl::Status Run(const Linker& linker) {
    absl::StatusOr<Module> module = Module::FromVector(*engine_, test::CompileWat(kHello));
    if (!module.ok()) return module.status();
    absl::StatusOr<Store> store = Store::Create(*engine_);
    if (!store.ok()) return store.status();
    absl::StatusOr<Instance> instance = linker.Instantiate(*store, *module);
    if (!instance.ok()) return instance.status();
    absl::StatusOr<Func> start = instance->GetFunc("_start");
    if (!start.ok()) return start.status();
    return start->Call({}).status();
  }
  std::string ReadOutput() {
    char text[64];
    ssize_t size = read(output_[0], text, sizeof(text));
    return std::string(text, size > 0 ? static_cast<size_t>(size) : 0);
  }

  int output_[2];
  std::optional<Engine> engine_;
};

TEST_F(Preview1, RunsAGuest) {
  Linker linker;
  ASSERT_TRUE(AddPreview1(linker, Config{.args = {"a", "b"}, .stdout_fd = output_[1]}).ok());
  absl::Status status = Run(linker);
  EXPECT_EQ(ExitCode(status), 8) << status;
  EXPECT_EQ(ReadOutput(), "hello\n");
}

TEST_F(Preview1, ALinkerAndItsCopiesServeSeveralInstances) {
  std::optional<Linker> linker(std::in_place);
  ASSERT_TRUE(AddPreview1(*linker, Config{.stdout_fd = output_[1]}).ok());
  Linker copy = *linker;
  EXPECT_EQ(ExitCode(Run(*linker)), 6);
  linker.reset();
  EXPECT_EQ(ExitCode(Run(copy)), 6);
  EXPECT_EQ(ExitCode(Run(copy)), 6);
  EXPECT_EQ(ReadOutput(), "hello\nhello\nhello\n");
}

TEST_F(Preview1, AddingTwiceIsAnError) {
  Linker linker;
  ASSERT_TRUE(AddPreview1(linker, Config()).ok());
  EXPECT_EQ(AddPreview1(linker, Config()).code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(Preview1, NamesThePreopenThatIsMissing) {
  Linker linker;
  absl::Status status = AddPreview1(linker, Config{.preopens = {{"/nonexistent", "/"}}});
  EXPECT_EQ(status.message(),
            "cannot open directory '/nonexistent' for --dir: No such file or directory");
  EXPECT_FALSE(linker.Has("wasi_snapshot_preview1", "fd_write"));
}

}  // namespace
}  // namespace wasmtier::wasi
