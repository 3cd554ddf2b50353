#include "runtime/model/source_lines.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "runtime/base/byte_reader.h"
#include "runtime/base/utf8.h"
#include "runtime/model/module.h"

namespace wasmtier::runtime {
namespace {

constexpr uint8_t kCodeSection = 10;

// DWARF 5, 7.22: the standard and the extended opcodes of a line number program.
enum class Opcode : uint8_t {
  kExtended,
  kCopy,
  kAdvancePc,
  kAdvanceLine,
  kSetFile,
  kSetColumn,
  kNegateStatement,
  kSetBasicBlock,
  kConstAddPc,
  kFixedAdvancePc,
};
enum class ExtendedOpcode : uint8_t { kEndSequence = 1, kSetAddress = 2, kDefineFile = 3 };

// 7.22: what a part of an entry of a file is.
enum ContentType : uint64_t { kPath = 1, kDirectoryIndex = 2 };

// 7.5.6: how it is written.
enum class Form : uint64_t {
  kData2 = 0x05,
  kData4 = 0x06,
  kData8 = 0x07,
  kString = 0x08,
  kBlock = 0x09,
  kData1 = 0x0b,
  kStrp = 0x0e,
  kUdata = 0x0f,
  kData16 = 0x1e,
  kLineStrp = 0x1f,
};

ByteRange FindSection(const Module& module, std::string_view name) {
  for (const CustomSection& section : module.custom_sections) {
    if (section.name == name) return section.bytes;
  }
  return {};
}

bool IsAbsolute(std::string_view path) { return path.starts_with('/'); }

std::string Join(const std::string& directory, const std::string& name) {
  if (directory.empty() || IsAbsolute(name)) return name;
  return directory + (directory.ends_with('/') ? "" : "/") + name;
}

}  // namespace

// Reads the units of .debug_line, one after another. An error ends its unit.
class SourceLines::Reader {
 public:
  explicit Reader(SourceLines& lines)
      : lines_(lines),
        module_(lines.module_),
        strings_(FindSection(module_, ".debug_str")),
        line_strings_(FindSection(module_, ".debug_line_str")),
        reader_(module_.bytes, 0, 0) {}

  void ReadSection(ByteRange section) {
    ByteReader units(module_.bytes, section.offset, section.offset + section.size);
    while (!units.AtEnd()) {
      reader_ = units;
      uint64_t size = Fixed(4);
      is_64_ = size == 0xffffffff;
      if (is_64_) size = Fixed(8);
      if (!reader_.ok() || size > reader_.remaining()) return;
      const uint32_t begin = reader_.offset();
      const uint32_t end = begin + static_cast<uint32_t>(size);
      units.MoveTo(end);
      reader_ = ByteReader(module_.bytes, begin, end);
      ReadUnit();
    }
  }

 private:
  // What an entry of a file or a folder says.
  struct Entry {
    uint32_t name = 0;
    uint64_t directory = 0;
  };
  struct Format {
    uint64_t content;
    Form form;
  };

  uint64_t Fixed(uint32_t bytes) {
    uint64_t value = 0;
    const auto data = reader_.Bytes(bytes);
    if (!data.empty()) std::memcpy(&value, data.data(), std::min<size_t>(bytes, sizeof(value)));
    return value;
  }
  uint64_t SectionOffset() { return Fixed(is_64_ ? 8 : 4); }

  // The offset in the module of a text that ends with a zero, which is passed.
  uint32_t InlineText() {
    const uint32_t begin = reader_.offset();
    while (reader_.Byte() != 0) {
    }
    return reader_.ok() ? begin : 0;
  }
  static uint32_t TextIn(ByteRange section, uint64_t offset) {
    return offset < section.size ? section.offset + static_cast<uint32_t>(offset) : 0;
  }

