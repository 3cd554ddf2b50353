#include "runtime/base/leb128.h"
#include "runtime/code_space.h"

namespace wasmtier::runtime {
namespace {

void AppendUnsigned(std::vector<uint8_t>& bytes, uint32_t value) {
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<uint8_t>(value | 0x80));
  bytes.push_back(static_cast<uint8_t>(value));
}

void AppendSigned(std::vector<uint8_t>& bytes, int64_t value) {
  while (value < -0x40 || value >= 0x40) {
    bytes.push_back(static_cast<uint8_t>(value | 0x80));
    value >>= 7;
  }
  bytes.push_back(static_cast<uint8_t>(value & 0x7f));
}

// Reads one entry behind another; false at the end.
class PositionReader {
 public:
  explicit PositionReader(std::span<const uint8_t> positions)
      : at_(positions.data()), end_(at_ + positions.size()) {}

  bool Next(CodePositionEntry* entry) {
    if (at_ == end_) return false;
    uint32_t code_delta = 0;
    int64_t module_delta = 0;
    ReadLeb<uint32_t>(&at_, end_, &code_delta);
    ReadLeb<int64_t>(&at_, end_, &module_delta);
    entry->code_offset += code_delta;
    entry->module_offset = static_cast<uint32_t>(entry->module_offset + module_delta);
    return true;
  }

 private:
  const uint8_t* at_;
  const uint8_t* end_;
};

}  // namespace

std::vector<uint8_t> EncodePositions(std::span<const CodePositionEntry> entries) {
  std::vector<uint8_t> bytes;
  CodePositionEntry last{0, 0};
  for (const CodePositionEntry& entry : entries) {
    AppendUnsigned(bytes, entry.code_offset - last.code_offset);
    AppendSigned(bytes, static_cast<int64_t>(entry.module_offset) - last.module_offset);
    last = entry;
  }
  return bytes;
}

std::vector<CodePositionEntry> DecodePositions(std::span<const uint8_t> positions) {
  std::vector<CodePositionEntry> entries;
  PositionReader reader(positions);
  for (CodePositionEntry entry{0, 0}; reader.Next(&entry);) entries.push_back(entry);
  return entries;
}

bool CompiledCode::FindPosition(const uint8_t* pc, uint32_t* module_offset) const {
  PositionReader reader(positions);
  if (positions_are_ranges) {
    bool is_found = false;
    for (CodePositionEntry entry{0, 0}; reader.Next(&entry) && begin + entry.code_offset <= pc;) {
      *module_offset = entry.module_offset;
      is_found = true;
    }
    return is_found;
  }
  for (CodePositionEntry entry{0, 0}; reader.Next(&entry);) {
    if (begin + entry.code_offset == pc) {
      *module_offset = entry.module_offset;
      return true;
    }
  }
  return false;
}

const void* CompiledCode::FindOsrEntry(uint32_t loop) const {
  for (const OsrEntry& entry : osr_entries) {
    if (entry.loop == loop) return begin + entry.code_offset;
  }
  return nullptr;
}

void CompiledCode::ForEachFunction(
    const uint8_t* pc,
    absl::FunctionRef<void(uint32_t function, uint32_t call_offset)> visit) const {
  const auto code_offset = static_cast<uint32_t>(pc - begin);
  for (size_t i = scopes.size(); i-- > 0;) {
    const CodeScope& scope = scopes[i];
    if (code_offset < scope.begin || code_offset >= scope.end) continue;
    visit(scope.function, scope.call_offset);
    if (scope.call_offset == CodeScope::kNotInlined) return;
  }
  visit(function, CodeScope::kNotInlined);
}

const FramelessRange* CompiledCode::FindFrameless(const uint8_t* pc) const {
  for (const FramelessRange& range : frameless) {
    if (pc >= begin + range.begin && pc < begin + range.end) return &range;
  }
  return nullptr;
}

}  // namespace wasmtier::runtime
