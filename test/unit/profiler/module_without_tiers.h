// A module for tests of listeners: three functions, which nothing runs.
#ifndef WASMTIER_TEST_UNIT_PROFILER_MODULE_WITHOUT_TIERS_H_
#define WASMTIER_TEST_UNIT_PROFILER_MODULE_WITHOUT_TIERS_H_

#include <memory>
#include <string>

#include "runtime/code_listener.h"
#include "runtime/model/module.h"
#include "runtime/module_code.h"

namespace wasmtier::profiler {

// Tiers that run nothing.
class NoTiers : public runtime::TierHooks, private runtime::CodeListener {
 public:
  runtime::EntryPoint HostEntry() override { return nullptr; }
  int32_t FirstInstruction() override { return 0; }
  int32_t CompiledInstruction() override { return 0; }
  int32_t FirstCountdown(uint32_t) override { return 0; }
  std::string ValidateLazily(const runtime::ModuleCode&, uint32_t) override { return ""; }
  int32_t OnHot(runtime::ModuleCode&, uint32_t, runtime::HotReason) override { return 0; }
  runtime::CodeListener& listener() override { return *this; }

 private:
  void OnCode(const runtime::CodeEvent&) override {}
};

struct ModuleWithoutTiers {
  explicit ModuleWithoutTiers(const std::string& first_name = "run") {
    auto module = std::make_shared<runtime::Module>();
    module->types.emplace_back();
    module->function_types = {0, 0, 0};
    module->bodies = {{0, 2}, {2, 7}, {9, 2}};
    // Names without a name section are those of exports.
    name = first_name;
    module->exports = {{name, runtime::ExternKind::kFunc, 0},
                       {"evil\n00 1000 name\x1b[31m", runtime::ExternKind::kFunc, 1}};
    code = std::make_shared<runtime::ModuleCode>(module, runtime::MemoryStrategy::kReserved, hooks);
  }

  NoTiers hooks;
  std::string name;  // the module borrows it
  std::shared_ptr<runtime::ModuleCode> code;
};

}  // namespace wasmtier::profiler

#endif  // WASMTIER_TEST_UNIT_PROFILER_MODULE_WITHOUT_TIERS_H_