  void ReadUnit() {
    version_ = static_cast<uint32_t>(Fixed(2));
    if (version_ < 2 || version_ > 5) return;
    if (version_ >= 5) reader_.Bytes(2);  // sizes of an address and of a segment selector
    const uint64_t header_bytes = SectionOffset();
    if (!reader_.ok() || header_bytes > reader_.remaining()) return;
    const uint32_t program = reader_.offset() + static_cast<uint32_t>(header_bytes);
    instruction_bytes_ = reader_.Byte();
    if (version_ >= 4) reader_.Byte();  // operations of an instruction: for VLIW
    reader_.Byte();                     // whether rows begin statements
    line_base_ = static_cast<int8_t>(reader_.Byte());
    line_range_ = reader_.Byte();
    opcode_base_ = reader_.Byte();
    if (line_range_ == 0 || opcode_base_ == 0) return;
    operand_counts_ = reader_.Bytes(opcode_base_ - 1u);
    directories_.clear();
    first_file_ = static_cast<uint32_t>(lines_.files_.size());
    if (version_ >= 5) {
      ReadEntries(&Reader::AddDirectory);
      ReadEntries(&Reader::AddFile);
    } else {
      ReadOldDirectories();
      while (reader_.Peek() != 0) ReadOldFile();
    }
    if (!reader_.ok()) return;
    reader_.MoveTo(program);
    while (!reader_.AtEnd()) RunSequence();
  }

  // Version 5: the unit says itself what entries consist of.
  void ReadEntries(void (Reader::*add)(const Entry&)) {
    std::vector<Format> formats(reader_.Byte());
    for (Format& format : formats) {
      format.content = reader_.U64();
      format.form = static_cast<Form>(reader_.U64());
    }
    const uint64_t count = reader_.U64();
    // Each takes a byte at least.
    if (formats.empty() || count > reader_.remaining()) {
      if (count != 0) reader_.Fail("malformed line number table");
      return;
    }
    for (uint64_t i = 0; i < count && reader_.ok(); ++i) {
      Entry entry;
      for (const Format& format : formats) {
        uint64_t number = 0;
        const uint32_t text = ReadForm(format.form, number);
        if (format.content == kPath) entry.name = text;
        if (format.content == kDirectoryIndex) entry.directory = number;
      }
      if (reader_.ok()) (this->*add)(entry);
    }
  }

  // The text of the form, or its number.
  uint32_t ReadForm(Form form, uint64_t& number) {
    switch (form) {
      case Form::kString:
        return InlineText();
      case Form::kStrp:
        return TextIn(strings_, SectionOffset());
      case Form::kLineStrp:
        return TextIn(line_strings_, SectionOffset());
      case Form::kData1:
        number = Fixed(1);
        return 0;
      case Form::kData2:
        number = Fixed(2);
        return 0;
      case Form::kData4:
        number = Fixed(4);
        return 0;
      case Form::kData8:
        number = Fixed(8);
        return 0;
      case Form::kData16:
        reader_.Bytes(16);
        return 0;
      case Form::kUdata:
        number = reader_.U64();
        return 0;
      case Form::kBlock:
        reader_.Bytes(reader_.U32());
        return 0;
    }
    reader_.Fail("unknown form in a line number table");
    return 0;
  }

  void ReadOldDirectories() {
    AddDirectory({});  // 0 is where the compiler ran, which these versions do not say here
    while (reader_.Peek() != 0) AddDirectory({.name = InlineText()});
    reader_.Byte();
  }
  void ReadOldFile() {
    Entry entry;
    entry.name = InlineText();
    entry.directory = reader_.U64();
    reader_.U64();  // time
    reader_.U64();  // size
    if (reader_.ok()) AddFile(entry);
  }

  void AddDirectory(const Entry& entry) { directories_.push_back(entry.name); }
  void AddFile(const Entry& entry) {
    if (lines_.files_.size() >= kMaxFiles) return;
    File file{.name = entry.name};
    if (entry.directory < directories_.size()) file.directory = directories_[entry.directory];
    if (entry.directory != 0 && !directories_.empty()) file.base_directory = directories_[0];
    lines_.files_.push_back(file);
  }

