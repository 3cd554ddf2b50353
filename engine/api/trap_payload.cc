#include "engine/api/trap_payload.h"

#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/cord.h"

namespace wasmtier::internal {
namespace {

// Numbers are 8 bytes, strings their size and bytes; nothing leaves the process.
class Writer {
 public:
  void Number(uint64_t number) {
    bytes_.append(reinterpret_cast<const char*>(&number), sizeof(number));
  }
  void String(std::string_view text) {
    Number(text.size());
    bytes_ += text;
  }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Sticky: after an error everything read is 0 or empty.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  uint64_t Number() {
    uint64_t number = 0;
    const std::string_view text = Take(sizeof(number));
    if (!failed_) std::memcpy(&number, text.data(), sizeof(number));
    return number;
  }
  std::string String() { return std::string(Take(Number())); }
  // At the end, and without an error.
  bool Complete() const { return !failed_ && bytes_.empty(); }
  bool failed() const { return failed_; }

 private:
  std::string_view Take(uint64_t size) {
    if (failed_ || size > bytes_.size()) {
      failed_ = true;
      return {};
    }
    const std::string_view text = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return text;
  }

  std::string_view bytes_;
  bool failed_ = false;
};

void WriteStatus(Writer& writer, const absl::Status& status) {
  writer.Number(static_cast<uint64_t>(status.raw_code()));
  writer.String(std::string(status.message()));
  std::vector<std::pair<std::string, std::string>> payloads;
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) {
    payloads.emplace_back(std::string(url), std::string(payload));
  });
  writer.Number(payloads.size());
  for (const auto& [url, payload] : payloads) {
    writer.String(url);
    writer.String(payload);
  }
}

absl::Status ReadStatus(Reader& reader) {
  const auto code = static_cast<absl::StatusCode>(reader.Number());
  const std::string message = reader.String();
  absl::Status status(code, message);
  const uint64_t payloads = reader.Number();
  for (uint64_t i = 0; i < payloads && !reader.failed(); ++i) {
    const std::string url = reader.String();
    status.SetPayload(url, absl::Cord(absl::string_view(reader.String())));
  }
  return status;
}

}  // namespace

std::string EncodeTrap(const Trap& trap) {
  Writer writer;
  writer.Number(static_cast<uint64_t>(trap.code()));
  writer.String(trap.message());
  writer.Number(trap.frames().size());
  for (const TrapFrame& frame : trap.frames()) {
    writer.Number(frame.function);
    writer.String(frame.name);
    writer.String(frame.module_name);
    writer.Number(frame.offset);
    writer.Number(frame.source ? 1 : 0);
    if (!frame.source) continue;
    writer.String(frame.source->file);
    writer.Number(frame.source->line);
    writer.Number(frame.source->column);
  }
  writer.Number(trap.omitted_frames());
  WriteStatus(writer, trap.host_status());
  return writer.Take();
}

std::optional<Trap> DecodeTrap(std::string_view bytes) {
  Reader reader(bytes);
  const auto code = static_cast<TrapCode>(reader.Number());
  std::string message = reader.String();
  std::vector<TrapFrame> frames;
  const uint64_t count = reader.Number();
  for (uint64_t i = 0; i < count && !reader.failed(); ++i) {
    TrapFrame frame;
    frame.function = static_cast<uint32_t>(reader.Number());
    frame.name = reader.String();
    frame.module_name = reader.String();
    frame.offset = static_cast<uint32_t>(reader.Number());
    if (reader.Number() != 0) {
      SourceLine& source = frame.source.emplace();
      source.file = reader.String();
      source.line = static_cast<uint32_t>(reader.Number());
      source.column = static_cast<uint32_t>(reader.Number());
    }
    frames.push_back(std::move(frame));
  }
  const uint64_t omitted_frames = reader.Number();
  absl::Status host_status = ReadStatus(reader);
  if (!reader.Complete() || code > TrapCode::kHostError) return std::nullopt;
  return Trap(code, std::move(message), std::move(frames), omitted_frames, std::move(host_status));
}

}  // namespace wasmtier::internal
