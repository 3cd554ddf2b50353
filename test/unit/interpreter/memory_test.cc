// Linear memory: every access at the edge, growth while running, bulk operations (spec: "Memory
// Instructions").
#include <bit>
#include <cstring>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "test/support/world.h"
#include "tiers/decode/opcode.h"
#include "tiers/semantics/operation.h"

namespace wasmtier::test {
namespace {

using decode::Opcode;
using decode::Shape;
using semantics::MemoryOperation;

class LinearMemory : public EveryTier {};
IN_EVERY_TIER(LinearMemory);

constexpr bool IsAccess(Opcode opcode, Shape shape) {
  return decode::Info(opcode).shape == shape &&
         decode::Info(opcode).feature == runtime::Feature::kMvp;
}

constexpr uint32_t kPage = 65536;
constexpr const char* kOutOfBounds = "out of bounds memory access";

template <typename T>
Number ToNumber(T value) {
  constexpr char kLetter =
      std::is_floating_point_v<T> ? (sizeof(T) == 4 ? 'f' : 'd') : (sizeof(T) == 4 ? 'i' : 'l');
  if constexpr (sizeof(T) == 4) return {kLetter, std::bit_cast<uint32_t>(value)};
  if constexpr (sizeof(T) == 8) return {kLetter, std::bit_cast<uint64_t>(value)};
}

template <typename T>
const char* TypeName() {
  if (std::is_floating_point_v<T>) return sizeof(T) == 4 ? "f32" : "f64";
  return sizeof(T) == 4 ? "i32" : "i64";
}

// A memory of two pages that accesses name in different ways.
struct MemoryKind {
  const char* name;
  const char* memories;  // their definitions
  const char* index;     // what an access says of the one that is tested
  bool is_64;

  const char* address_type() const { return is_64 ? "i64" : "i32"; }
  Number Address(uint64_t address) const {
    return is_64 ? I64(static_cast<int64_t>(address)) : I32(static_cast<int64_t>(address));
  }
};

constexpr MemoryKind kKinds[] = {
    {"memory 0", "(memory (export \"memory\") 2) ", "", false},
    {"memory 1", "(memory 1) (memory (export \"memory\") 2) ", " 1", false},
    {"64-bit memory", "(memory (export \"memory\") i64 2) ", "", true},
    {"64-bit memory 1", "(memory 5) (memory (export \"memory\") i64 2) ", " 1", true},
};

// Static offsets that are encoded, checked or covered by guard pages in different ways (libwabt's
// text format has no larger ones).
constexpr uint64_t kOffsets[] = {0,          1,          8,          65528,      65535,
                                 65536,      131072,     0x7ffffff8, 0x7fffffff, 0x80000000,
                                 0x80000001, 0xfffffff0, 0xffffffff};

// Addresses around both ends of what an access of `width` bytes with a static offset may have.
std::vector<uint64_t> Addresses(const MemoryKind& kind, uint64_t offset, uint64_t width) {
  std::vector<uint64_t> addresses = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, -width, -offset};
  for (int delta = -2; delta <= 2; ++delta) {
    addresses.push_back(2 * kPage - width - offset + static_cast<uint64_t>(delta));
    addresses.push_back(2 * kPage - offset + static_cast<uint64_t>(delta));
  }
  if (kind.is_64) {
    for (uint64_t address : {uint64_t{1} << 32, uint64_t{1} << 47, uint64_t{1} << 63, UINT64_MAX}) {
      addresses.push_back(address);
    }
  } else {
    for (uint64_t& address : addresses) address = static_cast<uint32_t>(address);
  }
  return addresses;
}

bool Fits(uint64_t address, uint64_t offset, uint64_t width) {
  constexpr uint64_t kBytes = 2 * kPage;
  return offset <= kBytes && address <= kBytes - offset && width <= kBytes - offset - address;
}

uint8_t ByteAt(uint64_t address) {
  return static_cast<uint8_t>(address * 37 + (address >> 8) + 11);
}

// A start function that writes ByteAt everywhere.
std::string Fill(const MemoryKind& kind) {
  return absl::StrCat("(func $fill (local $a i32) (loop (i32.store8", kind.index,
                      kind.is_64 ? " (i64.extend_i32_u (local.get $a))" : " (local.get $a)",
                      R"( (i32.add (i32.add (i32.mul (local.get $a) (i32.const 37))
          (i32.shr_u (local.get $a) (i32.const 8))) (i32.const 11)))
        (br_if 0 (i32.lt_u (local.tee $a (i32.add (local.get $a) (i32.const 1)))
                           (i32.const 131072))))) (start $fill) )");
}

