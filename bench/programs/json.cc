// A JSON parser and printer: makes a document, parses it, changes it, prints it and parses it
// again.
#include <cinttypes>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common.h"

namespace {

struct Value;
using Array = std::vector<Value>;
using Object = std::map<std::string, Value>;

struct Value {
  std::variant<std::nullptr_t, bool, double, std::string, std::unique_ptr<Array>,
               std::unique_ptr<Object>>
      content = nullptr;
};

// A recursive-descent parser; `failed` says that the text was not JSON.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Value Parse() {
    Value value = ParseValue();
    SkipSpace();
    if (position_ != text_.size()) failed_ = true;
    return value;
  }
  bool failed() const { return failed_; }
  size_t position() const { return position_; }

 private:
  char Peek() const { return position_ < text_.size() ? text_[position_] : '\0'; }

  void SkipSpace() {
    while (Peek() == ' ' || Peek() == '\n' || Peek() == '\t' || Peek() == '\r') ++position_;
  }

  bool Accept(char wanted) {
    SkipSpace();
    if (Peek() != wanted) return false;
    ++position_;
    return true;
  }

  void Expect(char wanted) {
    if (!Accept(wanted)) failed_ = true;
  }

  Value ParseWord(std::string_view word, Value value) {
    if (text_.substr(position_, word.size()) == word) {
      position_ += word.size();
    } else {
      failed_ = true;
    }
    return value;
  }

  Value ParseValue() {
    SkipSpace();
    if (failed_) return {};
    switch (Peek()) {
      case '{':
        return ParseObject();
      case '[':
        return ParseArray();
      case '"':
        return {ParseString()};
      case 't':
        return ParseWord("true", {true});
      case 'f':
        return ParseWord("false", {false});
      case 'n':
        return ParseWord("null", {});
      default:
        return {ParseNumber()};
    }
  }

  Value ParseObject() {
    auto object = std::make_unique<Object>();
    Expect('{');
    if (!Accept('}')) {
      do {
        SkipSpace();
        std::string key = ParseString();
        Expect(':');
        (*object)[std::move(key)] = ParseValue();
      } while (!failed_ && Accept(','));
      Expect('}');
    }
    return {std::move(object)};
  }

  Value ParseArray() {
    auto array = std::make_unique<Array>();
    Expect('[');
    if (!Accept(']')) {
      do {
        array->push_back(ParseValue());
      } while (!failed_ && Accept(','));
      Expect(']');
    }
    return {std::move(array)};
  }

  std::string ParseString() {
    std::string result;
    if (Peek() != '"') failed_ = true;
    ++position_;
    while (!failed_ && Peek() != '"') {
      if (position_ >= text_.size()) {
        failed_ = true;
        break;
      }
      char c = text_[position_++];
      if (c == '\\') c = ParseEscape();
      result.push_back(c);
    }
    ++position_;
    return result;
  }

  char ParseEscape() {
    char c = Peek();
    ++position_;
    switch (c) {
      case 'n':
        return '\n';
      case 't':
        return '\t';
      case '"':
      case '\\':
      case '/':
        return c;
      default:
        failed_ = true;
        return c;
    }
  }

  // Sign, digits and a fraction: enough for numbers that are exact in binary.
  double ParseNumber() {
    size_t start = position_;
    bool negative = Peek() == '-';
    if (negative) ++position_;
    double number = 0;
    while (Peek() >= '0' && Peek() <= '9') number = number * 10 + (text_[position_++] - '0');
    if (Peek() == '.') {
      ++position_;
      double scale = 1;
      while (Peek() >= '0' && Peek() <= '9') {
        number = number * 10 + (text_[position_++] - '0');
        scale *= 10;
      }
      number /= scale;
    }
    if (position_ == start) failed_ = true;
    return negative ? -number : number;
  }

  std::string_view text_;
  size_t position_ = 0;
  bool failed_ = false;
};

