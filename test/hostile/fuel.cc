#include "test/hostile/fuel.h"

#include <utility>

#include "engine/load/load.h"
#include "runtime/base/byte_reader.h"
#include "runtime/model/type_reader.h"
#include "tiers/decode/body_decoder.h"

namespace wasmtier::test {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr uint8_t kGlobalSection = 6;
constexpr uint8_t kCodeSection = 10;
constexpr uint8_t kTagSection = 13;

void Append(Bytes& to, std::span<const uint8_t> bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

void AppendUnsigned(Bytes& to, uint32_t value) {
  for (; value >= 0x80; value >>= 7) to.push_back(static_cast<uint8_t>(value | 0x80));
  to.push_back(static_cast<uint8_t>(value));
}

void AppendSection(Bytes& to, uint8_t id, const Bytes& contents) {
  to.push_back(id);
  AppendUnsigned(to, static_cast<uint32_t>(contents.size()));
  Append(to, contents);
}

// Notes where loops begin.
struct LoopFinder : decode::NullSink {
  static constexpr bool kIgnoresCode = false;
  void BeginFunction(const decode::BodyState& begun) { state = &begun; }   // NOLINT: replaces it
  void Loop(const decode::Control&) { loops.push_back(state->offset()); }  // NOLINT: likewise

  const decode::BodyState* state = nullptr;
  std::vector<uint32_t> loops;  // offsets in the module
};

class FuelWriter {
 public:
  FuelWriter(const runtime::Module& module, int32_t fuel)
      : module_(module), fuel_(fuel), decoder_(module, finder_) {}

  std::optional<Bytes> Write() {
    Bytes out(module_.bytes.begin(), module_.bytes.begin() + 8);
    bool has_counter = false;
    for (const runtime::Section& section : module_.sections) {
      const bool is_late = section.id > kGlobalSection && section.id != kTagSection;
      if (is_late && !has_counter) AppendSection(out, kGlobalSection, Globals({}));
      has_counter = has_counter || is_late || section.id == kGlobalSection;
      const std::span<const uint8_t> contents = module_.BytesOf(section.bytes);
      if (section.id == kGlobalSection) {
        AppendSection(out, kGlobalSection, Globals(contents));
      } else if (section.id == kCodeSection) {
        const std::optional<Bytes> code = Code();
        if (!code) return std::nullopt;
        AppendSection(out, kCodeSection, *code);
      } else {
        AppendSection(out, section.id, Bytes(contents.begin(), contents.end()));
      }
    }
    return out;
  }

 private:
  Bytes Globals(std::span<const uint8_t> contents) {
    Bytes section;
    const size_t defined = module_.globals.size() - module_.imported_globals;
    AppendUnsigned(section, static_cast<uint32_t>(defined + 1));
    if (!contents.empty()) {
      runtime::ByteReader reader(contents, 0, static_cast<uint32_t>(contents.size()));
      reader.U32();
      Append(section, contents.subspan(reader.offset()));
    }
    Append(section, Bytes{0x7f, 1, 0x41});
    int32_t rest = fuel_;
    for (; rest >= 0x40; rest >>= 7) section.push_back(static_cast<uint8_t>(rest | 0x80));
    section.push_back(static_cast<uint8_t>(rest));
    section.push_back(0x0b);
    return section;
  }

  std::optional<Bytes> Code() {
    Bytes section;
    AppendUnsigned(section, static_cast<uint32_t>(module_.bodies.size()));
    for (uint32_t i = 0; i < module_.bodies.size(); ++i) {
      finder_.loops.clear();
      if (!decoder_.Decode(module_.imported_functions + i)) return std::nullopt;
      const Bytes body = Body(module_.bodies[i]);
      AppendUnsigned(section, static_cast<uint32_t>(body.size()));
      Append(section, body);
    }
    return section;
  }

  Bytes Body(runtime::ByteRange range) {
    runtime::ByteReader reader(module_.bytes, range.offset, range.offset + range.size);
    runtime::FeatureSet features;
    for (uint32_t groups = reader.U32(); groups > 0; --groups) {
      reader.U32();
      ReadValueType(reader, static_cast<uint32_t>(module_.types.size()), features);
    }
    Bytes body;
    uint32_t copied = range.offset;
    CopyAndPay(body, copied, reader.offset());
    for (uint32_t loop : finder_.loops) {
      reader.MoveTo(loop + 1);
      reader.S33();  // the block type
      CopyAndPay(body, copied, reader.offset());
    }
    Append(body, module_.bytes.subspan(copied, range.offset + range.size - copied));
    return body;
  }

  void CopyAndPay(Bytes& body, uint32_t& copied, uint32_t end) {
    Append(body, module_.bytes.subspan(copied, end - copied));
    copied = end;
    const auto counter = static_cast<uint32_t>(module_.globals.size());
    body.push_back(0x23);  // global.get
    AppendUnsigned(body, counter);
    Append(body, Bytes{0x45, 0x04, 0x40, 0x00, 0x0b, 0x23});  // if zero: unreachable
    AppendUnsigned(body, counter);
    Append(body, Bytes{0x41, 1, 0x6b, 0x24});  // minus one
    AppendUnsigned(body, counter);
  }

  const runtime::Module& module_;
  const int32_t fuel_;
  LoopFinder finder_;
  decode::BodyDecoder<decode::NoChecks, LoopFinder> decoder_;
};

}  // namespace

std::optional<std::vector<uint8_t>> WithFuel(std::span<const uint8_t> bytes, int32_t fuel) {
  runtime::TypeRegistry registry;
  const auto module = engine::LoadModule(engine::BorrowBytes(bytes), registry, {});
  if (!module.ok()) return std::nullopt;
  const auto executable = runtime::FeatureSet::Executable();
  if (!(*module)->features.Without(executable).empty()) return std::nullopt;
  return FuelWriter(**module, fuel).Write();
}

}  // namespace wasmtier::test