std::string Where(const MemoryKind& kind, Opcode opcode, uint64_t address, uint64_t offset) {
  return absl::StrCat(decode::Name(opcode), " of ", kind.name, ", ", address, " + ", offset);
}

template <Opcode opcode>
void CheckLoad(const Mode& mode, const MemoryKind& kind) {
  using Access = typename MemoryOperation<opcode>::Memory;
  using Result = typename MemoryOperation<opcode>::Value;
  std::string text = absl::StrCat("(module ", kind.memories, Fill(kind));
  const std::string type = kind.address_type();
  for (uint64_t offset : kOffsets) {
    std::string load = absl::StrCat("(", decode::Name(opcode), kind.index, " offset=", offset);
    absl::StrAppend(&text, "(func (export \"f", offset, "\") (param ", type, ") (result ",
                    TypeName<Result>(), ") ", load, " (local.get 0)))");
    // A load whose value is dropped must still trap; so must one at an address computed just
    // before.
    absl::StrAppend(&text, "(func (export \"d", offset, "\") (param ", type, ") (drop ", load, " (",
                    type, ".add (local.get 0) (", type, ".const 0)))))");
  }
  World world(mode);
  ASSERT_THAT(world.Instantiate("m", text + ")"), Returns());
  for (uint64_t offset : kOffsets) {
    for (uint64_t address : Addresses(kind, offset, sizeof(Access))) {
      std::string where = Where(kind, opcode, address, offset);
      Outcome outcome = world.Call(absl::StrCat("f", offset), {kind.Address(address)});
      Outcome dropped = world.Call(absl::StrCat("d", offset), {kind.Address(address)});
      if (!Fits(address, offset, sizeof(Access))) {
        EXPECT_THAT(outcome, Traps(kOutOfBounds)) << where;
        EXPECT_THAT(dropped, Traps(kOutOfBounds)) << where;
        continue;
      }
      uint8_t bytes[sizeof(Access)];
      for (size_t i = 0; i < sizeof(bytes); ++i) bytes[i] = ByteAt(address + offset + i);
      Access value;
      std::memcpy(&value, bytes, sizeof(value));
      EXPECT_THAT(outcome, Returns(ToNumber(static_cast<Result>(value)))) << where;
      EXPECT_THAT(dropped, Returns()) << where;
    }
  }
}

template <Opcode opcode>
void CheckStore(const Mode& mode, const MemoryKind& kind) {
  using Access = typename MemoryOperation<opcode>::Memory;
  using Operand = typename MemoryOperation<opcode>::Value;
  std::string text = absl::StrCat("(module ", kind.memories);
  const std::string type = kind.address_type();
  for (uint64_t offset : kOffsets) {
    std::string store =
        absl::StrCat("(", decode::Name(opcode), kind.index, " offset=", offset, " (local.get 0) ");
    absl::StrAppend(&text, "(func (export \"f", offset, "\") (param ", type, " ",
                    TypeName<Operand>(), ") ", store, "(local.get 1)))");
    absl::StrAppend(&text, "(func (export \"c", offset, "\") (param ", type, ") ", store, "(",
                    TypeName<Operand>(), ".const 1)))");
  }
  World world(mode);
  ASSERT_THAT(world.Instantiate("m", text + ")"), Returns());
  Operand value;
  const uint8_t kBytes[8] = {0x81, 0x92, 0xa3, 0xb4, 0xc5, 0xd6, 0xe7, 0xf8};
  std::memcpy(&value, kBytes, sizeof(value));
  for (uint64_t offset : kOffsets) {
    for (uint64_t address : Addresses(kind, offset, sizeof(Access))) {
      std::string where = Where(kind, opcode, address, offset);
      Number at = kind.Address(address);
      Outcome constant = world.Call(absl::StrCat("c", offset), {at});
      Outcome outcome = world.Call(absl::StrCat("f", offset), {at, ToNumber(value)});
      if (!Fits(address, offset, sizeof(Access))) {
        EXPECT_THAT(outcome, Traps(kOutOfBounds)) << where;
        EXPECT_THAT(constant, Traps(kOutOfBounds)) << where;
        continue;
      }
      EXPECT_THAT(constant, Returns()) << where;
      EXPECT_THAT(outcome, Returns()) << where;
      EXPECT_EQ(world.ReadMemory("memory", address + offset, sizeof(Access)),
                std::vector<uint8_t>(kBytes, kBytes + sizeof(Access)))
          << where;
    }
  }
}

