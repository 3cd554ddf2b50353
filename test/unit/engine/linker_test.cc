#include "wasmtier/linker.h"

#include "test/unit/engine/api_fixture.h"

namespace wasmtier::test {
namespace {

using testing::HasSubstr;
using LinkerTest = ApiTest;

TEST_F(LinkerTest, NamesEveryUnknownImport) {
  ASSERT_THAT(linker_.DefineFunction("env", "known", [] {}), IsOk());
  EXPECT_THAT(TryInstantiate(R"((module
                  (import "env" "known" (func))
                  (import "env" "foo" (func (param i32) (result i32)))
                  (import "other" "m" (memory 1 2))))"),
              Fails(absl::StatusCode::kNotFound,
                    "unknown import: function env.foo (i32) -> i32\n"
                    "unknown import: memory other.m 1..2 pages"));
}

TEST_F(LinkerTest, RefusesOtherTypes) {
  ASSERT_THAT(linker_.DefineFunction("env", "f", [](int32_t) {}), IsOk());
  EXPECT_THAT(TryInstantiate("(module (import \"env\" \"f\" (func (param i64))))"),
              Fails(absl::StatusCode::kFailedPrecondition,
                    HasSubstr("incompatible import type: env.f: expected function")));
  EXPECT_THAT(TryInstantiate("(module (import \"env\" \"f\" (memory 1)))"),
              Fails(absl::StatusCode::kFailedPrecondition,
                    HasSubstr("incompatible import type: env.f: expected memory")));
}

TEST_F(LinkerTest, RefusesFeaturesThatNoTierExecutes) {
  EXPECT_THAT(TryInstantiate("(module (func (atomic.fence)))"),
              Fails(absl::StatusCode::kUnimplemented, "needs feature threads"));
}

TEST_F(LinkerTest, RefusesObjectsOfOtherStores) {
  Store other = Store::Create(engine_).value();
  const Memory memory = Memory::Create(other, {.limits = {.minimum = 1}}).value();
  ASSERT_THAT(linker_.DefineExtern("env", "m", memory), IsOk());
  EXPECT_THAT(
      TryInstantiate("(module (import \"env\" \"m\" (memory 1)))"),
      Fails(absl::StatusCode::kFailedPrecondition, "import env.m belongs to another store"));
}

TEST_F(LinkerTest, RefusesModulesOfOtherEngines) {
  const Engine other = Engine::Create().value();
  const Module module = Module::FromVector(other, CompileWat("(module)")).value();
  EXPECT_THAT(linker_.Instantiate(store_, module),
              Fails(absl::StatusCode::kFailedPrecondition, HasSubstr("different engines")));
}

TEST_F(LinkerTest, DefinesNamesOnce) {
  ASSERT_THAT(linker_.DefineFunction("env", "f", [] { return 1; }), IsOk());
  EXPECT_THAT(linker_.DefineFunction("env", "f", [] { return 2; }),
              Fails(absl::StatusCode::kAlreadyExists, "env.f is defined already"));
  ASSERT_THAT(linker_.DefineFunction("other", "f", [] { return 3; }), IsOk());
  linker_.AllowShadowing(true);
  ASSERT_THAT(linker_.DefineFunction("env", "f", [] { return 2; }), IsOk());
  const Instance instance = Instantiate(
      "(module (import \"env\" \"f\" (func $f (result i32))) (export \"f\" (func $f)))");
  EXPECT_EQ(instance.GetTypedFunc<int32_t()>("f").value()().value(), 2);
  EXPECT_TRUE(linker_.Has("env", "f"));
  EXPECT_FALSE(linker_.Has("env", "g"));
  EXPECT_FALSE(linker_.Has("f", "env"));
}

TEST_F(LinkerTest, RefusesNullFunctions) {
  EXPECT_THAT(linker_.DefineExtern("env", "f", Func()),
              Fails(absl::StatusCode::kInvalidArgument, HasSubstr("env.f")));
}

TEST_F(LinkerTest, ServesManyStores) {
  ASSERT_THAT(linker_.DefineFunction("env", "f", [] { return 5; }), IsOk());
  const Module module =
      MakeModule("(module (import \"env\" \"f\" (func $f (result i32))) (export \"f\" (func $f)))");
  const Instance first = linker_.Instantiate(store_, module).value();
  const Instance second = linker_.Instantiate(store_, module).value();
  EXPECT_EQ(first.GetFunc("f").value(), second.GetFunc("f").value()) << "one function a store";
  Store other = Store::Create(engine_).value();
  const Instance third = linker_.Instantiate(other, module).value();
  EXPECT_FALSE(first.GetFunc("f").value() == third.GetFunc("f").value());
  EXPECT_EQ(third.GetTypedFunc<int32_t()>("f").value()().value(), 5);
}

TEST_F(LinkerTest, LinksInstances) {
  const Instance library = Instantiate(R"((module
      (memory (export "m") 1) (global (export "g") i32 (i32.const 9)) (table (export "t") 1 funcref)
      (func (export "f") (result i32) (i32.const 4))))");
  ASSERT_THAT(linker_.DefineInstance("library", library), IsOk());
  const Instance user = Instantiate(R"((module
      (import "library" "m" (memory 1)) (import "library" "g" (global $g i32))
      (import "library" "t" (table 1 funcref)) (import "library" "f" (func $f (result i32)))
      (func (export "sum") (result i32) (i32.add (global.get $g) (call $f)))))");
  EXPECT_EQ(user.GetTypedFunc<int32_t()>("sum").value()().value(), 13);
}

