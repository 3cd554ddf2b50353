#include "wasmtier/instance.h"

#include "test/unit/engine/api_fixture.h"

namespace wasmtier::test {
namespace {

class InstanceTest : public ApiTest {
 protected:
  Instance instance_ = Instantiate(R"((module $me (memory (export "m") 1)
      (table (export "t") 1 externref) (global (export "g") i32 (i32.const 1))
      (func (export "f") (param i32) (result i32) (local.get 0))))");
};

TEST_F(InstanceTest, FindsExportsByNameAndKind) {
  EXPECT_THAT(instance_.GetFunc("f"), IsOk());
  EXPECT_THAT(instance_.GetMemory("m"), IsOk());
  EXPECT_THAT(instance_.GetTable("t"), IsOk());
  EXPECT_THAT(instance_.GetGlobal("g"), IsOk());
  EXPECT_EQ(instance_.FindExport("x"), std::nullopt);
  EXPECT_EQ(ToString(TypeOf(instance_.FindExport("t").value())), "table 1.. externref");
  EXPECT_EQ(KindOf(instance_.FindExport("g").value()), ExternKind::kGlobal);
}

TEST_F(InstanceTest, SaysWhatIsWrong) {
  EXPECT_THAT(instance_.GetFunc("x"), Fails(absl::StatusCode::kNotFound, "no export \"x\""));
  EXPECT_THAT(instance_.GetFunc("m"), Fails(absl::StatusCode::kInvalidArgument,
                                            "export \"m\" is a memory, not a function"));
  EXPECT_THAT(instance_.GetGlobal("f"), Fails(absl::StatusCode::kInvalidArgument,
                                              "export \"f\" is a function, not a global"));
  EXPECT_THAT(instance_.GetTypedFunc<void()>("f"),
              Fails(absl::StatusCode::kInvalidArgument,
                    "function has type (i32) -> i32, expected () -> ()"));
}

TEST_F(InstanceTest, KeepsItsModule) { EXPECT_EQ(instance_.module().name(), "me"); }

TEST_F(InstanceTest, ExportsKeepTheirIdentity) {
  EXPECT_EQ(instance_.GetFunc("f").value(), instance_.GetFunc("f").value());
  EXPECT_EQ(instance_.GetMemory("m").value(), instance_.GetMemory("m").value());
}

}  // namespace
}  // namespace wasmtier::test