template <int kIndex>
void CheckAccess(const Mode& mode, int* checked) {
  constexpr Opcode kOpcode = static_cast<Opcode>(kIndex);
  if constexpr (IsAccess(kOpcode, Shape::kLoad)) {
    for (const MemoryKind& kind : kKinds) CheckLoad<kOpcode>(mode, kind);
    ++*checked;
  } else if constexpr (IsAccess(kOpcode, Shape::kStore)) {
    for (const MemoryKind& kind : kKinds) CheckStore<kOpcode>(mode, kind);
    ++*checked;
  }
}

template <int... kIndices>
int CheckAccesses(const Mode& mode, std::integer_sequence<int, kIndices...>) {
  int checked = 0;
  (CheckAccess<kIndices>(mode, &checked), ...);
  return checked;
}

TEST_P(LinearMemory, EveryAccessAtTheEdges) {
  EXPECT_EQ(CheckAccesses(GetParam(), std::make_integer_sequence<int, decode::kOpcodeCount>()), 23);
}

TEST_P(LinearMemory, StoreThatDoesNotFitWritesNothing) {
  World world(GetParam());
  ASSERT_THAT(world.Instantiate("m", R"((module (memory (export "memory") 1)
    (func (export "f") (param i32) (i64.store (local.get 0) (i64.const -1)))))"),
              Returns());
  for (uint32_t address = kPage - 7; address < kPage; ++address) {
    EXPECT_THAT(world.Call("f", {I32(address)}), Traps(kOutOfBounds));
  }
  EXPECT_EQ(world.ReadMemory("memory", kPage - 8, 8), std::vector<uint8_t>(8, 0));
}

TEST_P(LinearMemory, WithoutPagesEveryAccessTraps) {
  World world(GetParam());
  ASSERT_THAT(world.Instantiate("m", R"((module (memory 0)
    (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
    (func (export "store") (i32.store (i32.const 0) (i32.const 0)))
    (func (export "size") (result i32) (memory.size))))"),
              Returns());
  EXPECT_THAT(world.Call("load", {I32(0)}), Traps(kOutOfBounds));
  EXPECT_THAT(world.Call("store"), Traps(kOutOfBounds));
  EXPECT_THAT(world.Call("size"), Returns(I32(0)));
}

constexpr char kGrowing[] = R"((module (memory (export "memory") 1 10)
  (func $grow (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "size") (result i32) (memory.size))
  (func (export "store") (param i32) (i32.store (local.get 0) (i32.const 7)))
  (func (export "loop") (result i32) (local $sum i32)
    (loop
      (i32.store (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 4)) (i32.const 1))
      (local.set $sum (i32.add (local.get $sum)
        (i32.load (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 4)))))
      (br_if 0 (i32.ne (call $grow (i32.const 1)) (i32.const -1))))
    (local.get $sum))
  (func (export "unused") (param i32) (drop (memory.grow (local.get 0))))))";

