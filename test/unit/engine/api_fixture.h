// An engine with a store and a linker, and modules written as text, for tests of the public API.
#ifndef WASMTIER_TEST_UNIT_ENGINE_API_FIXTURE_H_
#define WASMTIER_TEST_UNIT_ENGINE_API_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "test/support/wat.h"
#include "wasmtier/wasmtier.h"

namespace wasmtier::test {

inline absl::Status StatusOf(const absl::Status& status) { return status; }
template <typename T>
absl::Status StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

MATCHER(IsOk, "is OK") {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).ok();
}

MATCHER_P2(Fails, code, message,
           "fails with " + absl::StatusCodeToString(code) + " and a message that " +
               testing::DescribeMatcher<std::string>(message)) {
  const absl::Status status = StatusOf(arg);
  *result_listener << status.ToString();
  return status.code() == code && testing::Value(std::string(status.message()),
                                                 testing::SafeMatcherCast<std::string>(message));
}

// The trap that `result` ended with.
template <typename T>
std::optional<TrapCode> TrapOf(const T& result) {
  const std::optional<Trap> trap = Trap::FromStatus(StatusOf(result));
  if (!trap) return std::nullopt;
  return trap->code();
}

inline void PrintTo(TrapCode code, std::ostream* stream) { *stream << ToString(code); }

class ApiTest : public testing::Test {
 protected:
  explicit ApiTest(const Config& config = Config())
      : engine_(Engine::Create(config).value()), store_(Store::Create(engine_).value()) {}

  Module MakeModule(std::string_view text) {
    return Module::FromVector(engine_, CompileWat(text)).value();
  }
  absl::StatusOr<Instance> TryInstantiate(std::string_view text) {
    return linker_.Instantiate(store_, MakeModule(text));
  }
  Instance Instantiate(std::string_view text) { return TryInstantiate(text).value(); }

  Engine engine_;
  Store store_;
  Linker linker_;
};

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_UNIT_ENGINE_API_FIXTURE_H_
