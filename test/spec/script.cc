#include "test/spec/script.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace wasmtier::spec {
namespace {

using Json = nlohmann::json;

std::optional<std::string> OptionalString(const Json& object, const char* key) {
  auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::string StringOrEmpty(const Json& object, const char* key) {
  return OptionalString(object, key).value_or("");
}

uint32_t BitsOfLane(const std::string& type) {
  if (type == "i8") return 8;
  if (type == "i16") return 16;
  if (type == "i32" || type == "f32") return 32;
  if (type == "i64" || type == "f64") return 64;
  return 0;
}

absl::StatusOr<Lane> ParseLane(const Json& json) {
  if (!json.is_string()) return absl::InvalidArgumentError("a lane is not a string");
  std::string text = json.get<std::string>();
  if (text == "nan:canonical") return Lane{Lane::Pattern::kCanonicalNan, 0};
  if (text == "nan:arithmetic") return Lane{Lane::Pattern::kArithmeticNan, 0};
  Lane lane;
  if (!absl::SimpleAtoi(text, &lane.bits)) {
    return absl::InvalidArgumentError(absl::StrCat("not a number: ", text));
  }
  return lane;
}

absl::Status ParseLanes(const Json& json, Value* value) {
  for (const Json& item : json) {
    absl::StatusOr<Lane> lane = ParseLane(item);
    if (!lane.ok()) return lane.status();
    value->lanes.push_back(*lane);
  }
  if (value->lanes.size() * value->lane_bits != 128) {
    return absl::InvalidArgumentError("the lanes of a v128 are not 128 bits");
  }
  return absl::OkStatus();
}

absl::Status ParseReference(const Json& json, Value* value) {
  std::optional<std::string> text = OptionalString(json, "value");
  if (!text) {
    value->kind = Value::Kind::kAnyReference;
  } else if (*text == "null") {
    value->kind = Value::Kind::kNull;
  } else {
    value->kind = Value::Kind::kHostReference;
    if (!absl::SimpleAtoi(*text, &value->host)) {
      return absl::InvalidArgumentError(absl::StrCat("not a host reference: ", *text));
    }
  }
  return absl::OkStatus();
}

absl::Status ParseValues(const Json& json, std::vector<Value>* values);

absl::Status ParseValue(const Json& json, Value* value) {
  value->type = StringOrEmpty(json, "type");
  if (value->type.empty()) return absl::InvalidArgumentError("a value has no type");
  if (value->type == "either") {
    value->kind = Value::Kind::kEither;
    return ParseValues(json.value("values", Json::array()), &value->alternatives);
  }
  if (value->type == "v128") {
    value->lane_bits = BitsOfLane(StringOrEmpty(json, "lane_type"));
    return ParseLanes(json.value("value", Json::array()), value);
  }
  value->lane_bits = BitsOfLane(value->type);
  if (value->lane_bits == 0) return ParseReference(json, value);
  absl::StatusOr<Lane> lane = ParseLane(json.value("value", Json()));
  if (!lane.ok()) return lane.status();
  value->lanes.push_back(*lane);
  return absl::OkStatus();
}

absl::Status ParseValues(const Json& json, std::vector<Value>* values) {
  for (const Json& item : json) {
    Value value;
    absl::Status status = ParseValue(item, &value);
    if (!status.ok()) return status;
    values->push_back(std::move(value));
  }
  return absl::OkStatus();
}

absl::StatusOr<Action> ParseAction(const Json& json) {
  Action action;
  std::string type = StringOrEmpty(json, "type");
  if (type != "invoke" && type != "get") {
    return absl::InvalidArgumentError(absl::StrCat("unknown action: ", type));
  }
  action.is_get = type == "get";
  action.module = OptionalString(json, "module");
  action.field = StringOrEmpty(json, "field");
  absl::Status status = ParseValues(json.value("args", Json::array()), &action.args);
  if (!status.ok()) return status;
  return action;
}

absl::StatusOr<Command> ParseCommand(const Json& json) {
  Command command;
  command.type = StringOrEmpty(json, "type");
  command.line = json.value("line", 0);
  command.name = OptionalString(json, "name");
  command.filename = OptionalString(json, "filename");
  command.as = OptionalString(json, "as");
  command.instance = OptionalString(json, "instance");
  command.module = OptionalString(json, "module");
  command.module_type = StringOrEmpty(json, "module_type");
  command.text = StringOrEmpty(json, "text");
  if (json.contains("action")) {
    absl::StatusOr<Action> action = ParseAction(json["action"]);
    if (!action.ok()) return action.status();
    command.action = *std::move(action);
  }
  absl::Status status = ParseValues(json.value("expected", Json::array()), &command.expected);
  if (!status.ok()) return status;
  return command;
}

}  // namespace

absl::StatusOr<Script> ParseScript(std::string_view json, std::string name,
                                   std::filesystem::path folder) {
  Json parsed = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object() || !parsed["commands"].is_array()) {
    return absl::InvalidArgumentError(absl::StrCat(name, ": not a script"));
  }
  Script script{std::move(name), std::move(folder), {}};
  for (const Json& item : parsed["commands"]) {
    if (!item.is_object()) {
      return absl::InvalidArgumentError(absl::StrCat(script.name, ": not a command"));
    }
    absl::StatusOr<Command> command = ParseCommand(item);
    if (!command.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(script.name, ":", item.value("line", 0), ": ", command.status().ToString()));
    }
    script.commands.push_back(*std::move(command));
  }
  return script;
}

std::string ToString(const Value& value) {
  std::string text = value.type;
  for (const Lane& lane : value.lanes) {
    switch (lane.pattern) {
      case Lane::Pattern::kBits:
        absl::StrAppend(&text, " ", lane.bits);
        break;
      case Lane::Pattern::kCanonicalNan:
        absl::StrAppend(&text, " nan:canonical");
        break;
      case Lane::Pattern::kArithmeticNan:
        absl::StrAppend(&text, " nan:arithmetic");
        break;
    }
  }
  if (value.kind == Value::Kind::kNull) absl::StrAppend(&text, " null");
  if (value.kind == Value::Kind::kHostReference) absl::StrAppend(&text, " ", value.host);
  for (const Value& alternative : value.alternatives) {
    absl::StrAppend(&text, " or ", ToString(alternative));
  }
  return text;
}

}  // namespace wasmtier::spec
