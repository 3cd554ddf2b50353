// Instructions on vectors of integers that several of masm_vector*.cc use.
#ifndef WASMTIER_TIERS_BASELINE_X64_VECTOR_INSTRUCTIONS_H_
#define WASMTIER_TIERS_BASELINE_X64_VECTOR_INSTRUCTIONS_H_

#include "tiers/baseline/x64/assembler.h"

namespace wasmtier::baseline {

inline constexpr FloatInstruction kXor = {Inst::kIdPxor, Inst::kIdVpxor};
inline constexpr FloatInstruction kAnd = {Inst::kIdPand, Inst::kIdVpand};
inline constexpr FloatInstruction kShuffle8 = {Inst::kIdPshufb, Inst::kIdVpshufb};
inline constexpr FloatInstruction kShuffle32 = {Inst::kIdPshufd, Inst::kIdVpshufd};
inline constexpr FloatInstruction kShiftLeft16 = {Inst::kIdPsllw, Inst::kIdVpsllw};
inline constexpr FloatInstruction kShiftRight16 = {Inst::kIdPsrlw, Inst::kIdVpsrlw};
inline constexpr FloatInstruction kShiftRight32 = {Inst::kIdPsrld, Inst::kIdVpsrld};
inline constexpr FloatInstruction kShiftRight64 = {Inst::kIdPsrlq, Inst::kIdVpsrlq};
inline constexpr FloatInstruction kShiftRightSigned16 = {Inst::kIdPsraw, Inst::kIdVpsraw};

}  // namespace wasmtier::baseline

#endif  // WASMTIER_TIERS_BASELINE_X64_VECTOR_INSTRUCTIONS_H_
