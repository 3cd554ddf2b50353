#include "wasmtier/module.h"

#include <cstdio>

#include "test/unit/engine/api_fixture.h"

namespace wasmtier::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kText[] = R"((module $sample
    (import "env" "log" (func $log (param i32 f64)))
    (import "env" "limit" (global i64))
    (import "env" "table" (table 1 funcref))
    (memory (export "memory") 1 10)
    (global (export "count") (mut i32) (i32.const 0))
    (func $add (export "add") (param i32 i32) (result i32)
      (i32.add (local.get 0) (local.get 1)))
    (func $two (result i32 i64) (i32.const 1) (i64.const 2))
    (data (i32.const 0) "abc")))";

using ModuleTest = ApiTest;

TEST_F(ModuleTest, ListsImports) {
  const Module module = MakeModule(kText);
  const std::vector<ImportInfo> imports = module.imports();
  ASSERT_EQ(imports.size(), 3u);
  EXPECT_EQ(imports[0].module, "env");
  EXPECT_EQ(imports[0].name, "log");
  EXPECT_EQ(ToString(imports[0].type), "function (i32, f64) -> ()");
  EXPECT_EQ(ToString(imports[1].type), "global i64");
  EXPECT_EQ(ToString(imports[2].type), "table 1.. funcref");
}

TEST_F(ModuleTest, ListsExports) {
  const Module module = MakeModule(kText);
  const std::vector<ExportInfo> exports = module.exports();
  ASSERT_EQ(exports.size(), 3u);
  EXPECT_EQ(exports[0].name, "memory");
  EXPECT_EQ(ToString(exports[0].type), "memory 1..10 pages");
  EXPECT_EQ(ToString(module.FindExport("count").value()), "global mutable i32");
  EXPECT_EQ(ToString(module.FindExport("add").value()), "function (i32, i32) -> i32");
  EXPECT_EQ(module.FindExport("nothing"), std::nullopt);
}

TEST_F(ModuleTest, ListsFunctions) {
  const Module module = MakeModule(kText);
  ASSERT_EQ(module.function_count(), 3u);
  EXPECT_TRUE(module.function(0).is_imported);
  EXPECT_EQ(module.function(0).name, "log");
  const FunctionInfo add = module.function(1);
  EXPECT_FALSE(add.is_imported);
  EXPECT_EQ(add.name, "add");
  // No locals, two local.get, the addition and the end.
  EXPECT_EQ(add.body_bytes, 7u);
  EXPECT_EQ(module.bytes()[add.body_offset], 0u);
  EXPECT_EQ(module.bytes()[add.body_offset + 6], 0x0bu);
  EXPECT_EQ(ToString(module.function(2).type), "() -> (i32, i64)");
}

TEST_F(ModuleTest, ListsSections) {
  const Module module = MakeModule(kText);
  std::vector<std::string> names;
  for (const SectionInfo& section : module.sections()) {
    names.emplace_back(section.name);
    if (section.name == "function") {
      EXPECT_EQ(section.entries, 2u);
    }
    if (section.name == "import") {
      EXPECT_EQ(section.entries, 3u);
    }
    if (section.id == 0) {
      EXPECT_EQ(section.entries, std::nullopt);
    }
  }
  EXPECT_THAT(names, ElementsAre("type", "import", "function", "memory", "global", "export", "code",
                                 "data", "name"));
}

TEST_F(ModuleTest, NamesItselfAndItsFeatures) {
  const Module module = MakeModule(kText);
  EXPECT_EQ(module.name(), "sample");
  EXPECT_THAT(module.features(), testing::Contains("multi-value"));
  EXPECT_THAT(module.missing_features(), ElementsAre());
  EXPECT_THAT(MakeModule("(module (func (atomic.fence)))").missing_features(),
              ElementsAre("threads"));
}

