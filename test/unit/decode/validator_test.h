#ifndef WASMTIER_TEST_UNIT_DECODE_VALIDATOR_TEST_H_
#define WASMTIER_TEST_UNIT_DECODE_VALIDATOR_TEST_H_

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/module_builder.h"
#include "tiers/decode/validate.h"

namespace wasmtier::decode {

using runtime::kExternRef;
using runtime::kF32;
using runtime::kF64;
using runtime::kFuncRef;
using runtime::kI32;
using runtime::kI64;
using runtime::kV128;
using test::Code;

// A module with something of each kind, to which a test adds one function:
// types 0: [] -> [], 1: [i32] -> [i32], 2: [i32 i64] -> [f32 f64], 3: [] -> [i32]; functions 0 of
// type 1 and 1 of type 2 (imported); memories 0 (i32) and 1 (i64); tables 0 funcref, 1 externref, 2
// funcref (i64); globals 0 (mutable i32), 1 (immutable i64), 2 (mutable funcref); element segments
// 0 funcref, 1 externref; two data segments.
class ValidatorTest : public testing::Test {
 protected:
  using Types = std::vector<runtime::ValueType>;

  ValidatorTest() {
    builder_.AddType({}, {});
    builder_.AddType({kI32}, {kI32});
    builder_.AddType({kI32, kI64}, {kF32, kF64});
    builder_.AddType({}, {kI32});
    builder_.ImportFunction(1);
    builder_.ImportFunction(2);
    builder_.Declare(0);
    builder_.AddMemory();
    builder_.AddMemory(/*is_64=*/true);
    builder_.AddTable(kFuncRef);
    builder_.AddTable(kExternRef);
    builder_.AddTable(kFuncRef, /*is_64=*/true);
    builder_.AddGlobal(kI32, true);
    builder_.AddGlobal(kI64, false);
    builder_.AddGlobal(kFuncRef, true);
    builder_.AddPassiveElement(kFuncRef);
    builder_.AddPassiveElement(kExternRef);
    builder_.SetDataCount(2);
  }

  // "" if a function of the type with the code is valid, else the error without its place; its
  // features go to features_.
  std::string Validate(Types params, Types results, const Code& code,
                       const std::vector<uint8_t>& locals = {0}) {
    test::ModuleBuilder builder = std::exchange(builder_, test::ModuleBuilder());
    const uint32_t type = builder.AddType(std::move(params), std::move(results));
    const uint32_t function = builder.AddFunction(type, code, locals);
    const auto module = builder.Build();
    const absl::StatusOr<BodySummary> summary = ValidateFunction(*module, function, limits_);
    if (summary.ok()) {
      features_ = summary->features;
      return "";
    }
    status_ = summary.status();
    const std::string message(summary.status().message().data(), summary.status().message().size());
    return message.substr(0, message.find(" (at offset"));
  }

  test::ModuleBuilder builder_;
  runtime::ModuleLimits limits_;
  runtime::FeatureSet features_;
  absl::Status status_;
};

}  // namespace wasmtier::decode

#endif  // WASMTIER_TEST_UNIT_DECODE_VALIDATOR_TEST_H_