void Print(const Value& value, std::string& out);

void PrintString(const std::string& text, std::string& out) {
  out.push_back('"');
  for (char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else {
      if (c == '"' || c == '\\') out.push_back('\\');
      out.push_back(c);
    }
  }
  out.push_back('"');
}

struct Printer {
  std::string& out;
  void operator()(std::nullptr_t) { out += "null"; }
  void operator()(bool value) { out += value ? "true" : "false"; }
  void operator()(double value) {
    char text[40];
    snprintf(text, sizeof(text), "%.4f", value);
    out += text;
  }
  void operator()(const std::string& value) { PrintString(value, out); }
  void operator()(const std::unique_ptr<Array>& array) {
    const char* separator = "[";
    if (array->empty()) out += "[";
    for (const Value& item : *array) {
      out += separator;
      Print(item, out);
      separator = ",";
    }
    out += "]";
  }
  void operator()(const std::unique_ptr<Object>& object) {
    const char* separator = "{";
    if (object->empty()) out += "{";
    for (const auto& [key, item] : *object) {
      out += separator;
      PrintString(key, out);
      out += ":";
      Print(item, out);
      separator = ",";
    }
    out += "}";
  }
};

void Print(const Value& value, std::string& out) { std::visit(Printer{out}, value.content); }

std::string MakeDocument(uint32_t records) {
  std::string text = "{\n  \"title\": \"made \\\"up\\\" records\\n\", \"empty\": [ ], \"list\": [";
  uint64_t random = 3;
  for (uint32_t i = 0; i < records; ++i) {
    char line[200];
    uint32_t number = NextRandom(&random);
    snprintf(line, sizeof(line),
             "%s\n    {\"id\": %" PRIu32 ", \"name\": \"user%" PRIu32 "\", \"score\": %s%" PRIu32
             ".%02" PRIu32 ", \"tags\": [\"t%" PRIu32
             "\", null, %s], \"deep\": {\"a\": {\"b\": [[[%" PRIu32 "]]]}}}",
             i == 0 ? "" : ",", i, number % 1000, number & 1 ? "-" : "", number % 977,
             (number >> 8) % 4 * 25, number % 7, number & 2 ? "true" : "false", number % 10);
    text += line;
  }
  return text + "\n  ]\n}\n";
}

// Adds up the scores and sizes in a tree, so that it is walked once.
double Weigh(const Value& value) {
  if (const double* number = std::get_if<double>(&value.content)) return *number;
  if (const auto* text = std::get_if<std::string>(&value.content)) return double(text->size());
  double sum = 0;
  if (const auto* array = std::get_if<std::unique_ptr<Array>>(&value.content)) {
    for (const Value& item : **array) sum += Weigh(item);
  } else if (const auto* object = std::get_if<std::unique_ptr<Object>>(&value.content)) {
    for (const auto& [key, item] : **object) sum += double(key.size()) + Weigh(item);
  }
  return sum;
}

}  // namespace

int main(int argc, char** argv) {
  uint32_t records = SizeArgument(argc, argv, 200);
  std::string document = MakeDocument(records);
  Parser first(document);
  Value tree = first.Parse();
  std::string printed;
  Print(tree, printed);
  Parser second(printed);
  Value again = second.Parse();
  std::string reprinted;
  Print(again, reprinted);
  Parser broken(std::string_view(document).substr(0, document.size() / 2));
  broken.Parse();
  printf("document %zu bytes, printed %zu bytes, weight %.2f\n", document.size(), printed.size(),
         Weigh(tree));
  printf("sum %016" PRIx64 "\n", ChecksumBytes(0, printed.data(), printed.size()));
  printf("stable %s, half a document %s at %zu\n", printed == reprinted ? "yes" : "no",
         broken.failed() ? "fails" : "parses", broken.position());
  return first.failed() || second.failed() || printed != reprinted ? 1 : 0;
}
