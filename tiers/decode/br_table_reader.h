#ifndef WASMTIER_TIERS_DECODE_BR_TABLE_READER_H_
#define WASMTIER_TIERS_DECODE_BR_TABLE_READER_H_

#include <cstdint>

namespace wasmtier::decode {

// Yields the label depths of a br_table, the default last, straight from the (checked) bytes.
// Copies start over.
class BrTableReader {
 public:
  BrTableReader(const uint8_t* position, uint32_t size) : position_(position), left_(size) {}

  // Depths left to read, the default included.
  uint32_t size() const { return left_; }
  bool HasNext() const { return left_ != 0; }
  uint32_t Next() {
    --left_;
    uint32_t value = *position_++;
    if (value < 0x80) [[likely]]
      return value;
    value &= 0x7f;
    for (int shift = 7;; shift += 7) {
      const uint32_t byte = *position_++;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }
  const uint8_t* position() const { return position_; }

 private:
  const uint8_t* position_;
  uint32_t left_;
};

}  // namespace wasmtier::decode

#endif  // WASMTIER_TIERS_DECODE_BR_TABLE_READER_H_
