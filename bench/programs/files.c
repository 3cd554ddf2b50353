// Files in a directory: create, write, seek, read back, append, truncate, list, rename, remove.
// usage: files DIRECTORY [SIZE]
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common.h"

enum { kPathLength = 512, kNames = 64 };

static const char* directory;

static const char* PathOf(const char* name) {
  static char paths[2][kPathLength];
  static int turn = 0;
  turn ^= 1;
  snprintf(paths[turn], kPathLength, "%s/%s", directory, name);
  return paths[turn];
}

static void Require(int good, const char* what) {
  if (good) return;
  printf("failed: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void WriteLines(const char* name, uint32_t lines) {
  FILE* file = fopen(PathOf(name), "w");
  Require(file != NULL, "fopen for writing");
  uint64_t random = 4;
  for (uint32_t i = 0; i < lines; ++i) {
    fprintf(file, "%08" PRIu32 " %08" PRIx32 "\n", i, NextRandom(&random));
  }
  Require(fclose(file) == 0, "fclose");
}

// Every line has 18 bytes, so a seek finds any of them.
static void ReadLinesBackwards(const char* name, uint32_t lines) {
  FILE* file = fopen(PathOf(name), "r");
  Require(file != NULL, "fopen for reading");
  uint64_t sum = 0;
  char line[32];
  for (uint32_t i = lines; i-- > 0;) {
    Require(fseek(file, (long)i * 18, SEEK_SET) == 0, "fseek");
    Require(fgets(line, sizeof(line), file) != NULL, "fgets");
    Require((uint32_t)strtoul(line, NULL, 10) == i, "line number");
    sum = ChecksumBytes(sum, line, strlen(line));
  }
  Require(fseek(file, 0, SEEK_END) == 0, "fseek to the end");
  printf("lines %016" PRIx64 ", end at %ld\n", sum, ftell(file));
  fclose(file);
}

static void UseDescriptors(const char* name) {
  int fd = open(PathOf(name), O_RDWR | O_CREAT | O_EXCL, 0644);
  Require(fd >= 0, "open");
  Require(open(PathOf(name), O_RDWR | O_CREAT | O_EXCL, 0644) < 0 && errno == EEXIST,
          "exclusive create fails");
  Require(write(fd, "0123456789abcdef", 16) == 16, "write");
  Require(pwrite(fd, "XY", 2, 4) == 2, "pwrite");
  Require(lseek(fd, 0, SEEK_CUR) == 16, "pwrite leaves the offset alone");
  char buffer[32] = {0};
  Require(pread(fd, buffer, 8, 2) == 8, "pread");
  printf("pread %s\n", buffer);
  Require(lseek(fd, -3, SEEK_END) == 13, "lseek from the end");
  Require(read(fd, buffer, sizeof(buffer)) == 3, "short read at the end");
  Require(read(fd, buffer, sizeof(buffer)) == 0, "end of file");
  Require(ftruncate(fd, 10) == 0, "ftruncate");
  struct stat status;
  Require(fstat(fd, &status) == 0 && status.st_size == 10 && S_ISREG(status.st_mode), "fstat");
  Require(close(fd) == 0, "close");
  Require(close(fd) < 0 && errno == EBADF, "second close fails");
  FILE* file = fopen(PathOf(name), "a+");
  Require(file != NULL, "fopen for appending");
  fputs("+tail", file);
  rewind(file);
  Require(fgets(buffer, sizeof(buffer), file) != NULL, "read what was appended");
  printf("appended %s\n", buffer);
  fclose(file);
}

static int CompareNames(const void* left, const void* right) { return strcmp(left, right); }

static void List(const char* name) {
  static char names[kNames][64];
  DIR* listing = opendir(PathOf(name));
  Require(listing != NULL, "opendir");
  int count = 0;
  for (struct dirent* entry; (entry = readdir(listing)) != NULL;) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    Require(count < kNames, "few entries");
    snprintf(names[count++], sizeof(names[0]), "%s", entry->d_name);
  }
  closedir(listing);
  qsort(names, (size_t)count, sizeof(names[0]), CompareNames);
  printf("%d entries:", count);
  for (int i = 0; i < count; ++i) printf(" %s", names[i]);
  printf("\n");
}

static void ManageDirectories(void) {
  Require(mkdir(PathOf("sub"), 0755) == 0, "mkdir");
  Require(mkdir(PathOf("sub"), 0755) < 0 && errno == EEXIST, "second mkdir fails");
  for (int i = 0; i < 40; ++i) {
    char name[32];
    snprintf(name, sizeof(name), "sub/entry-%02d", i);
    FILE* file = fopen(PathOf(name), "w");
    Require(file != NULL, "create entries");
    fputs(name, file);
    fclose(file);
  }
  List("sub");
  Require(rmdir(PathOf("sub")) < 0 && errno == ENOTEMPTY, "rmdir of a full directory fails");
  Require(rename(PathOf("sub/entry-07"), PathOf("moved")) == 0, "rename");
  struct stat status;
  Require(stat(PathOf("sub/entry-07"), &status) < 0 && errno == ENOENT, "the old name is gone");
  Require(stat(PathOf("moved"), &status) == 0 && status.st_size == 12, "the new name is there");
  Require(stat(PathOf("sub"), &status) == 0 && S_ISDIR(status.st_mode), "stat of a directory");
  for (int i = 0; i < 40; ++i) {
    char name[32];
    snprintf(name, sizeof(name), "sub/entry-%02d", i);
    Require((unlink(PathOf(name)) == 0) == (i != 7), "unlink");
  }
  Require(rmdir(PathOf("sub")) == 0, "rmdir");
  List(".");
}

int main(int argc, char** argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: files DIRECTORY [SIZE]\n");
    return 2;
  }
  directory = argv[1];
  uint32_t lines = SizeArgument(argc - 1, argv + 1, 300);
  WriteLines("lines.txt", lines);
  ReadLinesBackwards("lines.txt", lines);
  UseDescriptors("digits");
  ManageDirectories();
  Require(fopen(PathOf("missing"), "r") == NULL && errno == ENOENT, "a missing file is missing");
  Require(remove(PathOf("lines.txt")) == 0 && remove(PathOf("digits")) == 0 &&
              remove(PathOf("moved")) == 0,
          "remove");
  List(".");
  return 0;
}
