// The runner must fail where a script's expectation is wrong: else a green suite means nothing.
#include "test/spec/script_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "test/spec/expectations.h"
#include "test/support/modes.h"
#include "test/support/wat.h"

namespace wasmtier::spec {
namespace {

using testing::ElementsAre;

class ScriptRunnerTest : public testing::TestWithParam<test::Mode> {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              ("script_runner_" + std::to_string(getpid()) + GetParam().name);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void WriteModule(const char* name, std::string_view text) {
    std::vector<uint8_t> bytes = test::CompileWat(text);
    std::ofstream(folder_ / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<int64_t>(bytes.size()));
  }

  std::vector<Verdict> Run(std::string_view commands) {
    absl::StatusOr<Script> script =
        ParseScript("{\"commands\": [" + std::string(commands) + "]}", "core/x", folder_);
    EXPECT_TRUE(script.ok()) << script.status();
    absl::StatusOr<Engine> engine = Engine::Create(GetParam().config);
    EXPECT_TRUE(engine.ok()) << engine.status();
    absl::StatusOr<ScriptRunner> runner = ScriptRunner::Create(*engine);
    EXPECT_TRUE(runner.ok()) << runner.status();
    std::vector<Verdict> verdicts;
    for (const CommandResult& result : runner->Run(*script)) verdicts.push_back(result.verdict);
    return verdicts;
  }

  std::filesystem::path folder_;
};

INSTANTIATE_TEST_SUITE_P(Every, ScriptRunnerTest, testing::ValuesIn(test::Modes()),
                         [](const auto& info) { return info.param.name; });

constexpr Verdict kPassed = Verdict::kPassed;
constexpr Verdict kFailed = Verdict::kFailed;
constexpr Verdict kSkipped = Verdict::kSkipped;

constexpr char kModule[] = R"({"type": "module", "line": 1, "filename": "a.wasm"},)";

TEST_P(ScriptRunnerTest, WrongResultsFail) {
  WriteModule("a.wasm", R"((module (func (export "two") (result i32) i32.const 2)
      (func (export "nan") (result f32) f32.const nan:0x200000)
      (func (export "null") (result funcref) ref.null func) (global (export "g") i64 (i64.const 5))))");
  std::string returns = R"({"type": "assert_return", "line": 2, "action": )";
  EXPECT_THAT(
      Run(kModule + returns +
          R"({"type": "invoke", "field": "two", "args": []}, "expected": [{"type": "i32", "value": "2"}]},)" +
          returns +
          R"({"type": "invoke", "field": "two", "args": []}, "expected": [{"type": "i32", "value": "3"}]},)" +
          returns + R"({"type": "invoke", "field": "two", "args": []}, "expected": []},)" +
          returns +
          R"({"type": "invoke", "field": "nan", "args": []}, "expected": [{"type": "f32", "value": "nan:arithmetic"}]},)" +
          returns +
          R"({"type": "invoke", "field": "null", "args": []}, "expected": [{"type": "funcref"}]},)" +
          returns +
          R"({"type": "get", "field": "g"}, "expected": [{"type": "i64", "value": "5"}]},)" +
          returns +
          R"({"type": "get", "field": "g"}, "expected": [{"type": "i64", "value": "6"}]},)" +
          returns + R"({"type": "invoke", "field": "none", "args": []}, "expected": []})"),
      ElementsAre(kPassed, kPassed, kFailed, kFailed, kFailed, kFailed, kPassed, kFailed, kFailed));
}

TEST_P(ScriptRunnerTest, WrongTrapsFail) {
  WriteModule("a.wasm", R"((module (func (export "f") unreachable) (func (export "g"))))");
  auto trap = [](const char* field, const char* text) {
    return R"({"type": "assert_trap", "line": 2, "action": {"type": "invoke", "field": ")" +
           std::string(field) + R"(", "args": []}, "text": ")" + text + "\"}";
  };
  EXPECT_THAT(
      Run(kModule + trap("f", "unreachable") + "," + trap("f", "integer overflow") + "," +
          trap("g", "unreachable") + "," + trap("none", "unreachable") +
          R"(,{"type": "action", "line": 3, "action": {"type": "invoke", "field": "f", "args": []}})"),
      ElementsAre(kPassed, kPassed, kFailed, kFailed, kFailed, kFailed));
}

