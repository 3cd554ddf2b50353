#include "test/spec/script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wasmtier::spec {
namespace {

Script Parse(std::string_view commands) {
  absl::StatusOr<Script> script =
      ParseScript(R"({"source_filename": "x.wast", "commands": [)" + std::string(commands) + "]}",
                  "core/x", "/nowhere");
  EXPECT_TRUE(script.ok()) << script.status();
  return script.ok() ? *std::move(script) : Script();
}

TEST(Script, KeepsZerosAndUnicodeInNames) {
  Script script = Parse(
      R"({"type": "action", "line": 3, "action": {"type": "invoke", "field": "a\u0000b\u00e9ü", "args": []}})");
  ASSERT_EQ(script.commands.size(), 1u);
  EXPECT_EQ(script.commands[0].line, 3);
  EXPECT_EQ(script.commands[0].action->field, std::string("a\0b\u00e9ü", 7));
}

TEST(Script, Values) {
  Script script = Parse(R"({"type": "assert_return", "line": 1,
      "action": {"type": "invoke", "module": "$M", "field": "f", "args": [
        {"type": "i64", "value": "18446744073709551615"}, {"type": "externref", "value": "0"},
        {"type": "funcref", "value": "null"}]},
      "expected": [{"type": "v128", "lane_type": "f64", "value": ["1", "nan:arithmetic"]},
        {"type": "funcref"},
        {"type": "either", "values": [{"type": "f32", "value": "nan:canonical"}, {"type": "i32", "value": "2"}]}]})");
  const Command& command = script.commands.at(0);
  EXPECT_EQ(command.action->module, "$M");
  ASSERT_EQ(command.action->args.size(), 3u);
  EXPECT_EQ(command.action->args[0].lanes[0].bits, UINT64_MAX);
  EXPECT_EQ(command.action->args[1].kind, Value::Kind::kHostReference);
  EXPECT_EQ(command.action->args[2].kind, Value::Kind::kNull);
  ASSERT_EQ(command.expected.size(), 3u);
  EXPECT_EQ(command.expected[0].lanes[1].pattern, Lane::Pattern::kArithmeticNan);
  EXPECT_EQ(command.expected[1].kind, Value::Kind::kAnyReference);
  EXPECT_EQ(ToString(command.expected[2]), "either or f32 nan:canonical or i32 2");
}

TEST(Script, RefusesWhatIsNoScript) {
  for (
      const char* text :
      {"", "[]", "{}", R"({"commands": [3]})",
       R"({"commands": [{"type": "action", "action": {}}]})",
       R"({"commands": [{"expected": [{"type": "i32", "value": "many"}]}]})",
       R"({"commands": [{"expected": [{"type": "v128", "lane_type": "i64", "value": ["1"]}]}]})"}) {
    EXPECT_FALSE(ParseScript(text, "core/x", "/nowhere").ok()) << text;
  }
}

}  // namespace
}  // namespace wasmtier::spec
