// Links, times and escapes in a directory: symlinks, hard links, renames over files, time stamps,
// and paths that must not leave the directory.  usage: links DIRECTORY
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common.h"

enum { kPathLength = 512 };

static const char* directory;
static int faults = 0;

static const char* PathOf(const char* name) {
  static char paths[4][kPathLength];
  static int turn = 0;
  turn = (turn + 1) % 4;
  snprintf(paths[turn], kPathLength, "%s/%s", directory, name);
  return paths[turn];
}

static void Check(int good, const char* what) {
  if (good) {
    printf("%s\n", what);
  } else {
    printf("NOT %s (%s)\n", what, strerror(errno));
    ++faults;
  }
}

static void WriteFile(const char* name, const char* text) {
  FILE* file = fopen(PathOf(name), "w");
  Check(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0, "written");
}

static int Holds(const char* name, const char* text) {
  char buffer[64] = {0};
  FILE* file = fopen(PathOf(name), "r");
  if (file == NULL) return 0;
  size_t size = fread(buffer, 1, sizeof(buffer) - 1, file);
  fclose(file);
  return size == strlen(text) && strcmp(buffer, text) == 0;
}

static void SymbolicLinks(void) {
  char target[64] = {0};
  struct stat status;
  Check(symlink("original", PathOf("soft")) == 0, "a symlink is made");
  Check(readlink(PathOf("soft"), target, sizeof(target)) == 8 && strcmp(target, "original") == 0,
        "it can be read");
  Check(Holds("soft", "text of the original"), "it leads to the file");
  Check(lstat(PathOf("soft"), &status) == 0 && S_ISLNK(status.st_mode), "lstat sees the link");
  Check(stat(PathOf("soft"), &status) == 0 && S_ISREG(status.st_mode), "stat sees the file");
  Check(open(PathOf("soft"), O_RDONLY | O_NOFOLLOW) < 0 && errno == ELOOP,
        "open without following fails");
  Check(symlink("loop-b", PathOf("loop-a")) == 0 && symlink("loop-a", PathOf("loop-b")) == 0,
        "two links lead to each other");
  Check(open(PathOf("loop-a"), O_RDONLY) < 0 && errno == ELOOP, "following them fails");
  Check(symlink("nowhere", PathOf("dangling")) == 0, "a link may dangle");
  Check(open(PathOf("dangling"), O_RDONLY) < 0 && errno == ENOENT, "but cannot be opened");
  Check(readlink(PathOf("original"), target, sizeof(target)) < 0 && errno == EINVAL,
        "a file cannot be read as a link");
}

static void HardLinks(void) {
  struct stat first;
  struct stat second;
  Check(link(PathOf("original"), PathOf("hard")) == 0, "a hard link is made");
  Check(stat(PathOf("original"), &first) == 0 && stat(PathOf("hard"), &second) == 0 &&
            first.st_ino == second.st_ino && first.st_nlink == 2,
        "both names have one inode");
  WriteFile("hard", "changed");
  Check(Holds("original", "changed"), "a change shows under both names");
  Check(unlink(PathOf("original")) == 0 && Holds("hard", "changed"), "one name outlives the other");
}

static void Renames(void) {
  WriteFile("victim", "old");
  Check(rename(PathOf("hard"), PathOf("victim")) == 0, "a rename replaces a file");
  Check(Holds("victim", "changed"), "and brings its text");
  Check(mkdir(PathOf("folder"), 0755) == 0, "a directory is made");
  Check(rename(PathOf("victim"), PathOf("folder")) < 0 && errno == EISDIR,
        "a file does not replace a directory");
  Check(unlink(PathOf("folder")) < 0, "unlink does not remove a directory");
  Check(rmdir(PathOf("victim")) < 0 && errno == ENOTDIR, "rmdir does not remove a file");
  Check(open(PathOf("victim/below"), O_RDONLY) < 0 && errno == ENOTDIR, "a file has nothing below");
  Check(open(PathOf("folder/../victim"), O_RDONLY) >= 0, "dots within the directory are fine");
}

static void Times(void) {
  struct timespec times[2] = {{1000000000, 250000000}, {1234567890, 500000000}};
  struct stat status;
  Check(utimensat(AT_FDCWD, PathOf("victim"), times, 0) == 0, "times can be set");
  Check(stat(PathOf("victim"), &status) == 0 && status.st_mtim.tv_sec == 1234567890 &&
            status.st_mtim.tv_nsec == 500000000 && status.st_atim.tv_sec == 1000000000,
        "and read back");
  int fd = open(PathOf("victim"), O_WRONLY);
  times[1].tv_sec = 1300000000;
  Check(futimens(fd, times) == 0 && fstat(fd, &status) == 0 && status.st_mtim.tv_sec == 1300000000,
        "through a descriptor too");
  Check(read(fd, times, 1) < 0, "a descriptor for writing cannot be read");
  close(fd);
}

static void CleanUp(void) {
  const char* names[] = {"soft", "loop-a", "loop-b", "dangling", "victim"};
  for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); ++i) {
    Check(unlink(PathOf(names[i])) == 0, "removed");
  }
  Check(rmdir(PathOf("folder")) == 0, "directory removed");
  DIR* listing = opendir(directory);
  int left = 0;
  for (struct dirent* entry; listing != NULL && (entry = readdir(listing)) != NULL;) {
    left += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
  }
  if (listing != NULL) closedir(listing);
  Check(left == 0, "nothing is left");
}

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  directory = argv[1];
  WriteFile("original", "text of the original");
  SymbolicLinks();
  HardLinks();
  Renames();
  Times();
  CleanUp();
  printf("%d faults\n", faults);
  return faults;
}
