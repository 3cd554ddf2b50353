// What the methods of the x86-64 Masm (masm_*.cc) share: asmjit's assembler, operands in its terms,
// and what is put off until Finish. asmjit only encodes instructions. Labels are our own (its cost
// 120 ns for a jump and its label, 2026-11-22; these 15), and whatever depends on where the code
// comes to lie is patched by Finish, so that there are no asmjit relocations either.
#ifndef WASMTIER_TIERS_BASELINE_X64_ASSEMBLER_H_
#define WASMTIER_TIERS_BASELINE_X64_ASSEMBLER_H_

#include <asmjit/x86.h>

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "tiers/baseline/masm.h"
#include "tiers/baseline/x64/cpu.h"

namespace wasmtier::baseline {

namespace x86 = asmjit::x86;
namespace Inst = asmjit::x86::Inst;
using InstId = asmjit::InstId;
using CondCode = x86::CondCode;
using decode::Opcode;

inline constexpr Register kRax{0, false};
inline constexpr Register kRcx{1, false};
inline constexpr Register kRdx{2, false};
inline constexpr Register kXmm0{0, true};
inline constexpr Register kXmm1{1, true};

// Type of the last operand (the value of a store) and of the result, for every opcode; a table of
// its own, since rows of kOpcodeInfo are large.
struct OpcodeTypes {
  Type operand = Type::kI32;
  Type result = Type::kI32;
};
inline constexpr auto kOpcodeTypes = [] {
  std::array<OpcodeTypes, decode::kOpcodeCount> types;
  for (int i = 0; i < decode::kOpcodeCount; ++i) {
    const decode::Signature& signature = decode::kOpcodeInfo[i].signature;
    if (signature.param_count > 0) {
      types[i].operand = TypeOf(signature.params[signature.param_count - 1]);
    }
    if (signature.has_result) types[i].result = TypeOf(signature.result);
  }
  return types;
}();
inline OpcodeTypes TypesOf(Opcode opcode) { return kOpcodeTypes[static_cast<size_t>(opcode)]; }

// An instruction in its SSE and its AVX form, which has one operand more: the first source.
struct FloatInstruction {
  InstId sse;
  InstId avx;
};

struct Masm::Assembler final : asmjit::ErrorHandler {
  Assembler(runtime::CodeSpace& space, const Thunks& thunks);
  ~Assembler() override;

  void Reset(std::string* listing);
  void handleError(asmjit::Error error, const char* message, asmjit::BaseEmitter*) override;

  // Writes each line that asmjit logs into the listing, with the offset, and symbols for addresses.
  class Listing final : public asmjit::Logger {
   public:
    explicit Listing(Assembler& assembler) : assembler_(assembler) {}
    asmjit::Error _log(const char* data, size_t size) noexcept override;

   private:
    Assembler& assembler_;
  };

  // --- Emission.
  // All instructions go through here, for operands that are relative to rip (Target). An immediate
  // beside one is of a vector instruction, and a byte.
  template <typename... Operands>
  void Emit(InstId instruction, const Operands&... operands) {
    emitter.emit(instruction, operands...);
    if (pending.kind != Target::Kind::kNone) [[unlikely]]
      NoteTarget((std::is_same_v<Operands, asmjit::Imm> || ...) ? 1 : 0);
  }
  InstId Pick(FloatInstruction instruction) const {
    return cpu.avx ? instruction.avx : instruction.sse;
  }
  // Bytes that asmjit cannot make without knowing the final address; `text` is for the listing.
  void EmitBytes(std::initializer_list<uint8_t> bytes, std::string_view text);