TEST_P(LinearMemory, GrowsWhileRunning) {
  World world(GetParam());
  ASSERT_THAT(world.Instantiate("m", kGrowing), Returns());
  EXPECT_THAT(world.Call("store", {I32(kPage)}), Traps(kOutOfBounds));
  EXPECT_THAT(world.Call("grow", {I32(1)}), Returns(I32(1)));
  EXPECT_THAT(world.Call("store", {I32(2 * kPage - 4)}), Returns());
  EXPECT_THAT(world.Call("store", {I32(2 * kPage - 3)}), Traps(kOutOfBounds));
  EXPECT_THAT(world.Call("grow", {I32(0)}), Returns(I32(2)));
  EXPECT_THAT(world.Call("loop"), Returns(I32(9)));
  EXPECT_THAT(world.Call("size"), Returns(I32(10)));
  EXPECT_THAT(world.Call("grow", {I32(1)}), Returns(I32(-1)));
  EXPECT_THAT(world.Call("grow", {I32(-1)}), Returns(I32(-1)));
  EXPECT_THAT(world.Call("unused", {I32(1)}), Returns());
  EXPECT_EQ(world.ReadMemory("memory", 2 * kPage - 4, 1), std::vector<uint8_t>{1});
}

TEST_P(LinearMemory, GrowthIsSeenByCallersAndOtherInstances) {
  World world(GetParam());
  ASSERT_THAT(world.Instantiate("owner", kGrowing), Returns());
  ASSERT_THAT(world.Instantiate("user", R"((module
    (import "owner" "memory" (memory 1)) (import "owner" "grow" (func $grow (param i32) (result i32)))
    (func (export "f") (result i32)
      (drop (i32.load (i32.const 0)))
      (drop (call $grow (i32.const 3)))
      (i32.store (i32.const 262140) (i32.const 99))
      (i32.add (i32.load (i32.const 262140)) (memory.size)))))"),
              Returns());
  EXPECT_THAT(world.Call("f"), Returns(I32(103)));
}

TEST_P(LinearMemory, GrowthByAHostFunctionIsSeen) {
  World world(GetParam());
  world.Host("env", "grow", ":", [&world](auto*) {
    EXPECT_THAT(world.Call("grow", {I32(2)}), Returns(I32(1)));
    return absl::OkStatus();
  });
  ASSERT_THAT(world.Instantiate("m", R"((module (import "env" "grow" (func $host)) (memory 1)
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "f") (result i32)
      (i32.store (i32.const 65532) (i32.const 5)) (call $host)
      (i32.store (i32.const 196604) (i32.const 6))
      (i32.add (i32.load (i32.const 65532)) (i32.load (i32.const 196604))))))"),
              Returns());
  EXPECT_THAT(world.Call("f"), Returns(I32(11)));
}

TEST_P(LinearMemory, GrowsToTheLimitOrSaysNo) {
  World world(GetParam());
  ASSERT_THAT(world.Instantiate("m", R"((module (memory 1)
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "touch") (param i32) (result i32)
      (i32.store8 (local.get 0) (i32.const 1)) (i32.load8_u (local.get 0)))
    (func (export "word") (param i32) (result i32) (i32.load (local.get 0)))))"),
              Returns());
  EXPECT_THAT(world.Call("grow", {I32(65536)}), Returns(I32(-1)));
  Outcome grown = world.Call("grow", {I32(65535)});
  ASSERT_EQ(grown.kind, Outcome::Kind::kReturned);
  if (grown.results[0] == I32(-1)) GTEST_SKIP() << "this system does not grant 4 GiB";
  EXPECT_THAT(world.Call("touch", {I32(-1)}), Returns(I32(1)));
  EXPECT_THAT(world.Call("word", {I32(-4)}), Returns(I32(0x01000000)));
  EXPECT_THAT(world.Call("word", {I32(-3)}), Traps(kOutOfBounds));
  EXPECT_THAT(world.Call("grow", {I32(1)}), Returns(I32(-1)));
}

