#include "test/hostile/seed_modules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <new>

#include "engine/load/load.h"

namespace {

std::atomic<size_t> largest_allocation = 0;

}  // namespace

// Counting replacements of the program's allocation functions.
// ThreadSanitizer's runtime has operators of its own that cannot be replaced; there, no allocation
// is seen, and the bounds hold trivially.
#if !__has_feature(thread_sanitizer)
void* operator new(size_t size) {
  if (size > largest_allocation) largest_allocation = size;
  if (void* block = std::malloc(size)) return block;
  std::abort();
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, size_t) noexcept { std::free(block); }
#endif

namespace wasmtier::test {
namespace {

std::vector<SeedModule> ReadSeeds() {
  std::vector<SeedModule> seeds;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(WASMTIER_SEED_MODULES)) {
    if (entry.path().extension() != ".wasm") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    seeds.push_back({entry.path(), {std::istreambuf_iterator<char>(file), {}}});
  }
  std::sort(seeds.begin(), seeds.end(),
            [](const SeedModule& a, const SeedModule& b) { return a.name < b.name; });
  return seeds;
}

}  // namespace

const std::vector<SeedModule>& SeedModules() {
  static const auto* const seeds = new std::vector<SeedModule>(ReadSeeds());
  return *seeds;
}

absl::Status TryLoad(const std::vector<uint8_t>& bytes) {
  const auto copy = std::make_unique<uint8_t[]>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), copy.get());
  runtime::TypeRegistry registry;
  const auto module =
      engine::LoadModule(engine::BorrowBytes({copy.get(), bytes.size()}), registry, {});
  if (!module.ok()) {
    EXPECT_TRUE(absl::IsInvalidArgument(module.status()) ||
                absl::IsUnimplemented(module.status()) ||
                absl::IsResourceExhausted(module.status()))
        << module.status();
    EXPECT_FALSE(module.status().message().empty());
    return module.status();
  }
  for (uint32_t function = 0; function < (*module)->function_count(); ++function) {
    EXPECT_FALSE((*module)->DescribeFunction(function).empty());
    if ((*module)->IsImported(function)) continue;
    const runtime::ByteRange body = (*module)->body(function);
    (void)(*module)->FindSourceLine(body.offset + body.size / 2);
  }
  return absl::OkStatus();
}

size_t TakeLargestAllocation() { return largest_allocation.exchange(0); }

}  // namespace wasmtier::test