  // --- Operands.
  static x86::Gp R(bool is_64, Register reg) {
    return is_64 ? static_cast<x86::Gp>(x86::gpq(reg.number))
                 : static_cast<x86::Gp>(x86::gpd(reg.number));
  }
  static x86::Gp R8(Register reg) { return x86::gpb_lo(reg.number); }
  static x86::Gp R16(Register reg) { return x86::gpw(reg.number); }
  static x86::Gp R32(Register reg) { return x86::gpd(reg.number); }
  static x86::Gp R64(Register reg) { return x86::gpq(reg.number); }
  static x86::Xmm X(Register reg) { return x86::xmm(reg.number); }
  static x86::Mem Frame(int32_t offset, uint32_t size) { return x86::ptr(x86::rbp, offset, size); }
  static x86::Mem At(Address address, uint32_t size) {
    x86::Gp base = x86::gpq(address.base.number);
    if (!address.index.IsValid()) return x86::ptr(base, address.displacement, size);
    return x86::ptr(base, x86::gpq(address.index.number), 0, address.displacement, size);
  }
  // The constant as an instruction of its width takes it; false if it needs a register.
  static bool FitsImmediate(bool is_64, uint64_t bits, int32_t* immediate) {
    *immediate = static_cast<int32_t>(bits);
    return !is_64 || static_cast<int64_t>(bits) == *immediate;
  }

  // The register that an integer operand is in; it is loaded into `scratch` if it is in none.
  Register InRegister(bool is_64, const Operand& operand, Register scratch);
  // As a source of an instruction: register, memory or immediate, or `scratch` for a constant that
  // is no immediate.
  asmjit::Operand Source(bool is_64, const Operand& operand, Register scratch);
  // Register or memory; a constant is loaded into `scratch`.
  asmjit::Operand SourceNotImmediate(bool is_64, const Operand& operand, Register scratch);
  // Leaves the flags alone if `keep_flags`.
  void LoadConstant(Register destination, uint64_t value, bool keep_flags = false);
  void MoveInteger(bool is_64, Register destination, const Operand& source,
                   bool keep_flags = false);

  Register InFloatRegister(bool is_64, const Operand& operand, Register scratch);
  // A register or memory; for a constant it lies in the pool and is to be used by the next Emit.
  asmjit::Operand FloatSource(bool is_64, const Operand& operand);
  void MoveFloat(bool is_64, Register destination, const Operand& source);
  // instruction(destination, a, b) with AVX, or a two-operand SSE instruction.
  void FloatBinary(FloatInstruction instruction, bool is_64, bool commutative, Register destination,
                   Operand a, Operand b);
  void ZeroFloat(Register reg);
  // destination = instruction(destination, source) in place or with AVX's third operand.
  void FloatInPlace(FloatInstruction instruction, Register destination, Register source,
                    const asmjit::Operand_& other);

