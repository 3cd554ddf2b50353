// Module: a loaded and validated binary, ready to be instantiated, and what it says of itself.
#ifndef WASMTIER_MODULE_H_
#define WASMTIER_MODULE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wasmtier/engine.h"
#include "wasmtier/source_line.h"
#include "wasmtier/types.h"

namespace wasmtier {

namespace internal {
struct ModuleState;
struct ModuleAccess;
}  // namespace internal

// Views in these point into the module and are valid while a handle to it lives.
struct ImportInfo {
  std::string_view module;
  std::string_view name;
  ExternType type;
};

struct ExportInfo {
  std::string_view name;
  ExternType type;
};

struct FunctionInfo {
  uint32_t index = 0;
  std::string_view name;  // from the name section, an export or an import; may be empty
  FuncType type;
  bool is_imported = false;
  // Of the body (locals and code) in the module's bytes; 0 if imported.
  uint32_t body_offset = 0;
  uint32_t body_bytes = 0;
};

struct SectionInfo {
  uint8_t id = 0;         // as in the binary format
  std::string_view name;  // "type", "code" ...; of a custom section its own
  uint32_t offset = 0;    // of the contents in the module's bytes
  uint32_t bytes = 0;     // of the contents (a custom section's name included)
  // How many entries it has; absent for custom, start and data count sections.
  std::optional<uint32_t> entries;
};

// What the optimizing tier makes of a loop. Offsets are those of instructions in the module's
// bytes; 0 stands for "not known".
struct LoopInfo {
  // Why something was not done, in LLVM's words or the tier's; at an instruction, if that is known.
  struct Reason {
    std::string text;
    uint32_t offset = 0;
  };
  uint32_t function = 0;  // whose body has it: the one asked for, or one inlined into it
  uint32_t call_offset =
      0;                    // the call that was inlined, in the function asked for; 0: its own loop
  uint32_t offset = 0;      // `loop`
  uint32_t end_offset = 0;  // its `end`
  uint32_t depth = 0;       // loops of the same body around it
  bool is_innermost = true;
  bool remains = false;       // else it was removed, or is nothing but straight code
  bool is_unrolled = false;   // completely
  bool is_versioned = false;  // guarded in front, and made a second time without checks
  uint32_t rerolled = 0;      // copies of the body, which the producer made, that became one; or 0
  uint32_t vector_width = 0;  // iterations in a vector; 0: not vectorized
  uint32_t interleaved = 0;   // vectors in an iteration of the new loop; 0: not vectorized
  bool has_vector_code = false;  // not of several iterations, but of what one does several times
  std::vector<Reason> not_versioned;
  std::vector<Reason> not_vectorized;
};

// A cheap handle: copies share one immutable module, which lives while a handle or an instance of
// it does. Thread-safe.
//
// Errors of the functions that make one: InvalidArgument for a malformed or invalid module ("type
// mismatch: expected i32, found f32 (at offset 0x1f3 in function 12 <name>)"), ResourceExhausted
// where a limit of the module is exceeded, and for files NotFound, PermissionDenied ... with the
// path. Features that no tier executes are not an error before instantiation.
class Module {
 public:
  // Maps the file; it must not be changed while the module lives.
  static absl::StatusOr<Module> FromFile(const Engine& engine, const std::string& path);
  // Borrows the bytes, which must neither change nor be freed while the module, or an instance of
  // it, lives.
  static absl::StatusOr<Module> FromBytes(const Engine& engine, std::span<const uint8_t> bytes);
  static absl::StatusOr<Module> FromVector(const Engine& engine, std::vector<uint8_t> bytes);

  // Whether the bytes are a valid module, bodies included (even with lazy validation): OK, or the
  // errors above.
  static absl::Status Validate(const Engine& engine, std::span<const uint8_t> bytes);

  const Engine& engine() const;
  // From the name section; may be empty.
  std::string_view name() const;
  // The module's bytes.
  std::span<const uint8_t> bytes() const;

  std::vector<ImportInfo> imports() const;
  std::vector<ExportInfo> exports() const;
  // The type of one export; nothing if there is no such export.
  std::optional<ExternType> FindExport(std::string_view name) const;

  // Imported functions first.
  uint32_t function_count() const;
  // `index` < function_count().
  FunctionInfo function(uint32_t index) const;
  // Where the instruction at an offset in the module's bytes comes from, if the module has DWARF,
  // which is read at the first call.
  std::optional<SourceLine> FindSourceLine(uint32_t offset) const;

  // The machine code of the baseline tier (with TierMode::kOptimizing, of that tier) for a
  // function, as text: each wasm instruction with its offset in the module, and below it what was
  // made of it. FailedPrecondition: it is imported, or the engine makes no machine code. `index` <
  // function_count().
  absl::StatusOr<std::string> Disassemble(uint32_t index) const;
  // LLVM's intermediate code of the optimizing tier for a function, before or after optimization.
  // FailedPrecondition: it is imported, or the engine does not optimize. NotFound: it cannot.
  absl::StatusOr<std::string> OptimizerIr(uint32_t index, bool is_optimized) const;
  // The loops of a function, and of what is inlined into it, in the order of the program. The same
  // errors.
  absl::StatusOr<std::vector<LoopInfo>> OptimizerLoops(uint32_t index) const;

  std::vector<SectionInfo> sections() const;
  // The contents, after the name, of the first custom section of this name.
  std::optional<std::span<const uint8_t>> custom_section(std::string_view name) const;

  // The proposals that the module needs ("simd", "multi-value" ...). With lazy validation only what
  // its sections show.
  std::vector<std::string> features() const;
  // Those of them that no tier executes: where there are any, instantiation is refused ("needs
  // feature threads").
  std::vector<std::string> missing_features() const;

 private:
  friend struct internal::ModuleAccess;
  explicit Module(std::shared_ptr<internal::ModuleState> state) : state_(std::move(state)) {}
  std::shared_ptr<internal::ModuleState> state_;
};

}  // namespace wasmtier

#endif  // WASMTIER_MODULE_H_
