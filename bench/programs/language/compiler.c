// Expressions to code, in one pass.
#include "compiler.h"

// ---- code ----

int Emit(Compiler* compiler, Operation operation, int operand) {
  EmitWord(compiler, (uint32_t)operation | (uint32_t)operand << 8);
  return Here(compiler) - 1;
}

void EmitWord(Compiler* compiler, uint32_t word) {
  Prototype* prototype = compiler->function->prototype;
  uint32_t capacity = prototype->code_capacity;
  prototype->code = Reserve(compiler->machine, prototype->code, prototype->code_count,
                            &prototype->code_capacity, sizeof(uint32_t));
  if (capacity != prototype->code_capacity) {
    prototype->lines = Resize(compiler->machine, prototype->lines, capacity * sizeof(uint32_t),
                              prototype->code_capacity * sizeof(uint32_t));
  }
  prototype->lines[prototype->code_count] = compiler->lexer.line;
  prototype->code[prototype->code_count++] = word;
}

int Here(const Compiler* compiler) { return (int)compiler->function->prototype->code_count; }

void Land(Compiler* compiler, int from) {
  uint32_t* instruction = &compiler->function->prototype->code[from];
  *instruction = (*instruction & 0xff) | (uint32_t)(Here(compiler) - from - 1) << 8;
}

void LandWord(Compiler* compiler, int from) {
  compiler->function->prototype->code[from] = (uint32_t)(Here(compiler) - from - 1);
}

int Constant(Compiler* compiler, Value value) {
  Prototype* prototype = compiler->function->prototype;
  for (uint32_t i = 0; i < prototype->constant_count; i++) {
    if (Equal(prototype->constants[i], value)) return (int)i;
  }
  prototype->constants = Reserve(compiler->machine, prototype->constants, prototype->constant_count,
                                 &prototype->constant_capacity, sizeof(Value));
  prototype->constants[prototype->constant_count] = value;
  return (int)prototype->constant_count++;
}

// ---- names ----

int AddLocal(Compiler* compiler, Text* name) {
  Function* function = compiler->function;
  if (function->local_count == kMostLocals) SyntaxError(&compiler->lexer, "too many locals");
  function->locals[function->local_count].name = name;
  function->locals[function->local_count].captured = false;
  return function->local_count++;
}

static int FindLocal(const Function* function, const Text* name) {
  for (int i = function->local_count - 1; i >= 0; i--) {
    if (function->locals[i].name == name) return i;
  }
  return -1;
}

static int AddCapture(Compiler* compiler, Function* function, bool is_local, int index) {
  Prototype* prototype = function->prototype;
  for (uint32_t i = 0; i < prototype->capture_count; i++) {
    const Capture* capture = &prototype->captures[i];
    if (capture->is_local == is_local && capture->index == (uint32_t)index) return (int)i;
  }
  prototype->captures = Reserve(compiler->machine, prototype->captures, prototype->capture_count,
                                &prototype->capture_capacity, sizeof(Capture));
  Capture capture = {is_local, (uint32_t)index};
  prototype->captures[prototype->capture_count] = capture;
  return (int)prototype->capture_count++;
}

static int FindUpvalue(Compiler* compiler, Function* function, const Text* name) {
  if (function->outer == NULL) return -1;
  int local = FindLocal(function->outer, name);
  if (local >= 0) {
    function->outer->locals[local].captured = true;
    return AddCapture(compiler, function, true, local);
  }
  int upvalue = FindUpvalue(compiler, function->outer, name);
  return upvalue < 0 ? -1 : AddCapture(compiler, function, false, upvalue);
}

static void GetName(Compiler* compiler, Text* name) {
  int index = FindLocal(compiler->function, name);
  if (index >= 0) {
    Emit(compiler, kGetLocal, index);
    return;
  }
  index = FindUpvalue(compiler, compiler->function, name);
  if (index >= 0) {
    Emit(compiler, kGetUpvalue, index);
  } else {
    Emit(compiler, kGetGlobal, Constant(compiler, FromObject(name)));
  }
}

