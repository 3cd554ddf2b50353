// Module: what a binary says, immutable after loading (spec: "Syntax / Modules").
#ifndef WASMTIER_RUNTIME_MODEL_MODULE_H_
#define WASMTIER_RUNTIME_MODEL_MODULE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runtime/model/features.h"
#include "runtime/model/source_lines.h"
#include "runtime/model/types.h"

namespace wasmtier::runtime {

// A range of the module's bytes. Offsets are 32 bits since a module has at most 1 GiB (MODULE_LIMIT
// module_bytes).
struct ByteRange {
  uint32_t offset = 0;
  uint32_t size = 0;
};

struct Import {
  std::string_view module;
  std::string_view name;
  ExternKind kind;
  uint32_t index;   // in the index space of its kind
  uint32_t offset;  // of the import in the module, for errors
};

struct Export {
  std::string_view name;
  ExternKind kind;
  uint32_t index;
};

// A constant expression, kept as its bytes (without a copy), `end` included. Evaluated by
// runtime/const_expression.h.
struct ConstExpression {
  ByteRange bytes;
};

struct TableDefinition {
  TableType type;
  std::optional<ConstExpression> initializer;  // absent: null
};

struct GlobalDefinition {
  GlobalType type;
  ConstExpression initializer;  // of defined globals
};

struct ElementSegment {
  enum class Mode : uint8_t { kActive, kPassive, kDeclarative };
  Mode mode = Mode::kActive;
  uint32_t table = 0;
  ConstExpression offset;  // kActive
  ValueType type;
  // Either function indices (LEB128-encoded in `items`) or constant expressions one after another.
  bool items_are_expressions = false;
  uint32_t count = 0;
  ByteRange items;
};

struct DataSegment {
  bool is_active = true;
  uint32_t memory = 0;
  ConstExpression offset;  // active
  ByteRange bytes;
};

struct CustomSection {
  std::string_view name;
  ByteRange bytes;  // after the name
};

// One of the sections as found, for `inspect`.
struct Section {
  uint8_t id;
  ByteRange bytes;  // the contents, without id and size
};

// Owns or borrows the bytes of a module: an mmap'd file, a vector, or the embedder's span.
class ModuleBytes {
 public:
  virtual ~ModuleBytes() = default;
  std::span<const uint8_t> bytes() const { return bytes_; }
  // Gives pages back to the system where they can be had again later (mapped files); never changes
  // the contents.
  virtual void Release() const {}

 protected:
  std::span<const uint8_t> bytes_;
};

struct Module {
  std::shared_ptr<const ModuleBytes> source;
  std::span<const uint8_t> bytes;  // == source->bytes()

  std::vector<Section> sections;
  std::vector<TypeDefinition> types;
  std::vector<uint32_t> canonical_types;  // engine-wide id (runtime/type_registry.h) by type index
  std::vector<Import> imports;
  std::vector<uint32_t> function_types;  // type index by function index, imports first
  std::vector<TableDefinition> tables;   // imports first, as the next three
  std::vector<MemoryType> memories;
  std::vector<GlobalDefinition> globals;
  std::vector<TagType> tags;
  std::vector<Export> exports;
  std::optional<uint32_t> start;
  std::vector<ElementSegment> elements;
  std::vector<DataSegment> data;
  std::optional<uint32_t> data_count;  // the data count section
  std::vector<ByteRange>
      bodies;  // by function index - imported_functions: locals and code, without the size
  std::vector<CustomSection> custom_sections;

  uint32_t imported_functions = 0;
  uint32_t imported_tables = 0;
  uint32_t imported_memories = 0;
  uint32_t imported_globals = 0;
  uint32_t imported_tags = 0;

  // Functions that occur outside of bodies (exports, elements, globals), which `ref.func` may name:
  // one bit a function.
  std::vector<bool> declared_functions;

  // What sections use; what bodies use is added by the validator (not in lazy mode).
  FeatureSet features;

  const FuncType& function_type(uint32_t function) const {
    return types[function_types[function]].func;
  }
  uint32_t function_count() const { return static_cast<uint32_t>(function_types.size()); }
  bool IsImported(uint32_t function) const { return function < imported_functions; }
  ByteRange body(uint32_t function) const { return bodies[function - imported_functions]; }
  std::span<const uint8_t> BytesOf(ByteRange range) const {
    return bytes.subspan(range.offset, range.size);
  }

  // Name of a function from the name section, else from its export or import; empty where there is
  // none. The name section is decoded at the first call (names are needed only for traps, profiles
  // and tools). Thread-safe.
  std::string_view FunctionName(uint32_t function) const;
  // "function 12 <name>", or "function 12"
  std::string DescribeFunction(uint32_t function) const;
  // The module's own name from the name section; may be empty.
  std::string_view ModuleName() const;
  // Where the instruction at an offset in the module comes from, if the module has DWARF, which is
  // read at the first call. Thread-safe.
  std::optional<SourceLine> FindSourceLine(uint32_t offset) const;

  Module();
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

 private:
  struct Names;
  const Names& names() const;
  struct Lines;
  std::unique_ptr<Names> names_;  // both filled once, lazily
  std::unique_ptr<Lines> lines_;
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_MODEL_MODULE_H_