  uint32_t FileOf(uint64_t number) const {
    const uint64_t index = version_ >= 5 ? number : number - 1;
    return index < lines_.files_.size() - first_file_ ? first_file_ + static_cast<uint32_t>(index)
                                                      : kNoFile;
  }

  // The state machine of 6.2.2, from its first row to its last.
  void RunSequence() {
    state_ = {};
    first_row_ = lines_.rows_.size();
    is_ascending_ = true;
    while (!reader_.AtEnd()) {
      const uint8_t opcode = reader_.Byte();
      if (opcode >= opcode_base_) {
        Advance(opcode);
        state_.line += static_cast<uint32_t>(line_base_ + (opcode - opcode_base_) % line_range_);
        AppendRow();
      } else if (opcode != static_cast<uint8_t>(Opcode::kExtended)) {
        RunStandard(opcode);
      } else if (RunExtended()) {
        return;
      }
    }
    lines_.rows_.resize(first_row_);  // it has no end
  }

  // By as much as the special opcode does.
  void Advance(uint8_t opcode) {
    state_.address +=
        uint64_t{instruction_bytes_} * (static_cast<uint32_t>(opcode - opcode_base_) / line_range_);
  }

  void RunStandard(uint8_t opcode) {
    switch (static_cast<Opcode>(opcode)) {
      case Opcode::kCopy:
        AppendRow();
        return;
      case Opcode::kAdvancePc:
        state_.address += reader_.U64() * instruction_bytes_;
        return;
      case Opcode::kAdvanceLine:
        state_.line += static_cast<uint32_t>(reader_.S64());
        return;
      case Opcode::kSetFile:
        state_.file = reader_.U64();
        return;
      case Opcode::kSetColumn:
        state_.column = static_cast<uint32_t>(std::min(reader_.U64(), uint64_t{UINT32_MAX}));
        return;
      case Opcode::kConstAddPc:
        Advance(255);
        return;
      case Opcode::kFixedAdvancePc:
        state_.address += Fixed(2);
        return;
      default:
        for (uint8_t i = 0; i < operand_counts_[opcode - 1u]; ++i) reader_.U64();
        return;
    }
  }

  // True at the end of the sequence.
  bool RunExtended() {
    const uint32_t size = reader_.U32();
    if (size == 0 || size > reader_.remaining()) {
      reader_.Fail("malformed line number program");
      return false;
    }
    const uint32_t end = reader_.offset() + size;
    switch (static_cast<ExtendedOpcode>(reader_.Byte())) {
      case ExtendedOpcode::kEndSequence:
        EndSequence();
        reader_.MoveTo(end);
        return true;
      case ExtendedOpcode::kSetAddress:
        state_.address = Fixed(size - 1);
        break;
      case ExtendedOpcode::kDefineFile:
        ReadOldFile();
        break;
    }
    if (reader_.ok()) reader_.MoveTo(end);
    return false;
  }

  void AppendRow() {
    std::vector<Row>& rows = lines_.rows_;
    // Linkers give code that they have dropped an address that no module has.
    if (state_.address > UINT32_MAX) return;
    const auto address = static_cast<uint32_t>(state_.address);
    const Row row{address, FileOf(state_.file), state_.line, state_.column};
    if (rows.size() > first_row_) {
      const Row& last = rows.back();
      if (address < last.address) is_ascending_ = false;
      // Rows also tell where statements begin, prologues end ...
      if (last.file == row.file && last.line == row.line && last.column == row.column) return;
    }
    if (rows.size() >= kMaxRows) {
      reader_.Fail("too many lines");
      return;
    }
    rows.push_back(row);
  }

