#include "runtime/model/source_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/model/module.h"

namespace wasmtier::runtime {
namespace {

using testing::Optional;

// The sizes of operands as every producer has them.
constexpr uint8_t kOpcodeBase = 13;
constexpr int8_t kLineBase = -5;
constexpr uint8_t kLineRange = 14;

class Bytes {
 public:
  Bytes& Byte(int value) {
    bytes_.push_back(static_cast<uint8_t>(value));
    return *this;
  }
  Bytes& Raw(std::initializer_list<int> values) {
    for (const int value : values) Byte(value);
    return *this;
  }
  Bytes& U16(uint32_t value) { return Byte(value & 0xff).Byte(value >> 8); }
  Bytes& U32(uint64_t value) {
    for (int i = 0; i < 4; ++i) Byte(static_cast<int>(value >> (8 * i)) & 0xff);
    return *this;
  }
  Bytes& Text(std::string_view text) {
    bytes_.insert(bytes_.end(), text.begin(), text.end());
    return Byte(0);
  }
  Bytes& Append(const Bytes& other) {
    bytes_.insert(bytes_.end(), other.bytes_.begin(), other.bytes_.end());
    return *this;
  }
  // Line number programs.
  Bytes& SetAddress(uint64_t address) { return Raw({0, 5, 2}).U32(address); }
  Bytes& EndSequence() { return Raw({0, 1, 1}); }
  // Advances both, and appends a row.
  Bytes& Special(int address, int line) {
    return Byte(kOpcodeBase + address * kLineRange + line - kLineBase);
  }
  Bytes& Copy() { return Byte(1); }
  Bytes& AdvancePc(uint8_t by) { return Raw({2, by}); }
  Bytes& SetFile(uint8_t file) { return Raw({4, file}); }
  Bytes& SetColumn(uint8_t column) { return Raw({5, column}); }

  uint32_t size() const { return static_cast<uint32_t>(bytes_.size()); }
  const std::vector<uint8_t>& bytes() const { return bytes_; }

 private:
  std::vector<uint8_t> bytes_;
};

// After the sizes of the header.
Bytes HeaderRest(int version, const Bytes& tables) {
  Bytes bytes;
  bytes.Byte(1);
  if (version >= 4) bytes.Byte(1);
  bytes.Byte(1).Byte(kLineBase).Byte(kLineRange).Byte(kOpcodeBase);
  bytes.Raw({0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1});
  return bytes.Append(tables);
}

Bytes Unit(int version, const Bytes& tables, const Bytes& program) {
  Bytes after_length;
  after_length.U16(static_cast<uint32_t>(version));
  if (version >= 5) after_length.Byte(4).Byte(0);
  const Bytes rest = HeaderRest(version, tables);
  after_length.U32(rest.size()).Append(rest).Append(program);
  return Bytes().U32(after_length.size()).Append(after_length);
}

// Directory "src"; files "sum.c" in it and "/usr/include/math.h".
Bytes OldTables() {
  Bytes tables;
  tables.Text("src").Byte(0);
  tables.Text("sum.c").Raw({1, 0, 0}).Text("/usr/include/math.h").Raw({1, 0, 0});
  return tables.Byte(0);
}

class SourceLinesTest : public testing::Test {
 protected:
  static constexpr uint32_t kCode = 16;  // where the code section's contents begin
  static constexpr uint32_t kCodeBytes = 1000;

  void SetUp() override { bytes_.resize(kCode + kCodeBytes, 1); }

  void AddSection(std::string_view name, const Bytes& contents) {
    const auto begin = static_cast<uint32_t>(bytes_.size());
    bytes_.insert(bytes_.end(), contents.bytes().begin(), contents.bytes().end());
    module_.custom_sections.push_back({name, {begin, contents.size()}});
  }
  std::optional<SourceLine> Find(uint32_t address) {
    if (module_.bytes.empty()) {
      module_.bytes = bytes_;
      module_.sections = {{10, {kCode, kCodeBytes}}};
    }
    return module_.FindSourceLine(kCode + address);
  }

