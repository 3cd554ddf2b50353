// Loads and stores of the MacroAssembler: values, bounds checks, and where faults are noted.
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <algorithm>

#include "test/unit/baseline/masm_fixture.h"
#include "tiers/decode/opcode.h"
#include "tiers/semantics/operation.h"

namespace wasmtier::test {
namespace {

using decode::Opcode;

template <Opcode opcode>
uint64_t LoadReference(const uint8_t* from) {
  using Operation = semantics::MemoryOperation<opcode>;
  typename Operation::Memory memory;
  std::memcpy(&memory, from, sizeof memory);
  auto value = static_cast<typename Operation::Value>(memory);
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  return bits;
}

struct Access {
  Opcode opcode;
  bool is_store;
  Type type;
  uint64_t (*load)(const uint8_t* from);
};
template <typename T>
constexpr Type TypeOf() {
  if constexpr (std::is_same_v<T, float>) return Type::kF32;
  if constexpr (std::is_same_v<T, double>) return Type::kF64;
  return sizeof(T) == 4 ? Type::kI32 : Type::kI64;
}
const Access kAccesses[] = {
#define OPERATION_1(Name, OperandType, ResultType, function, trap)
#define OPERATION_2(Name, OperandType, ResultType, function, trap)
#define MEMORY_OPERATION(Name, MemoryType, ValueType)                             \
  {Opcode::k##Name, decode::Info(Opcode::k##Name).shape == decode::Shape::kStore, \
   TypeOf<ValueType>(), LoadReference<Opcode::k##Name>},
#include "tiers/semantics/operations.def"
#undef OPERATION_1
#undef OPERATION_2
#undef MEMORY_OPERATION
};

sigjmp_buf fault_jump;
const uint8_t* fault_pc = nullptr;
void OnFault(int, siginfo_t*, void* context) {
  fault_pc = reinterpret_cast<const uint8_t*>(
      static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP]);
  siglongjmp(fault_jump, 1);
}

class MasmMemoryTest : public MasmTest {
 protected:
  static constexpr Register kBase = Gp(12);
  static constexpr Register kAddress = Gp(6);
  static constexpr uint32_t kSize = 4096;

  MasmMemoryTest() : memory_(kSize) {}

  void Fill() {
    for (size_t i = 0; i < memory_.size(); ++i) memory_[i] = static_cast<uint8_t>(i * 151 + 13);
  }
  uint64_t BaseBits() { return reinterpret_cast<uint64_t>(memory_.data()); }

  // Where the value of a store comes from, or a loaded one goes to.
  static std::vector<Operand> Values(const Access& access) {
    const bool is_float = baseline::IsFloat(access.type);
    std::vector<Operand> values = {Operand::In(is_float ? Xmm(9) : Gp(8))};
    if (!access.is_store) {
      if (!is_float) values.push_back(Operand::In(kAddress));
      return values;
    }
    values.push_back(Operand::InFrame(kFrameSlots[2]));
    values.push_back(
        Operand::Constant(baseline::Is64(access.type) ? 0xfedcba9876543210 : 0x98765432));
    values.push_back(Operand::Constant(5));
    return values;
  }

  // Makes and runs one access and compares memory or the result; the end of the address range that
  // it touches decides whether it must trap.
  struct Plan {
    Operand address;
    uint64_t address_value;
    uint64_t offset;
    bool checked;
    bool is_64;
  };
  void Check(const Access& access, const Operand& value, const Plan& plan) {
    const Register destination =
        access.is_store ? Gp(14) : value.reg;  // of a store: some other register
    runtime::MemoryView view = {memory_.data(), kSize};
    std::vector<Given> given = {{Type::kI64, Operand::In(kBase)},
                                {plan.is_64 ? Type::kI64 : Type::kI32, plan.address}};
    if (access.is_store) given.push_back({access.type, value});
    Make(given, access.is_store ? Type::kI64 : access.type, destination, [&](Masm& m) {
      if (access.is_store) {
        if (plan.checked) {
          m.StoreChecked(access.opcode, value, kBase, plan.address, plan.offset, plan.is_64);
        } else {
          m.Store(access.opcode, value, kBase, plan.address, plan.offset);
        }
      } else if (plan.checked) {
        m.LoadChecked(access.opcode, destination, kBase, plan.address, plan.offset, plan.is_64);
      } else {
        m.Load(access.opcode, destination, kBase, plan.address, plan.offset);
      }
    });
    Fill();
    std::vector<uint8_t> expected = memory_;
    const uint32_t bytes = decode::AccessBits(access.opcode) / 8;
    const unsigned __int128 begin =
        static_cast<unsigned __int128>(plan.address_value) + plan.offset;
    const bool fits = begin + bytes <= kSize;
    Exchange exchange;
    exchange.operands[0] = plan.checked ? reinterpret_cast<uint64_t>(&view) : BaseBits();
    exchange.operands[1] = plan.address_value;
    exchange.operands[2] = 0x1122334455667788;
    const uint64_t stored = value.IsConstant() ? value.bits : exchange.operands[2];
    if (access.is_store && fits) {
      std::memcpy(expected.data() + static_cast<size_t>(begin), &stored, bytes);
    }
    const TrapCode trap = Run(&exchange);
    SCOPED_TRACE(testing::Message()
                 << decode::Name(access.opcode) << " address " << std::hex << plan.address_value
                 << " offset " << plan.offset << " checked " << plan.checked << " 64 " << plan.is_64
                 << " kind " << static_cast<int>(plan.address.kind));
    ASSERT_EQ(trap, fits ? TrapCode::kNone : TrapCode::kMemoryOutOfBounds);
    ASSERT_EQ(memory_, expected);
    if (!fits) return;
    ASSERT_EQ(ChangedRegisters(exchange, false), "");
    if (!access.is_store) {
      if (access.type == Type::kF32) exchange.result = static_cast<uint32_t>(exchange.result);
      ASSERT_EQ(exchange.result, access.load(memory_.data() + static_cast<size_t>(begin)));
    }
  }

