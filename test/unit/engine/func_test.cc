#include "wasmtier/func.h"

#include "test/unit/engine/api_fixture.h"

namespace wasmtier::test {
namespace {

using testing::HasSubstr;

constexpr char kText[] = R"((module
    (func (export "add") (param i32 i64) (result i64)
      (i64.add (i64.extend_i32_s (local.get 0)) (local.get 1)))
    (func (export "swap") (param f32 f64) (result f64 f32) (local.get 1) (local.get 0))
    (func (export "reference") (param externref funcref) (result funcref externref)
      (local.get 1) (local.get 0))
    (func (export "nothing"))
    (func (export "trap") unreachable)))";

class FuncTest : public ApiTest {
 protected:
  Func Get(std::string_view name) { return instance_.GetFunc(name).value(); }
  Instance instance_ = Instantiate(kText);
};

TEST_F(FuncTest, CallsWithValues) {
  const auto results = Get("add").Call({Value(-1), Value(int64_t{10})});
  ASSERT_THAT(results, IsOk());
  ASSERT_EQ(results->size(), 1u);
  EXPECT_EQ((*results)[0].i64(), 9);
}

TEST_F(FuncTest, ReturnsSeveralResults) {
  const auto results = Get("swap").Call({1.5f, 2.5});
  ASSERT_THAT(results, IsOk());
  EXPECT_EQ((*results)[0].f64(), 2.5);
  EXPECT_EQ((*results)[1].f32(), 1.5f);
}

TEST_F(FuncTest, FillsTheCallersSpan) {
  Value results[1];
  const Value args[] = {Value(1), Value(int64_t{2})};
  ASSERT_THAT(Get("add").Call(args, results), IsOk());
  EXPECT_EQ(results[0].i64(), 3);
  EXPECT_THAT(Get("add").Call(args, {}),
              Fails(absl::StatusCode::kInvalidArgument, "expected room for 1 results, found 0"));
}

TEST_F(FuncTest, PassesReferences) {
  int object = 0;
  const Func nothing = Get("nothing");
  auto results = Get("reference").Call({Value::ExternRef(&object), Value(nothing)});
  ASSERT_THAT(results, IsOk());
  EXPECT_EQ((*results)[0].func(), nothing);
  EXPECT_EQ((*results)[1].externref(), &object);
  results = Get("reference").Call({Value::ExternRef(nullptr), Value(Func())});
  ASSERT_THAT(results, IsOk());
  EXPECT_TRUE((*results)[0].IsNullRef());
  EXPECT_TRUE((*results)[1].IsNullRef());
}

TEST_F(FuncTest, NamesWrongArguments) {
  EXPECT_THAT(Get("add").Call({}),
              Fails(absl::StatusCode::kInvalidArgument, "expected 2 arguments, found 0"));
  EXPECT_THAT(Get("add").Call({Value(1), Value(2)}),
              Fails(absl::StatusCode::kInvalidArgument, "parameter 1: expected i64, found i32"));
}

TEST_F(FuncTest, RefusesFunctionsOfOtherStores) {
  Store other = Store::Create(engine_).value();
  const Func foreign = Func::Wrap(other, [] {});
  EXPECT_THAT(Get("reference").Call({Value::ExternRef(nullptr), Value(foreign)}),
              Fails(absl::StatusCode::kInvalidArgument, "parameter 1: function of another store"));
}

TEST_F(FuncTest, NullCannotBeCalled) {
  EXPECT_THAT(Func().Call({}), Fails(absl::StatusCode::kInvalidArgument, HasSubstr("null")));
  EXPECT_FALSE(Func().Typed<void()>().ok());
}

TEST_F(FuncTest, HasAType) {
  EXPECT_EQ(ToString(Get("add").type()), "(i32, i64) -> i64");
  EXPECT_EQ(ToString(Func::Wrap(store_, [](double) { return 1.0f; }).type()), "(f64) -> f32");
}

TEST_F(FuncTest, ReportsTraps) { EXPECT_EQ(TrapOf(Get("trap").Call({})), TrapCode::kUnreachable); }

TEST_F(FuncTest, TypedCalls) {
  const auto add = Get("add").Typed<int64_t(int32_t, int64_t)>();
  ASSERT_THAT(add, IsOk());
  EXPECT_EQ(add->Call(-5, 5).value(), 0);
  EXPECT_EQ((*add)(1, 2).value(), 3);
  const auto swap = Get("swap").Typed<std::tuple<double, float>(float, double)>();
  ASSERT_THAT(swap, IsOk());
  EXPECT_EQ((*swap)(1.0f, 2.0).value(), std::make_tuple(2.0, 1.0f));
  const auto nothing = Get("nothing").Typed<void()>();
  ASSERT_THAT(nothing, IsOk());
  EXPECT_THAT((*nothing)(), IsOk());
  EXPECT_EQ(TrapOf(Get("trap").Typed<void()>().value()()), TrapCode::kUnreachable);
}

TEST_F(FuncTest, TypedReferences) {
  int object = 0;
  const auto swap = Get("reference").Typed<std::tuple<Func, void*>(void*, Func)>();
  ASSERT_THAT(swap, IsOk());
  const Func nothing = Get("nothing");
  EXPECT_EQ((*swap)(&object, nothing).value(), (std::tuple<Func, void*>(nothing, &object)));
  EXPECT_EQ((*swap)(nullptr, Func()).value(), (std::tuple<Func, void*>(Func(), nullptr)));
  Store other = Store::Create(engine_).value();
  EXPECT_THAT((*swap)(nullptr, Func::Wrap(other, [] {})),
              Fails(absl::StatusCode::kInvalidArgument, HasSubstr("another store")));
}

TEST_F(FuncTest, ChecksTypesOnce) {
  EXPECT_THAT(Get("add").Typed<int32_t(int32_t)>(),
              Fails(absl::StatusCode::kInvalidArgument,
                    "function has type (i32, i64) -> i64, expected (i32) -> i32"));
}

TEST_F(FuncTest, UnsignedAndSignedAreTheSameType) {
  const auto add = Get("add").Typed<uint64_t(uint32_t, uint64_t)>();
  ASSERT_THAT(add, IsOk());
  EXPECT_EQ((*add)(0xffffffff, 1).value(), 0u);
}

}  // namespace
}  // namespace wasmtier::test
