// Instance: a module's functions with their memories, tables and globals (spec: "Module
// Instances").
#ifndef WASMTIER_RUNTIME_INSTANCE_H_
#define WASMTIER_RUNTIME_INSTANCE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "runtime/base/arena.h"
#include "runtime/base/zeroed_array.h"
#include "runtime/global.h"
#include "runtime/memory.h"
#include "runtime/module_code.h"
#include "runtime/table.h"
#include "runtime/vm_context.h"

namespace wasmtier::runtime {

// What an import is given and what an export yields.
using ExternValue = std::variant<const FunctionReference*, Table*, Memory*, Global*>;

class Instance {
 public:
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  VMContext& context() { return context_; }
  const Module& module() const { return code_->module(); }
  ModuleCode& code() const { return *code_; }
  Store& store() const { return store_; }

  // The funcref of a function; made at the first call for defined ones.
  const FunctionReference* GetFunction(uint32_t index);
  Memory& memory(uint32_t index) const { return *memories_[index]; }
  Table& table(uint32_t index) const { return *tables_[index]; }
  Global& global(uint32_t index) const { return *globals_[index]; }
  std::optional<ExternValue> FindExport(std::string_view name);

  // Bulk operations (spec: "Memory/Table Instructions"); false means out of bounds and that nothing
  // was written. Dropped segments have size 0.
  bool MemoryInit(uint32_t memory, uint32_t data, uint64_t destination, uint64_t source,
                  uint64_t size);
  bool MemoryCopy(uint32_t destination_memory, uint32_t source_memory, uint64_t destination,
                  uint64_t source, uint64_t size);
  bool MemoryFill(uint32_t memory, uint64_t destination, uint8_t value, uint64_t size);
  void DataDrop(uint32_t data);
  bool TableInit(uint32_t table, uint32_t element, uint64_t destination, uint64_t source,
                 uint64_t count);
  bool TableCopy(uint32_t destination_table, uint32_t source_table, uint64_t destination,
                 uint64_t source, uint64_t count);
  bool TableFill(uint32_t table, uint64_t destination, uint64_t reference, uint64_t count);
  void ElementDrop(uint32_t element);

 private:
  friend class Instantiation;
  Instance(Store& store, std::shared_ptr<ModuleCode> code);

  Store& store_;
  std::shared_ptr<ModuleCode> code_;
  VMContext context_{};
  std::vector<Memory*> memories_;
  std::vector<Table*> tables_;
  std::vector<Global*> globals_;
  // What context_ points to.
  std::vector<const MemoryView*> memory_views_;
  std::vector<const TableView*> table_views_;
  std::vector<GlobalCell*> global_cells_;
  std::unique_ptr<Global[]> own_globals_;
  ZeroedArray<const FunctionReference*> functions_;  // null until GetFunction
  Arena own_functions_;
  std::vector<bool> dropped_data_;
  // The values of passive element segments by index, evaluated at instantiation. What is not here
  // has been dropped: active and declarative segments from the start.
  absl::flat_hash_map<uint32_t, std::vector<uint64_t>> element_values_;
  // Indices of exports by name, made at the first FindExport.
  absl::flat_hash_map<std::string_view, uint32_t, std::hash<std::string_view>> exports_by_name_;
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_INSTANCE_H_
