#include "runtime/call_convention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace wasmtier::runtime {
namespace {

// "i0 f1 a2": integer register 0, float register 1, call area slot 2.
std::string Text(const std::vector<ArgumentPlace>& places) {
  std::string text;
  for (const ArgumentPlace& place : places) {
    if (!text.empty()) text += ' ';
    text += "ifa"[static_cast<size_t>(place.kind)];
    text += std::to_string(place.index);
  }
  return text;
}

TEST(CallConventionTest, ParametersGoToRegistersOfTheirClass) {
  EXPECT_EQ(Text(PlaceParameters({})), "");
  EXPECT_EQ(Text(PlaceParameters({{kI32, kF64, kI64, kF32, kFuncRef, kV128}})),
            "i0 f0 i1 f1 i2 f2");
}

TEST(CallConventionTest, FurtherParametersGoToTheCallArea) {
  EXPECT_EQ(Text(PlaceParameters({{kI32, kI32, kI32, kI32, kI32, kI32, kF32, kI64}})),
            "i0 i1 i2 i3 i4 a0 f0 a1");
  const std::vector<ValueType> floats(10, kF64);
  EXPECT_EQ(Text(PlaceParameters(floats)), "f0 f1 f2 f3 f4 f5 f6 f7 a0 a1");
}

TEST(CallConventionTest, VectorsInTheCallAreaAreAligned) {
  std::vector<ValueType> params(8, kF32);
  params.insert(params.end(), {kF32, kV128, kF32, kV128});
  EXPECT_EQ(Text(PlaceParameters(params)), "f0 f1 f2 f3 f4 f5 f6 f7 a0 a2 a4 a6");
}

TEST(CallConventionTest, OnlyTheFirstResultHasARegister) {
  EXPECT_EQ(Text(PlaceResults({})), "");
  EXPECT_EQ(Text(PlaceResults({{kI32}})), "i0");
  EXPECT_EQ(Text(PlaceResults({{kV128, kI32, kV128, kF32}})), "f0 a0 a2 a4");
}

}  // namespace
}  // namespace wasmtier::runtime
