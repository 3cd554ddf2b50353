// Statements:
//   CREATE TABLE name (column INT|TEXT, ...)        CREATE INDEX ON table (column)
//   INSERT INTO table VALUES (value, ...)
//   SELECT *|column, ...|COUNT(*)|SUM(column)|MIN(column)|MAX(column) FROM table
//     [WHERE conditions] [ORDER BY column [DESC]] [LIMIT number]
//   UPDATE table SET column = value | column + number [WHERE conditions]
//   DELETE FROM table [WHERE conditions]
// with conditions: column =|<>|<|<=|>|>= value, column BETWEEN value AND value, column LIKE
// 'begin%', joined by AND.
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database.h"

enum { kEndToken, kWord, kNumberToken, kTextToken, kSymbol };

typedef struct {
  const char* start;
  const char* rest;
  int token;
  char word[kLongestText + 1];  // of words, texts and symbols
  int64_t number;
} Parser;

static _Noreturn void Wrong(const Parser* parser, const char* what) {
  printf("%s at '%.20s' in: %s\n", what, parser->rest, parser->start);
  exit(1);
}

static void Keep(Parser* parser, const char* from, size_t length) {
  if (length > kLongestText) Wrong(parser, "too long");
  memcpy(parser->word, from, length);
  parser->word[length] = '\0';
}

static void Advance(Parser* parser) {
  while (*parser->rest == ' ') parser->rest++;
  const char* start = parser->rest;
  unsigned char c = (unsigned char)*start;
  if (c == '\0') {
    parser->token = kEndToken;
    parser->word[0] = '\0';
  } else if (isalpha(c)) {
    parser->token = kWord;
    while (isalnum((unsigned char)*parser->rest) || *parser->rest == '_') parser->rest++;
    Keep(parser, start, (size_t)(parser->rest - start));
  } else if (isdigit(c) || (c == '-' && isdigit((unsigned char)start[1]))) {
    char* end;
    parser->token = kNumberToken;
    parser->number = strtoll(start, &end, 10);
    parser->rest = end;
    parser->word[0] = '\0';
  } else if (c == '\'') {
    const char* end = strchr(start + 1, '\'');
    if (end == NULL) Wrong(parser, "open string");
    parser->token = kTextToken;
    Keep(parser, start + 1, (size_t)(end - start - 1));
    parser->rest = end + 1;
  } else {
    parser->token = kSymbol;
    parser->rest += (c == '<' || c == '>') && (start[1] == '=' || start[1] == '>') ? 2 : 1;
    Keep(parser, start, (size_t)(parser->rest - start));
  }
}

static bool Accept(Parser* parser, const char* word) {
  if (parser->token == kTextToken || strcmp(parser->word, word) != 0) return false;
  if (parser->token == kNumberToken || parser->token == kEndToken) return false;
  Advance(parser);
  return true;
}

static void Expect(Parser* parser, const char* word) {
  if (!Accept(parser, word)) Wrong(parser, word);
}

static void TakeName(Parser* parser, char name[16]) {
  if (parser->token != kWord || strlen(parser->word) > 15) Wrong(parser, "expected a name");
  strcpy(name, parser->word);
  Advance(parser);
}

static Table* TakeTable(Parser* parser, Database* database) {
  char name[16];
  TakeName(parser, name);
  for (int i = 0; i < database->table_count; i++) {
    if (strcmp(database->tables[i].name, name) == 0) return &database->tables[i];
  }
  Wrong(parser, "no such table");
}

static int TakeColumn(Parser* parser, const Table* table) {
  char name[16];
  TakeName(parser, name);
  for (int i = 0; i < table->column_count; i++) {
    if (strcmp(table->columns[i].name, name) == 0) return i;
  }
  Wrong(parser, "no such column");
}

static Field TakeValue(Parser* parser, bool is_text) {
  Field field;
  field.is_text = is_text;
  if (parser->token != (is_text ? kTextToken : kNumberToken)) Wrong(parser, "wrong type");
  if (is_text) {
    strcpy(field.text, parser->word);
  } else {
    field.number = parser->number;
  }
  Advance(parser);
  return field;
}

static int64_t TakeNumber(Parser* parser) { return TakeValue(parser, false).number; }

static Condition* AddCondition(Parser* parser, Statement* statement, int column, Test test) {
  if (statement->condition_count == kMostConditions) Wrong(parser, "too many conditions");
  Condition* condition = &statement->conditions[statement->condition_count++];
  condition->column = column;
  condition->test = test;
  return condition;
}

static Test TakeTest(Parser* parser) {
  static const char* const kTests[] = {"=", "<", "<=", ">", ">=", "<>"};
  for (int i = 0; i < 6; i++) {
    if (Accept(parser, kTests[i])) return (Test)i;
  }
  Wrong(parser, "expected a condition");
}

static void ParseConditions(Parser* parser, Statement* statement) {
  if (!Accept(parser, "WHERE")) return;
  do {
    int column = TakeColumn(parser, statement->table);
    bool is_text = statement->table->columns[column].is_text;
    if (Accept(parser, "BETWEEN")) {
      AddCondition(parser, statement, column, kGreaterEqual)->value = TakeValue(parser, is_text);
      Expect(parser, "AND");
      AddCondition(parser, statement, column, kLessEqual)->value = TakeValue(parser, is_text);
    } else if (Accept(parser, "LIKE")) {
      Condition* condition = AddCondition(parser, statement, column, kStartsWith);
      condition->value = TakeValue(parser, true);
      size_t length = strlen(condition->value.text);
      if (length == 0 || condition->value.text[length - 1] != '%') Wrong(parser, "expected %");
      condition->value.text[length - 1] = '\0';
    } else {
      Test test = TakeTest(parser);
      AddCondition(parser, statement, column, test)->value = TakeValue(parser, is_text);
    }
  } while (Accept(parser, "AND"));
}