  std::vector<uint8_t> memory_;
};

TEST_P(MasmMemoryTest, EveryOperandForm) {
  for (const Access& access : kAccesses) {
    for (const Operand& value : Values(access)) {
      for (uint64_t address : {0, 3, 2000}) {
        for (uint64_t offset : {0, 1, 100, 2000}) {
          for (const Operand& place : {Operand::In(kAddress), Operand::InFrame(kFrameSlots[1]),
                                       Operand::Constant(address)}) {
            for (bool checked : {false, true}) {
              ASSERT_NO_FATAL_FAILURE(
                  Check(access, value, {place, address, offset, checked, false}));
            }
          }
        }
      }
    }
  }
}

TEST_P(MasmMemoryTest, BoundsAreChecked) {
  const uint64_t kHuge[] = {0,          1,          kSize - 16, kSize - 8,  kSize - 7,
                            kSize - 4,  kSize - 1,  kSize,      0x7ffffff0, 0x7fffffff,
                            0x80000000, 0xfffffff8, 0xffffffff};
  const uint64_t kHuge64[] = {0x100000000,        0x7fffffffffffffff, 0x8000000000000000,
                              0xfffffffffffff000, 0xfffffffffffffff8, 0xffffffffffffffff};
  std::vector<uint64_t> values(std::begin(kHuge), std::end(kHuge));
  const size_t count_32 = values.size();
  values.insert(values.end(), std::begin(kHuge64), std::end(kHuge64));
  for (Opcode opcode : {Opcode::kI32Load8S, Opcode::kI64Load, Opcode::kF32Load, Opcode::kI64Store,
                        Opcode::kI32Store16, Opcode::kF64Store}) {
    const Access& access = *std::find_if(std::begin(kAccesses), std::end(kAccesses),
                                         [&](const Access& a) { return a.opcode == opcode; });
    for (bool is_64 : {false, true}) {
      const size_t count = is_64 ? values.size() : count_32;
      for (size_t i = 0; i < count; ++i) {
        for (size_t j = 0; j < count; ++j) {
          for (const Operand& place : {Operand::In(kAddress), Operand::InFrame(kFrameSlots[1]),
                                       Operand::Constant(values[i])}) {
            ASSERT_NO_FATAL_FAILURE(
                Check(access, Values(access)[0], {place, values[i], values[j], true, is_64}));
          }
        }
      }
    }
  }
}

TEST_P(MasmMemoryTest, FaultsAreNotedAtTheInstruction) {
  // All that a 32-bit address and the offset reach.
  constexpr size_t kReserved = (size_t{1} << 32) + 4096;
  void* const nothing =
      mmap(nullptr, kReserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(nothing, MAP_FAILED);
  struct sigaction action = {};
  struct sigaction old;
  action.sa_sigaction = OnFault;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  sigaction(SIGSEGV, &action, &old);
  for (const Access& access : kAccesses) {
    for (const Operand& value : Values(access)) {
      for (const Operand& place : {Operand::In(kAddress), Operand::InFrame(kFrameSlots[1]),
                                   Operand::Constant(8), Operand::Constant(0x80000000)}) {
        std::vector<Given> given = {{Type::kI64, Operand::In(kBase)}, {Type::kI32, place}};
        if (access.is_store) given.push_back({access.type, value});
        Make(given, Type::kI64, Gp(14), [&](Masm& m) {
          if (access.is_store) {
            m.Store(access.opcode, value, kBase, place, 16);
          } else {
            m.Load(access.opcode, value.reg, kBase, place, 16);
          }
        });
        Exchange exchange;
        exchange.operands[0] = reinterpret_cast<uint64_t>(nothing);
        exchange.operands[1] = 32;
        fault_pc = nullptr;
        if (sigsetjmp(fault_jump, 1) == 0) {
          Run(&exchange);
          ADD_FAILURE() << "no fault";
        }
        uint32_t offset = 0;
        ASSERT_TRUE(code_->FindPosition(fault_pc, &offset)) << decode::Name(access.opcode);
        EXPECT_EQ(offset, kOperationOffset);
      }
    }
  }
  sigaction(SIGSEGV, &old, nullptr);
  munmap(nothing, kReserved);
}

MASM_TEST_LEVELS(MasmMemoryTest);

}  // namespace
}  // namespace wasmtier::test
