// A small scripting language: lexer, parser to a tree, and a tree walker with closures, numbers,
// strings and tables, running a script of its own.
#include <cinttypes>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common.h"

namespace {

// ---- values ----

struct Function;
struct Table;
struct Scope;

struct Value {
  enum Kind { kNil, kNumber, kText, kFunction, kTable } kind = kNil;
  double number = 0;
  std::shared_ptr<std::string> text;
  std::shared_ptr<Function> function;
  std::shared_ptr<Table> table;

  static Value Number(double number) {
    Value value;
    value.kind = kNumber;
    value.number = number;
    return value;
  }
  static Value Text(std::string text) {
    Value value;
    value.kind = kText;
    value.text = std::make_shared<std::string>(std::move(text));
    return value;
  }
  bool Truth() const { return kind != kNil && !(kind == kNumber && number == 0); }
};

struct Table {
  std::vector<Value> items;
  std::map<std::string, Value> fields;
};

// ---- syntax ----

struct Node {
  enum Kind {
    kNumber,
    kText,
    kName,
    kBinary,
    kCall,
    kFunction,
    kTable,
    kIndex,
    kAssign,
    kLocal,
    kIf,
    kWhile,
    kReturn,
    kBlock,
  } kind;
  double number = 0;
  std::string text;
  char operation = 0;
  std::vector<std::unique_ptr<Node>> parts;
  std::vector<std::string> parameters;
};
using NodePointer = std::unique_ptr<Node>;

struct Function {
  const Node* node;
  std::shared_ptr<Scope> scope;
};

struct Scope {
  std::unordered_map<std::string, Value> names;
  std::shared_ptr<Scope> outer;

  Value* Find(const std::string& name) {
    for (Scope* scope = this; scope != nullptr; scope = scope->outer.get()) {
      auto it = scope->names.find(name);
      if (it != scope->names.end()) return &it->second;
    }
    return nullptr;
  }
};

[[noreturn]] void Fail(const char* what, std::string_view where) {
  printf("script error: %s near '%.*s'\n", what, int(where.size() < 20 ? where.size() : 20),
         where.data());
  exit(1);
}

class Parser {
 public:
  explicit Parser(std::string_view source) : rest_(source) { Advance(); }

  NodePointer ParseBlock() {
    NodePointer block = Make(Node::kBlock);
    while (!token_.empty() && token_ != "end" && token_ != "else") {
      block->parts.push_back(ParseStatement());
    }
    return block;
  }

 private:
  static NodePointer Make(Node::Kind kind) {
    auto node = std::make_unique<Node>();
    node->kind = kind;
    return node;
  }

  static bool IsNameCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }

  void Advance() {
    size_t start = rest_.find_first_not_of(" \n");
    rest_.remove_prefix(start == std::string_view::npos ? rest_.size() : start);
    size_t length = rest_.empty() ? 0 : 1;
    if (!rest_.empty() && IsNameCharacter(rest_[0])) {
      while (length < rest_.size() && IsNameCharacter(rest_[length])) ++length;
    } else if (!rest_.empty() && rest_[0] == '"') {
      length = rest_.find('"', 1) + 1;
    } else if (rest_.substr(0, 2) == "==" || rest_.substr(0, 2) == "..") {
      length = 2;
    }
    token_ = rest_.substr(0, length);
    rest_.remove_prefix(length);
  }

  bool Accept(std::string_view wanted) {
    if (token_ != wanted) return false;
    Advance();
    return true;
  }

  void Expect(std::string_view wanted) {
    if (!Accept(wanted)) Fail("unexpected token", token_);
  }

  std::string TakeName() {
    if (token_.empty() || !IsNameCharacter(token_[0])) Fail("expected a name", token_);
    std::string name(token_);
    Advance();
    return name;
  }

  NodePointer ParseStatement() {
    NodePointer node;
    if (Accept("local")) {
      node = Make(Node::kLocal);
      node->text = TakeName();
      Expect("=");
      node->parts.push_back(ParseExpression(0));
    } else if (Accept("if")) {
      node = Make(Node::kIf);
      node->parts.push_back(ParseExpression(0));
      Expect("then");
      node->parts.push_back(ParseBlock());
      if (Accept("else")) node->parts.push_back(ParseBlock());
      Expect("end");
    } else if (Accept("while")) {
      node = Make(Node::kWhile);
      node->parts.push_back(ParseExpression(0));
      Expect("do");
      node->parts.push_back(ParseBlock());
      Expect("end");
    } else if (Accept("return")) {
      node = Make(Node::kReturn);
      node->parts.push_back(ParseExpression(0));
    } else {
      NodePointer target = ParseExpression(0);
      if (!Accept("=")) return target;
      node = Make(Node::kAssign);
      node->parts.push_back(std::move(target));
      node->parts.push_back(ParseExpression(0));
    }
    return node;
  }