TEST_P(ScriptRunnerTest, ValidModulesAreNotInvalid) {
  WriteModule("good.wasm", "(module (func (result i32) i32.const 1))");
  WriteModule("bad.wasm", "(module (func (result i32) i64.const 1))");
  WriteModule("unlinkable.wasm", "(module (import \"spectest\" \"unknown\" (func)))");
  WriteModule("trapping.wasm", "(module (func $f unreachable) (start $f))");
  auto check = [](const char* type, const char* file, const char* text = "unreachable") {
    return std::string(R"({"type": ")") + type + R"(", "line": 1, "filename": ")" + file +
           R"(", "module_type": "binary", "text": ")" + text + "\"}";
  };
  EXPECT_THAT(Run(check("assert_invalid", "bad.wasm") + "," + check("assert_invalid", "good.wasm") +
                  "," + check("assert_malformed", "good.wasm") + "," +
                  check("assert_unlinkable", "unlinkable.wasm") + "," +
                  check("assert_unlinkable", "good.wasm") + "," +
                  check("assert_unlinkable", "trapping.wasm") + "," +
                  check("assert_uninstantiable", "trapping.wasm") + "," +
                  check("assert_uninstantiable", "trapping.wasm", "integer overflow") + "," +
                  check("assert_uninstantiable", "good.wasm") + "," +
                  check("assert_uninstantiable", "unlinkable.wasm")),
              ElementsAre(kPassed, kFailed, kFailed, kPassed, kFailed, kFailed, kPassed, kFailed,
                          kFailed, kFailed));
}

TEST_P(ScriptRunnerTest, TextModulesAreSkippedAndUnknownCommandsFail) {
  EXPECT_THAT(
      Run(R"({"type": "assert_malformed", "line": 1, "filename": "x.wat", "module_type": "text"},
                     {"type": "assert_hilarious", "line": 2})"),
      ElementsAre(kSkipped, kFailed));
}

TEST_P(ScriptRunnerTest, AfterAFailedModuleNothingIsCurrent) {
  WriteModule("a.wasm", "(module (func (export \"f\")))");
  WriteModule("b.wasm", "(module (import \"no\" \"where\" (func)))");
  std::string call =
      R"({"type": "action", "line": 2, "action": {"type": "invoke", "field": "f", "args": []}},)";
  EXPECT_THAT(Run(kModule + call + R"({"type": "module", "line": 3, "filename": "b.wasm"},)" +
                  call + R"({"type": "register", "line": 4, "as": "M"})"),
              ElementsAre(kPassed, kPassed, kFailed, kFailed, kFailed));
}

TEST_P(ScriptRunnerTest, DefinitionsAreInstantiatedAfresh) {
  WriteModule("a.wasm", R"((module (global $g (mut i32) (i32.const 0))
      (func (export "next") (result i32)
        (global.set $g (i32.add (global.get $g) (i32.const 1))) (global.get $g))))");
  WriteModule("b.wasm", R"((module (import "M" "next" (func (result i32)))
      (func (export "next") (result i32) (call 0))))");
  auto next = [](const char* module, const char* value) {
    return R"({"type": "assert_return", "line": 2, "action": {"type": "invoke", "module": ")" +
           std::string(module) +
           R"(", "field": "next", "args": []}, "expected": [{"type": "i32", "value": ")" + value +
           "\"}]},";
  };
  EXPECT_THAT(Run(R"({"type": "module_definition", "line": 1, "name": "$D", "filename": "a.wasm"},
             {"type": "module_instance", "line": 1, "instance": "$1", "module": "$D"},
             {"type": "module_instance", "line": 1, "instance": "$2", "module": "$D"},)" +
                  next("$1", "1") + next("$1", "2") + next("$2", "1") +
                  R"({"type": "register", "line": 1, "name": "$1", "as": "M"},
             {"type": "module", "line": 1, "name": "$3", "filename": "b.wasm"},)" +
                  next("$3", "3") + R"({"type": "register", "line": 1, "as": "N"})"),
              ElementsAre(kPassed, kPassed, kPassed, kPassed, kPassed, kPassed, kPassed, kPassed,
                          kPassed, kPassed));
}

TEST_P(ScriptRunnerTest, SpectestIsComplete) {
  WriteModule("a.wasm", R"((module
      (import "spectest" "print" (func)) (import "spectest" "print_i32_f32" (func (param i32 f32)))
      (import "spectest" "global_f64" (global f64)) (import "spectest" "table" (table 10 20 funcref))
      (import "spectest" "memory" (memory 1 2)) (export "g" (global 0))
      (func (export "f") (param externref) (result externref) (call 0) (local.get 0))))");
  EXPECT_THAT(
      Run(kModule +
          std::string(
              R"({"type": "assert_return", "line": 2, "action": {"type": "get", "field": "g"},
              "expected": [{"type": "f64", "value": "4649074691427585229"}]},
             {"type": "assert_return", "line": 2, "action": {"type": "invoke", "field": "f",
              "args": [{"type": "externref", "value": "0"}]}, "expected": [{"type": "externref", "value": "0"}]})")),
      ElementsAre(kPassed, kPassed, kPassed));
}

}  // namespace
}  // namespace wasmtier::spec
