#include "wasmtier/instance.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "engine/api/extern_access.h"
#include "engine/api/store_state.h"
#include "runtime/instance.h"

namespace wasmtier {
namespace {

const char* WithArticle(ExternKind kind) {
  switch (kind) {
    case ExternKind::kFunc:
      return "a function";
    case ExternKind::kTable:
      return "a table";
    case ExternKind::kMemory:
      return "a memory";
    case ExternKind::kGlobal:
      return "a global";
    case ExternKind::kTag:
      return "a tag";
  }
  return "unknown";
}

template <typename T>
absl::StatusOr<T> Get(const Instance& instance, std::string_view name, ExternKind kind) {
  const std::optional<Extern> value = instance.FindExport(name);
  if (!value) {
    return absl::NotFoundError(absl::StrCat("no export \"", std::string(name), "\""));
  }
  if (const T* object = std::get_if<T>(&*value)) return *object;
  return absl::InvalidArgumentError(absl::StrCat("export \"", std::string(name), "\" is ",
                                                 WithArticle(KindOf(*value)), ", not ",
                                                 WithArticle(kind)));
}

}  // namespace

Module Instance::module() const { return store_->modules.at(instance_); }

std::optional<Extern> Instance::FindExport(std::string_view name) const {
  const std::optional<runtime::ExternValue> value = instance_->FindExport(name);
  if (!value) return std::nullopt;
  return internal::ToPublic(store_, *value);
}

absl::StatusOr<Func> Instance::GetFunc(std::string_view name) const {
  return Get<Func>(*this, name, ExternKind::kFunc);
}

absl::StatusOr<Memory> Instance::GetMemory(std::string_view name) const {
  return Get<Memory>(*this, name, ExternKind::kMemory);
}

absl::StatusOr<Table> Instance::GetTable(std::string_view name) const {
  return Get<Table>(*this, name, ExternKind::kTable);
}

absl::StatusOr<Global> Instance::GetGlobal(std::string_view name) const {
  return Get<Global>(*this, name, ExternKind::kGlobal);
}

}  // namespace wasmtier
