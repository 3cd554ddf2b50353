#include "profiler/code_index.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "runtime/code_space.h"
#include "test/unit/profiler/module_without_tiers.h"

namespace wasmtier::profiler {
namespace {

using runtime::Tier;

const uint8_t* At(uintptr_t address) { return reinterpret_cast<const uint8_t*>(address); }

class CodeIndexTest : public testing::Test {
 protected:
  void Add(uint32_t function, uintptr_t begin, size_t size) {
    index_.OnCode({.code = module_.code.get(),
                   .function = function,
                   .tier = Tier::kBaseline,
                   .begin = At(begin),
                   .size = size,
                   .nanoseconds = 0,
                   .compiled = &compiled_});
  }

  ModuleWithoutTiers module_;
  runtime::CompiledCode compiled_;
  CodeIndex index_;
};

TEST_F(CodeIndexTest, FindsEveryByteAndNoOther) {
  Add(0, 0x1000f0, 0x20);    // over the edge of a granule
  Add(1, 0x100110, 1);       // beside it
  Add(2, 0x200000, 10'000);  // over many
  EXPECT_EQ(index_.Find(At(0x1000ef)), nullptr);
  EXPECT_EQ(index_.Find(At(0x1000f0))->function, 0u);
  EXPECT_EQ(index_.Find(At(0x10010f))->function, 0u);
  EXPECT_EQ(index_.Find(At(0x100110))->function, 1u);
  EXPECT_EQ(index_.Find(At(0x100111)), nullptr);
  EXPECT_EQ(index_.Find(At(0x200000 + 9'999))->function, 2u);
  EXPECT_EQ(index_.Find(At(0x200000 + 10'000)), nullptr);
  EXPECT_EQ(index_.Find(nullptr), nullptr);
  EXPECT_EQ(index_.Find(At(UINTPTR_MAX)), nullptr);
}

TEST_F(CodeIndexTest, KnowsBytecodeAndStubs) {
  index_.OnCode({.code = module_.code.get(),
                 .function = 1,
                 .tier = Tier::kInterpreter,
                 .begin = At(0x5001),
                 .size = 40,
                 .nanoseconds = 0,
                 .header_slot = 7});
  index_.OnStub({At(0x9000), 64, "enter", &compiled_});
  const IndexedCode* const bytecode = index_.Find(At(0x5010));
  ASSERT_NE(bytecode, nullptr);
  EXPECT_TRUE(bytecode->is_bytecode());
  EXPECT_EQ(bytecode->header_slot, 7u);
  EXPECT_EQ(bytecode->module, index_.FindModule(module_.code.get()));
  const IndexedCode* const stub = index_.Find(At(0x903f));
  ASSERT_NE(stub, nullptr);
  EXPECT_FALSE(stub->is_bytecode());
  EXPECT_EQ(stub->module, nullptr);
  EXPECT_EQ(stub->stub_name, "enter");
}

TEST_F(CodeIndexTest, ForgetsWhatIsFreedAfterItsSamplesWereLookedUp) {
  struct Client : CodeIndex::Client {
    explicit Client(CodeIndex& index) : index(index) {}
    void LookUpSamples() override {
      ++calls;
      EXPECT_EQ(index.Find(At(0x1000)), nullptr);
    }
    void OnCompile(const IndexedModule*, const runtime::CompileEvent&) override {}
    CodeIndex& index;
    int calls = 0;
  } client(index_);
  index_.SetClient(&client);
  Add(0, 0x1000, 16);
  const IndexedCode* const code = index_.Find(At(0x1000));
  ASSERT_NE(code, nullptr);
  const ModuleWithoutTiers other;
  index_.OnCodeGone(*other.code);
  EXPECT_EQ(index_.Find(At(0x1000)), code);
  EXPECT_EQ(client.calls, 0);
  index_.OnCodeGone(*module_.code);
  EXPECT_EQ(client.calls, 1);
  EXPECT_EQ(index_.FindModule(module_.code.get()), nullptr);
  EXPECT_EQ(code->function, 0u);  // samples may still name it
  // Other code at the same place.
  Add(2, 0x1000, 8);
  EXPECT_EQ(index_.Find(At(0x1000))->function, 2u);
  index_.SetClient(nullptr);
}

TEST_F(CodeIndexTest, ThreadsAddAndFindAtOnce) {
  std::vector<std::thread> threads;
  for (uint32_t t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      for (uint32_t i = 0; i < 500; ++i) {
        const uintptr_t begin = 0x10000 + (uintptr_t{i} * 4 + t) * 48;
        Add(i, begin, 48);
        const CodeIndex::Reader reader;
        ASSERT_NE(index_.Find(At(begin + 47)), nullptr);
        ASSERT_EQ(index_.Find(At(begin))->function, i);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (uint32_t i = 0; i < 2000; ++i) {
    ASSERT_EQ(index_.Find(At(0x10000 + uintptr_t{i} * 48))->function, i / 4);
  }
}

}  // namespace
}  // namespace wasmtier::profiler
