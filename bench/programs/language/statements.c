// Statements to code.
#include "compiler.h"

// Pops the locals that a block made.
static void Leave(Compiler* compiler, int local_count) {
  Function* function = compiler->function;
  if (function->local_count > local_count) Emit(compiler, kClose, local_count);
  function->local_count = local_count;
}

static void ScopedBlock(Compiler* compiler) {
  int local_count = compiler->function->local_count;
  Block(compiler);
  Leave(compiler, local_count);
}

static void LocalStatement(Compiler* compiler) {
  if (Accept(compiler, kFunctionWord)) {
    Text* name = ExpectName(compiler);
    // The name is there in the body already: it may call itself.
    Emit(compiler, kPushNil, 0);
    int local = AddLocal(compiler, name);
    FunctionBody(compiler, name, false);
    Emit(compiler, kSetLocal, local);
    return;
  }
  Text* names[8];
  int count = 0;
  do {
    if (count == 8) SyntaxError(&compiler->lexer, "too many names");
    names[count++] = ExpectName(compiler);
  } while (Accept(compiler, ','));
  int values = 0;
  if (Accept(compiler, '=')) {
    do {
      Expression(compiler);
      values++;
    } while (Accept(compiler, ','));
  }
  if (values > count) SyntaxError(&compiler->lexer, "more values than names");
  for (; values < count; values++) Emit(compiler, kPushNil, 0);
  for (int i = 0; i < count; i++) AddLocal(compiler, names[i]);
}

static void FunctionStatement(Compiler* compiler) {
  Text* name = ExpectName(compiler);
  if (compiler->lexer.token == '(') {
    FunctionBody(compiler, name, false);
    Emit(compiler, kSetGlobal, Constant(compiler, FromObject(name)));
    return;
  }
  // function Table.name or Table:name, of a global table
  Emit(compiler, kGetGlobal, Constant(compiler, FromObject(name)));
  bool is_method = compiler->lexer.token == ':';
  if (!Accept(compiler, ':')) Expect(compiler, '.', "expected . or :");
  Text* field = ExpectName(compiler);
  FunctionBody(compiler, field, is_method);
  Emit(compiler, kSetField, Constant(compiler, FromObject(field)));
}

static void IfStatement(Compiler* compiler) {
  int ends[kMostJumps];
  int count = 0;
  bool has_else = false;
  Expression(compiler);
  Expect(compiler, kThen, "expected then");
  int skip = Emit(compiler, kJumpIfFalse, 0);
  ScopedBlock(compiler);
  while (!has_else && (compiler->lexer.token == kElse || compiler->lexer.token == kElseif)) {
    has_else = compiler->lexer.token == kElse;
    Advance(&compiler->lexer);
    if (count == kMostJumps) SyntaxError(&compiler->lexer, "too many branches");
    ends[count++] = Emit(compiler, kJump, 0);
    Land(compiler, skip);
    if (!has_else) {
      Expression(compiler);
      Expect(compiler, kThen, "expected then");
      skip = Emit(compiler, kJumpIfFalse, 0);
    }
    ScopedBlock(compiler);
  }
  Expect(compiler, kEndWord, "expected end");
  if (!has_else) Land(compiler, skip);
  for (int i = 0; i < count; i++) Land(compiler, ends[i]);
}

static void JumpBack(Compiler* compiler, Operation operation, int target) {
  Emit(compiler, operation, target - Here(compiler) - 1);
}

static void BeginLoop(Compiler* compiler, Loop* loop) {
  loop->outer = compiler->function->loop;
  loop->local_count = compiler->function->local_count;
  loop->break_count = 0;
  compiler->function->loop = loop;
}

static void EndLoop(Compiler* compiler, Loop* loop) {
  for (int i = 0; i < loop->break_count; i++) Land(compiler, loop->breaks[i]);
  compiler->function->loop = loop->outer;
}

static void BreakStatement(Compiler* compiler) {
  Loop* loop = compiler->function->loop;
  if (loop == NULL) SyntaxError(&compiler->lexer, "break outside of a loop");
  if (loop->break_count == kMostJumps) SyntaxError(&compiler->lexer, "too many breaks");
  if (compiler->function->local_count > loop->local_count) {
    Emit(compiler, kClose, loop->local_count);
  }
  loop->breaks[loop->break_count++] = Emit(compiler, kJump, 0);
}

static void WhileStatement(Compiler* compiler) {
  Loop loop;
  int top = Here(compiler);
  Expression(compiler);
  Expect(compiler, kDo, "expected do");
  int out = Emit(compiler, kJumpIfFalse, 0);
  BeginLoop(compiler, &loop);
  ScopedBlock(compiler);
  Expect(compiler, kEndWord, "expected end");
  JumpBack(compiler, kJump, top);
  Land(compiler, out);
  EndLoop(compiler, &loop);
}

static void RepeatStatement(Compiler* compiler) {
  Loop loop;
  BeginLoop(compiler, &loop);
  int top = Here(compiler);
  ScopedBlock(compiler);  // its locals are gone in the condition, other than in Lua
  Expect(compiler, kUntil, "expected until");
  Expression(compiler);
  JumpBack(compiler, kJumpIfFalse, top);
  EndLoop(compiler, &loop);
}

