// Binaries built by hand, for tests of the loader.
#ifndef WASMTIER_TEST_UNIT_ENGINE_LOAD_BINARY_H_
#define WASMTIER_TEST_UNIT_ENGINE_LOAD_BINARY_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/load/load.h"

namespace wasmtier::test {

using Bytes = std::vector<uint8_t>;

inline Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

inline Bytes Leb(uint64_t value) {
  Bytes bytes;
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<uint8_t>(value | 0x80));
  bytes.push_back(static_cast<uint8_t>(value));
  return bytes;
}

inline Bytes Name(std::string_view name) {
  return Leb(name.size()) + Bytes(name.begin(), name.end());
}

enum SectionId : uint8_t {
  kCustom = 0,
  kTypes = 1,
  kImports = 2,
  kFunctions = 3,
  kTables = 4,
  kMemories = 5,
  kGlobals = 6,
  kExports = 7,
  kStart = 8,
  kElements = 9,
  kCode = 10,
  kData = 11,
  kDataCount = 12,
  kTags = 13,
};

// A module as bytes, section by section.
class Binary {
 public:
  Binary() = default;
  Binary Section(uint8_t id, const Bytes& contents) && {
    bytes_ = bytes_ + Bytes{id} + Leb(contents.size()) + contents;
    return std::move(*this);
  }
  Binary Raw(const Bytes& raw) && {
    bytes_ = bytes_ + raw;
    return std::move(*this);
  }
  const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_ = {0, 'a', 's', 'm', 1, 0, 0, 0};
};

using LoadResult = absl::StatusOr<std::shared_ptr<runtime::Module>>;

inline LoadResult Load(const Binary& binary, const engine::LoadOptions& options = {}) {
  static auto* const registry = new runtime::TypeRegistry;
  return engine::LoadModule(engine::OwnBytes(binary.bytes()), *registry, options);
}

// The error's message; empty for a module that loads.
inline std::string LoadError(const Binary& binary, const engine::LoadOptions& options = {}) {
  return std::string(Load(binary, options).status().message());
}

// Type 0: [] -> [], type 1: [i32] -> [i32].
inline Binary WithTypes() {
  return Binary().Section(kTypes, {2, 0x60, 0, 0, 0x60, 1, 0x7f, 1, 0x7f});
}

// With one function of type 0 as well, whose empty body WithCode() adds.
inline Binary WithFunction() { return WithTypes().Section(kFunctions, {1, 0}); }
inline Bytes EmptyBodies(uint32_t count) {
  Bytes code = Leb(count);
  for (uint32_t i = 0; i < count; ++i) code.insert(code.end(), {2, 0, 0x0b});
  return code;
}

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_UNIT_ENGINE_LOAD_BINARY_H_
