#include <stdexcept>

#include "test/support/small_stack.h"
#include "test/unit/engine/api_fixture.h"
#include "wasmtier/caller.h"
#include "wasmtier/func.h"

namespace wasmtier::test {
namespace {

using testing::HasSubstr;

class HostFunctionTest : public ApiTest {
 protected:
  // Imports env.f with `type` and exports a function "g" of that type which calls it.
  Instance Wrapper(std::string_view type, std::string_view body) {
    return Instantiate("(module (import \"env\" \"f\" (func $f " + std::string(type) +
                       ")) (memory (export \"m\") 1) (func $g (export \"g\") " + std::string(type) +
                       std::string(body) + " (call $f)))");
  }
};

TEST_F(HostFunctionTest, TypedScalars) {
  ASSERT_THAT(linker_.DefineFunction("env", "f",
                                     [](int32_t a, uint64_t b, float c, double d) {
                                       return a + static_cast<double>(b) + c + d;
                                     }),
              IsOk());
  const Instance instance = Wrapper("(param i32 i64 f32 f64) (result f64)",
                                    "(local.get 0) (local.get 1) (local.get 2) (local.get 3)");
  const auto g = instance.GetTypedFunc<double(int32_t, int64_t, float, double)>("g").value();
  EXPECT_EQ(g(-1, 2, 0.5f, 0.25).value(), 1.75);
}

TEST_F(HostFunctionTest, TuplesAndStatusOr) {
  ASSERT_THAT(linker_.DefineFunction("env", "f",
                                     [](int32_t a) -> absl::StatusOr<std::tuple<int32_t, int64_t>> {
                                       if (a < 0) return absl::OutOfRangeError("negative");
                                       return std::tuple<int32_t, int64_t>(a + 1, a + 2);
                                     }),
              IsOk());
  const auto g = Wrapper("(param i32) (result i32 i64)", "(local.get 0)")
                     .GetTypedFunc<std::tuple<int32_t, int64_t>(int32_t)>("g")
                     .value();
  EXPECT_EQ(g(1).value(), std::make_tuple(2, int64_t{3}));
  const absl::Status status = g(-1).status();
  EXPECT_EQ(TrapOf(status), TrapCode::kHostError);
  const Trap trap = Trap::FromStatus(status).value();
  EXPECT_EQ(trap.host_status(), absl::OutOfRangeError("negative"));
  EXPECT_EQ(trap.message(), "host function failed: negative");
  ASSERT_EQ(trap.frames().size(), 1u);
  EXPECT_EQ(trap.frames()[0].name, "g");
}

TEST_F(HostFunctionTest, StatusWithoutResult) {
  bool fail = false;
  ASSERT_THAT(linker_.DefineFunction("env", "f",
                                     [&fail]() -> absl::Status {
                                       return fail ? absl::DataLossError("lost") : absl::OkStatus();
                                     }),
              IsOk());
  const auto g = Wrapper("", "").GetTypedFunc<void()>("g").value();
  EXPECT_THAT(g(), IsOk());
  fail = true;
  EXPECT_EQ(Trap::FromStatus(g()).value().host_status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(HostFunctionTest, ExceptionsBecomeTraps) {
  ASSERT_THAT(linker_.DefineFunction("env", "f", [](int32_t) { throw std::runtime_error("ouch"); }),
              IsOk());
  const auto g = Wrapper("(param i32)", "(local.get 0)").GetTypedFunc<void(int32_t)>("g").value();
  const absl::Status status = g(1);
  EXPECT_EQ(TrapOf(status), TrapCode::kHostError);
  EXPECT_THAT(status, Fails(absl::StatusCode::kAborted, HasSubstr("ouch")));
}

TEST_F(HostFunctionTest, ExitEndsTheCallWithoutATrap) {
  ASSERT_THAT(linker_.DefineFunction("env", "f", [](int32_t code) { return ExitStatus(code); }),
              IsOk());
  const auto g = Wrapper("(param i32)", "(local.get 0)").GetTypedFunc<void(int32_t)>("g").value();
  const absl::Status status = g(-3);
  EXPECT_EQ(ExitCode(status), -3);
  EXPECT_EQ(Trap::FromStatus(status), std::nullopt);
}

TEST_F(HostFunctionTest, CallerSeesMemoryAndExports) {
  ASSERT_THAT(
      linker_.DefineFunction("env", "f",
                             [](Caller& caller, uint32_t address) -> absl::StatusOr<int32_t> {
                               EXPECT_TRUE(caller.instance().has_value());
                               EXPECT_TRUE(caller.FindExport("g").has_value());
                               EXPECT_FALSE(caller.FindExport("x").has_value());
                               EXPECT_FALSE(caller.memory(1).has_value());
                               EXPECT_EQ(*static_cast<int*>(caller.store().data()), 42);
                               return caller.memory()->ReadScalar<int32_t>(address);
                             }),
      IsOk());
  const Instance instance = Wrapper("(param i32) (result i32)", "(local.get 0)");
  int data = 42;
  store_.set_data(&data);
  ASSERT_THAT(instance.GetMemory("m").value().WriteScalar<int32_t>(16, 77), IsOk());
  const auto g = instance.GetTypedFunc<int32_t(uint32_t)>("g").value();
  EXPECT_EQ(g(16).value(), 77);
  EXPECT_EQ(Trap::FromStatus(g(0xffffffff).status()).value().host_status().code(),
            absl::StatusCode::kOutOfRange);
}

TEST_F(HostFunctionTest, CalledByTheHostHasNoInstance) {
  bool called = false;
  const Func func = Func::Wrap(store_, [&called](Caller& caller) {
    called = true;
    EXPECT_EQ(caller.instance(), std::nullopt);
    EXPECT_EQ(caller.memory(), std::nullopt);
    EXPECT_EQ(caller.FindExport("x"), std::nullopt);
  });
  EXPECT_THAT(func.Call({}), IsOk());
  EXPECT_TRUE(called);
}

TEST_F(HostFunctionTest, CallsBackIntoWasm) {
  const Instance inner = Instantiate(R"((module
      (func $trap (export "trap") (param i32) (if (local.get 0) (then unreachable)))))");
  const auto trap = inner.GetTypedFunc<void(int32_t)>("trap").value();
  ASSERT_THAT(linker_.DefineFunction("env", "f", [trap](int32_t a) { return trap(a); }), IsOk());
  const auto g = Wrapper("(param i32)", "(local.get 0)").GetTypedFunc<void(int32_t)>("g").value();
  EXPECT_THAT(g(0), IsOk());
  const absl::Status status = g(1);
  EXPECT_EQ(TrapOf(status), TrapCode::kUnreachable) << "the inner trap, not a host error";
  const Trap result = Trap::FromStatus(status).value();
  ASSERT_EQ(result.frames().size(), 2u);
  EXPECT_EQ(result.frames()[0].name, "trap");
  EXPECT_EQ(result.frames()[1].name, "g");
}

TEST_F(HostFunctionTest, EndlessRecursionThroughTheHostIsATrap) {
  std::optional<TypedFunc<void()>> g;
  ASSERT_THAT(linker_.DefineFunction("env", "f", [&g] { return (*g)(); }), IsOk());
  g = Wrapper("", "").GetTypedFunc<void()>("g").value();
  OnSmallStack([&g] { EXPECT_EQ(TrapOf((*g)()), TrapCode::kCallStackExhausted); });
}

TEST_F(HostFunctionTest, DynamicConvertsAndChecks) {
  const FuncType type{{ValueKind::kI32, ValueKind::kExternRef},
                      {ValueKind::kExternRef, ValueKind::kI32}};
  bool wrong = false;
  ASSERT_THAT(linker_.DefineDynamicFunction(
                  "env", "f", type,
                  [&wrong](Caller&, std::span<const Value> args, std::span<Value> results) {
                    EXPECT_TRUE(results[0].IsNullRef());
                    results[0] = args[1];
                    results[1] = wrong ? Value(1.0) : Value(args[0].i32() * 2);
                    return absl::OkStatus();
                  }),
              IsOk());
  const auto g =
      Wrapper("(param i32 externref) (result externref i32)", "(local.get 0) (local.get 1)")
          .GetTypedFunc<std::tuple<void*, int32_t>(int32_t, void*)>("g")
          .value();
  int object = 0;
  EXPECT_EQ(g(4, &object).value(), (std::tuple<void*, int32_t>(&object, 8)));
  wrong = true;
  EXPECT_THAT(g(4, &object),
              Fails(absl::StatusCode::kAborted, HasSubstr("result 1: expected i32, found f64")));
}

TEST_F(HostFunctionTest, RawReadsAndWritesSlots) {
  ASSERT_THAT(
      linker_.DefineRawFunction("env", "f", {{ValueKind::kI32, ValueKind::kI64}, {ValueKind::kI64}},
                                [](Caller&, uint64_t* slots) {
                                  EXPECT_EQ(slots[0], 0xffffffffu) << "i32 is zero-extended";
                                  slots[0] = slots[1] + 1;
                                  return absl::OkStatus();
                                }),
      IsOk());
  const auto g = Wrapper("(param i32 i64) (result i64)", "(local.get 0) (local.get 1)")
                     .GetTypedFunc<int64_t(int32_t, int64_t)>("g")
                     .value();
  EXPECT_EQ(g(-1, 41).value(), 42);
}

TEST_F(HostFunctionTest, FunctionPointersAndMutableLambdas) {
  const Func pointer = Func::Wrap(store_, +[](int32_t a) noexcept { return a + 1; });
  EXPECT_EQ(pointer.Typed<int32_t(int32_t)>().value()(1).value(), 2);
  const Func counter = Func::Wrap(store_, [count = 0]() mutable { return ++count; });
  const auto next = counter.Typed<int32_t()>().value();
  EXPECT_EQ(next().value(), 1);
  EXPECT_EQ(next().value(), 2);
}

TEST_F(HostFunctionTest, ReturnedFunctionsMustBeOfTheStore) {
  Store other = Store::Create(engine_).value();
  const Func foreign = Func::Wrap(other, [] {});
  const Func give = Func::Wrap(store_, [foreign] { return foreign; });
  EXPECT_THAT(give.Call({}), Fails(absl::StatusCode::kAborted, HasSubstr("another store")));
}

TEST_F(HostFunctionTest, VectorsTakeTwoSlots) {
  const Func func = Func::Wrap(store_, [](int32_t a, const V128& v, int32_t b) {
    return std::tuple<V128, int32_t>(v, a + b);
  });
  V128 vector;
  vector.bytes[15] = 9;
  const auto typed = func.Typed<std::tuple<V128, int32_t>(int32_t, V128, int32_t)>().value();
  EXPECT_EQ(typed(1, vector, 2).value(), (std::tuple<V128, int32_t>(vector, 3)));
  const auto values = func.Call({Value(1), Value(vector), Value(2)}).value();
  EXPECT_EQ(values[0].v128(), vector);
  EXPECT_EQ(values[1].i32(), 3);
}

}  // namespace
}  // namespace wasmtier::test
