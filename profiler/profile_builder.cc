#include "profiler/profile_builder.h"

#include <string_view>

#include "absl/strings/str_cat.h"
#include "profiler/code_names.h"
#include "runtime/code_space.h"
#include "runtime/model/module.h"
#include "runtime/module_code.h"

namespace wasmtier::profiler {
namespace {

FrameKind KindOf(runtime::Tier tier) {
  switch (tier) {
    case runtime::Tier::kInterpreter:
      return FrameKind::kInterpreter;
    case runtime::Tier::kBaseline:
      return FrameKind::kBaseline;
    case runtime::Tier::kOptimizing:
      return FrameKind::kOptimizing;
  }
  return FrameKind::kOther;
}

// What it is called where it was imported.
std::string ImportName(const runtime::Module& module, uint32_t function) {
  for (const runtime::Import& import : module.imports) {
    if (import.kind == runtime::ExternKind::kFunc && import.index == function) {
      return PrintableName(std::string(import.module) + "." + std::string(import.name));
    }
  }
  return "host function";
}

}  // namespace

uint32_t ProfileBuilder::NodeOf(std::span<const RawFrame> stack) {
  uint32_t node = Profile::Node::kNoCaller;
  if (!stack.empty() && stack.back().is_cut) {
    node = Child(node, FrameOf(EngineFunction("(callers not recorded)"), FrameKind::kOther, false));
  }
  for (size_t i = stack.size(); i-- > 0;) {
    const std::vector<uint32_t>& frames = FramesOf(stack[i]);
    for (size_t k = frames.size(); k-- > 0;) node = Child(node, frames[k]);
  }
  return node;
}

const std::vector<uint32_t>& ProfileBuilder::FramesOf(const RawFrame& raw) {
  const auto [found, is_new] = raw_.try_emplace(
      {static_cast<uint8_t>(raw.kind), static_cast<const void*>(raw.code), raw.address});
  if (is_new) found->second = LookUp(raw);
  return found->second;
}

std::vector<uint32_t> ProfileBuilder::LookUp(const RawFrame& raw) {
  switch (raw.kind) {
    case RawFrame::Kind::kCode:
      return LookUpCode(*raw.code, reinterpret_cast<const uint8_t*>(raw.address));
    case RawFrame::Kind::kHostFunction:
      return {FrameOf(raw.module == nullptr
                          ? EngineFunction("host function")
                          : EngineFunction(ImportName(raw.module->code->module(),
                                                      static_cast<uint32_t>(raw.address))),
                      FrameKind::kHost, false)};
    case RawFrame::Kind::kRuntime:
      return {FrameOf(EngineFunction("(runtime)"), FrameKind::kRuntime, false)};
    case RawFrame::Kind::kTiers:
      return {FrameOf(EngineFunction("(translate and compile)"), FrameKind::kCompile, false)};
    case RawFrame::Kind::kNative:
      return {FrameOf(EngineFunction("(outside of wasm)"), FrameKind::kOther, false)};
    case RawFrame::Kind::kCompile: {
      const std::string name = NameOf(*raw.module->code, static_cast<uint32_t>(raw.address));
      return {FrameOf(EngineFunction(absl::StrCat("optimize ", name)), FrameKind::kCompile, false)};
    }
  }
  return {};
}

std::vector<uint32_t> ProfileBuilder::LookUpCode(const IndexedCode& code, const uint8_t* pc) {
  const FrameKind kind = KindOf(code.tier);
  if (code.compiled == nullptr)
    return {FrameOf(FunctionOf(*code.module, code.function), kind, false)};
  std::vector<uint32_t> frames;
  code.compiled->ForEachFunction(pc, [&](uint32_t function, uint32_t call_offset) {
    frames.push_back(FrameOf(FunctionOf(*code.module, function), kind,
                             call_offset != runtime::CodeScope::kNotInlined));
  });
  return frames;
}

uint32_t ProfileBuilder::FunctionOf(const IndexedModule& module, uint32_t function) {
  const auto next = static_cast<uint32_t>(profile_.functions.size());
  const auto [found, is_new] =
      wasm_functions_.try_emplace({static_cast<const void*>(&module), function}, next);
  if (is_new) {
    profile_.functions.push_back({.name = NameOf(*module.code, function),
                                  .module = PrintableName(module.code->module().ModuleName()),
                                  .index = function,
                                  .is_wasm = true});
  }
  return found->second;
}

uint32_t ProfileBuilder::EngineFunction(const std::string& name) {
  const auto next = static_cast<uint32_t>(profile_.functions.size());
  const auto [found, is_new] = engine_functions_.try_emplace(name, next);
  if (is_new) profile_.functions.push_back({.name = name, .module = {}});
  return found->second;
}

uint32_t ProfileBuilder::FrameOf(uint32_t function, FrameKind kind, bool is_inlined) {
  const auto next = static_cast<uint32_t>(profile_.frames.size());
  const auto [found, is_new] = frames_.try_emplace({function, kind, is_inlined}, next);
  if (is_new) profile_.frames.push_back({function, kind, is_inlined});
  return found->second;
}

uint32_t ProfileBuilder::Child(uint32_t caller, uint32_t frame) {
  const auto next = static_cast<uint32_t>(profile_.nodes.size());
  const auto [found, is_new] = nodes_.try_emplace({caller, frame}, next);
  if (is_new) profile_.nodes.push_back({caller, frame});
  return found->second;
}

}  // namespace wasmtier::profiler