  static int Precedence(std::string_view token) {
    if (token == "==" || token == "<" || token == ">") return 1;
    if (token == "..") return 2;
    if (token == "+" || token == "-") return 3;
    if (token == "*" || token == "/" || token == "%") return 4;
    return 0;
  }

  NodePointer ParseExpression(int minimum) {
    NodePointer left = ParsePostfix();
    for (int precedence; (precedence = Precedence(token_)) > minimum;) {
      NodePointer node = Make(Node::kBinary);
      node->operation = token_[0];
      Advance();
      node->parts.push_back(std::move(left));
      node->parts.push_back(ParseExpression(precedence));
      left = std::move(node);
    }
    return left;
  }

  NodePointer ParsePostfix() {
    NodePointer node = ParsePrimary();
    for (;;) {
      if (Accept("(")) {
        NodePointer call = Make(Node::kCall);
        call->parts.push_back(std::move(node));
        while (!Accept(")")) {
          call->parts.push_back(ParseExpression(0));
          Accept(",");
        }
        node = std::move(call);
      } else if (Accept("[")) {
        NodePointer index = Make(Node::kIndex);
        index->parts.push_back(std::move(node));
        index->parts.push_back(ParseExpression(0));
        Expect("]");
        node = std::move(index);
      } else {
        return node;
      }
    }
  }

  NodePointer ParsePrimary() {
    if (Accept("(")) {
      NodePointer inner = ParseExpression(0);
      Expect(")");
      return inner;
    }
    if (Accept("{")) {
      Expect("}");
      return Make(Node::kTable);
    }
    if (Accept("function")) {
      NodePointer node = Make(Node::kFunction);
      Expect("(");
      while (!Accept(")")) {
        node->parameters.push_back(TakeName());
        Accept(",");
      }
      node->parts.push_back(ParseBlock());
      Expect("end");
      return node;
    }
    NodePointer node;
    if (!token_.empty() && token_[0] == '"') {
      node = Make(Node::kText);
      node->text = token_.substr(1, token_.size() - 2);
    } else if (!token_.empty() && token_[0] >= '0' && token_[0] <= '9') {
      node = Make(Node::kNumber);
      for (char c : token_) node->number = node->number * 10 + (c - '0');
    } else {
      node = Make(Node::kName);
      node->text = TakeName();
      return node;
    }
    Advance();
    return node;
  }

  std::string_view rest_;
  std::string_view token_;
};

// ---- evaluation ----

class Interpreter {
 public:
  Interpreter() : globals_(std::make_shared<Scope>()) {}

  void Run(const Node& block) { Execute(block, globals_); }
  void SetGlobal(const std::string& name, double number) {
    globals_->names[name] = Value::Number(number);
  }
  uint64_t steps() const { return steps_; }

 private:
  using ScopePointer = std::shared_ptr<Scope>;

  // Returns true when a return statement was reached; the value is then in result_.
  bool Execute(const Node& node, const ScopePointer& scope) {
    ++steps_;
    switch (node.kind) {
      case Node::kBlock:
        for (const NodePointer& part : node.parts) {
          if (Execute(*part, scope)) return true;
        }
        return false;
      case Node::kLocal:
        scope->names[node.text] = Evaluate(*node.parts[0], scope);
        return false;
      case Node::kIf:
        if (Evaluate(*node.parts[0], scope).Truth()) return Execute(*node.parts[1], scope);
        return node.parts.size() > 2 && Execute(*node.parts[2], scope);
      case Node::kWhile:
        while (Evaluate(*node.parts[0], scope).Truth()) {
          if (Execute(*node.parts[1], scope)) return true;
        }
        return false;
      case Node::kReturn:
        result_ = Evaluate(*node.parts[0], scope);
        return true;
      case Node::kAssign:
        Assign(*node.parts[0], Evaluate(*node.parts[1], scope), scope);
        return false;
      default:
        Evaluate(node, scope);
        return false;
    }
  }

  void Assign(const Node& target, Value value, const ScopePointer& scope) {
    if (target.kind == Node::kName) {
      Value* place = scope->Find(target.text);
      (place != nullptr ? *place : globals_->names[target.text]) = std::move(value);
      return;
    }
    if (target.kind != Node::kIndex) Fail("cannot assign", target.text);
    Value base = Evaluate(*target.parts[0], scope);
    Value index = Evaluate(*target.parts[1], scope);
    if (base.kind != Value::kTable) Fail("not a table", target.parts[0]->text);
    if (index.kind == Value::kText) {
      base.table->fields[*index.text] = std::move(value);
      return;
    }
    size_t at = size_t(index.number);
    if (at >= base.table->items.size()) base.table->items.resize(at + 1);
    base.table->items[at] = std::move(value);
  }

