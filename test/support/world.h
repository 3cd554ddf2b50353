// One test body, every tier: modules written as text, run in each way that the engine has.
//
//   class Shift : public EveryTier {};
//   TEST_P(Shift, WrapsItsCount) {
//     EXPECT_THAT(Run("(module (func (export \"f\") ...))", "f", {I32(1), I32(33)}),
//     Returns(I32(2)));
//   }
//   IN_EVERY_TIER(Shift);
#ifndef WASMTIER_TEST_SUPPORT_WORLD_H_
#define WASMTIER_TEST_SUPPORT_WORLD_H_

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "test/support/modes.h"
#include "test/support/number.h"

namespace wasmtier::test {

// An embedder's function: replaces `args` (which it may read) by its results.
using HostBody = std::function<absl::Status(std::vector<Number>* values)>;

// An engine with a store, its host functions and its instances.
class World {
 public:
  // `stack_bytes`: 0 for the engine's default.
  explicit World(const Mode& mode, size_t stack_bytes = 0);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Defines module.name as a host function with a signature such as "il:d".
  void Host(std::string_view module, std::string_view name, std::string_view signature,
            HostBody body);
  // Loads and instantiates; the exports can be imported as module `name`, the instance becomes the
  // current one. An outcome that is not kReturned says why it failed.
  Outcome Instantiate(std::string_view name, std::string_view text);
  Outcome InstantiateBytes(std::string_view name, std::span<const uint8_t> bytes);
  // Another instance of the module last loaded.
  Outcome InstantiateAgain(std::string_view name);
  // Calls an export of the current instance.
  Outcome Call(std::string_view function, const std::vector<Number>& args = {});
  // Calls an export of the instance `name`.
  Outcome CallIn(std::string_view name, std::string_view function,
                 const std::vector<Number>& args = {});
  // A second store of the same engine, with the module last loaded in it: for another thread.
  std::unique_ptr<World> Another();
  // The bytes of the memory that the current instance exports under `name`, from `offset` on.
  std::vector<uint8_t> ReadMemory(std::string_view name, uint64_t offset, size_t size);
  Number ReadGlobal(std::string_view name);

 private:
  struct State;
  explicit World(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class EveryTier : public testing::TestWithParam<Mode> {
 protected:
  // Instantiates `text` in a world of its own and calls `function`.
  Outcome Run(std::string_view text, std::string_view function,
              const std::vector<Number>& args = {});
  Outcome RunBytes(std::span<const uint8_t> bytes, std::string_view function,
                   const std::vector<Number>& args = {});
};

#define IN_EVERY_TIER(Fixture)                                                             \
  INSTANTIATE_TEST_SUITE_P(Every, Fixture, ::testing::ValuesIn(::wasmtier::test::Modes()), \
                           [](const auto& info) { return info.param.name; })

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_SUPPORT_WORLD_H_