  // --- Vectors (masm_vector*.cc).
  void MoveVector(Register destination, const Operand& source);
  void StoreVector(Address to, const Operand& source);
  Register InVectorRegister(const Operand& operand, Register scratch);
  // A register, or memory that is to be used by the next Emit; not for frame slots without AVX,
  // since SSE instructions want their memory aligned.
  asmjit::Operand VectorSource(const Operand& operand);
  uint64_t VectorConstantOf(uint64_t low, uint64_t high);
  // The constant with this word in both halves.
  Operand Repeated(uint64_t word) { return Operand::Constant(VectorConstantOf(word, word)); }
  // destination = instruction(a, b). Without AVX, b must not be the destination unless a is.
  void Apply(FloatInstruction instruction, Register destination, Register a, const Operand& b);
  void Apply(FloatInstruction instruction, Register destination, Register a, const Operand& b,
             int immediate);
  // The same, where `a` is lost: the end of a sequence, b may be the destination.
  void ApplyLast(FloatInstruction instruction, Register destination, Register a, const Operand& b);
  // destination = instruction(source), perhaps with an immediate.
  void ApplyUnary(FloatInstruction instruction, Register destination, Register source);
  void ApplyUnary(FloatInstruction instruction, Register destination, Register source,
                  int immediate);
  // destination = source shifted by an immediate.
  void ApplyShift(FloatInstruction instruction, Register destination, Register source, int count);
  void FillWithOnes(Register destination);
  // destination = ~source, which is a scratch register and lost.
  void VectorNot(Register destination, Register source);
  void SingleVectorBinary(FloatInstruction instruction, bool commutative, int immediate,
                          Register destination, Operand a, Operand b);
  void ComplexVectorBinary(Opcode opcode, Register destination, Register a, Register b);
  enum class Comparison : uint8_t { kEq, kNe, kLtS, kLtU, kGtS, kGtU, kLeS, kLeU, kGeS, kGeU };
  // 1 << lane_exponent bytes a lane.
  void CompareLanes(Comparison comparison, int lane_exponent, Register destination, Register a,
                    Register b);
  void MultiplyLanes64(Register destination, Register a, Register b);
  // extmul; 1 << lane_exponent bytes a lane of the operands.
  struct Extension {
    int lane_exponent;
    bool is_high;
    bool is_signed;
  };
  void ExtendedMultiply(Extension extension, Register destination, Register a, Register b);
  void Extend(Extension extension, Register destination, Register source);
  void RoundingMultiply(Register destination, Register a, Register b);
  void RelaxedDot(Register destination, Register a, Register b);
  void RelaxedDotAdd(Register destination, Register a, Register b, Register c);
  void VectorFloatMinMax(bool is_64, bool is_max, Register destination, Register a, Register b);
  void FloatVectorBinary(Opcode opcode, Register destination, Register a, Register b);
  void Swizzle(Register destination, Register a, Register indices);
  void ConvertVector(Opcode opcode, Register destination, Register a);
  // Of f32, with saturation.
  void TruncateToSigned(Register destination, Register a);
  void TruncateToUnsigned(Register destination, Register a);
  void TruncateDoubles(bool is_signed, Register destination, Register a);
  void ConvertUnsigned(bool to_64, Register destination, Register a);
  void NegateLanes(FloatInstruction subtract, Register destination, Register a);
  void AbsoluteLanes64(Register destination, Register a);
  // False if the opcode is no such instruction.
  bool RoundLanes(Opcode opcode, Register destination, Register a);
  bool ExtendLanes(Opcode opcode, Register destination, Register a);
  void SelectBits(Register destination, Register a, Register b, Register mask);
  void SelectLanes(FloatInstruction blend, Register destination, Register a, Register b,
                   Register mask);
  void MultiplyAdd(bool is_64, bool is_negated, Register destination, Register a, Register b,
                   Register c);
  void PopulationCountLanes(Register destination, Register a);
  void AddPairs(Opcode opcode, Register destination, Register a);
  // Of a count that is not constant: it is in xmm1 (64 bits a lane) or in eax (8 bits).
  static constexpr int kInRegister = -1;
  void ShiftBytes(Opcode opcode, Register destination, Register a, int count);
  void ShiftBytesSigned(Register destination, Register a, int count);
  void ShiftSigned64(Register destination, Register a, int count);
  void SplatLowest(uint32_t bytes, Register destination);
  void InsertLane(uint32_t bytes, Register destination, Register a, const asmjit::Operand& source,
                  uint32_t lane);
  void ReplaceFloat(bool is_64, Register destination, Register a, Operand scalar, uint32_t lane);
  bool ShuffleByOneInstruction(Register destination, Register a, Register b, const uint8_t* lanes);
  // The place of an access; emits what it needs.
  x86::Mem PlaceOf(const Place& place, uint32_t bytes);
  // False if it is no load of a vector.
  bool LoadVectorFrom(Opcode opcode, Register destination, x86::Mem memory);
  void StoreVectorTo(const Operand& value, x86::Mem memory);

  // The next instruction addresses a counter by [rip].
  void PrepareCounter(const void* counter);

  // --- Integer (masm_integer.cc, masm_division.cc).
  void Add(bool is_64, Register destination, Operand a, Operand b);
  void Sub(bool is_64, Register destination, const Operand& a, const Operand& b);
  void Mul(bool is_64, Register destination, Operand a, Operand b);
  bool MulConstant(bool is_64, Register destination, const Operand& a, uint64_t factor);
  void Bitwise(InstId instruction, bool is_64, Register destination, Operand a, Operand b);
  bool BitwiseConstant(InstId instruction, bool is_64, Register destination, uint64_t value);
  void Shift(Opcode opcode, bool is_64, Register destination, const Operand& a, const Operand& b);
  void ShiftConstant(InstId instruction, bool is_64, Register destination, const Operand& a,
                     uint32_t count);
  void CountZeros(bool leading, bool is_64, Register destination, const Operand& a);
  void PopulationCount(bool is_64, Register destination, const Operand& a);