constexpr char kBulk[] = R"((module (memory (export "memory") 1)
  (data $passive "abcdefgh") (data (i32.const 16) "active")
  (func (export "fill") (param i32 i32 i32)
    (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "copy") (param i32 i32 i32)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init") (param i32 i32 i32)
    (memory.init $passive (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init_active") (param i32 i32 i32)
    (memory.init 1 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "drop") (data.drop $passive))))";

class Bulk : public EveryTier {
 protected:
  void SetUp() override { ASSERT_THAT(world_.Instantiate("m", kBulk), Returns()); }
  Outcome Call(const char* name, int64_t a, int64_t b, int64_t c) {
    return world_.Call(name, {I32(a), I32(b), I32(c)});
  }
  std::string Text(uint32_t offset, size_t size) {
    std::vector<uint8_t> bytes = world_.ReadMemory("memory", offset, size);
    return std::string(bytes.begin(), bytes.end());
  }
  World world_{GetParam()};
};
IN_EVERY_TIER(Bulk);

TEST_P(Bulk, Fill) {
  EXPECT_THAT(Call("fill", 1, 0x141, 3), Returns());
  EXPECT_EQ(Text(0, 5), std::string("\0AAA\0", 5));
  EXPECT_THAT(Call("fill", 65534, 'z', 2), Returns());
  EXPECT_THAT(Call("fill", 65534, 'y', 3), Traps(kOutOfBounds));
  EXPECT_EQ(Text(65534, 2), "zz");
  EXPECT_THAT(Call("fill", 65536, 1, 0), Returns());
  EXPECT_THAT(Call("fill", 65537, 1, 0), Traps(kOutOfBounds));
  EXPECT_THAT(Call("fill", 1, 1, -1), Traps(kOutOfBounds));
  EXPECT_THAT(Call("fill", -1, 1, -1), Traps(kOutOfBounds));
}

TEST_P(Bulk, CopyOverlappingBothWays) {
  EXPECT_THAT(Call("init", 0, 0, 8), Returns());
  EXPECT_THAT(Call("copy", 2, 0, 6), Returns());
  EXPECT_EQ(Text(0, 8), "ababcdef");
  EXPECT_THAT(Call("copy", 0, 2, 6), Returns());
  EXPECT_EQ(Text(0, 8), "abcdefef");
  EXPECT_THAT(Call("copy", 65535, 0, 2), Traps(kOutOfBounds));
  EXPECT_THAT(Call("copy", 0, 65535, 2), Traps(kOutOfBounds));
  EXPECT_THAT(Call("copy", 65536, 65536, 0), Returns());
  EXPECT_THAT(Call("copy", 65537, 0, 0), Traps(kOutOfBounds));
  EXPECT_THAT(Call("copy", -1, -1, -1), Traps(kOutOfBounds));
}

TEST_P(Bulk, InitAndDrop) {
  EXPECT_EQ(Text(16, 6), "active");
  EXPECT_THAT(Call("init", 100, 3, 4), Returns());
  EXPECT_EQ(Text(100, 4), "defg");
  EXPECT_THAT(Call("init", 100, 5, 4), Traps(kOutOfBounds));
  EXPECT_THAT(Call("init", 65533, 0, 4), Traps(kOutOfBounds));
  EXPECT_THAT(Call("init", 0, -1, 2), Traps(kOutOfBounds));
  EXPECT_THAT(Call("init", 65536, 8, 0), Returns());
  EXPECT_THAT(Call("init", 0, 9, 0), Traps(kOutOfBounds));
  EXPECT_THAT(world_.Call("drop"), Returns());
  EXPECT_THAT(Call("init", 0, 0, 0), Returns());
  EXPECT_THAT(Call("init", 0, 0, 1), Traps(kOutOfBounds));
  EXPECT_THAT(world_.Call("drop"), Returns());
  // An active segment is dropped after instantiation.
  EXPECT_THAT(Call("init_active", 0, 0, 0), Returns());
  EXPECT_THAT(Call("init_active", 0, 0, 1), Traps(kOutOfBounds));
}

