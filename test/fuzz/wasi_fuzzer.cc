// Calls functions of preview1 with arguments and a memory made of the input. Nothing may leave the
// preopen, which is a folder of its own, and no sanitizer may find anything.
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wasi/host_bind.h"
#include "wasi/preview1/context.h"
#include "wasi/preview1/functions.h"

namespace wasmtier::wasi::preview1 {
namespace {

using Invoker = absl::Status (*)(Call& call, uint64_t* slots);

struct Target {
  std::string_view name;
  size_t parameter_count;
  Invoker invoke;
};

const std::vector<Target>& Targets() {
  static const auto& targets = *new std::vector<Target>{
#define WASI_FUNCTION(name, Function, Result, state, ...)         \
  {#name, HostBinding<&preview1::Function>::Type().params.size(), \
   HostBinding<&preview1::Function>::Invoke},
#include "wasi/preview1/functions.def"
  };
  return targets;
}

// Input is taken from the front; zeroes after its end.
class Input {
 public:
  Input(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  bool IsEmpty() const { return size_ == 0; }
  template <typename T>
  T Take() {
    T value = 0;
    size_t taken = std::min(size_, sizeof(T));
    std::memcpy(&value, data_, taken);
    data_ += taken;
    size_ -= taken;
    return value;
  }
  void TakeInto(uint8_t* place, size_t size) {
    size_t taken = std::min(size_, size);
    if (taken > 0) std::memcpy(place, data_, taken);
    data_ += taken;
    size_ -= taken;
  }

 private:
  const uint8_t* data_;
  size_t size_;
};

// A preopen with some content, made anew for each input: <temporary>/outer/preopen.
std::filesystem::path MakeFolder() {
  static const std::filesystem::path& base = *new std::filesystem::path([] {
    std::string name = std::filesystem::temp_directory_path() / "wasi_fuzzer_XXXXXX";
    return std::filesystem::path(mkdtemp(name.data()));
  }());
  std::filesystem::remove_all(base / "outer");
  std::filesystem::create_directories(base / "outer" / "preopen" / "d");
  close(open((base / "outer" / "preopen" / "f").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  std::filesystem::create_symlink("..", base / "outer" / "preopen" / "l");
  return base / "outer";
}

void CheckOutside(const std::filesystem::path& outer) {
  for (const auto& entry : std::filesystem::directory_iterator(outer)) {
    if (entry.path().filename() != "preopen") abort();
  }
  if (!std::filesystem::exists(outer / "preopen")) abort();
}

// A small number is more often a descriptor, a pointer or a count that is good.
uint64_t TakeArgument(Input& input) {
  uint8_t form = input.Take<uint8_t>();
  if (form < 200) return form % 64;
  if (form < 230) return input.Take<uint16_t>();
  if (form < 245) return input.Take<uint32_t>();
  return input.Take<uint64_t>();
}

// A wait has no end but its time, files must stay small, and disks are slow.
bool IsSlow(std::string_view name) {
  return name == "poll_oneoff" || name == "fd_allocate" || name == "fd_filestat_set_size" ||
         name == "fd_pwrite" || name == "fd_sync" || name == "fd_datasync";
}

}  // namespace

int FuzzOne(const uint8_t* data, size_t size) {
  static const int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
  std::filesystem::path outer = MakeFolder();
  Config config{.args = {"program", "argument"},
                .environment = {{"NAME", "value"}},
                .preopens = {{(outer / "preopen").string(), "/"}},
                .stdin_fd = null_fd,
                .stdout_fd = null_fd,
                .stderr_fd = -1};
  Input input(data, size);
  Resolver resolver = input.Take<uint8_t>() % 2 == 0 ? Resolver::kKernel : Resolver::kWalk;
  auto context = Context::Create(config, resolver);
  if (!context.ok()) abort();
  std::vector<uint8_t> memory(input.Take<uint16_t>());
  input.TakeInto(memory.data(), std::min<size_t>(memory.size(), 64));
  Call call{**context, GuestMemory(memory)};
  for (int calls = 0; calls < 32 && !input.IsEmpty(); ++calls) {
    const Target& target = Targets()[input.Take<uint8_t>() % Targets().size()];
    uint64_t slots[16] = {};
    for (size_t i = 0; i < target.parameter_count; ++i) slots[i] = TakeArgument(input);
    if (IsSlow(target.name)) continue;
    (void)target.invoke(call, slots);
  }
  CheckOutside(outer);
  return 0;
}

}  // namespace wasmtier::wasi::preview1

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return wasmtier::wasi::preview1::FuzzOne(data, size);
}