// ---- tokens ----

bool Accept(Compiler* compiler, int token) {
  if (compiler->lexer.token != token) return false;
  Advance(&compiler->lexer);
  return true;
}

void Expect(Compiler* compiler, int token, const char* what) {
  if (!Accept(compiler, token)) SyntaxError(&compiler->lexer, what);
}

Text* ExpectName(Compiler* compiler) {
  Text* name = compiler->lexer.text;
  Expect(compiler, kName, "expected a name");
  return name;
}

// ---- expressions ----

static void TableConstructor(Compiler* compiler) {
  Emit(compiler, kNewTable, 0);
  while (!Accept(compiler, '}')) {
    if (Accept(compiler, '[')) {
      Expression(compiler);
      Expect(compiler, ']', "expected ]");
      Expect(compiler, '=', "expected =");
      Expression(compiler);
      Emit(compiler, kStoreIndex, 0);
    } else {
      Lexer before = compiler->lexer;
      Text* name = before.text;
      if (Accept(compiler, kName) && Accept(compiler, '=')) {
        Expression(compiler);
        Emit(compiler, kStoreField, Constant(compiler, FromObject(name)));
      } else {
        compiler->lexer = before;
        Expression(compiler);
        Emit(compiler, kAppend, 0);
      }
    }
    if (!Accept(compiler, ',') && !Accept(compiler, ';') && compiler->lexer.token != '}') {
      SyntaxError(&compiler->lexer, "expected }");
    }
  }
}

void FunctionBody(Compiler* compiler, Text* name, bool has_self) {
  Function function = {.outer = compiler->function};
  function.prototype = NewObject(compiler->machine, kPrototype, sizeof(Prototype));
  function.prototype->name = name;
  compiler->function = &function;
  if (has_self) AddLocal(compiler, MakeTextOf(compiler->machine, "self"));
  Expect(compiler, '(', "expected (");
  while (!Accept(compiler, ')')) {
    AddLocal(compiler, ExpectName(compiler));
    if (!Accept(compiler, ',') && compiler->lexer.token != ')') {
      SyntaxError(&compiler->lexer, "expected )");
    }
  }
  function.prototype->parameter_count = (uint32_t)function.local_count;
  Block(compiler);
  Expect(compiler, kEndWord, "expected end");
  Emit(compiler, kPushNil, 0);
  Emit(compiler, kReturn, 0);
  compiler->function = function.outer;
  Emit(compiler, kMakeClosure, Constant(compiler, FromObject(function.prototype)));
}

static void PushNumber(Compiler* compiler, double number) {
  if (number == (double)(int)number && number < (1 << 22)) {
    Emit(compiler, kPushInteger, (int)number);
  } else {
    Emit(compiler, kPushConstant, Constant(compiler, Number(number)));
  }
}

static void Primary(Compiler* compiler) {
  Lexer* lexer = &compiler->lexer;
  int token = lexer->token;
  double number = lexer->number;
  Text* text = lexer->text;
  Advance(lexer);
  switch (token) {
    case kNilWord:
      Emit(compiler, kPushNil, 0);
      break;
    case kTrue:
      Emit(compiler, kPushTrue, 0);
      break;
    case kFalse:
      Emit(compiler, kPushFalse, 0);
      break;
    case kNumberToken:
      PushNumber(compiler, number);
      break;
    case kTextToken:
      Emit(compiler, kPushConstant, Constant(compiler, FromObject(text)));
      break;
    case kFunctionWord:
      FunctionBody(compiler, NULL, false);
      break;
    case '{':
      TableConstructor(compiler);
      break;
    case kName:
      GetName(compiler, text);
      break;
    case '(':
      Expression(compiler);
      Expect(compiler, ')', "expected )");
      break;
    default:
      SyntaxError(lexer, "expected an expression");
  }
}