  std::vector<uint8_t> bytes_;
  Module module_;
};

TEST_F(SourceLinesTest, Version4) {
  AddSection(".debug_line", Unit(4, OldTables(),
                                 Bytes()
                                     .SetAddress(100)
                                     .SetColumn(7)
                                     .Special(0, 5)  // line 6
                                     .Special(4, 2)  // 104, line 8
                                     .SetFile(2)
                                     .SetColumn(0)
                                     .Special(4, -3)  // 108, line 5
                                     .AdvancePc(10)
                                     .EndSequence()));
  EXPECT_EQ(Find(99), std::nullopt);
  EXPECT_THAT(Find(100), Optional(SourceLine{"src/sum.c", 6, 7}));
  EXPECT_THAT(Find(103), Optional(SourceLine{"src/sum.c", 6, 7}));
  EXPECT_THAT(Find(104), Optional(SourceLine{"src/sum.c", 8, 7}));
  EXPECT_THAT(Find(117), Optional(SourceLine{"/usr/include/math.h", 5, 0}));
  EXPECT_EQ(Find(118), std::nullopt);
  EXPECT_EQ(module_.FindSourceLine(3), std::nullopt) << "before the code";
  EXPECT_EQ(module_.FindSourceLine(UINT32_MAX), std::nullopt);
}

TEST_F(SourceLinesTest, Version5) {
  Bytes strings;
  strings.Text("").Text("/home/me").Text("lib").Text("a.rs");
  AddSection(".debug_line_str", strings);
  Bytes tables;
  tables.Raw({1, 1, 0x1f}).Byte(2).U32(1).U32(10);  // directories: path as line_strp
  // Files: path, directory as udata, checksum as data16.
  tables.Raw({3, 1, 0x1f, 2, 0x0f, 5, 0x1e}).Byte(2);
  for (const uint8_t directory : {0, 1}) {
    tables.U32(14).Byte(directory).U32(0).U32(0).U32(0).U32(0);
  }
  AddSection(".debug_line", Unit(5, tables,
                                 Bytes()
                                     .SetAddress(10)
                                     .Special(0, 1)
                                     .SetFile(0)
                                     .Special(2, 1)
                                     .SetFile(9)
                                     .Special(2, 1)
                                     .AdvancePc(2)
                                     .EndSequence()));
  EXPECT_THAT(Find(11), Optional(SourceLine{"/home/me/lib/a.rs", 2, 0}));
  EXPECT_THAT(Find(12), Optional(SourceLine{"/home/me/a.rs", 3, 0}));
  EXPECT_EQ(Find(14), std::nullopt) << "there is no file 9";
}

TEST_F(SourceLinesTest, AllOpcodes) {
  Bytes program;
  program.SetAddress(1).Raw({3, 9});                              // advance_line: 10
  program.Copy().Raw({6, 7, 10, 11, 12, 5});                      // flags of rows, set_isa
  program.Byte(8).Copy();                                         // const_add_pc: 1 + 17
  program.Raw({9, 3, 1}).Raw({3, 0x7f}).Copy();                   // fixed_advance_pc: 277, line 9
  program.Raw({0, 2, 4, 1});                                      // set_discriminator
  program.Raw({0, 8, 3}).Text("x.c").Raw({0, 0, 0}).SetFile(3);   // define_file
  program.Raw({0, 3, 0x80, 1, 2}).AdvancePc(1).Copy();            // a vendor's own; 278
  program.AdvancePc(1).Raw({3}).Raw({0x77}).Copy().AdvancePc(1);  // line 0
  program.EndSequence().SetAddress(500).Special(0, 1).AdvancePc(1).EndSequence();
  AddSection(".debug_line", Unit(3, OldTables(), program));
  EXPECT_THAT(Find(17), Optional(SourceLine{"src/sum.c", 10, 0}));
  EXPECT_THAT(Find(18), Optional(SourceLine{"src/sum.c", 10, 0}));
  EXPECT_THAT(Find(277), Optional(SourceLine{"src/sum.c", 9, 0}));
  EXPECT_THAT(Find(278), Optional(SourceLine{"x.c", 9, 0}));
  EXPECT_EQ(Find(279), std::nullopt) << "the compiler made it up";
  EXPECT_THAT(Find(500), Optional(SourceLine{"src/sum.c", 2, 0})) << "from the beginning again";
}

TEST_F(SourceLinesTest, CodeThatTheLinkerDroppedIsNowhere) {
  Bytes program;
  program.SetAddress(20).Special(0, 1).AdvancePc(5).EndSequence();
  program.SetAddress(0).Special(0, 7).AdvancePc(100).EndSequence();
  program.SetAddress(0xffffffff).Special(0, 7).AdvancePc(100).EndSequence();
  AddSection(".debug_line", Unit(4, OldTables(), program));
  EXPECT_EQ(Find(1), std::nullopt);
  EXPECT_THAT(Find(20), Optional(SourceLine{"src/sum.c", 2, 0}));
  EXPECT_EQ(Find(30), std::nullopt);
}

TEST_F(SourceLinesTest, UnitsAreIndependent) {
  const Bytes program = Bytes().SetAddress(20).Special(0, 1).AdvancePc(5).EndSequence();
  Bytes section;
  section.Append(Unit(9, OldTables(), program));                 // of no known version
  section.Append(Unit(4, Bytes().Text("never ends"), Bytes()));  // malformed
  section.Append(Unit(4, OldTables(), Bytes().Raw({0, 0}).Append(program)));
  section.Append(
      Unit(4, OldTables(), Bytes().SetAddress(40).Special(0, 3).AdvancePc(5).EndSequence()));
  AddSection(".debug_line", section);
  EXPECT_EQ(Find(20), std::nullopt);
  EXPECT_THAT(Find(40), Optional(SourceLine{"src/sum.c", 4, 0}));
}

TEST_F(SourceLinesTest, RowsThatGoBackAreNoSequence) {
  Bytes program;
  program.SetAddress(100).Special(0, 1).SetAddress(50).Special(0, 1).AdvancePc(80).EndSequence();
  program.SetAddress(200).Special(0, 1).SetAddress(150).EndSequence();
  program.SetAddress(300).Special(0, 1);
  AddSection(".debug_line", Unit(4, OldTables(), program));
  for (const uint32_t address : {50u, 100u, 120u, 150u, 200u, 300u}) {
    EXPECT_EQ(Find(address), std::nullopt) << address;
  }
}

TEST_F(SourceLinesTest, NamesAreFitToPrint) {
  Bytes tables;
  tables.Byte(0);
  tables.Text("evil\n\x1b[31m").Raw({0, 0, 0}).Text("\xff\xc3.c").Raw({0, 0, 0});
  tables.Text("\xc3\xa4.c").Raw({7, 0, 0}).Text(std::string(5000, 'x')).Raw({0, 0, 0}).Byte(0);
  Bytes program;
  program.SetAddress(100);
  for (const uint8_t file : {1, 2, 3, 4}) program.SetFile(file).Special(1, 1);
  AddSection(".debug_line", Unit(4, tables, program.AdvancePc(1).EndSequence()));
  EXPECT_EQ(Find(101).value().file, "evil__[31m");
  EXPECT_EQ(Find(102).value().file, "__.c");
  EXPECT_EQ(Find(103).value().file, "\xc3\xa4.c");
  EXPECT_EQ(Find(104), std::nullopt);
}

TEST_F(SourceLinesTest, HugeCountsEndTheUnit) {
  for (const uint8_t form : {0x1f, 0x0f, 0x09, 0x00, 0x77}) {
    Bytes tables;
    tables.Raw({1, 1, form}).Raw({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01});
    AddSection(".debug_line", Unit(5, tables, Bytes()));
  }
  Bytes no_format;
  AddSection(".debug_line", Unit(5, Bytes().Raw({0, 0xff, 0xff, 0xff, 0x7f}), Bytes()));
  EXPECT_EQ(Find(1), std::nullopt);
}

TEST_F(SourceLinesTest, AnyPrefixAndAnyFlippedBitIsHarmless) {
  const Bytes whole =
      Unit(4, OldTables(),
           Bytes().SetAddress(100).Special(0, 5).Special(4, 2).AdvancePc(9).EndSequence());
  for (uint32_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::vector<uint8_t> contents = whole.bytes();
    contents[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    for (const size_t size : {contents.size(), size_t{bit / 8}}) {
      // It ends where the allocation ends, so that AddressSanitizer sees reads beyond it.
      const auto copy = std::make_unique<uint8_t[]>(size);
      std::copy(contents.begin(), contents.begin() + static_cast<long>(size), copy.get());
      Module module;
      module.bytes = {copy.get(), size};
      module.sections = {{10, {0, static_cast<uint32_t>(size)}}};
      module.custom_sections = {{".debug_line", {0, static_cast<uint32_t>(size)}}};
      for (uint32_t address = 0; address < size; ++address) (void)module.FindSourceLine(address);
    }
  }
}

TEST_F(SourceLinesTest, WithoutDwarf) { EXPECT_EQ(Find(100), std::nullopt); }

}  // namespace
}  // namespace wasmtier::runtime
