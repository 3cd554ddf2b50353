#include "runtime/instance.h"

#include <cstring>
#include <new>
#include <utility>

namespace wasmtier::runtime {
namespace {

// Whether [offset, offset + size) lies within [0, limit).
bool Fits(uint64_t offset, uint64_t size, uint64_t limit) {
  return size <= limit && offset <= limit - size;
}

}  // namespace

Instance::Instance(Store& store, std::shared_ptr<ModuleCode> code)
    : store_(store),
      code_(std::move(code)),
      functions_(MakeZeroedArray<const FunctionReference*>(module().function_count())),
      dropped_data_(module().data.size(), false) {}

Instance::~Instance() = default;

const FunctionReference* Instance::GetFunction(uint32_t index) {
  if (functions_[index] == nullptr) {
    const FuncType& type = module().function_type(index);
    uint8_t* const record = own_functions_.Allocate(sizeof(FunctionReference));
    functions_[index] = new (record)
        FunctionReference{.entry = &code_->entries()[index],
                          .context = &context_,
                          .state = &code_->function_states()[index],
                          .host = nullptr,
                          .type_id = module().canonical_types[module().function_types[index]],
                          .index = index,
                          .param_slots = static_cast<uint16_t>(type.ParamSlots()),
                          .result_slots = static_cast<uint16_t>(type.ResultSlots())};
  }
  return functions_[index];
}

std::optional<ExternValue> Instance::FindExport(std::string_view name) {
  const std::vector<Export>& exports = module().exports;
  if (exports_by_name_.empty() && !exports.empty()) {
    exports_by_name_.reserve(exports.size());
    for (uint32_t i = 0; i < exports.size(); ++i) exports_by_name_.emplace(exports[i].name, i);
  }
  const auto found = exports_by_name_.find(name);
  if (found == exports_by_name_.end()) return std::nullopt;
  const uint32_t index = exports[found->second].index;
  switch (exports[found->second].kind) {
    case ExternKind::kFunc:
      return GetFunction(index);
    case ExternKind::kTable:
      return tables_[index];
    case ExternKind::kMemory:
      return memories_[index];
    case ExternKind::kGlobal:
      return globals_[index];
    case ExternKind::kTag:
      return std::nullopt;
  }
  return std::nullopt;
}

bool Instance::MemoryInit(uint32_t memory, uint32_t data, uint64_t destination, uint64_t source,
                          uint64_t size) {
  const ByteRange segment = dropped_data_[data] ? ByteRange{} : module().data[data].bytes;
  const Memory& target = *memories_[memory];
  if (!Fits(source, size, segment.size) || !target.Contains(destination, size)) return false;
  if (size != 0) {
    std::memcpy(target.base() + destination, module().BytesOf(segment).data() + source, size);
  }
  return true;
}

bool Instance::MemoryCopy(uint32_t destination_memory, uint32_t source_memory, uint64_t destination,
                          uint64_t source, uint64_t size) {
  const Memory& target = *memories_[destination_memory];
  const Memory& from = *memories_[source_memory];
  if (!target.Contains(destination, size) || !from.Contains(source, size)) return false;
  std::memmove(target.base() + destination, from.base() + source, size);
  return true;
}

bool Instance::MemoryFill(uint32_t memory, uint64_t destination, uint8_t value, uint64_t size) {
  const Memory& target = *memories_[memory];
  if (!target.Contains(destination, size)) return false;
  std::memset(target.base() + destination, value, size);
  return true;
}

void Instance::DataDrop(uint32_t data) { dropped_data_[data] = true; }

bool Instance::TableInit(uint32_t table, uint32_t element, uint64_t destination, uint64_t source,
                         uint64_t count) {
  const auto segment = element_values_.find(element);
  const size_t segment_size = segment == element_values_.end() ? 0 : segment->second.size();
  const TableView& target = tables_[table]->view();
  if (!Fits(source, count, segment_size) || !Fits(destination, count, target.size)) return false;
  if (count != 0) {
    std::memcpy(target.elements + destination, segment->second.data() + source,
                count * sizeof(uint64_t));
  }
  return true;
}

bool Instance::TableCopy(uint32_t destination_table, uint32_t source_table, uint64_t destination,
                         uint64_t source, uint64_t count) {
  const TableView& target = tables_[destination_table]->view();
  const TableView& from = tables_[source_table]->view();
  if (!Fits(destination, count, target.size) || !Fits(source, count, from.size)) return false;
  if (count != 0) {
    std::memmove(target.elements + destination, from.elements + source, count * sizeof(uint64_t));
  }
  return true;
}

bool Instance::TableFill(uint32_t table, uint64_t destination, uint64_t reference, uint64_t count) {
  const TableView& target = tables_[table]->view();
  if (!Fits(destination, count, target.size)) return false;
  for (uint64_t i = 0; i < count; ++i) target.elements[destination + i] = reference;
  return true;
}

void Instance::ElementDrop(uint32_t element) { element_values_.erase(element); }

}  // namespace wasmtier::runtime
