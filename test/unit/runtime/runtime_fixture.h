// What tests of the runtime share: modules put together without the loader, and a store to
// instantiate them in.
#ifndef WASMTIER_TEST_UNIT_RUNTIME_RUNTIME_FIXTURE_H_
#define WASMTIER_TEST_UNIT_RUNTIME_RUNTIME_FIXTURE_H_

#include <gtest/gtest.h>

#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/instantiate.h"
#include "runtime/model/type_registry.h"
#include "runtime/module_code.h"
#include "runtime/stack.h"
#include "runtime/store.h"

namespace wasmtier::runtime {

// Makes a Module piece by piece; its bytes hold only what ranges refer to.
class TestModule {
 public:
  TestModule() : module_(std::make_shared<Module>()), source_(std::make_shared<Source>()) {}

  Module* operator->() { return module_.get(); }

  ByteRange Bytes(std::initializer_list<uint8_t> bytes) {
    const ByteRange range{static_cast<uint32_t>(source_->data.size()),
                          static_cast<uint32_t>(bytes.size())};
    source_->data.insert(source_->data.end(), bytes);
    return range;
  }
  ConstExpression Expression(std::initializer_list<uint8_t> bytes) { return {Bytes(bytes)}; }
  // i32.const of a small number.
  ConstExpression I32(uint8_t value) { return Expression({0x41, value, 0x0b}); }

  uint32_t Type(FuncType type) {
    TypeDefinition definition;
    definition.group_start = static_cast<uint32_t>(module_->types.size());
    definition.func = std::move(type);
    module_->types.push_back(std::move(definition));
    return definition.group_start;
  }
  void ImportFunction(uint32_t type) {
    Import(ExternKind::kFunc, module_->imported_functions++);
    module_->function_types.push_back(type);
  }
  void ImportTable(const TableType& type) {
    Import(ExternKind::kTable, module_->imported_tables++);
    module_->tables.push_back({type, std::nullopt});
  }
  void ImportMemory(const MemoryType& type) {
    Import(ExternKind::kMemory, module_->imported_memories++);
    module_->memories.push_back(type);
  }
  void ImportGlobal(const GlobalType& type) {
    Import(ExternKind::kGlobal, module_->imported_globals++);
    module_->globals.push_back({type, {}});
  }
  // A function with the given number of bytes as its body.
  uint32_t Function(uint32_t type, uint32_t body_bytes = 2) {
    module_->function_types.push_back(type);
    module_->bodies.push_back({0, body_bytes});
    return module_->function_count() - 1;
  }
  void Global(const GlobalType& type, ConstExpression initializer) {
    module_->globals.push_back({type, initializer});
  }
  // An active segment of function indices below 128.
  void Elements(uint32_t table, ConstExpression offset, std::initializer_list<uint8_t> functions) {
    ElementSegment segment;
    segment.table = table;
    segment.offset = offset;
    segment.type = kFuncRef;
    segment.count = static_cast<uint32_t>(functions.size());
    segment.items = Bytes(functions);
    module_->elements.push_back(segment);
  }
  void Data(uint32_t memory, ConstExpression offset, std::initializer_list<uint8_t> bytes) {
    module_->data.push_back({true, memory, offset, Bytes(bytes)});
  }
  void Export(std::string_view name, ExternKind kind, uint32_t index) {
    module_->exports.push_back({name, kind, index});
  }

  std::shared_ptr<const Module> Finish(TypeRegistry& types) {
    source_->SetBytes();
    module_->source = source_;
    module_->bytes = source_->bytes();
    EXPECT_TRUE(types.Canonicalize(*module_).ok());
    return module_;
  }

 private:
  struct Source : ModuleBytes {
    std::vector<uint8_t> data;
    void SetBytes() { bytes_ = data; }
  };

  void Import(ExternKind kind, uint32_t index) {
    module_->imports.push_back({"env", "thing", kind, index, 0});
  }

  std::shared_ptr<Module> module_;
  std::shared_ptr<Source> source_;
};

// Tiers that run nothing.
class FakeHooks : public TierHooks, private CodeListener {
 public:
  static constexpr int32_t kFirstInstruction = 77;
  static constexpr int32_t kCompiledInstruction = 88;
  EntryPoint HostEntry() override {
    return [](const FunctionReference*, uint64_t*) {};
  }
  int32_t CompiledInstruction() override { return kCompiledInstruction; }
  int32_t FirstInstruction() override { return kFirstInstruction; }
  int32_t FirstCountdown(uint32_t body_bytes) override {
    return static_cast<int32_t>(body_bytes) + 1000;
  }
  std::string ValidateLazily(const ModuleCode&, uint32_t) override { return ""; }
  int32_t OnHot(ModuleCode&, uint32_t, HotReason) override { return 1000; }
  CodeListener& listener() override { return *this; }

 private:
  void OnCode(const CodeEvent&) override {}
};

class TestProvider : public ModuleCodeProvider {
 public:
  TestProvider(std::shared_ptr<const Module> module, TierHooks& hooks,
               MemoryStrategy preferred = MemoryStrategy::kReserved)
      : module_(std::move(module)), hooks_(hooks), preferred_(preferred) {}

  const Module& module() const override { return *module_; }
  MemoryStrategy preferred_strategy() const override { return preferred_; }
  std::shared_ptr<ModuleCode> Code(MemoryStrategy strategy) override {
    std::shared_ptr<ModuleCode>& code = codes_[strategy];
    if (code == nullptr) code = std::make_shared<ModuleCode>(module_, strategy, hooks_);
    return code;
  }

 private:
  std::shared_ptr<const Module> module_;
  TierHooks& hooks_;
  MemoryStrategy preferred_;
  std::map<MemoryStrategy, std::shared_ptr<ModuleCode>> codes_;
};

class RuntimeTest : public testing::Test {
 protected:
  std::unique_ptr<Store> MakeStore(const StoreLimits& limits = {}, bool use_signals = true) {
    auto store = Store::Create(types_, stacks_, limits, use_signals);
    EXPECT_TRUE(store.ok()) << store.status();
    return *std::move(store);
  }
  Store& store() {
    if (store_ == nullptr) store_ = MakeStore();
    return *store_;
  }

  absl::StatusOr<InstantiationResult> TryInstantiate(
      Store& store, TestModule& module, const std::vector<ExternValue>& imports = {},
      MemoryStrategy preferred = MemoryStrategy::kReserved) {
    TestProvider provider(module.Finish(types_), hooks_, preferred);
    return Instantiate(store, provider, imports);
  }
  // In the test's store; must neither fail nor trap.
  Instance& MakeInstance(TestModule& module, const std::vector<ExternValue>& imports = {}) {
    auto result = TryInstantiate(store(), module, imports);
    EXPECT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->trap, nullptr);
    return *result->instance;
  }

  TypeRegistry types_;
  StackPool stacks_{256 << 10, 1 << 20};
  FakeHooks hooks_;

 private:
  std::unique_ptr<Store> store_;
};

inline MemoryType MemoryOf(uint64_t minimum, std::optional<uint64_t> maximum = std::nullopt) {
  return {.limits = {minimum, maximum}};
}
inline TableType TableOf(uint64_t minimum, std::optional<uint64_t> maximum = std::nullopt,
                         ValueType element = kFuncRef) {
  return {.limits = {minimum, maximum}, .element = element};
}

}  // namespace wasmtier::runtime

#endif  // WASMTIER_TEST_UNIT_RUNTIME_RUNTIME_FIXTURE_H_