  struct Division {
    bool is_64;
    bool is_signed;
    bool is_remainder;
  };
  void Divide(Division division, Register destination, const Operand& a, const Operand& b);
  void DivideBy(Division division, Register destination, const Operand& a, uint64_t divisor);
  void DivideUnsignedMagic(Division division, Register destination, const Operand& a,
                           uint64_t divisor);
  void DivideSignedMagic(Division division, Register destination, const Operand& a,
                         int64_t divisor);
  void DivideSignedPower(Division division, Register destination, const Operand& a,
                         int64_t divisor);
  // destination = a - quotient * divisor; the quotient is in rdx, a is not.
  void RemainderOf(bool is_64, Register destination, const Operand& a, uint64_t divisor);

  // --- Floats and conversions (masm_float.cc, masm_convert.cc).
  void FloatMinMax(bool is_64, bool is_max, Register destination, Operand a, Operand b);
  void FloatSign(bool is_64, FloatInstruction instruction, bool sign_mask, Register destination,
                 const Operand& a);
  void Copysign(bool is_64, Register destination, const Operand& a, const Operand& b);
  void Round(bool is_64, int mode, Register destination, const Operand& a);
  void SquareRoot(bool is_64, Register destination, const Operand& a);
  void Convert(Opcode opcode, Register destination, const Operand& a);
  struct Truncation {
    bool from_64;
    bool to_64;
    bool is_signed;
    bool saturates;
  };
  void Truncate(Truncation truncation, Register destination, const Operand& a);
  void IntToFloat(bool from_64, bool is_signed, bool to_64, Register destination, const Operand& a);
  void Resize(bool to_64, Register destination, const Operand& a);
  void CompareFloats(bool is_64, Register a, const Operand& b);

  // --- Memory (masm_memory.cc).
  x86::Mem Access(Register base, const Operand& address, uint64_t offset);
  // Checks the bounds and returns the place.
  x86::Mem CheckedAccess(Register view, const Operand& address, uint64_t offset, uint32_t bytes,
                         bool is_64);
  void LoadFrom(Opcode opcode, Register destination, x86::Mem memory);
  // May use rcx for the value.
  void StoreTo(Opcode opcode, const Operand& value, x86::Mem memory);

  // --- Positions and traps.
  void NoteReturnAddress() { positions.push_back({Offset(), masm->module_offset_}); }
  void NoteFault();
  // A conditional jump to a trap at the current module offset.
  void TrapJump(CondCode condition, runtime::TrapCode code);
  void LoadSlotAddress(const std::atomic<void*>* slot);
  // A call to a fixed address.
  void CallThunk(const void* thunk, std::string_view name);

  uint32_t Offset() const { return static_cast<uint32_t>(emitter.offset()); }

  // --- Labels and jumps.
  Label NewLabel() {
    labels.emplace_back();
    return {static_cast<uint32_t>(labels.size() - 1)};
  }
  void Bind(Label label);
  void Jump(Label target);
  void JumpIf(CondCode condition, Label target);
  // Forward by less than 128 bytes; the label's only use.
  void JumpShort(CondCode condition, Label target);
  // Fills in the rel32 at the end of the code, now or when the label is bound.
  void UseLabel(Label target);

  // --- What is put off.
  // Slow paths that stand behind the main code. A record, not a closure, since most are made for
  // instructions that are frequent.
  struct SlowPath {
    enum class Kind : uint8_t { kDivide, kTruncate, kConvertUnsigned, kMinMax };
    Kind kind;
    bool flag = false;   // kMinMax: is_max
    bool is_64 = false;  // kMinMax, kConvertUnsigned
    Division division{};
    Truncation truncation{};
    Register destination;
    Register a;
    Register b;
    Label entry;
    Label done;
    uint32_t module_offset = 0;
  };
  // Adds it with fresh labels at the current module offset; the caller binds `done`.
  SlowPath& AddSlowPath(SlowPath::Kind kind);
  void EmitSlowPath(const SlowPath& path);
  void EmitDivideSlowPath(const SlowPath& path);
  void EmitTruncateSlowPath(const SlowPath& path);
  void EmitSaturateSlowPath(const SlowPath& path);
  void EmitConvertSlowPath(const SlowPath& path);
  void EmitMinMaxSlowPath(const SlowPath& path);