// The body of both kinds of `for`, whose hidden locals start at `base`.
static void ForBody(Compiler* compiler, int base, Operation prepare, Operation again) {
  Loop loop;
  Expect(compiler, kDo, "expected do");
  BeginLoop(compiler, &loop);
  loop.local_count = base;  // a break leaves them, too
  int top = Here(compiler);
  Emit(compiler, prepare, base);
  EmitWord(compiler, 0);
  ScopedBlock(compiler);
  Expect(compiler, kEndWord, "expected end");
  if (again == kForLoop) {
    Emit(compiler, kForLoop, base);
    EmitWord(compiler, (uint32_t)(top + 2 - Here(compiler) - 1));
  } else {
    JumpBack(compiler, kJump, top);
  }
  LandWord(compiler, top + 1);
  Leave(compiler, base);
  EndLoop(compiler, &loop);
}

static void ForStatement(Compiler* compiler) {
  int base = compiler->function->local_count;
  Text* name = ExpectName(compiler);
  if (Accept(compiler, '=')) {
    Expression(compiler);
    Expect(compiler, ',', "expected ,");
    Expression(compiler);
    if (Accept(compiler, ',')) {
      Expression(compiler);
    } else {
      Emit(compiler, kPushInteger, 1);
    }
    Emit(compiler, kPushNil, 0);  // the script's copy of the counter
    for (int i = 0; i < 3; i++) AddLocal(compiler, NULL);
    AddLocal(compiler, name);
    ForBody(compiler, base, kForPrepare, kForLoop);
    return;
  }
  Expect(compiler, ',', "expected = or ,");
  Text* value = ExpectName(compiler);
  Expect(compiler, kIn, "expected in");
  Expression(compiler);
  Emit(compiler, kPushInteger, 0);
  Emit(compiler, kPushNil, 0);
  Emit(compiler, kPushNil, 0);
  for (int i = 0; i < 2; i++) AddLocal(compiler, NULL);
  AddLocal(compiler, name);
  AddLocal(compiler, value);
  ForBody(compiler, base, kForEach, kJump);
}

static void ReturnStatement(Compiler* compiler) {
  int token = compiler->lexer.token;
  if (token == kEndWord || token == kElse || token == kElseif || token == kUntil || token == kEnd) {
    Emit(compiler, kPushNil, 0);
  } else {
    Expression(compiler);
  }
  Emit(compiler, kReturn, 0);
}

// An assignment, or a call whose result is dropped.
static void ExpressionStatement(Compiler* compiler) {
  Prototype* prototype = compiler->function->prototype;
  SuffixedExpression(compiler);
  uint32_t last = prototype->code[prototype->code_count - 1];
  Operation operation = (Operation)(last & 0xff);
  if (!Accept(compiler, '=')) {
    if (operation != kCall) SyntaxError(&compiler->lexer, "not a statement");
    Emit(compiler, kPop, 0);
    return;
  }
  if (operation < kGetLocal || operation > kGetIndex) {
    SyntaxError(&compiler->lexer, "cannot assign to this");
  }
  // What would have read the place is taken back; it is written instead.
  prototype->code_count--;
  Expression(compiler);
  Emit(compiler, operation - kGetLocal + kSetLocal, (int32_t)last >> 8);
}

static void Statement(Compiler* compiler) {
  if (Accept(compiler, ';')) return;
  if (Accept(compiler, kLocal)) {
    LocalStatement(compiler);
  } else if (Accept(compiler, kFunctionWord)) {
    FunctionStatement(compiler);
  } else if (Accept(compiler, kIf)) {
    IfStatement(compiler);
  } else if (Accept(compiler, kWhile)) {
    WhileStatement(compiler);
  } else if (Accept(compiler, kRepeat)) {
    RepeatStatement(compiler);
  } else if (Accept(compiler, kFor)) {
    ForStatement(compiler);
  } else if (Accept(compiler, kReturnWord)) {
    ReturnStatement(compiler);
  } else if (Accept(compiler, kBreak)) {
    BreakStatement(compiler);
  } else if (Accept(compiler, kDo)) {
    ScopedBlock(compiler);
    Expect(compiler, kEndWord, "expected end");
  } else {
    ExpressionStatement(compiler);
  }
}

void Block(Compiler* compiler) {
  for (;;) {
    switch (compiler->lexer.token) {
      case kEnd:
      case kEndWord:
      case kElse:
      case kElseif:
      case kUntil:
        return;
      default:
        Statement(compiler);
    }
  }
}

Prototype* Compile(Machine* machine, const char* source) {
  Compiler compiler = {.lexer = {.machine = machine, .rest = source, .line = 1},
                       .machine = machine};
  Function function = {.prototype = NewObject(machine, kPrototype, sizeof(Prototype))};
  compiler.function = &function;
  Advance(&compiler.lexer);
  Block(&compiler);
  if (compiler.lexer.token != kEnd) SyntaxError(&compiler.lexer, "unexpected end");
  Emit(&compiler, kPushNil, 0);
  Emit(&compiler, kReturn, 0);
  return function.prototype;
}
