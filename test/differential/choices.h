// What a generator decides by: bytes, made from a seed, found by a fuzzer or left over by
// shrinking.
#ifndef WASMTIER_TEST_DIFFERENTIAL_CHOICES_H_
#define WASMTIER_TEST_DIFFERENTIAL_CHOICES_H_

#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace wasmtier::test {

// Takes numbers from bytes. After the last byte every choice is 0, and 0 has to be the choice that
// ends things: so every sequence of bytes makes a module, and fewer or smaller bytes a simpler one.
class Choices {
 public:
  explicit Choices(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  bool empty() const { return at_ == bytes_.size(); }

  // 0 ... count - 1; `count` up to 65536.
  uint32_t Below(uint32_t count) {
    if (count <= 1) return 0;
    uint32_t number = Byte();
    if (count > 256) number = number << 8 | Byte();
    return number % count;
  }
  bool OneIn(uint32_t count) { return Below(count) == count - 1; }
  uint64_t Bits() {
    uint64_t bits = 0;
    for (int i = 0; i < 8; ++i) bits = bits << 8 | Byte();
    return bits;
  }
  template <typename Container>
  const auto& Of(const Container& container) {
    return container[Below(static_cast<uint32_t>(std::size(container)))];
  }

 private:
  uint8_t Byte() { return at_ < bytes_.size() ? bytes_[at_++] : 0; }

  std::span<const uint8_t> bytes_;
  size_t at_ = 0;
};

// The bytes of a seed; how many there are depends on it as well, so that sizes vary.
inline std::vector<uint8_t> BytesOfSeed(uint64_t seed) {
  constexpr uint32_t kSizes[] = {300, 1000, 3000, 8000};
  std::mt19937_64 random(seed);
  std::vector<uint8_t> bytes(kSizes[seed % 4]);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_DIFFERENTIAL_CHOICES_H_
