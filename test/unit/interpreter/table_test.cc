// Tables and references (spec: "Table Instructions", "Reference Instructions").
#include "test/support/world.h"

namespace wasmtier::test {
namespace {

constexpr const char* kOutOfBounds = "out of bounds table access";

constexpr char kTables[] = R"((module
  (type $t (func (result i32)))
  (table $functions 4 8 funcref) (table $objects 2 externref)
  (elem $passive func $one $two $three)
  (elem (table $functions) (i32.const 1) func $one)
  (elem declare func $two)
  (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2))
  (func $three (result i32) (i32.const 3))
  (func (export "call") (param i32) (result i32) (call_indirect $functions (type $t) (local.get 0)))
  (func (export "set_two") (param i32) (table.set $functions (local.get 0) (ref.func $two)))
  (func (export "clear") (param i32) (table.set $functions (local.get 0) (ref.null func)))
  (func (export "is_null") (param i32) (result i32)
    (ref.is_null (table.get $functions (local.get 0))))
  (func (export "move") (param i32 i32)
    (table.set $functions (local.get 0) (table.get $functions (local.get 1))))
  (func (export "size") (result i32) (table.size $functions))
  (func (export "grow") (param i32) (result i32)
    (table.grow $functions (ref.func $two) (local.get 0)))
  (func (export "fill") (param i32 i32)
    (table.fill $functions (local.get 0) (ref.func $two) (local.get 1)))
  (func (export "copy") (param i32 i32 i32)
    (table.copy $functions $functions (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init") (param i32 i32 i32)
    (table.init $functions $passive (local.get 0) (local.get 1) (local.get 2)))
  (func (export "drop") (elem.drop $passive))
  (func (export "set_object") (param i32 externref)
    (table.set $objects (local.get 0) (local.get 1)))
  (func (export "object") (param i32) (result externref) (table.get $objects (local.get 0)))
  (func (export "grow_objects") (param externref i32) (result i32)
    (table.grow $objects (local.get 0) (local.get 1)))))";

class Tables : public EveryTier {
 protected:
  void SetUp() override { ASSERT_THAT(world_.Instantiate("m", kTables), Returns()); }
  World world_{GetParam()};
};
IN_EVERY_TIER(Tables);

TEST_P(Tables, GetAndSet) {
  EXPECT_THAT(world_.Call("call", {I32(1)}), Returns(I32(1)));
  EXPECT_THAT(world_.Call("set_two", {I32(3)}), Returns());
  EXPECT_THAT(world_.Call("call", {I32(3)}), Returns(I32(2)));
  EXPECT_THAT(world_.Call("move", {I32(0), I32(3)}), Returns());
  EXPECT_THAT(world_.Call("call", {I32(0)}), Returns(I32(2)));
  EXPECT_THAT(world_.Call("clear", {I32(0)}), Returns());
  EXPECT_THAT(world_.Call("call", {I32(0)}), Traps("uninitialized element"));
  EXPECT_THAT(world_.Call("is_null", {I32(0)}), Returns(I32(1)));
  EXPECT_THAT(world_.Call("is_null", {I32(1)}), Returns(I32(0)));
  EXPECT_THAT(world_.Call("is_null", {I32(4)}), Traps(kOutOfBounds));
  EXPECT_THAT(world_.Call("set_two", {I32(-1)}), Traps(kOutOfBounds));
}

TEST_P(Tables, GrowToTheMaximum) {
  EXPECT_THAT(world_.Call("size"), Returns(I32(4)));
  EXPECT_THAT(world_.Call("grow", {I32(5)}), Returns(I32(-1)));
  EXPECT_THAT(world_.Call("grow", {I32(3)}), Returns(I32(4)));
  EXPECT_THAT(world_.Call("call", {I32(6)}), Returns(I32(2)));
  EXPECT_THAT(world_.Call("call", {I32(7)}), Traps("undefined element"));
  EXPECT_THAT(world_.Call("grow", {I32(0)}), Returns(I32(7)));
  EXPECT_THAT(world_.Call("grow", {I32(-1)}), Returns(I32(-1)));
  EXPECT_THAT(world_.Call("size"), Returns(I32(7)));
  EXPECT_THAT(world_.Call("call", {I32(1)}), Returns(I32(1)));
}

TEST_P(Tables, FillCopyAndInit) {
  EXPECT_THAT(world_.Call("fill", {I32(2), I32(2)}), Returns());
  EXPECT_THAT(world_.Call("call", {I32(2)}), Returns(I32(2)));
  EXPECT_THAT(world_.Call("fill", {I32(3), I32(2)}), Traps(kOutOfBounds));
  EXPECT_THAT(world_.Call("fill", {I32(4), I32(0)}), Returns());
  EXPECT_THAT(world_.Call("fill", {I32(5), I32(0)}), Traps(kOutOfBounds));
  EXPECT_THAT(world_.Call("init", {I32(0), I32(0), I32(3)}), Returns());
  EXPECT_THAT(world_.Call("copy", {I32(1), I32(0), I32(3)}), Returns());
  EXPECT_THAT(world_.Call("call", {I32(3)}), Returns(I32(3)));
  EXPECT_THAT(world_.Call("copy", {I32(0), I32(1), I32(3)}), Returns());
  EXPECT_THAT(world_.Call("call", {I32(2)}), Returns(I32(3)));
  EXPECT_THAT(world_.Call("copy", {I32(2), I32(0), I32(3)}), Traps(kOutOfBounds));
  EXPECT_THAT(world_.Call("init", {I32(0), I32(2), I32(2)}), Traps(kOutOfBounds));
  EXPECT_THAT(world_.Call("drop"), Returns());
  EXPECT_THAT(world_.Call("init", {I32(0), I32(0), I32(0)}), Returns());
  EXPECT_THAT(world_.Call("init", {I32(0), I32(0), I32(1)}), Traps(kOutOfBounds));
}

TEST_P(Tables, ExternalReferencesKeepTheirIdentity) {
  EXPECT_THAT(world_.Call("object", {I32(0)}), Returns(Extern(0)));
  EXPECT_THAT(world_.Call("set_object", {I32(1), Extern(0xabcdef0123456789)}), Returns());
  EXPECT_THAT(world_.Call("object", {I32(1)}), Returns(Extern(0xabcdef0123456789)));
  EXPECT_THAT(world_.Call("object", {I32(2)}), Traps(kOutOfBounds));
  EXPECT_THAT(world_.Call("grow_objects", {Extern(5), I32(1000)}), Returns(I32(2)));
  EXPECT_THAT(world_.Call("object", {I32(1001)}), Returns(Extern(5)));
  EXPECT_THAT(world_.Call("object", {I32(1)}), Returns(Extern(0xabcdef0123456789)));
}

TEST_P(Tables, ReferencesThroughSelectLocalsAndComparison) {
  constexpr char kText[] = R"((module (elem declare func $f) (func $f)
    (func (export "null") (param i32) (result i32) (local $r funcref)
      (if (local.get 0) (then (local.set $r (ref.func $f))))
      (ref.is_null (local.get $r)))
    (func (export "branch") (param externref) (result i32)
      (if (result i32) (ref.is_null (local.get 0)) (then (i32.const 1)) (else (i32.const 2))))
    (func (export "function") (result funcref) (ref.func $f))))";
  EXPECT_THAT(Run(kText, "null", {I32(0)}), Returns(I32(1)));
  EXPECT_THAT(Run(kText, "null", {I32(1)}), Returns(I32(0)));
  EXPECT_THAT(Run(kText, "branch", {Extern(0)}), Returns(I32(1)));
  EXPECT_THAT(Run(kText, "branch", {Extern(1)}), Returns(I32(2)));
  EXPECT_THAT(Run(kText, "function"), Returns(Number{'r', 1}));
}

TEST_P(Tables, FunctionsOfAnInstanceThatFailedStayCallable) {
  World world(GetParam());
  ASSERT_THAT(world.Instantiate("owner", R"((module (table (export "table") 2 funcref)
    (func (export "call") (result i32) (call_indirect (result i32) (i32.const 0)))))"),
              Returns());
  EXPECT_THAT(world.Instantiate("bad", R"((module (import "owner" "table" (table 2 funcref))
    (memory 1) (data (i32.const 3) "\2a") (elem (i32.const 0) $f) (elem (i32.const 2) $f)
    (func $f (result i32) (i32.add (i32.const 7) (i32.load8_u (i32.const 3))))))"),
              Traps(kOutOfBounds));
  EXPECT_THAT(world.CallIn("owner", "call"), Returns(I32(7)));
}

}  // namespace
}  // namespace wasmtier::test