  void EndSequence() {
    std::vector<Row>& rows = lines_.rows_;
    const size_t count = rows.size() - first_row_;
    // The code section begins with a count: nothing is at 0 but what was dropped.
    if (count != 0 && is_ascending_ && rows[first_row_].address != 0 &&
        state_.address > rows[first_row_].address && state_.address <= UINT32_MAX) {
      lines_.sequences_.push_back({rows[first_row_].address, static_cast<uint32_t>(state_.address),
                                   static_cast<uint32_t>(first_row_),
                                   static_cast<uint32_t>(count)});
    } else {
      rows.resize(first_row_);
    }
  }

  SourceLines& lines_;
  const Module& module_;
  const ByteRange strings_;
  const ByteRange line_strings_;
  ByteReader reader_;  // of the unit

  // Of the unit.
  bool is_64_ = false;
  uint32_t version_ = 0;
  uint8_t instruction_bytes_ = 0;
  int line_base_ = 0;
  uint8_t line_range_ = 0;
  uint8_t opcode_base_ = 0;
  std::span<const uint8_t> operand_counts_;
  std::vector<uint32_t> directories_;
  uint32_t first_file_ = 0;

  // Of the sequence.
  struct {
    uint64_t address = 0;
    uint64_t file = 1;
    uint32_t line = 1;
    uint32_t column = 0;
  } state_;
  size_t first_row_ = 0;
  bool is_ascending_ = true;
};

SourceLines::SourceLines(const Module& module) : module_(module) {
  for (const Section& section : module.sections) {
    if (section.id != kCodeSection) continue;
    code_begin_ = section.bytes.offset;
    code_end_ = section.bytes.offset + section.bytes.size;
  }
  Reader(*this).ReadSection(FindSection(module, ".debug_line"));
  rows_.shrink_to_fit();
  std::sort(sequences_.begin(), sequences_.end(), [](const Sequence& a, const Sequence& b) {
    return std::pair(a.begin, a.first_row) < std::pair(b.begin, b.first_row);
  });
}

std::optional<SourceLine> SourceLines::Find(uint32_t offset) const {
  if (offset < code_begin_ || offset >= code_end_) return std::nullopt;
  const uint32_t address = offset - code_begin_;
  auto sequence =
      std::upper_bound(sequences_.begin(), sequences_.end(), address,
                       [](uint32_t value, const Sequence& item) { return value < item.begin; });
  if (sequence == sequences_.begin() || address >= (--sequence)->end) return std::nullopt;
  const auto first = rows_.begin() + sequence->first_row;
  const auto row =
      std::upper_bound(first, first + sequence->row_count, address,
                       [](uint32_t value, const Row& item) { return value < item.address; }) -
      1;
  if (row->line == 0 || row->file == kNoFile) return std::nullopt;
  SourceLine result{PathOf(files_[row->file]), row->line, row->column};
  if (result.file.empty()) return std::nullopt;
  return result;
}

std::string SourceLines::TextAt(uint32_t offset) const {
  if (offset == 0) return "";
  const auto rest = module_.bytes.subspan(offset);
  const size_t longest = std::min(rest.size(), kMaxNameBytes);
  const void* const end = std::memchr(rest.data(), 0, longest);
  if (end == nullptr) return "";
  const auto text = rest.first(static_cast<size_t>(static_cast<const uint8_t*>(end) - rest.data()));
  const bool is_utf8 = IsValidUtf8(text);
  std::string result;
  for (const uint8_t byte : text) {
    const bool is_printable = byte >= 0x80 ? is_utf8 : byte >= 0x20 && byte != 0x7f;
    result += is_printable ? static_cast<char>(byte) : '_';
  }
  return result;
}

std::string SourceLines::PathOf(const File& file) const {
  const std::string name = TextAt(file.name);
  if (name.empty()) return "";
  return Join(TextAt(file.base_directory), Join(TextAt(file.directory), name));
}

}  // namespace wasmtier::runtime