TEST_F(LinkerTest, RunsTheStartFunction) {
  int32_t seen = 0;
  ASSERT_THAT(linker_.DefineFunction("env", "f", [&seen](int32_t value) { seen = value; }), IsOk());
  Instantiate(R"((module (import "env" "f" (func $f (param i32)))
      (func $start (call $f (i32.const 3))) (start $start)))");
  EXPECT_EQ(seen, 3);
}

TEST_F(LinkerTest, ReportsTrapsOfTheStartFunction) {
  const auto result = TryInstantiate("(module (func $start unreachable) (start $start))");
  EXPECT_EQ(TrapOf(result), TrapCode::kUnreachable);
  EXPECT_EQ(result.status().code(), absl::StatusCode::kAborted);
}

TEST_F(LinkerTest, KeepsWhatATrappingSegmentWrote) {
  const Memory memory = Memory::Create(store_, {.limits = {.minimum = 1}}).value();
  const Table table = Table::Create(store_, {.limits = {.minimum = 1}}, Value(Func())).value();
  ASSERT_THAT(linker_.DefineExtern("env", "m", memory), IsOk());
  ASSERT_THAT(linker_.DefineExtern("env", "t", table), IsOk());
  EXPECT_EQ(TrapOf(TryInstantiate(R"((module (import "env" "m" (memory 1))
      (import "env" "t" (table 1 funcref))
      (func $seven (result i32) (i32.const 7)) (elem (i32.const 0) $seven)
      (data (i32.const 0) "a") (data (i32.const 65536) "b")))")),
            TrapCode::kMemoryOutOfBounds);
  EXPECT_EQ(memory.data()[0], 'a');
  const auto seven = table.Get(0).value().func().Typed<int32_t()>().value();
  EXPECT_EQ(seven().value(), 7);
}

TEST_F(LinkerTest, CopiesAreIndependent) {
  Linker copy = linker_;
  ASSERT_THAT(copy.DefineFunction("env", "f", [] {}), IsOk());
  EXPECT_FALSE(linker_.Has("env", "f"));
}

TEST_F(LinkerTest, DefinitionsOutliveTheLinker) {
  std::optional<Linker> linker = Linker();
  ASSERT_THAT(
      linker->DefineFunction(
          "env", "f", [text = std::string(100, 'x')] { return static_cast<int32_t>(text.size()); }),
      IsOk());
  const Instance instance =
      linker
          ->Instantiate(store_, MakeModule("(module (import \"env\" \"f\" (func $f (result i32))) "
                                           "(export \"f\" (func $f)))"))
          .value();
  linker.reset();
  EXPECT_EQ(instance.GetTypedFunc<int32_t()>("f").value()().value(), 100);
}

}  // namespace
}  // namespace wasmtier::test
