// wasm-tier inspect --vectorization
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/cli/inspect.h"
#include "engine/cli/output.h"

namespace wasmtier::cli {
namespace {

// "12" or "12 <name>".
std::string NameOf(const Module& module, uint32_t function) {
  const std::string_view name = module.function(function).name;
  return name.empty() ? absl::StrCat(function)
                      : absl::StrCat(function, " <", std::string(name), ">");
}

// "not vectorized: ... (at 0x1f3); ...", and nothing without reasons.
void AppendReasons(std::vector<std::string>& parts, const char* what,
                   const std::vector<LoopInfo::Reason>& reasons) {
  if (reasons.empty()) return;
  parts.push_back(absl::StrCat(
      what, ": ", absl::StrJoin(reasons, ", ", [](std::string* out, const auto& reason) {
        absl::StrAppend(out, reason.text);
        if (reason.offset != 0) absl::StrAppendFormat(out, " (at 0x%x)", reason.offset);
      })));
}

std::string Outcome(const LoopInfo& loop) {
  std::vector<std::string> parts;
  if (loop.rerolled != 0) {
    parts.push_back(absl::StrCat("rerolled from ", loop.rerolled, " copies of its body"));
  }
  if (loop.vector_width != 0) {
    parts.push_back(absl::StrCat("vectorized by ", loop.vector_width));
    if (loop.interleaved > 1) parts.back() += absl::StrCat(", interleaved by ", loop.interleaved);
  }
  if (loop.is_unrolled) parts.push_back("unrolled completely");
  if (loop.has_vector_code) parts.push_back("vector code for what an iteration does several times");
  if (loop.is_versioned) parts.push_back("versioned behind a guard of its addresses");
  AppendReasons(parts, "not vectorized", loop.not_vectorized);
  AppendReasons(parts, "not versioned", loop.not_versioned);
  if (parts.empty() && !loop.remains) parts.push_back("removed");
  if (parts.empty()) parts.push_back(loop.is_innermost ? "scalar" : "has loops inside");
  return absl::StrJoin(parts, "; ");
}

}  // namespace

absl::StatusOr<std::string> VectorizationAsText(const Module& module, uint32_t function) {
  absl::StatusOr<std::vector<LoopInfo>> loops = module.OptimizerLoops(function);
  if (!loops.ok()) return loops.status();
  std::string text = absl::StrCat("function ", NameOf(module, function), ":",
                                  loops->empty() ? " no loops" : "", "\n");
  for (const LoopInfo& loop : *loops) {
    absl::StrAppendFormat(&text, "  %sloop 0x%x-0x%x", std::string(2 * loop.depth, ' '),
                          loop.offset, loop.end_offset);
    if (loop.call_offset != 0) {
      absl::StrAppendFormat(&text, " of function %s, inlined at 0x%x",
                            NameOf(module, loop.function), loop.call_offset);
    }
    absl::StrAppend(&text, ": ", Outcome(loop), "\n");
  }
  return Printable(text);
}

absl::StatusOr<std::string> VectorizationAsJson(const Module& module, uint32_t function) {
  using Json = nlohmann::ordered_json;
  absl::StatusOr<std::vector<LoopInfo>> loops = module.OptimizerLoops(function);
  if (!loops.ok()) return loops.status();
  const auto reasons = [](const std::vector<LoopInfo::Reason>& list) {
    Json array = Json::array();
    for (const LoopInfo::Reason& reason : list) {
      Json entry = {{"text", reason.text}};
      if (reason.offset != 0) entry["offset"] = reason.offset;
      array.push_back(std::move(entry));
    }
    return array;
  };
  Json list = Json::array();
  for (const LoopInfo& loop : *loops) {
    Json entry = {{"function", loop.function}};
    if (loop.call_offset != 0) entry["inlined_at"] = loop.call_offset;
    entry.update({{"offset", loop.offset},
                  {"end_offset", loop.end_offset},
                  {"depth", loop.depth},
                  {"innermost", loop.is_innermost},
                  {"remains", loop.remains},
                  {"unrolled", loop.is_unrolled},
                  {"versioned", loop.is_versioned},
                  {"rerolled", loop.rerolled},
                  {"vector_width", loop.vector_width},
                  {"interleaved", loop.interleaved},
                  {"vector_code", loop.has_vector_code},
                  {"not_versioned", reasons(loop.not_versioned)},
                  {"not_vectorized", reasons(loop.not_vectorized)}});
    list.push_back(std::move(entry));
  }
  const Json object = {{"function", function}, {"loops", std::move(list)}};
  return object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wasmtier::cli
