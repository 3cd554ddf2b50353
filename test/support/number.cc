#include "test/support/number.h"

#include "absl/strings/str_format.h"

namespace wasmtier::test {

void PrintTo(const Number& number, std::ostream* stream) {
  switch (number.type) {
    case 'i':
      *stream << "i32 " << static_cast<int32_t>(number.bits);
      break;
    case 'l':
      *stream << "i64 " << static_cast<int64_t>(number.bits);
      break;
    case 'f':
      *stream << "f32 " << std::bit_cast<float>(static_cast<uint32_t>(number.bits));
      break;
    case 'd':
      *stream << "f64 " << std::bit_cast<double>(number.bits);
      break;
    case 'v':
      *stream << absl::StrFormat("v128 i64x2 0x%016x 0x%016x", number.bits, number.high);
      return;
    default:
      *stream << (number.type == 'e' ? "externref" : "funcref");
  }
  *stream << absl::StrFormat(" (0x%x)", number.bits);
}

void PrintTo(const Outcome& outcome, std::ostream* stream) {
  switch (outcome.kind) {
    case Outcome::Kind::kReturned:
      *stream << "returned " << testing::PrintToString(outcome.results);
      break;
    case Outcome::Kind::kTrapped:
      *stream << "trapped: " << outcome.message;
      break;
    case Outcome::Kind::kRefused:
      *stream << "refused: " << outcome.message;
      break;
  }
}

}  // namespace wasmtier::test
