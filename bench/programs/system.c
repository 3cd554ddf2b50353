// What a program asks of its host besides files: clocks, sleep, random bytes, yielding, polling
// standard input, and what kinds of files the standard streams are.
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common.h"

static int faults = 0;

static void Check(int good, const char* what) {
  printf("%-44s %s\n", what, good ? "yes" : "NO");
  faults += !good;
}

static int64_t Now(clockid_t clock) {
  struct timespec now;
  if (clock_gettime(clock, &now) != 0) return -1;
  return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static void Clocks(void) {
  struct timespec resolution;
  Check(clock_getres(CLOCK_MONOTONIC, &resolution) == 0, "the monotonic clock has a resolution");
  int64_t last = Now(CLOCK_MONOTONIC);
  int forward = last > 0;
  for (int i = 0; i < 200; ++i) {
    int64_t now = Now(CLOCK_MONOTONIC);
    forward &= now >= last;
    last = now;
  }
  Check(forward, "the monotonic clock never goes back");
  // 2024-01-01 and 2100-01-01.
  int64_t seconds = Now(CLOCK_REALTIME) / 1000000000;
  Check(seconds > 1704067200 && seconds < INT64_C(4102444800),
        "the real-time clock is of our time");
  Check(time(NULL) >= seconds, "time() agrees with it");

  int64_t before = Now(CLOCK_MONOTONIC);
  struct timespec pause = {0, 5000000};
  Check(nanosleep(&pause, NULL) == 0, "nanosleep returns");
  int64_t slept = Now(CLOCK_MONOTONIC) - before;
  Check(slept >= 5000000, "it slept at least as long as asked");
  Check(slept < INT64_C(5000000000), "and not for ever");
}

static void RandomBytes(void) {
  uint8_t first[64] = {0};
  uint8_t second[64] = {0};
  Check(getentropy(first, sizeof(first)) == 0, "random bytes come");
  Check(getentropy(second, sizeof(second)) == 0, "and come again");
  Check(memcmp(first, second, sizeof(first)) != 0, "and differ");
  uint8_t nothing[64] = {0};
  Check(memcmp(first, nothing, sizeof(first)) != 0, "and are not all zero");
}

static void Streams(void) {
  struct stat status;
  Check(fstat(STDIN_FILENO, &status) == 0, "standard input has a status");
  Check(fstat(99, &status) < 0 && errno == EBADF, "descriptor 99 does not");
  Check(!isatty(STDIN_FILENO) && !isatty(STDOUT_FILENO), "neither input nor output is a terminal");
  Check(lseek(STDOUT_FILENO, 0, SEEK_CUR) < 0, "a pipe cannot seek");

  struct pollfd waiting = {STDIN_FILENO, POLLIN, 0};
  Check(poll(&waiting, 1, 1000) == 1 && (waiting.revents & POLLIN) != 0, "input is ready");
  char line[80];
  ssize_t size = read(STDIN_FILENO, line, sizeof(line));
  Check(size == sizeof(line), "a whole block of it can be read");
  Check(memcmp(line, "WebAssembly", 11) == 0, "and begins as it should");

  int64_t before = Now(CLOCK_MONOTONIC);
  Check(poll(NULL, 0, 3) == 0, "polling nothing times out");
  Check(Now(CLOCK_MONOTONIC) - before >= 3000000, "after the time given");
}

int main(void) {
  Clocks();
  RandomBytes();
  Streams();
  Check(sched_yield() == 0, "yielding returns");
  printf("%d faults\n", faults);
  return faults;
}