TEST_F(ModuleTest, FindsCustomSections) {
  std::vector<uint8_t> bytes = CompileWat("(module)");
  bytes.insert(bytes.end(), {0, 6, 2, 'h', 'i', 1, 2, 3});
  const Module module = Module::FromVector(engine_, bytes).value();
  const auto section = module.custom_section("hi");
  ASSERT_TRUE(section.has_value());
  EXPECT_THAT(std::vector<uint8_t>(section->begin(), section->end()), ElementsAre(1, 2, 3));
  EXPECT_EQ(module.custom_section("ho"), std::nullopt);
  EXPECT_EQ(module.sections().back().name, "hi");
}

TEST_F(ModuleTest, BorrowsBytes) {
  const std::vector<uint8_t> bytes = CompileWat(kText);
  const Module module = Module::FromBytes(engine_, bytes).value();
  EXPECT_EQ(module.bytes().data(), bytes.data());
}

TEST_F(ModuleTest, ValidatesBodies) {
  const std::vector<uint8_t> bytes = CompileWat("(module (func $f (result i32) (f32.const 0)))");
  const auto type_mismatch = Fails(absl::StatusCode::kInvalidArgument, HasSubstr("type mismatch"));
  EXPECT_THAT(Module::FromBytes(engine_, bytes), type_mismatch);
  EXPECT_THAT(Module::Validate(engine_, bytes), type_mismatch);
  EXPECT_THAT(Module::Validate(engine_, CompileWat(kText)), IsOk());
}

TEST_F(ModuleTest, MapsFiles) {
  const std::string path = testing::TempDir() + "module_test_maps_files.wasm";
  const std::vector<uint8_t> bytes = CompileWat(kText);
  std::FILE* file = std::fopen(path.c_str(), "wb");
  ASSERT_NE(file, nullptr);
  ASSERT_EQ(std::fwrite(bytes.data(), 1, bytes.size(), file), bytes.size());
  std::fclose(file);
  EXPECT_EQ(Module::FromFile(engine_, path).value().name(), "sample");
  std::remove(path.c_str());
  EXPECT_THAT(Module::FromFile(engine_, path), Fails(absl::StatusCode::kNotFound, HasSubstr(path)));
}

TEST_F(ModuleTest, ErrorsOfFilesNameThem) {
  EXPECT_THAT(Module::FromFile(engine_, "/dev/null"),
              Fails(absl::StatusCode::kInvalidArgument, HasSubstr("/dev/null: ")));
}

TEST_F(ModuleTest, OutlivesItsEngineHandle) {
  std::optional<Engine> engine = Engine::Create().value();
  const Module module = Module::FromVector(*engine, CompileWat(kText)).value();
  engine.reset();
  Store store = Store::Create(module.engine()).value();
  EXPECT_EQ(module.imports().size(), 3u);
}

class LazyValidation : public ApiTest {
 protected:
  static Config MakeConfig() {
    Config config;
    config.lazy_validation = true;
    return config;
  }
  LazyValidation() : ApiTest(MakeConfig()) {}
};

constexpr char kOneInvalidFunction[] = R"((module
    (func (export "good") (result i32) (i32.const 1))
    (func $bad (export "bad") (result i32) (f32.const 0))
    (func (export "threads") (atomic.fence))))";

TEST_F(LazyValidation, TrapsInInvalidFunctionsOnly) {
  const Instance instance = Instantiate(kOneInvalidFunction);
  EXPECT_THAT(instance.GetFunc("good").value().Call({}), IsOk());
  const auto bad = instance.GetFunc("bad").value().Call({});
  EXPECT_EQ(TrapOf(bad), TrapCode::kInvalidFunction);
  EXPECT_THAT(bad, Fails(absl::StatusCode::kAborted, HasSubstr("type mismatch")));
}

TEST_F(LazyValidation, RefusesFunctionsThatNeedMissingFeatures) {
  const auto result = Instantiate(kOneInvalidFunction).GetFunc("threads").value().Call({});
  EXPECT_EQ(TrapOf(result), TrapCode::kInvalidFunction);
  EXPECT_THAT(result, Fails(absl::StatusCode::kAborted, HasSubstr("needs feature threads")));
}

TEST_F(LazyValidation, ValidateIsEager) {
  EXPECT_FALSE(Module::Validate(engine_, CompileWat(kOneInvalidFunction)).ok());
}

}  // namespace
}  // namespace wasmtier::test
