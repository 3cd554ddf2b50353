// Runs a command and writes what it cost to a file: bench_launcher REPORT COMMAND [ARGUMENT...]
// The report is one line: wall nanoseconds, user and system microseconds, peak resident kilobytes,
// wait status.
#include <errno.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char** environ;

static int64_t Nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int64_t Microseconds(struct timeval time) {
  return time.tv_sec * INT64_C(1000000) + time.tv_usec;
}

int main(int argc, char** argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: bench_launcher REPORT COMMAND [ARGUMENT...]\n");
    return 125;
  }
  int64_t start = Nanoseconds();
  pid_t child;
  int error = posix_spawnp(&child, argv[2], NULL, NULL, argv + 2, environ);
  if (error != 0) {
    fprintf(stderr, "bench_launcher: %s: %s\n", argv[2], strerror(error));
    return 125;
  }
  int status = 0;
  struct rusage usage;
  while (wait4(child, &status, 0, &usage) < 0) {
    if (errno != EINTR) return 125;
  }
  int64_t wall = Nanoseconds() - start;
  FILE* report = fopen(argv[1], "w");
  if (report == NULL) {
    perror(argv[1]);
    return 125;
  }
  fprintf(report, "%" PRId64 " %" PRId64 " %" PRId64 " %ld %d\n", wall,
          Microseconds(usage.ru_utime), Microseconds(usage.ru_stime), usage.ru_maxrss, status);
  fclose(report);
  return 0;
}
