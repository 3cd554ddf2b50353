#include "runtime/model/type_registry.h"

#include <gtest/gtest.h>

#include <utility>

namespace wasmtier::runtime {
namespace {

TypeDefinition Function(std::vector<ValueType> params, std::vector<ValueType> results) {
  TypeDefinition type;
  type.func = {std::move(params), std::move(results)};
  return type;
}

ValueType RefTo(uint32_t index) { return ValueType::Ref(HeapKind::kIndex, true, index); }

// One recursion group after another.
void AddGroup(Module& module, std::vector<TypeDefinition> group) {
  const auto start = static_cast<uint32_t>(module.types.size());
  for (TypeDefinition& type : group) {
    type.group_start = start;
    type.group_size = static_cast<uint32_t>(group.size());
    module.types.push_back(std::move(type));
  }
}

class TypeRegistryTest : public ::testing::Test {
 protected:
  void Canonicalize(Module& module) { ASSERT_TRUE(registry_.Canonicalize(module).ok()); }
  TypeRegistry registry_;
};

TEST_F(TypeRegistryTest, FunctionTypesOfHostAndModulesAgree) {
  Module module;
  AddGroup(module, {Function({kI32}, {kI64})});
  AddGroup(module, {Function({kI32, kI64}, {})});
  AddGroup(module, {Function({}, {kI32, kI64})});
  AddGroup(module, {Function({kI32}, {kI64})});
  Canonicalize(module);
  const auto& ids = module.canonical_types;
  EXPECT_EQ(ids[0], ids[3]);
  EXPECT_NE(ids[0], ids[1]);
  EXPECT_NE(ids[1], ids[2]);
  EXPECT_EQ(registry_.Canonicalize(FuncType{{kI32}, {kI64}}), ids[0]);
  EXPECT_EQ(registry_.function_type(ids[1]), (FuncType{{kI32, kI64}, {}}));
}

TEST_F(TypeRegistryTest, ReferenceTypesDifferByNullability) {
  EXPECT_NE(registry_.Canonicalize(FuncType{{kFuncRef}, {}}),
            registry_.Canonicalize(FuncType{{ValueType::Ref(HeapKind::kFunc, false)}, {}}));
  EXPECT_NE(registry_.Canonicalize(FuncType{{kFuncRef}, {}}),
            registry_.Canonicalize(FuncType{{kExternRef}, {}}));
}

TEST_F(TypeRegistryTest, EqualTypesAtOtherIndicesOfOtherModules) {
  Module a;
  AddGroup(a, {Function({}, {})});
  AddGroup(a, {Function({RefTo(0)}, {})});
  Module b;
  AddGroup(b, {Function({kF32}, {})});
  AddGroup(b, {Function({}, {})});
  AddGroup(b, {Function({RefTo(1)}, {})});
  AddGroup(b, {Function({RefTo(0)}, {})});
  Canonicalize(a);
  Canonicalize(b);
  EXPECT_EQ(a.canonical_types[1], b.canonical_types[2]);
  EXPECT_NE(a.canonical_types[1], b.canonical_types[3]);
  EXPECT_EQ(registry_.function_type(a.canonical_types[1]).params[0].type_index(),
            a.canonical_types[0]);
}

TEST_F(TypeRegistryTest, RecursionGroupsAreComparedAsAWhole) {
  Module a;
  AddGroup(a, {Function({RefTo(1)}, {}), Function({RefTo(0)}, {})});
  AddGroup(a, {Function({RefTo(3)}, {}), Function({RefTo(2)}, {})});
  AddGroup(a, {Function({RefTo(4)}, {})});
  Canonicalize(a);
  const auto& ids = a.canonical_types;
  EXPECT_EQ(ids[0], ids[2]);
  EXPECT_EQ(ids[1], ids[3]);
  EXPECT_NE(ids[0], ids[1]);  // the same structure, at another place of the group
  EXPECT_NE(ids[0], ids[4]);
}

TEST_F(TypeRegistryTest, FinalityAndSupertypesCount) {
  Module module;
  TypeDefinition open = Function({}, {});
  open.is_final = false;
  AddGroup(module, {open});
  AddGroup(module, {Function({}, {})});
  TypeDefinition derived = Function({}, {});
  derived.supertype = 0;
  AddGroup(module, {derived});
  Canonicalize(module);
  const auto& ids = module.canonical_types;
  EXPECT_NE(ids[0], ids[1]);
  EXPECT_NE(ids[1], ids[2]);
  EXPECT_NE(ids[0], ids[2]);
}

}  // namespace
}  // namespace wasmtier::runtime
