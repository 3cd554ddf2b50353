#include "profiler/unwind_table.h"

#include <cstdint>
#include <cstring>

namespace wasmtier::profiler {
namespace {

// DWARF 5, 6.4.2: call frame instructions; registers as the x86-64 psABI numbers them.
enum CallFrame : uint8_t {
  kNop = 0x00,
  kAdvance4 = 0x04,
  kSameValue = 0x08,
  kDefineCfa = 0x0c,
  kDefineCfaRegister = 0x0d,
  kDefineCfaOffset = 0x0e,
  kOffset = 0x80,  // and the register
};
constexpr uint8_t kRbp = 6;
constexpr uint8_t kRsp = 7;
constexpr uint8_t kReturnAddress = 16;
// Encodings of pointers: signed, 4 bytes, relative to where they lie or to the header.
constexpr uint8_t kRelativeToPlace = 0x1b;
constexpr uint8_t kRelativeToHeader = 0x3b;
constexpr uint8_t kUnsigned4 = 0x03;

// push rbp; mov rbp, rsp
constexpr uint8_t kSetUpFrame[] = {0x55, 0x48, 0x89, 0xe5};

class Writer {
 public:
  void Byte(uint8_t value) { bytes_ += static_cast<char>(value); }
  void Word(uint32_t value) {
    for (int i = 0; i < 4; ++i) Byte(static_cast<uint8_t>(value >> (8 * i)));
  }
  void Unsigned(uint32_t value) {
    for (; value >= 0x80; value >>= 7) Byte(static_cast<uint8_t>(value | 0x80));
    Byte(static_cast<uint8_t>(value));
  }
  uint32_t size() const { return static_cast<uint32_t>(bytes_.size()); }
  // The length of an entry, which stands before it, when the entry is complete.
  void EndEntry(uint32_t begin) {
    while (bytes_.size() % 8 != 0) Byte(kNop);
    const uint32_t length = size() - begin - 4;
    std::memcpy(bytes_.data() + begin, &length, sizeof(length));
  }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// The rules of one piece of code, in ascending order of addresses.
class Rules {
 public:
  explicit Rules(Writer& writer) : writer_(writer) {}

  void At(uint32_t offset) {
    if (offset == at_) return;
    writer_.Byte(kAdvance4);
    writer_.Word(offset - at_);
    at_ = offset;
  }
  void OnStack(uint32_t return_address) {
    writer_.Byte(kDefineCfa);
    writer_.Unsigned(kRsp);
    writer_.Unsigned(return_address + 8);
    writer_.Byte(kSameValue);
    writer_.Unsigned(kRbp);
  }
  void Pushed() {
    writer_.Byte(kDefineCfaOffset);
    writer_.Unsigned(16);
    SavedFramePointer();
  }
  void InFrame() {
    writer_.Byte(kDefineCfa);
    writer_.Unsigned(kRbp);
    writer_.Unsigned(16);
    SavedFramePointer();
  }

 private:
  void SavedFramePointer() {
    writer_.Byte(kOffset | kRbp);
    writer_.Unsigned(2);
  }

  Writer& writer_;
  uint32_t at_ = 0;
};

void WriteRules(const runtime::CompiledCode& code, Rules rules) {
  const bool sets_up_frame = code.size >= sizeof(kSetUpFrame) &&
                             std::memcmp(code.begin, kSetUpFrame, sizeof(kSetUpFrame)) == 0;
  if (sets_up_frame) {
    rules.At(1);
    rules.Pushed();
    rules.At(sizeof(kSetUpFrame));
    rules.InFrame();
  } else if (code.prologue_size != 0) {
    rules.At(code.prologue_size);
    rules.InFrame();
  } else if (code.kind == runtime::CompiledCode::Kind::kFunction) {
    rules.InFrame();
  }
  for (const runtime::FramelessRange& range : code.frameless) {
    if (range.begin >= range.end || range.end > code.size) continue;
    rules.At(range.begin);
    rules.OnStack(range.return_address);
    if (range.end == code.size) break;
    rules.At(range.end);
    rules.InFrame();
  }
}

}  // namespace

UnwindTable UnwindTableOf(const runtime::CompiledCode& code) {
  Writer writer;
  writer.Word(0);  // length
  writer.Word(0);  // a common information entry
  writer.Byte(1);  // version
  for (const char c : {'z', 'R', '\0'}) writer.Byte(static_cast<uint8_t>(c));
  writer.Unsigned(1);  // code alignment
  writer.Byte(0x78);   // data alignment: -8
  writer.Unsigned(kReturnAddress);
  writer.Unsigned(1);  // bytes of augmentation
  writer.Byte(kRelativeToPlace);
  writer.Byte(kDefineCfa);
  writer.Unsigned(kRsp);
  writer.Unsigned(8);
  writer.Byte(kOffset | kReturnAddress);
  writer.Unsigned(1);
  writer.EndEntry(0);

  const uint32_t entry = writer.size();
  // From the code to the table.
  const uint32_t distance = (code.size + 7) & ~7u;
  writer.Word(0);
  writer.Word(writer.size());  // back to the common entry
  writer.Word(0 - (distance + writer.size()));
  writer.Word(code.size);
  writer.Unsigned(0);  // bytes of augmentation
  WriteRules(code, Rules(writer));
  writer.EndEntry(entry);
  writer.Word(0);  // the end
  writer.Word(0);  // alignment

  const uint32_t header = writer.size();
  writer.Byte(1);  // version
  writer.Byte(kRelativeToPlace);
  writer.Byte(kUnsigned4);
  writer.Byte(kRelativeToHeader);
  writer.Word(0 - writer.size());  // .eh_frame
  writer.Word(1);                  // entries
  writer.Word(0 - (distance + header));
  writer.Word(entry - header);
  const uint32_t size = writer.size();
  return {writer.Take(), size - header};
}

}  // namespace wasmtier::profiler
