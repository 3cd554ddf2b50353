// SourceLines: which line of source code an instruction comes from, by the DWARF of its module
// (https://dwarfstd.org, 6.2 "Line Number Information";
// https://yurydelendik.github.io/webassembly-dwarf).
#ifndef WASMTIER_RUNTIME_MODEL_SOURCE_LINES_H_
#define WASMTIER_RUNTIME_MODEL_SOURCE_LINES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wasmtier::runtime {

struct Module;

struct SourceLine {
  // As the compiler has named it, so it may be relative to the folder that it ran in. Valid UTF-8
  // without control characters.
  std::string file;
  uint32_t line = 0;    // from 1
  uint32_t column = 0;  // from 1; 0: not known

  bool operator==(const SourceLine&) const = default;
};

// The tables of .debug_line, decoded. They come with the module and are as hostile as the rest of
// it: what is malformed is left out, and memory is bounded. Module::FindSourceLine makes one when
// it is first needed. Immutable.
class SourceLines {
 public:
  // Of lines and of files; what comes after that many is left out (16 and 12 bytes each).
  static constexpr size_t kMaxRows = size_t{1} << 23;
  static constexpr size_t kMaxFiles = size_t{1} << 20;
  // Longer names of files, or of folders, count as none.
  static constexpr size_t kMaxNameBytes = 4096;

  // `module` must outlive this.
  explicit SourceLines(const Module& module);

  // Of the instruction at an offset in the module's bytes. Nothing: the module does not say, or it
  // says that the compiler made the instruction up.
  std::optional<SourceLine> Find(uint32_t offset) const;

 private:
  class Reader;
  static constexpr uint32_t kNoFile = UINT32_MAX;
  // Addresses are relative to the contents of the code section. A row holds up to the next one.
  struct Row {
    uint32_t address;
    uint32_t file;  // of files_, or kNoFile
    uint32_t line;
    uint32_t column;
  };
  // Rows of ascending addresses.
  struct Sequence {
    uint32_t begin;
    uint32_t end;
    uint32_t first_row;
    uint32_t row_count;
  };
  // Offsets in the module of texts that end with a zero; 0: there is none.
  struct File {
    uint32_t name = 0;
    uint32_t directory = 0;
    uint32_t base_directory = 0;  // what a relative directory is relative to
  };

  std::string TextAt(uint32_t offset) const;
  std::string PathOf(const File& file) const;

  const Module& module_;
  uint32_t code_begin_ = 0;
  uint32_t code_end_ = 0;
  std::vector<Row> rows_;
  std::vector<Sequence> sequences_;  // by `begin`
  std::vector<File> files_;
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_MODEL_SOURCE_LINES_H_