static void Arguments(Compiler* compiler, int count) {
  while (!Accept(compiler, ')')) {
    Expression(compiler);
    count++;
    if (!Accept(compiler, ',') && compiler->lexer.token != ')') {
      SyntaxError(&compiler->lexer, "expected )");
    }
  }
  Emit(compiler, kCall, count);
}

void SuffixedExpression(Compiler* compiler) {
  Primary(compiler);
  for (;;) {
    if (Accept(compiler, '.')) {
      Emit(compiler, kGetField, Constant(compiler, FromObject(ExpectName(compiler))));
    } else if (Accept(compiler, '[')) {
      Expression(compiler);
      Expect(compiler, ']', "expected ]");
      Emit(compiler, kGetIndex, 0);
    } else if (Accept(compiler, ':')) {
      Emit(compiler, kMethod, Constant(compiler, FromObject(ExpectName(compiler))));
      Expect(compiler, '(', "expected (");
      Arguments(compiler, 1);
    } else if (Accept(compiler, '(')) {
      Arguments(compiler, 0);
    } else {
      return;
    }
  }
}

static const struct {
  int token;
  int left;   // precedences, as in Lua
  int right;  // lower than the left one: groups to the right
  Operation operation;
} kOperators[] = {
    {kOr, 1, 1, kJumpIfTrueOrPop}, {kAnd, 2, 2, kJumpIfFalseOrPop},
    {kEqualEqual, 3, 3, kIsEqual}, {kNotEqual, 3, 3, kIsNotEqual},
    {'<', 3, 3, kIsLess},          {kLessEqual, 3, 3, kIsLessEqual},
    {'>', 3, 3, kIsGreater},       {kGreaterEqual, 3, 3, kIsGreaterEqual},
    {kDotDot, 5, 4, kConcatenate}, {'+', 6, 6, kAdd},
    {'-', 6, 6, kSubtract},        {'*', 7, 7, kMultiply},
    {'/', 7, 7, kDivide},          {'%', 7, 7, kModulo},
    {'^', 10, 9, kPower},
};
enum { kUnaryPrecedence = 8 };

static void Binary(Compiler* compiler, int minimum);

static void Unary(Compiler* compiler) {
  if (Accept(compiler, '-')) {
    Binary(compiler, kUnaryPrecedence);
    Emit(compiler, kNegate, 0);
  } else if (Accept(compiler, kNot)) {
    Binary(compiler, kUnaryPrecedence);
    Emit(compiler, kInvert, 0);
  } else if (Accept(compiler, '#')) {
    Binary(compiler, kUnaryPrecedence);
    Emit(compiler, kLength, 0);
  } else {
    SuffixedExpression(compiler);
  }
}

// a + 1 and a - 1 without pushing the number.
static bool FoldInteger(Compiler* compiler, Operation operation, int start) {
  Prototype* prototype = compiler->function->prototype;
  if (Here(compiler) != start + 1 || (operation != kAdd && operation != kSubtract)) return false;
  uint32_t last = prototype->code[start];
  if ((last & 0xff) != kPushInteger) return false;
  prototype->code_count--;
  int number = (int32_t)last >> 8;
  Emit(compiler, kAddInteger, operation == kAdd ? number : -number);
  return true;
}

static void Binary(Compiler* compiler, int minimum) {
  Unary(compiler);
  for (;;) {
    size_t i = 0;
    size_t count = sizeof(kOperators) / sizeof(kOperators[0]);
    while (i < count && kOperators[i].token != compiler->lexer.token) i++;
    if (i == count || kOperators[i].left <= minimum) return;
    Advance(&compiler->lexer);
    Operation operation = kOperators[i].operation;
    if (operation == kJumpIfTrueOrPop || operation == kJumpIfFalseOrPop) {
      int jump = Emit(compiler, operation, 0);
      Binary(compiler, kOperators[i].right);
      Land(compiler, jump);
      continue;
    }
    int start = Here(compiler);
    Binary(compiler, kOperators[i].right);
    if (!FoldInteger(compiler, operation, start)) Emit(compiler, operation, 0);
  }
}

void Expression(Compiler* compiler) { Binary(compiler, 0); }
