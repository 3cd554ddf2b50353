#include "wasmtier/module.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/api/convert_types.h"
#include "engine/api/module_state.h"
#include "engine/load/load.h"

namespace wasmtier {
namespace {

using internal::EngineAccess;
using internal::EngineState;
using internal::ModuleState;

// What Config::profile_in says of the module; null without one. A profile of something else is an
// error: whoever gives one counts on it.
absl::StatusOr<const profiler::ModuleProfile*> FindProfile(const EngineState& state,
                                                           const runtime::Module& module) {
  const std::string& path = state.config.profile_in;
  if (path.empty()) return nullptr;
  const auto hash = profiler::ModuleHash::Of(module.bytes);
  const auto found = state.profile_in.find(hash);
  if (found == state.profile_in.end()) {
    return absl::FailedPreconditionError(
        absl::StrCat(path,
                     " is not a profile of this module, or of another version of it: it knows "
                     "nothing of xxh3_128 ",
                     hash.ToString()));
  }
  if (absl::Status status = found->second.CheckFits(module); !status.ok()) {
    return absl::Status(status.code(),
                        absl::StrCat(path, ": a damaged profile: ", std::string(status.message())));
  }
  return &found->second;
}

absl::StatusOr<std::shared_ptr<ModuleState>> Load(
    const Engine& engine, std::shared_ptr<const runtime::ModuleBytes> bytes) {
  EngineState& state = *EngineAccess::state(engine);
  absl::StatusOr<std::shared_ptr<runtime::Module>> module =
      engine::LoadModule(std::move(bytes), state.types, state.load_options);
  if (!module.ok()) return module.status();
  absl::StatusOr<const profiler::ModuleProfile*> profile = FindProfile(state, **module);
  if (!profile.ok()) return profile.status();
  if (state.config.low_memory) (*module)->source->Release();
  return std::make_shared<ModuleState>(engine, *std::move(module), *profile);
}

std::vector<std::string> Names(runtime::FeatureSet features) {
  std::vector<std::string> names;
  for (runtime::Feature feature : features.List()) names.emplace_back(runtime::ToString(feature));
  return names;
}

std::vector<LoopInfo::Reason> ToPublic(std::vector<optimizing::LoopReport::Reason> reasons) {
  std::vector<LoopInfo::Reason> list;
  for (auto& reason : reasons) list.push_back({std::move(reason.text), reason.offset});
  return list;
}

LoopInfo ToPublic(optimizing::LoopReport report) {
  return {.function = report.function,
          .call_offset = report.call,
          .offset = report.begin,
          .end_offset = report.end,
          .depth = report.depth,
          .is_innermost = report.is_innermost,
          .remains = report.remains,
          .is_unrolled = report.is_unrolled,
          .is_versioned = report.is_versioned,
          .rerolled = report.rerolled,
          .vector_width = report.vector_width,
          .interleaved = report.interleaved,
          .has_vector_code = report.has_vector_code,
          .not_versioned = ToPublic(std::move(report.not_versioned)),
          .not_vectorized = ToPublic(std::move(report.not_vectorized))};
}

// Code as instances of the module would have it, to show a function of.
absl::StatusOr<std::shared_ptr<runtime::ModuleCode>> CodeToShow(ModuleState& state,
                                                                uint32_t index) {
  const runtime::Module& module = state.module();
  if (module.IsImported(index)) {
    return absl::FailedPreconditionError(
        absl::StrCat(module.DescribeFunction(index), " is imported"));
  }
  bool is_64 = false;
  for (const runtime::MemoryType& memory : module.memories) is_64 |= memory.limits.is_64;
  return state.Code(is_64 ? runtime::MemoryStrategy::kChecked : state.preferred_strategy());
}

}  // namespace

namespace internal {

runtime::MemoryStrategy ModuleState::preferred_strategy() const {
  return EngineAccess::state(engine)->use_signals() ? runtime::MemoryStrategy::kReserved
                                                    : runtime::MemoryStrategy::kChecked;
}

std::shared_ptr<runtime::ModuleCode> ModuleState::Code(runtime::MemoryStrategy strategy) {
  EngineState& state = *EngineAccess::state(engine);
  absl::MutexLock lock(&mutex_);
  std::shared_ptr<runtime::ModuleCode>& code = codes_[static_cast<int>(strategy)];
  if (code == nullptr) {
    code =
        std::make_shared<runtime::ModuleCode>(runtime_module, strategy, *state.strategy, profile);
    if (state.feedback_recorder != nullptr) state.feedback_recorder->Add(*code);
    state.strategy->OnNewCode(*code);
  }
  return code;
}

}  // namespace internal

absl::StatusOr<Module> Module::FromFile(const Engine& engine, const std::string& path) {
  absl::StatusOr<std::shared_ptr<const runtime::ModuleBytes>> bytes = engine::MapFile(path);
  if (!bytes.ok()) return bytes.status();
  absl::StatusOr<std::shared_ptr<ModuleState>> state = Load(engine, *std::move(bytes));
  if (!state.ok()) {
    return absl::Status(state.status().code(), absl::StrCat(path, ": ", state.status().message()));
  }
  return Module(*std::move(state));
}

absl::StatusOr<Module> Module::FromBytes(const Engine& engine, std::span<const uint8_t> bytes) {
  absl::StatusOr<std::shared_ptr<ModuleState>> state = Load(engine, engine::BorrowBytes(bytes));
  if (!state.ok()) return state.status();
  return Module(*std::move(state));
}

absl::StatusOr<Module> Module::FromVector(const Engine& engine, std::vector<uint8_t> bytes) {
  absl::StatusOr<std::shared_ptr<ModuleState>> state =
      Load(engine, engine::OwnBytes(std::move(bytes)));
  if (!state.ok()) return state.status();
  return Module(*std::move(state));
}

absl::Status Module::Validate(const Engine& engine, std::span<const uint8_t> bytes) {
  EngineState& state = *EngineAccess::state(engine);
  engine::LoadOptions options = state.load_options;
  options.lazy_validation = false;
  return engine::LoadModule(engine::BorrowBytes(bytes), state.types, options).status();
}

const Engine& Module::engine() const { return state_->engine; }

std::string_view Module::name() const { return state_->module().ModuleName(); }

std::span<const uint8_t> Module::bytes() const { return state_->module().bytes; }

std::vector<ImportInfo> Module::imports() const {
  const runtime::Module& module = state_->module();
  std::vector<ImportInfo> result;
  result.reserve(module.imports.size());
  for (const runtime::Import& import : module.imports) {
    result.push_back(
        {import.module, import.name, internal::ExternTypeOf(module, import.kind, import.index)});
  }
  return result;
}

std::vector<ExportInfo> Module::exports() const {
  const runtime::Module& module = state_->module();
  std::vector<ExportInfo> result;
  result.reserve(module.exports.size());
  for (const runtime::Export& exported : module.exports) {
    result.push_back(
        {exported.name, internal::ExternTypeOf(module, exported.kind, exported.index)});
  }
  return result;
}

std::optional<ExternType> Module::FindExport(std::string_view name) const {
  const runtime::Module& module = state_->module();
  for (const runtime::Export& exported : module.exports) {
    if (exported.name == name) {
      return internal::ExternTypeOf(module, exported.kind, exported.index);
    }
  }
  return std::nullopt;
}

uint32_t Module::function_count() const { return state_->module().function_count(); }

FunctionInfo Module::function(uint32_t index) const {
  const runtime::Module& module = state_->module();
  FunctionInfo info;
  info.index = index;
  info.name = module.FunctionName(index);
  info.type = internal::ToPublic(module.function_type(index));
  info.is_imported = module.IsImported(index);
  if (!info.is_imported) {
    info.body_offset = module.body(index).offset;
    info.body_bytes = module.body(index).size;
  }
  return info;
}

std::optional<SourceLine> Module::FindSourceLine(uint32_t offset) const {
  return internal::ToPublic(state_->module().FindSourceLine(offset));
}

absl::StatusOr<std::string> Module::Disassemble(uint32_t index) const {
  const auto code = CodeToShow(*state_, index);
  if (!code.ok()) return code.status();
  return EngineAccess::state(state_->engine)->strategy->Disassemble(**code, index);
}

absl::StatusOr<std::string> Module::OptimizerIr(uint32_t index, bool is_optimized) const {
  const auto code = CodeToShow(*state_, index);
  if (!code.ok()) return code.status();
  return EngineAccess::state(state_->engine)
      ->strategy->Dump(
          **code, index,
          is_optimized ? optimizing::DumpKind::kOptimizedIr : optimizing::DumpKind::kIr);
}

absl::StatusOr<std::vector<LoopInfo>> Module::OptimizerLoops(uint32_t index) const {
  const auto code = CodeToShow(*state_, index);
  if (!code.ok()) return code.status();
  auto reports = EngineAccess::state(state_->engine)->strategy->DescribeLoops(**code, index);
  if (!reports.ok()) return reports.status();
  std::vector<LoopInfo> loops;
  for (optimizing::LoopReport& report : *reports) loops.push_back(ToPublic(std::move(report)));
  return loops;
}

std::vector<std::string> Module::features() const { return Names(state_->module().features); }

std::vector<std::string> Module::missing_features() const {
  return Names(state_->module().features.Without(runtime::FeatureSet::Executable()));
}

}  // namespace wasmtier