TEST_P(LinearMemory, SeveralAreSeparate) {
  constexpr char kText[] = R"((module (memory $a 1) (memory $b 1 4) (memory $c i64 1 4)
    (data (memory $b) (i32.const 0) "bbbb") (data (memory $c) (i64.const 0) "cccc")
    (func (export "f") (result i32 i32 i32 i32 i32 i64)
      (i32.store $a (i32.const 4) (i32.const 5))
      (i32.store $b (i32.const 4) (i32.const 6))
      (i32.store $c (i64.const 4) (i32.const 7))
      (memory.copy $c $b (i64.const 8) (i32.const 0) (i32.const 8))
      (drop (memory.grow $b (i32.const 2)))
      (i32.load $a (i32.const 0)) (i32.load $b (i32.const 4)) (i32.load $c (i64.const 12))
      (i32.load8_u $c (i64.const 11)) (memory.size $b) (memory.grow $c (i64.const 1)))
    (func (export "edge") (i32.store8 $b (i32.const 196608) (i32.const 0)))))";
  World world(GetParam());
  ASSERT_THAT(world.Instantiate("m", kText), Returns());
  EXPECT_THAT(world.Call("edge"), Traps(kOutOfBounds));
  EXPECT_THAT(world.Call("f"), Returns(I32(0), I32(6), I32(6), I32('b'), I32(3), I64(1)));
  EXPECT_THAT(world.Call("edge"), Traps(kOutOfBounds));
}

TEST_P(LinearMemory, Of64BitsRefusesWhatDoesNotFit) {
  constexpr char kText[] = R"((module (memory i64 1)
    (func (export "grow") (param i64) (result i64) (memory.grow (local.get 0)))
    (func (export "size") (result i64) (memory.size))
    (func (export "fill") (param i64 i64) (memory.fill (local.get 0) (i32.const 1) (local.get 1)))
    (func (export "copy") (param i64 i64 i64)
      (memory.copy (local.get 0) (local.get 1) (local.get 2)))))";
  World world(GetParam());
  ASSERT_THAT(world.Instantiate("m", kText), Returns());
  EXPECT_THAT(world.Call("grow", {I64(-1)}), Returns(I64(-1)));
  EXPECT_THAT(world.Call("grow", {I64(1LL << 48)}), Returns(I64(-1)));
  EXPECT_THAT(world.Call("grow", {I64(2)}), Returns(I64(1)));
  EXPECT_THAT(world.Call("size"), Returns(I64(3)));
  EXPECT_THAT(world.Call("fill", {I64(0), I64(3 * kPage)}), Returns());
  EXPECT_THAT(world.Call("fill", {I64(1), I64(3 * kPage)}), Traps(kOutOfBounds));
  EXPECT_THAT(world.Call("fill", {I64(-1), I64(1)}), Traps(kOutOfBounds));
  EXPECT_THAT(world.Call("fill", {I64(1LL << 32), I64(0)}), Traps(kOutOfBounds));
  EXPECT_THAT(world.Call("copy", {I64(0), I64(1LL << 32), I64(1)}), Traps(kOutOfBounds));
  EXPECT_THAT(world.Call("copy", {I64(1), I64(1), I64(-1)}), Traps(kOutOfBounds));
}

TEST_P(LinearMemory, ActiveSegmentsThatFailKeepWhatWasWrittenBefore) {
  World world(GetParam());
  ASSERT_THAT(world.Instantiate("owner", R"((module (memory (export "memory") 1)
    (func (export "get") (param i32) (result i32) (i32.load8_u (local.get 0)))))"),
              Returns());
  EXPECT_THAT(world.Instantiate("bad", R"((module (import "owner" "memory" (memory 1))
    (data (i32.const 5) "x") (data (i32.const 65536) "y") (data (i32.const 6) "z")))"),
              Traps(kOutOfBounds));
  EXPECT_THAT(world.CallIn("owner", "get", {I32(5)}), Returns(I32('x')));
  EXPECT_THAT(world.CallIn("owner", "get", {I32(6)}), Returns(I32(0)));
}

}  // namespace
}  // namespace wasmtier::test