  Value Evaluate(const Node& node, const ScopePointer& scope) {
    ++steps_;
    switch (node.kind) {
      case Node::kNumber:
        return Value::Number(node.number);
      case Node::kText:
        return Value::Text(node.text);
      case Node::kName: {
        Value* place = scope->Find(node.text);
        return place != nullptr ? *place : Value();
      }
      case Node::kBinary:
        return Operate(node, Evaluate(*node.parts[0], scope), Evaluate(*node.parts[1], scope));
      case Node::kTable: {
        Value value;
        value.kind = Value::kTable;
        value.table = std::make_shared<Table>();
        return value;
      }
      case Node::kFunction: {
        Value value;
        value.kind = Value::kFunction;
        value.function = std::make_shared<Function>(Function{&node, scope});
        return value;
      }
      case Node::kIndex:
        return Index(Evaluate(*node.parts[0], scope), Evaluate(*node.parts[1], scope));
      case Node::kCall:
        return Call(node, scope);
      default:
        Fail("not an expression", node.text);
    }
  }

  static std::string ToText(const Value& value) {
    if (value.kind == Value::kText) return *value.text;
    if (value.kind != Value::kNumber) return "nil";
    char text[40];
    snprintf(text, sizeof(text), "%.10g", value.number);
    return text;
  }

  static Value Operate(const Node& node, const Value& left, const Value& right) {
    if (node.operation == '.') return Value::Text(ToText(left) + ToText(right));
    if (node.operation == '=' && left.kind == Value::kText && right.kind == Value::kText) {
      return Value::Number(*left.text == *right.text);
    }
    double a = left.number;
    double b = right.number;
    switch (node.operation) {
      case '+':
        return Value::Number(a + b);
      case '-':
        return Value::Number(a - b);
      case '*':
        return Value::Number(a * b);
      case '/':
        return Value::Number(a / b);
      case '%':
        return Value::Number(b == 0 ? 0 : double(int64_t(a) % int64_t(b)));
      case '<':
        return Value::Number(a < b);
      case '>':
        return Value::Number(a > b);
      default:
        return Value::Number(left.kind == right.kind && a == b);
    }
  }

  static Value Index(const Value& base, const Value& index) {
    if (base.kind != Value::kTable) return {};
    if (index.kind == Value::kText) {
      auto it = base.table->fields.find(*index.text);
      return it != base.table->fields.end() ? it->second : Value();
    }
    size_t at = size_t(index.number);
    return at < base.table->items.size() ? base.table->items[at] : Value();
  }

  Value Call(const Node& node, const ScopePointer& scope) {
    if (node.parts[0]->kind == Node::kName && node.parts[0]->text == "print") {
      puts(ToText(Evaluate(*node.parts[1], scope)).c_str());
      return {};
    }
    Value callee = Evaluate(*node.parts[0], scope);
    if (callee.kind != Value::kFunction) Fail("not a function", node.parts[0]->text);
    auto inner = std::make_shared<Scope>();
    inner->outer = callee.function->scope;
    const Node& body = *callee.function->node;
    for (size_t i = 0; i < body.parameters.size() && i + 1 < node.parts.size(); ++i) {
      inner->names[body.parameters[i]] = Evaluate(*node.parts[i + 1], scope);
    }
    return Execute(*body.parts[0], inner) ? std::move(result_) : Value();
  }

  ScopePointer globals_;
  Value result_;
  uint64_t steps_ = 0;
};

constexpr std::string_view kScript = R"(
  fib = function(n)
    if n < 2 then return n end
    return fib(n - 1) + fib(n - 2)
  end
  print("fib " .. fib(6 + size % 100 / 10))

  local counter = function(step)
    local total = 0
    return function(times)
      while times > 0 do
        total = total + step
        times = times - 1
      end
      return total
    end
  end
  local threes = counter(3)
  threes(5)
  print("closure " .. threes(size))

  local composite = {}
  local primes = 0
  local n = 2
  while n < size * 4 do
    if composite[n] == 1 then
      primes = primes + 0
    else
      primes = primes + 1
      local multiple = n * n
      while multiple < size * 4 do
        composite[multiple] = 1
        multiple = multiple + n
      end
    end
    n = n + 1
  end
  print("primes " .. primes)

  local account = {}
  account["owner"] = "nobody"
  account["balance"] = 100
  account["deposit"] = function(amount) account["balance"] = account["balance"] + amount end
  local day = 0
  while day < size do
    account["deposit"](day % 7 - 2)
    day = day + 1
  end
  print(account["owner"] .. " has " .. account["balance"] .. " and " .. 10 / 4)
)";

}  // namespace

int main(int argc, char** argv) {
  uint32_t size = SizeArgument(argc, argv, 50);
  NodePointer program = Parser(kScript).ParseBlock();
  Interpreter interpreter;
  interpreter.SetGlobal("size", size);
  interpreter.Run(*program);
  printf("steps %" PRIu64 "\n", interpreter.steps());
  // Nodes must outlive the functions in the interpreter, whose scopes form cycles: leave both
  // alive.
  fflush(stdout);
  _Exit(0);
}
