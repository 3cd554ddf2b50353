#include "engine/cli/bench/process_spawner.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace wasmtier::cli {
namespace {

// Large, so that a program seldom waits for its output to be read.
constexpr int kPipeBytes = 1 << 20;

double Now() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

// What the spawner says of a run.
struct Reply {
  int error = 0;         // of errno: it could not be started,
  int output_error = 0;  // or its output not be kept
  int status = 0;
  double wall = 0;
  double cpu = 0;
  double first_output = -1;  // less than 0: none
  int64_t peak_kilobytes = 0;
};

// What a child tells the spawner before it is another program.
struct Start {
  double time = 0;
  int error = 0;
};

// Words as exec wants them; made before the fork, so that the child allocates nothing. They point
// into `texts`.
struct Pointers {
  explicit Pointers(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) all.push_back(const_cast<char*>(text.c_str()));
    all.push_back(nullptr);
  }
  std::vector<char*> all;
};

// The small process: it serves one request after the other until nobody can ask any more.
class Spawner {
 public:
  Spawner(const std::vector<ProcessCommand>& commands, const CapturedStreams& streams, int socket)
      : streams_(streams), socket_(socket) {
    for (const ProcessCommand& command : commands) {
      arguments_.emplace_back(command.argv);
      environments_.emplace_back();
      if (command.environment) environments_.back().emplace(*command.environment);
    }
    void* const memory =
        mmap(nullptr, sizeof(Start), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    start_ = memory == MAP_FAILED ? nullptr : static_cast<volatile Start*>(memory);
  }

  [[noreturn]] void Serve() {
    uint64_t command = 0;
    while (recv(socket_, &command, sizeof(command), 0) == sizeof(command)) {
      const Reply reply = Run(command);
      if (send(socket_, &reply, sizeof(reply), MSG_NOSIGNAL) != sizeof(reply)) break;
    }
    _exit(0);
  }

 private:
  Reply Run(size_t command) {
    Reply reply;
    int pipe_ends[2];
    if (start_ == nullptr || pipe2(pipe_ends, O_CLOEXEC) != 0) return {.error = errno};
    fcntl(pipe_ends[1], F_SETPIPE_SZ, kPipeBytes);
    start_->error = 0;
    const pid_t child = fork();
    if (child == 0) Become(command, pipe_ends[1]);
    reply.error = child < 0 ? errno : 0;
    close(pipe_ends[1]);
    const absl::Cleanup close_pipe = [&pipe_ends] { close(pipe_ends[0]); };
    if (child < 0) return reply;
    const double first_output = CopyOutput(pipe_ends[0], &reply.output_error);
    rusage usage;
    while (wait4(child, &reply.status, 0, &usage) < 0) {
      if (errno != EINTR) return {.error = errno};
    }
    reply.wall = Now() - start_->time;
    if (start_->error != 0) reply.error = start_->error;
    reply.cpu = Seconds(usage.ru_utime) + Seconds(usage.ru_stime);
    reply.peak_kilobytes = usage.ru_maxrss;
    if (first_output >= 0) reply.first_output = first_output - start_->time;
    return reply;
  }

  [[noreturn]] void Become(size_t command, int output) {
    dup2(streams_.input(), STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(streams_.errors(), STDERR_FILENO);
    char* const* const argv = arguments_[command].all.data();
    if (environments_[command]) environ = environments_[command]->all.data();
    start_->time = Now();
    execvp(argv[0], argv);
    start_->error = errno;
    _exit(127);
  }

  // Until nobody can write to the pipe any more. Returns when the first byte came, or -1.
  double CopyOutput(int pipe_end, int* error) {
    double first = -1;
    for (;;) {
      const ssize_t bytes = read(pipe_end, buffer_.data(), buffer_.size());
      if (bytes < 0 && errno == EINTR) continue;
      if (bytes <= 0) return first;
      if (first < 0) first = Now();
      for (ssize_t done = 0; done < bytes;) {
        const ssize_t written =
            write(streams_.output(), buffer_.data() + done, static_cast<size_t>(bytes - done));
        if (written < 0) *error = errno;
        if (written <= 0) break;
        done += written;
      }
    }
  }

  const CapturedStreams& streams_;
  const int socket_;
  std::vector<Pointers> arguments_;
  std::vector<std::optional<Pointers>> environments_;
  volatile Start* start_ = nullptr;
  std::array<char, 1 << 16> buffer_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ProcessSpawner>> ProcessSpawner::Start(
    std::vector<ProcessCommand> commands, CapturedStreams& streams) {
  std::unique_ptr<ProcessSpawner> spawner(new ProcessSpawner(std::move(commands), streams));
  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) {
    return absl::ErrnoToStatus(errno, "cannot make a socket");
  }
  spawner->spawner_ = fork();
  if (spawner->spawner_ == 0) {
    close(sockets[0]);
    Spawner(spawner->commands_, streams, sockets[1]).Serve();
  }
  close(sockets[1]);
  spawner->socket_ = sockets[0];
  if (spawner->spawner_ < 0) return absl::ErrnoToStatus(errno, "cannot start a process");
  return spawner;
}

ProcessSpawner::~ProcessSpawner() {
  if (socket_ >= 0) close(socket_);
  if (spawner_ > 0) waitpid(spawner_, nullptr, 0);
}

absl::StatusOr<ProcessSpawner::Result> ProcessSpawner::Run(size_t command) {
  if (absl::Status status = streams_.Rewind(); !status.ok()) return status;
  const uint64_t request = command;
  Reply reply;
  if (send(socket_, &request, sizeof(request), MSG_NOSIGNAL) != sizeof(request) ||
      recv(socket_, &reply, sizeof(reply), 0) != sizeof(reply)) {
    return absl::InternalError("the process that starts the others has ended");
  }
  if (reply.error != 0) {
    return absl::ErrnoToStatus(reply.error,
                               absl::StrCat("cannot start ", commands_[command].argv[0]));
  }
  if (reply.output_error != 0) {
    return absl::ErrnoToStatus(
        reply.output_error, absl::StrCat("cannot keep the output of ", commands_[command].argv[0]));
  }
  Result result;
  result.times = {.wall = reply.wall,
                  .cpu = reply.cpu,
                  .first_output = std::nullopt,
                  .peak_kilobytes = reply.peak_kilobytes};
  if (reply.first_output >= 0) result.times.first_output = reply.first_output;
  result.exit_code =
      WIFEXITED(reply.status) ? WEXITSTATUS(reply.status) : 128 + WTERMSIG(reply.status);
  absl::StatusOr<std::string> output = streams_.ReadOutput();
  if (!output.ok()) return output.status();
  result.output = *std::move(output);
  return result;
}

}  // namespace wasmtier::cli