static void ParseCreate(Parser* parser, Database* database, Statement* statement) {
  if (Accept(parser, "INDEX")) {
    statement->kind = kCreateIndex;
    Expect(parser, "ON");
    statement->table = TakeTable(parser, database);
    Expect(parser, "(");
    statement->column = TakeColumn(parser, statement->table);
    Expect(parser, ")");
    return;
  }
  statement->kind = kCreateTable;
  Expect(parser, "TABLE");
  Table* table = &statement->created;
  table->column_count = 0;
  TakeName(parser, table->name);
  Expect(parser, "(");
  do {
    if (table->column_count == kMostColumns) Wrong(parser, "too many columns");
    Column* column = &table->columns[table->column_count++];
    TakeName(parser, column->name);
    column->has_index = false;
    column->is_text = Accept(parser, "TEXT");
    if (!column->is_text) Expect(parser, "INT");
  } while (Accept(parser, ","));
  Expect(parser, ")");
  if (table->columns[0].is_text) Wrong(parser, "the key has to be a number");
}

static void ParseInsert(Parser* parser, Database* database, Statement* statement) {
  statement->kind = kInsert;
  Expect(parser, "INTO");
  statement->table = TakeTable(parser, database);
  Expect(parser, "VALUES");
  Expect(parser, "(");
  for (int i = 0; i < statement->table->column_count; i++) {
    if (i > 0) Expect(parser, ",");
    statement->values[i] = TakeValue(parser, statement->table->columns[i].is_text);
  }
  Expect(parser, ")");
}

// The columns come before the table: they are read again once it is known.
static void ParseColumns(Parser* parser, Statement* statement) {
  static const char* const kFunctions[] = {"", "COUNT", "SUM", "MIN", "MAX"};
  statement->result = kRows;
  for (int i = kCount; i <= kLargest; i++) {
    if (Accept(parser, kFunctions[i])) statement->result = (Result)i;
  }
  if (statement->result != kRows) {
    Expect(parser, "(");
    if (statement->result == kCount) {
      Expect(parser, "*");
    } else {
      statement->column = TakeColumn(parser, statement->table);
      if (statement->table->columns[statement->column].is_text) Wrong(parser, "not a number");
    }
    Expect(parser, ")");
    return;
  }
  statement->column_count = 0;
  if (Accept(parser, "*")) {
    for (int i = 0; i < statement->table->column_count; i++) statement->columns[i] = i;
    statement->column_count = statement->table->column_count;
    return;
  }
  do {
    if (statement->column_count == kMostColumns) Wrong(parser, "too many columns");
    statement->columns[statement->column_count++] = TakeColumn(parser, statement->table);
  } while (Accept(parser, ","));
}

static void ParseSelect(Parser* parser, Database* database, Statement* statement) {
  statement->kind = kSelect;
  Parser columns = *parser;
  while (parser->token != kEndToken && !(parser->token == kWord && !strcmp(parser->word, "FROM"))) {
    Advance(parser);
  }
  Expect(parser, "FROM");
  statement->table = TakeTable(parser, database);
  ParseColumns(&columns, statement);
  ParseConditions(parser, statement);
  if (Accept(parser, "ORDER")) {
    Expect(parser, "BY");
    statement->order = TakeColumn(parser, statement->table);
    statement->descending = Accept(parser, "DESC");
  }
  if (Accept(parser, "LIMIT")) statement->limit = TakeNumber(parser);
}

static void ParseUpdate(Parser* parser, Database* database, Statement* statement) {
  statement->kind = kUpdate;
  statement->table = TakeTable(parser, database);
  Expect(parser, "SET");
  statement->column = TakeColumn(parser, statement->table);
  if (statement->column == 0) Wrong(parser, "keys cannot be changed");
  Expect(parser, "=");
  statement->adds = parser->token == kWord;
  if (statement->adds) {
    if (TakeColumn(parser, statement->table) != statement->column) Wrong(parser, "other column");
    Expect(parser, "+");
  }
  statement->values[0] = TakeValue(parser, statement->table->columns[statement->column].is_text);
  ParseConditions(parser, statement);
}

void Parse(Database* database, const char* text, Statement* statement) {
  Parser parser = {.start = text, .rest = text};
  statement->condition_count = 0;
  statement->order = -1;
  statement->descending = false;
  statement->limit = -1;
  Advance(&parser);
  if (Accept(&parser, "CREATE")) {
    ParseCreate(&parser, database, statement);
  } else if (Accept(&parser, "INSERT")) {
    ParseInsert(&parser, database, statement);
  } else if (Accept(&parser, "SELECT")) {
    ParseSelect(&parser, database, statement);
  } else if (Accept(&parser, "UPDATE")) {
    ParseUpdate(&parser, database, statement);
  } else {
    statement->kind = kDelete;
    Expect(&parser, "DELETE");
    Expect(&parser, "FROM");
    statement->table = TakeTable(&parser, database);
    ParseConditions(&parser, statement);
  }
  if (parser.token != kEndToken) Wrong(&parser, "expected the end");
}
