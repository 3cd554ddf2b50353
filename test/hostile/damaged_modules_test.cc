// Modules that were cut off or whose bits were flipped: an error or a valid module, nothing else.
#include <gtest/gtest.h>

#include <random>

#include "test/hostile/seed_modules.h"

namespace wasmtier::test {
namespace {

TEST(DamagedModules, SeedsAreValid) {
  EXPECT_GE(SeedModules().size(), 24u);
  for (const SeedModule& seed : SeedModules()) {
    const absl::Status status = TryLoad(seed.bytes);
    EXPECT_TRUE(status.ok() || absl::IsUnimplemented(status)) << seed.name << ": " << status;
  }
}

TEST(DamagedModules, EveryTruncation) {
  size_t loaded = 0;
  size_t cut = 0;
  for (const SeedModule& seed : SeedModules()) {
    SCOPED_TRACE(seed.name);
    for (size_t size = 0; size < seed.bytes.size(); ++size, ++cut) {
      const std::vector<uint8_t> bytes(seed.bytes.begin(),
                                       seed.bytes.begin() + static_cast<ptrdiff_t>(size));
      if (TryLoad(bytes).ok()) ++loaded;
    }
  }
  // Only between two sections can a module be cut and stay one.
  EXPECT_LT(loaded * 20, cut);
}

void FlipBits(std::vector<uint8_t>& bytes, int count, std::mt19937& random) {
  for (int i = 0; i < count; ++i) {
    bytes[random() % bytes.size()] ^= static_cast<uint8_t>(1u << (random() % 8));
  }
}

TEST(DamagedModules, FlippedBits) {
  std::mt19937 random(20261122);
  for (const SeedModule& seed : SeedModules()) {
    SCOPED_TRACE(seed.name);
    for (int i = 0; i < 500; ++i) {
      std::vector<uint8_t> bytes = seed.bytes;
      FlipBits(bytes, 1 + i % 4, random);
      (void)TryLoad(bytes);
    }
  }
}

// Bytes replaced by those on which LEB128 and counts turn.
TEST(DamagedModules, ExtremeBytes) {
  constexpr uint8_t kExtremes[] = {0x00, 0x7f, 0x80, 0xff};
  for (const SeedModule& seed : SeedModules()) {
    SCOPED_TRACE(seed.name);
    for (size_t i = 8; i < seed.bytes.size(); ++i) {
      std::vector<uint8_t> bytes = seed.bytes;
      for (uint8_t extreme : kExtremes) {
        bytes[i] = extreme;
        (void)TryLoad(bytes);
      }
    }
  }
}

// Runs of bytes taken out, doubled or moved within a module.
TEST(DamagedModules, ShuffledRuns) {
  std::mt19937 random(7);
  for (const SeedModule& seed : SeedModules()) {
    SCOPED_TRACE(seed.name);
    for (int i = 0; i < 200; ++i) {
      std::vector<uint8_t> bytes = seed.bytes;
      const size_t start = 8 + random() % (bytes.size() - 8);
      const size_t end = start + random() % std::min<size_t>(bytes.size() - start + 1, 32);
      const std::vector<uint8_t> run(bytes.begin() + static_cast<ptrdiff_t>(start),
                                     bytes.begin() + static_cast<ptrdiff_t>(end));
      if (i % 3 != 0) {
        bytes.erase(bytes.begin() + static_cast<ptrdiff_t>(start),
                    bytes.begin() + static_cast<ptrdiff_t>(end));
      }
      if (i % 3 != 1) {
        const size_t place = 8 + random() % (bytes.size() - 7);
        bytes.insert(bytes.begin() + static_cast<ptrdiff_t>(place), run.begin(), run.end());
      }
      (void)TryLoad(bytes);
    }
  }
}

}  // namespace
}  // namespace wasmtier::test