  struct LabelState {
    static constexpr uint32_t kUnbound = UINT32_MAX;
    uint32_t offset = kUnbound;
    // Before it is bound: the field of the last jump to it, which holds the offset of that of the
    // jump before; 0 at the end.
    uint32_t last_use = 0;
    bool is_short = false;  // the one use is a rel8
  };
  struct ColdCode {
    Label entry;
    std::function<void()> emit;
    uint32_t module_offset;
  };
  struct TrapSite {
    uint32_t displacement;  // offset of the jump's rel32
    runtime::TrapCode code;
    uint32_t module_offset;
  };
  struct Table {
    uint32_t first;  // in table_labels
    uint32_t size;
  };
  // What a 32-bit field of the code refers to.
  struct Target {
    enum class Kind : uint8_t { kNone, kAddress, kConstant, kMask, kTable, kVector };
    Kind kind = Kind::kNone;
    uint8_t bytes_behind = 0;  // of the instruction, after the field
    uint32_t offset = 0;       // of the field
    uint64_t value = 0;        // the address; otherwise an index
  };
  void NoteTarget(uint8_t bytes_behind);
  x86::Mem ConstantInPool(uint64_t bits, uint32_t size);
  // 16-byte masks for floats of each width.
  enum class Mask : uint8_t { kAbs32, kSign32, kAbs64, kSign64 };
  x86::Mem MaskInPool(bool is_64, bool sign);

  // --- Finish.
  void EmitPutOffCode();
  void EmitTrapStubs();
  void WriteData(uint8_t* writable);
  void Patch(const runtime::CodeBuffer& buffer);
  std::string TargetName(const Target& target) const;

  Masm* masm = nullptr;
  runtime::CodeSpace& space;
  const Thunks thunks;
  const CpuFeatures cpu;
  asmjit::CodeHolder holder;
  x86::Assembler emitter;
  Listing logger{*this};
  std::string* listing = nullptr;
  asmjit::Error error = asmjit::kErrorOk;
  Target pending;  // the rip-relative operand of the next Emit
  const uint32_t* first_counter = nullptr;
  const std::atomic<void*>* entries = nullptr;
  uint32_t prologue_size = 0;

  std::vector<LabelState> labels;
  uint32_t unbound_labels = 0;  // that are used
  std::vector<runtime::CodePositionEntry> positions;
  std::vector<Target> targets;
  std::vector<TrapSite> trap_sites;
  std::vector<SlowPath> slow_paths;
  std::vector<ColdCode> cold;
  std::vector<uint64_t> constants;
  struct Vector {
    uint64_t low;
    uint64_t high;
    bool operator==(const Vector&) const = default;
  };
  std::vector<Vector> vectors;  // the first is zero
  bool uses_vectors = false;    // whether code refers to them
  runtime::RelaxedSimd relaxed = runtime::RelaxedSimd::kDeterministic;
  bool IsRelaxedFast() const { return relaxed != runtime::RelaxedSimd::kDeterministic; }
  std::vector<Table> tables;
  std::vector<uint32_t> table_labels;
  uint32_t used_masks = 0;  // bits by Mask
  // Offsets of the data behind the code.
  uint32_t masks_offset = 0;
  uint32_t vectors_offset = 0;
  uint32_t constants_offset = 0;
  uint32_t tables_offset = 0;
};

inline CondCode CondCodeOf(Condition condition) {
  switch (condition) {
    case Condition::kEqual:
    case Condition::kFloatEqual:
      return CondCode::kE;
    case Condition::kNotEqual:
    case Condition::kFloatNotEqual:
      return CondCode::kNE;
    case Condition::kLessSigned:
      return CondCode::kL;
    case Condition::kLessEqualSigned:
      return CondCode::kLE;
    case Condition::kGreaterSigned:
      return CondCode::kG;
    case Condition::kGreaterEqualSigned:
      return CondCode::kGE;
    case Condition::kBelow:
      return CondCode::kB;
    case Condition::kBelowEqual:
      return CondCode::kBE;
    case Condition::kAbove:
      return CondCode::kA;
    case Condition::kAboveEqual:
      return CondCode::kAE;
  }
  return CondCode::kE;
}

}  // namespace wasmtier::baseline

#endif  // WASMTIER_TIERS_BASELINE_X64_ASSEMBLER_H_
