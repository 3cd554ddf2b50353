// Fills, asks and changes a small database by statements like those of SQL.
#include <inttypes.h>
#include <stdarg.h>

#include "../common.h"
#include "database.h"

static Database database;
static uint64_t sum = 0;
static int64_t rows = 0;

static void Run(bool print, const char* format, ...) __attribute__((format(printf, 2, 3)));

static void Run(bool print, const char* format, ...) {
  char text[256];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof(text), format, arguments);
  va_end(arguments);
  int64_t found = Execute(&database, text, &sum, print);
  rows += found;
  if (print) printf("(%" PRId64 ")\n", found);
}

static void Fill(uint32_t size, uint64_t* random) {
  static const char* const kTowns[] = {"Aachen", "Bern", "Calais", "Delft", "Essen", "Florence"};
  for (uint32_t i = 0; i < size; i++) {
    // Keys come in no order; some twice, which is refused.
    uint32_t key = NextRandom(random) % (size * 3);
    const char* town = kTowns[NextRandom(random) % 6];
    int age = (int)(NextRandom(random) % 90);
    int balance = (int)(NextRandom(random) % 20000) - 5000;
    Run(false, "INSERT INTO people VALUES (%" PRIu32 ", 'person %" PRIu32 "', '%s', %d, %d)", key,
        i * 7919 % 10007, town, age, balance);
  }
}

int main(int argc, char** argv) {
  uint32_t size = SizeArgument(argc, argv, 400);
  uint64_t random = 21;
  Run(true, "CREATE TABLE people (id INT, name TEXT, town TEXT, age INT, balance INT)");
  Fill(size / 2, &random);
  Run(true, "CREATE INDEX ON people (age)");
  Fill(size - size / 2, &random);
  Run(true, "SELECT COUNT(*) FROM people");
  Run(true, "SELECT * FROM people ORDER BY balance DESC LIMIT 3");
  Run(true, "SELECT name, age FROM people WHERE age BETWEEN 30 AND 31 AND town = 'Delft' LIMIT 4");
  for (uint32_t i = 0; i < size; i++) {
    uint32_t key = NextRandom(&random) % (size * 3);
    Run(false, "SELECT name, balance FROM people WHERE id = %" PRIu32, key);
    if (i % 4 == 0) {
      Run(false, "SELECT SUM(balance) FROM people WHERE id BETWEEN %" PRIu32 " AND %" PRIu32, key,
          key + 60);
      Run(false,
          "UPDATE people SET balance = balance + %d WHERE id >= %" PRIu32 " AND id < %" PRIu32,
          (int)(i % 100), key, key + 6);
    }
    if (i % 16 == 0) {
      Run(false, "UPDATE people SET age = %d WHERE id = %" PRIu32, (int)(i % 90), key);
      Run(false, "DELETE FROM people WHERE id > %" PRIu32 " AND id < %" PRIu32, key, key + 8);
      Run(false, "SELECT id, name FROM people WHERE age = %d AND name LIKE 'person %d%%' LIMIT 5",
          (int)(key % 90), (int)(key % 9 + 1));
    }
  }
  for (int age = 0; age < 90; age += 30) {
    Run(true, "SELECT MAX(balance) FROM people WHERE age >= %d AND age < %d", age, age + 30);
    Run(true, "SELECT MIN(balance) FROM people WHERE town <> 'Bern' AND balance > %d", age * 10);
  }
  Run(false, "SELECT name, id FROM people ORDER BY name");
  Run(true, "SELECT COUNT(*) FROM people");
  printf("rows %" PRId64 ", sum %016" PRIx64 ", %" PRIu32 " pages, depth %" PRIu32 "\n", rows, sum,
         database.pager.count, Depth(&database.tables[0].rows));
  free(database.pager.memory);
  return 0;
}
