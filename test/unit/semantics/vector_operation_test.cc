#include "tiers/semantics/vector_operation.h"

#include <immintrin.h>

#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <vector>

#include "gtest/gtest.h"

namespace wasmtier::semantics {
namespace {

using decode::Info;
using decode::Opcode;
using decode::Shape;

template <typename T, typename... Values>
V128 Make(Values... values) {
  return VectorOf<T>(Lanes<T>{static_cast<T>(values)...});
}

// Every vector opcode has a row: instantiating it would not compile otherwise.
template <Opcode op>
constexpr bool HasOperation() {
  if constexpr (op == Opcode::kV128Const)
    return true;
  else
    return sizeof(VectorOperation<op>) > 0;
}

TEST(VectorOperationTest, EveryVectorOpcodeHasOne) {
#define WASM_OPCODE(Name, code, text, immediates, signature, shape, feature) \
  static_assert(HasOperation<Opcode::k##Name>());
#include "tiers/decode/opcodes_simd.def"
#undef WASM_OPCODE
}

template <Opcode op>
using Op = VectorOperation<op>;

TEST(VectorOperationTest, Saturation) {
  EXPECT_EQ(Op<Opcode::kI8x16AddSatS>::Apply(Splat<uint8_t>(100), Splat<uint8_t>(100)),
            Splat<uint8_t>(127));
  EXPECT_EQ(Op<Opcode::kI16x8SubSatU>::Apply(Splat<uint16_t>(1), Splat<uint16_t>(2)), V128{});
  EXPECT_EQ(Op<Opcode::kI16x8Q15mulrSatS>::Apply(Splat<uint16_t>(0x8000), Splat<uint16_t>(0x8000)),
            Splat<uint16_t>(0x7fff));
  EXPECT_EQ(Op<Opcode::kI8x16NarrowI16x8U>::Apply(Splat<uint16_t>(0xffff), Splat<uint16_t>(300)),
            Make<uint8_t>(0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255));
}

TEST(VectorOperationTest, NarrowMultiplicationsDoNotOverflow) {
  // 65535 * 65535 does not fit into the int that uint16_t is promoted to.
  EXPECT_EQ(Op<Opcode::kI16x8Mul>::Apply(Splat<uint16_t>(0xffff), Splat<uint16_t>(0xffff)),
            Splat<uint16_t>(1));
  EXPECT_EQ(Op<Opcode::kI32x4DotI16x8S>::Apply(Splat<uint16_t>(0x8000), Splat<uint16_t>(0x8000)),
            Splat<uint32_t>(0x80000000));
}

TEST(VectorOperationTest, CountsAreTakenModuloTheLanesWidth) {
  EXPECT_EQ(Op<Opcode::kI8x16Shl>::Apply(Splat<uint8_t>(3), 9u), Splat<uint8_t>(6));
  EXPECT_EQ(Op<Opcode::kI16x8ShrS>::Apply(Splat<uint16_t>(0x8000), 0xffffffffu),
            Splat<uint16_t>(0xffff));
  EXPECT_EQ(Op<Opcode::kI64x2ShrU>::Apply(Splat<uint64_t>(8), 65u), Splat<uint64_t>(4));
}

TEST(VectorOperationTest, HalvesAndZeros) {
  const V128 doubles = Make<double>(1.5, -1e300);
  EXPECT_EQ(Op<Opcode::kI32x4TruncSatF64x2SZero>::Apply(doubles),
            Make<uint32_t>(1, 0x80000000, 0, 0));
  EXPECT_EQ(Op<Opcode::kF64x2ConvertLowI32x4S>::Apply(Make<int32_t>(-1, 2, 3, 4)),
            Make<double>(-1, 2));
  EXPECT_EQ(Op<Opcode::kI16x8ExtendHighI8x16S>::Apply(
                Make<int8_t>(0, 1, 2, 3, 4, 5, 6, 7, -8, 9, 10, 11, 12, 13, 14, -15)),
            Make<int16_t>(-8, 9, 10, 11, 12, 13, 14, -15));
}

TEST(VectorOperationTest, DeterministicRelaxedOperations) {
  // 1 + 2^-12 squared needs more bits than a float has; the fused form keeps them.
  const float a = 1 + 0x1p-12f;
  EXPECT_EQ(Op<Opcode::kF32x4RelaxedMadd>::Apply(Splat(a), Splat(a), Splat(-1 - 0x1p-11f)),
            Splat(0.0f));
  EXPECT_EQ(FastVectorOperation<Opcode::kF32x4RelaxedMadd>::Apply(Splat(a), Splat(a),
                                                                  Splat(-1 - 0x1p-11f)),
            Splat(0x1p-24f));
  EXPECT_EQ(
      Op<Opcode::kI16x8RelaxedDotI8x16I7x16S>::Apply(Splat<uint8_t>(128), Splat<uint8_t>(128)),
      Splat<uint16_t>(32767));
}

// Bytes that are edges in every width, and a few lanes of floats.
std::vector<V128> Edges() {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  return {
      V128{},
      Splat<uint8_t>(255),
      Splat<uint8_t>(128),
      Make<uint8_t>(0, 1, 15, 16, 17, 127, 128, 143, 144, 255, 31, 8, 200, 100, 64, 63),
      Make<uint16_t>(0x8000, 0x7fff, 0x8001, 0xffff, 1, 0, 0x4000, 0xc000),
      Make<float>(0.0f, -0.0f, 1.5f, -2.5f),
      Make<float>(kNan, kInfinity, -kInfinity, 2147483648.0f),
      Make<float>(-0.0f, 0.0f, kNan, -2147483904.0f),
      Make<double>(2147483647.5, -2147483648.9),
      Make<double>(std::numeric_limits<double>::quiet_NaN(), -0.0),
      Make<double>(0.0, 1e300),
  };
}

__m128i ToRegister(const V128& vector) { return std::bit_cast<__m128i>(vector); }
__m128 ToFloats(const V128& vector) { return std::bit_cast<__m128>(vector); }
__m128d ToDoubles(const V128& vector) { return std::bit_cast<__m128d>(vector); }
template <typename T>
V128 FromRegister(T value) {
  return std::bit_cast<V128>(value);
}

#define SSE4 __attribute__((target("sse4.1")))

SSE4 void ExpectFastOperationsOf(const V128& a, const V128& b, const V128& c) {
#define EXPECT_FAST(Name, expected, ...) \
  EXPECT_EQ(FastVectorOperation<Opcode::k##Name>::Apply(__VA_ARGS__), FromRegister(expected))
  const __m128i x = ToRegister(a);
  const __m128i y = ToRegister(b);
  const __m128i z = ToRegister(c);
  EXPECT_FAST(I8x16RelaxedSwizzle, _mm_shuffle_epi8(x, y), a, b);
  EXPECT_FAST(I8x16RelaxedLaneselect, _mm_blendv_epi8(y, x, z), a, b, c);
  EXPECT_FAST(I32x4RelaxedLaneselect, _mm_blendv_ps(ToFloats(b), ToFloats(a), ToFloats(c)), a, b,
              c);
  EXPECT_FAST(I64x2RelaxedLaneselect, _mm_blendv_pd(ToDoubles(b), ToDoubles(a), ToDoubles(c)), a, b,
              c);
  EXPECT_FAST(I32x4RelaxedTruncF32x4S, _mm_cvttps_epi32(ToFloats(a)), a);
  EXPECT_FAST(I32x4RelaxedTruncF64x2SZero, _mm_cvttpd_epi32(ToDoubles(a)), a);
  EXPECT_FAST(F32x4RelaxedMin, _mm_min_ps(ToFloats(a), ToFloats(b)), a, b);
  EXPECT_FAST(F32x4RelaxedMax, _mm_max_ps(ToFloats(a), ToFloats(b)), a, b);
  EXPECT_FAST(F64x2RelaxedMin, _mm_min_pd(ToDoubles(a), ToDoubles(b)), a, b);
  EXPECT_FAST(F64x2RelaxedMax, _mm_max_pd(ToDoubles(a), ToDoubles(b)), a, b);
  EXPECT_FAST(I16x8RelaxedQ15mulrS, _mm_mulhrs_epi16(x, y), a, b);
  const __m128i dot = _mm_maddubs_epi16(y, x);
  EXPECT_FAST(I16x8RelaxedDotI8x16I7x16S, dot, a, b);
  EXPECT_FAST(I32x4RelaxedDotI8x16I7x16AddS,
              _mm_add_epi32(_mm_madd_epi16(dot, _mm_set1_epi16(1)), z), a, b, c);
#undef EXPECT_FAST
}

TEST(VectorOperationTest, FastRelaxedOperationsAreThoseOfTheProcessor) {
  const std::vector<V128> edges = Edges();
  for (const V128& a : edges) {
    for (const V128& b : edges) {
      for (const V128& c : {edges[0], edges[1], edges[3], edges[4]})
        ExpectFastOperationsOf(a, b, c);
    }
  }
}

}  // namespace
}  // namespace wasmtier::semantics
