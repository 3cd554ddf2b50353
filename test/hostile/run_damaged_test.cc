// Damaged modules that are still valid run under low limits, and do the same however memory
// accesses are checked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "test/hostile/fuel.h"
#include "test/hostile/run_module.h"
#include "test/hostile/seed_modules.h"

namespace wasmtier::test {
namespace {

class RunDamaged : public ::testing::Test {
 protected:
  // Returns whether the module ran.
  bool Run(const std::vector<uint8_t>& bytes) {
    const auto finite = WithFuel(bytes, 1000);
    if (!finite) return false;
    EXPECT_TRUE(TryLoad(*finite).ok());
    EXPECT_EQ(RunModule(fast_, *finite), RunModule(careful_, *finite));
    return true;
  }

  const Engine fast_ = MakeSmallEngine(false);
  const Engine careful_ = MakeSmallEngine(true);
};

TEST_F(RunDamaged, FuelEndsLoopsAndRecursion) {
  // (module (func (export "l") (loop (br 0))) (func (export "r") (return_call 1)))
  const std::vector<uint8_t> endless = {
      0,  'a', 's', 'm', 1,   0, 0,    0,    1,   4,    1,    0x60, 0, 0,    3, 3,
      2,  0,   0,                                           // header, types, functions
      7,  9,   2,   1,   'l', 0, 0,    1,    'r', 0,    1,  // exports
      10, 14,  2,   7,   0,   3, 0x40, 0x0c, 0,   0x0b, 0x0b, 4,    0, 0x12, 1, 0x0b};
  ASSERT_TRUE(TryLoad(endless).ok()) << TryLoad(endless);
  const auto finite = WithFuel(endless, 1000);
  ASSERT_TRUE(finite.has_value());
  const std::string transcript = RunModule(fast_, *finite);
  EXPECT_THAT(transcript, ::testing::HasSubstr("l: unreachable"));
  EXPECT_THAT(transcript, ::testing::HasSubstr("r: unreachable"));
}

TEST_F(RunDamaged, Seeds) {
  for (const SeedModule& seed : SeedModules()) {
    SCOPED_TRACE(seed.name);
    Run(seed.bytes);
  }
}

TEST_F(RunDamaged, FlippedBits) {
  std::mt19937 random(20261123);
  int ran = 0;
  for (const SeedModule& seed : SeedModules()) {
    SCOPED_TRACE(seed.name);
    for (int i = 0; i < 200; ++i) {
      std::vector<uint8_t> bytes = seed.bytes;
      bytes[8 + random() % (bytes.size() - 8)] ^= static_cast<uint8_t>(1u << (random() % 8));
      ran += Run(bytes) ? 1 : 0;
    }
  }
  EXPECT_GT(ran, 100);
}

}  // namespace
}  // namespace wasmtier::test
