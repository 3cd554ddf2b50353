// Types and flags of preview1, with the widths that they have in guest memory.
// https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#types
#ifndef WASMTIER_WASI_PREVIEW1_TYPES_H_
#define WASMTIER_WASI_PREVIEW1_TYPES_H_

#include <sys/stat.h>

#include <cstdint>

namespace wasmtier::wasi::preview1 {

// Parameters, as functions.def writes them. What is narrower in memory is an i32 in a signature.
using Fd = uint32_t;
using Pointer = uint32_t;
using Size = uint32_t;
using Flags = uint32_t;
using FileSize = uint64_t;
using FileDelta = uint64_t;  // read as int64_t
using Timestamp = uint64_t;  // nanoseconds
using Rights = uint64_t;
using DirectoryCookie = uint64_t;
using ClockId = uint32_t;
using ExitCode = uint32_t;
using Signal = uint32_t;
using Advice = uint32_t;
using Whence = uint32_t;

enum Right : Rights {
  kRightFdDatasync = 1u << 0,
  kRightFdRead = 1u << 1,
  kRightFdSeek = 1u << 2,
  kRightFdFdstatSetFlags = 1u << 3,
  kRightFdSync = 1u << 4,
  kRightFdTell = 1u << 5,
  kRightFdWrite = 1u << 6,
  kRightFdAdvise = 1u << 7,
  kRightFdAllocate = 1u << 8,
  kRightPathCreateDirectory = 1u << 9,
  kRightPathCreateFile = 1u << 10,
  kRightPathLinkSource = 1u << 11,
  kRightPathLinkTarget = 1u << 12,
  kRightPathOpen = 1u << 13,
  kRightFdReaddir = 1u << 14,
  kRightPathReadlink = 1u << 15,
  kRightPathRenameSource = 1u << 16,
  kRightPathRenameTarget = 1u << 17,
  kRightPathFilestatGet = 1u << 18,
  kRightPathFilestatSetSize = 1u << 19,
  kRightPathFilestatSetTimes = 1u << 20,
  kRightFdFilestatGet = 1u << 21,
  kRightFdFilestatSetSize = 1u << 22,
  kRightFdFilestatSetTimes = 1u << 23,
  kRightPathSymlink = 1u << 24,
  kRightPathRemoveDirectory = 1u << 25,
  kRightPathUnlinkFile = 1u << 26,
  kRightPollFdReadwrite = 1u << 27,
  kRightSockShutdown = 1u << 28,
  kRightSockAccept = 1u << 29,
};

inline constexpr Rights kAllRights = (1u << 30) - 1;

// What makes sense on a stream that cannot seek. wasi-libc's isatty() is a character device
// without the rights to seek and tell.
inline constexpr Rights kStreamRights = kRightFdRead | kRightFdFdstatSetFlags | kRightFdWrite |
                                        kRightFdFilestatGet | kRightPollFdReadwrite;

inline constexpr Rights kFileRights =
    kStreamRights | kRightFdDatasync | kRightFdSeek | kRightFdSync | kRightFdTell | kRightFdAdvise |
    kRightFdAllocate | kRightFdFilestatSetSize | kRightFdFilestatSetTimes;

inline constexpr Rights kDirectoryRights =
    kRightFdFdstatSetFlags | kRightFdSync | kRightFdDatasync | kRightFdAdvise |
    kRightPathCreateDirectory | kRightPathCreateFile | kRightPathLinkSource | kRightPathLinkTarget |
    kRightPathOpen | kRightFdReaddir | kRightPathReadlink | kRightPathRenameSource |
    kRightPathRenameTarget | kRightPathFilestatGet | kRightPathFilestatSetSize |
    kRightPathFilestatSetTimes | kRightFdFilestatGet | kRightFdFilestatSetTimes |
    kRightPathSymlink | kRightPathRemoveDirectory | kRightPathUnlinkFile | kRightPollFdReadwrite;

// What a preopen given as read-only holds back.
inline constexpr Rights kModifyingRights =
    kRightFdWrite | kRightFdAllocate | kRightPathCreateDirectory | kRightPathCreateFile |
    kRightPathLinkSource | kRightPathLinkTarget | kRightPathRenameSource | kRightPathRenameTarget |
    kRightPathFilestatSetSize | kRightPathFilestatSetTimes | kRightFdFilestatSetSize |
    kRightFdFilestatSetTimes | kRightPathSymlink | kRightPathRemoveDirectory | kRightPathUnlinkFile;

enum class FileType : uint8_t {
  kUnknown = 0,
  kBlockDevice = 1,
  kCharacterDevice = 2,
  kDirectory = 3,
  kRegularFile = 4,
  kSocketDatagram = 5,
  kSocketStream = 6,
  kSymbolicLink = 7,
};

// Pipes have no type in preview1. Sockets are taken for streams.
inline FileType FileTypeOfMode(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFBLK:
      return FileType::kBlockDevice;
    case S_IFCHR:
      return FileType::kCharacterDevice;
    case S_IFDIR:
      return FileType::kDirectory;
    case S_IFREG:
      return FileType::kRegularFile;
    case S_IFSOCK:
      return FileType::kSocketStream;
    case S_IFLNK:
      return FileType::kSymbolicLink;
    default:
      return FileType::kUnknown;
  }
}

enum FdFlag : Flags {
  kFdFlagAppend = 1u << 0,
  kFdFlagDsync = 1u << 1,
  kFdFlagNonblock = 1u << 2,
  kFdFlagRsync = 1u << 3,
  kFdFlagSync = 1u << 4,
  kAllFdFlags = (1u << 5) - 1,
};

enum OpenFlag : Flags {
  kOpenCreate = 1u << 0,
  kOpenDirectory = 1u << 1,
  kOpenExclusive = 1u << 2,
  kOpenTruncate = 1u << 3,
  kAllOpenFlags = (1u << 4) - 1,
};

enum LookupFlag : Flags {
  kLookupSymlinkFollow = 1u << 0,
  kAllLookupFlags = kLookupSymlinkFollow,
};

// Which times to set, and whether to the time now.
enum TimesFlag : Flags {
  kTimesAccess = 1u << 0,
  kTimesAccessNow = 1u << 1,
  kTimesModification = 1u << 2,
  kTimesModificationNow = 1u << 3,
  kAllTimesFlags = (1u << 4) - 1,
};

enum Clock : ClockId {
  kClockRealtime = 0,
  kClockMonotonic = 1,
  kClockProcessCputime = 2,
  kClockThreadCputime = 3,
};

enum class EventType : uint8_t { kClock = 0, kFdRead = 1, kFdWrite = 2 };

inline constexpr Flags kSubscriptionAbsoluteTime = 1u << 0;
inline constexpr uint16_t kEventHangup = 1u << 0;

}  // namespace wasmtier::wasi::preview1

#endif  // WASMTIER_WASI_PREVIEW1_TYPES_H_
