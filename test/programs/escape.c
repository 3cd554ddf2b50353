// Tries to leave the preopened directory (descriptor 3) by every path and every call; wasm only.
// The test makes the directory `inside` with links that lead out, and `wt-secret` next to it, whose
// absolute folder is the argument. Every line of an attempt has to say
// "refused" (with the WASI errno).
//
// An engine that fails this test does what is asked, with the rights of whoever runs it: every path
// here must stay in the test's own temporary folder, and never name a file of the system.
#include <stdio.h>
#include <string.h>
#include <wasi/api.h>

enum { kPreopen = 3 };

static int reached = 0;

static void Report(const char* call, const char* path, __wasi_errno_t error) {
  printf("%-16s %-28s ", call, path);
  if (error == 0) {
    printf("REACHED\n");
    ++reached;
  } else {
    printf("refused %d\n", error);
  }
}

static __wasi_errno_t Open(const char* path, __wasi_oflags_t flags, __wasi_rights_t rights) {
  __wasi_fd_t fd;
  __wasi_errno_t error =
      __wasi_path_open(kPreopen, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW, path, flags, rights, 0, 0, &fd);
  if (error == 0) (void)!__wasi_fd_close(fd);
  return error;
}

static void TryFile(const char* path) {
  Report("open", path, Open(path, 0, __WASI_RIGHTS_FD_READ));
  Report("open to write", path,
         Open(path, __WASI_OFLAGS_CREAT, __WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_READ));
  Report("truncate", path, Open(path, __WASI_OFLAGS_TRUNC, __WASI_RIGHTS_FD_WRITE));
  __wasi_filestat_t status;
  Report("stat", path,
         __wasi_path_filestat_get(kPreopen, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW, path, &status));
  Report("set times", path,
         __wasi_path_filestat_set_times(kPreopen, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW, path, 1, 1,
                                        __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM));
}

// Calls that act on the last name itself: a link in the last place is not followed by them, so only
// paths whose folders lead out are of interest.
static void TryName(const char* path) {
  uint8_t text[64];
  __wasi_size_t size;
  Report("readlink", path, __wasi_path_readlink(kPreopen, path, text, sizeof(text), &size));
  Report("unlink", path, __wasi_path_unlink_file(kPreopen, path));
  Report("remove folder", path, __wasi_path_remove_directory(kPreopen, path));
  Report("make folder", path, __wasi_path_create_directory(kPreopen, path));
  Report("symlink", path, __wasi_path_symlink("own", kPreopen, path));
  Report("link from", path, __wasi_path_link(kPreopen, 0, path, kPreopen, "stolen"));
  Report("link to", path, __wasi_path_link(kPreopen, 0, "own", kPreopen, path));
  Report("rename from", path, __wasi_path_rename(kPreopen, path, kPreopen, "stolen"));
  Report("rename to", path, __wasi_path_rename(kPreopen, "own", kPreopen, path));
}

int main(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: escape FOLDER-AROUND-THE-PREOPEN\n");
    return 2;
  }
  char absolute_secret[256];
  char absolute_new[256];
  char doubled[256];
  snprintf(absolute_secret, sizeof(absolute_secret), "%s/wt-secret", argv[1]);
  snprintf(absolute_new, sizeof(absolute_new), "%s/wt-new", argv[1]);
  snprintf(doubled, sizeof(doubled), "/%s/wt-secret", argv[1]);

  const char* const files[] = {
      "../wt-secret",
      "folder/../../wt-secret",
      "./.././wt-secret",
      "folder/./../../wt-secret",
      absolute_secret,
      doubled,
      "..",
      "../",
      "../inside/own",
      "link-absolute",
      "link-relative",
      "link-up/wt-secret",
      "link-to-link",
      "folder/link-up/wt-secret",
      "link-up/inside/own",
      "folder/../link-up/wt-secret",
  };
  const char* const names[] = {
      "../wt-secret",   "../wt-new",           "../wt-empty", "folder/../../wt-secret",
      absolute_secret,  "folder/../../wt-new", absolute_new,  "link-up/wt-secret",
      "link-up/wt-new", "link-up/wt-empty",    "..",          "folder/link-up/wt-secret",
  };
  for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); ++i) TryFile(files[i]);
  for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); ++i) TryName(names[i]);

  // A link that leads out may perhaps be made, but not followed.
  const char* const targets[] = {"../wt-secret", absolute_secret, "folder/../../wt-secret"};
  for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); ++i) {
    char name[16];
    snprintf(name, sizeof(name), "made-%zu", i);
    __wasi_errno_t error = __wasi_path_symlink(targets[i], kPreopen, name);
    if (error == 0) {
      TryFile(name);
    } else {
      printf("link to %s refused %d\n", targets[i], error);
    }
  }

  // What is inside stays usable.
  int usable = Open("own", 0, __WASI_RIGHTS_FD_READ) == 0 &&
               Open("folder/../own", 0, __WASI_RIGHTS_FD_READ) == 0 &&
               Open("link-own", 0, __WASI_RIGHTS_FD_READ) == 0;
  printf("reached %d\ninside %s\n", reached, usable ? "usable" : "LOST");
  return reached == 0 && usable ? 0 : 1;
}
