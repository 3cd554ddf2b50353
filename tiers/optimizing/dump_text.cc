#include "tiers/optimizing/dump_text.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace wasmtier::optimizing {
namespace {

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::string_view WithoutSpaceBefore(std::string_view line) {
  const size_t start = line.find_first_not_of(" \t");
  return start == std::string_view::npos ? std::string_view() : line.substr(start);
}

// The decimal number that a text begins with; 0 if it does not.
uint32_t NumberAt(std::string_view text) {
  uint32_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Directives and labels that say nothing about what is executed.
constexpr std::array kDroppedPrefixes = {
    ".cfi_",  ".file",    ".type",        ".size",      ".globl", ".local",    ".hidden",
    ".ident", ".addrsig", ".Lfunc_begin", ".Lfunc_end", ".Ltmp",  ".Lsec_end", ".weak"};

bool IsDropped(std::string_view line) {
  if (line.empty()) return true;
  for (const char* const prefix : kDroppedPrefixes) {
    if (line.starts_with(prefix)) return true;
  }
  return line.ends_with("$local:");
}

// Whether a line begins a section; then, whether that holds code or what code reads.
bool BeginsSection(std::string_view line, bool* is_shown) {
  if (line.starts_with(".text")) {
    *is_shown = true;
    return true;
  }
  if (!line.starts_with(".section")) return false;
  *is_shown = line.find(".text") != std::string_view::npos ||
              line.find(".rodata") != std::string_view::npos;
  return true;
}

// "1 10373 0 prologue_end": the second number; 0 where there is none.
uint32_t LineOf(std::string_view location) {
  const size_t file_end = location.find(' ');
  return file_end == std::string_view::npos ? 0 : NumberAt(location.substr(file_end + 1));
}

// What follows `key` in `text`, up to the next of `ends`; empty if it is not there.
std::string_view Field(std::string_view text, std::string_view key, std::string_view ends) {
  const size_t start = text.find(key);
  if (start == std::string_view::npos) return {};
  const std::string_view rest = text.substr(start + key.size());
  return rest.substr(0, rest.find_first_of(ends));
}

// Debug metadata of a module as text, by its number.
class DebugNodes {
 public:
  explicit DebugNodes(std::string_view ir) {
    for (std::string_view line : Lines(ir)) {
      if (IsNode(line)) nodes_.emplace(line.substr(0, line.find(' ')), line);
    }
  }

  // "!6 = !DILocation(...)" and what else describes sources; other metadata is part of the program.
  static bool IsNode(std::string_view line) {
    if (!line.starts_with("!")) return false;
    return line.find("= !DI") != std::string_view::npos ||
           line.find("= distinct !DI") != std::string_view::npos;
  }

  // "0x2885", "f13 0x2885"; empty if the node is no location, or of no instruction.
  std::string Place(std::string_view node) const {
    const auto found = nodes_.find(node);
    if (found == nodes_.end()) return "";
    const std::string_view text = found->second;
    const uint32_t line = NumberAt(Field(text, "line: ", ",)"));
    if (line == 0) return "";
    std::string place = absl::StrFormat("%#x", line);
    if (text.find("inlinedAt: ") == std::string_view::npos) return place;
    const auto scope = nodes_.find(Field(text, "scope: ", ",)"));
    if (scope == nodes_.end()) return place;
    return absl::StrCat(std::string(Field(scope->second, "name: \"", "\"")), " ", place);
  }

 private:
  std::map<std::string_view, std::string_view> nodes_;
};

// Takes "!dbg !6" out of a line and returns "!6".
std::string_view TakeDebugNode(std::string* line, std::string_view original) {
  size_t start = original.find("!dbg !");
  if (start == std::string_view::npos) return {};
  const std::string_view node = Field(original, "!dbg ", ", {");
  const size_t end = start + 5 + node.size();
  // After a comma in instructions, after a space in definitions.
  start -= original.substr(0, start).ends_with(", ") ? 2 : 1;
  line->assign(original.substr(0, start));
  line->append(original.substr(end));
  return node;
}

}  // namespace

std::string ReadableAssembly(std::string_view assembly) {
  std::string text;
  bool is_shown = true;
  uint32_t shown_line = 0;
  uint32_t line_number = 0;
  for (std::string_view line : Lines(assembly)) {
    const std::string_view stripped = WithoutSpaceBefore(line);
    if (BeginsSection(stripped, &is_shown)) continue;
    if (!is_shown) continue;
    if (stripped.starts_with(".loc\t")) {
      line_number = LineOf(stripped.substr(5));
      continue;
    }
    if (IsDropped(stripped)) continue;
    const bool is_instruction = !stripped.starts_with(".") && !stripped.ends_with(":");
    if (is_instruction && line_number != shown_line && line_number != 0) {
      absl::StrAppendFormat(&text, "\t# %#x\n", line_number);
      shown_line = line_number;
    }
    text.append(line).append("\n");
  }
  return text;
}

std::string ReadableIr(std::string_view ir) {
  const DebugNodes nodes(ir);
  std::string text;
  for (std::string_view line : Lines(ir)) {
    if (DebugNodes::IsNode(line) || line.starts_with("!llvm.dbg.cu")) continue;
    std::string shown(line);
    const std::string place = nodes.Place(TakeDebugNode(&shown, line));
    text += shown;
    if (!place.empty()) text += "  ; " + place;
    text += '\n';
  }
  while (text.ends_with("\n\n")) text.pop_back();
  return text;
}

}  // namespace wasmtier::optimizing
