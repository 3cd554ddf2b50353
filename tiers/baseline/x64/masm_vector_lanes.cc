// Vectors: lanes, shuffles, tests and memory.
#include <algorithm>
#include <array>
#include <cstring>

#include "tiers/baseline/x64/assembler.h"
#include "tiers/baseline/x64/vector_instructions.h"

namespace wasmtier::baseline {
namespace {

constexpr FloatInstruction kMoveFrom32 = {Inst::kIdMovd, Inst::kIdVmovd};
constexpr FloatInstruction kMoveFrom64 = {Inst::kIdMovq, Inst::kIdVmovq};
constexpr FloatInstruction kTest = {Inst::kIdPtest, Inst::kIdVptest};

constexpr int kLanes = 16;
using Lanes = std::array<uint8_t, kLanes>;

// A byte that pshufb makes zero.
constexpr uint8_t kNoLane = 0x80;

// The lanes as double words, if they are whole ones; of one vector.
bool AreDoubleWords(const Lanes& lanes, int* immediate) {
  *immediate = 0;
  for (int i = 0; i < 4; ++i) {
    const uint8_t first = lanes[static_cast<size_t>(i) * 4];
    if (first % 4 != 0) return false;
    for (uint8_t j = 1; j < 4; ++j) {
      if (lanes[static_cast<size_t>(i) * 4 + j] != first + j) return false;
    }
    *immediate |= (first / 4 & 3) << (2 * i);
  }
  return true;
}

// Elements of `bytes` from both vectors in turn, from their lower or upper halves.
bool AreUnpacked(const Lanes& lanes, uint32_t bytes, bool is_high) {
  for (uint32_t i = 0; i < kLanes; ++i) {
    const uint32_t element = i / bytes;
    const uint32_t from =
        (element % 2) * kLanes + (is_high ? kLanes / 2 : 0) + element / 2 * bytes + i % bytes;
    if (lanes[i] != from) return false;
  }
  return true;
}

// Words that stay in their places; bits of those of the second vector.
bool AreBlended(const Lanes& lanes, int* immediate) {
  *immediate = 0;
  for (int i = 0; i < kLanes; ++i) {
    const int lane = lanes[static_cast<size_t>(i)];
    if (lane % kLanes != i) return false;
    const bool is_second = lane >= kLanes;
    if (i % 2 == 0) {
      *immediate |= static_cast<int>(is_second) << (i / 2);
    } else if (((*immediate >> (i / 2) & 1) != 0) != is_second) {
      return false;
    }
  }
  return true;
}

InstId InsertInstruction(uint32_t bytes, bool avx) {
  switch (bytes) {
    case 1:
      return avx ? Inst::kIdVpinsrb : Inst::kIdPinsrb;
    case 2:
      return avx ? Inst::kIdVpinsrw : Inst::kIdPinsrw;
    case 4:
      return avx ? Inst::kIdVpinsrd : Inst::kIdPinsrd;
    default:
      return avx ? Inst::kIdVpinsrq : Inst::kIdPinsrq;
  }
}

InstId ExtractInstruction(uint32_t bytes, bool avx) {
  switch (bytes) {
    case 1:
      return avx ? Inst::kIdVpextrb : Inst::kIdPextrb;
    case 2:
      return avx ? Inst::kIdVpextrw : Inst::kIdPextrw;
    case 4:
      return avx ? Inst::kIdVpextrd : Inst::kIdPextrd;
    default:
      return avx ? Inst::kIdVpextrq : Inst::kIdPextrq;
  }
}

}  // namespace

// --- Shuffles.

// Indices above 15 must have their highest bit set.
void Masm::Assembler::Swizzle(Register destination, Register a, Register indices) {
  constexpr uint64_t kUpTo128 = 0x7070707070707070;
  MoveVector(kXmm0, Repeated(kUpTo128));
  Apply({Inst::kIdPaddusb, Inst::kIdVpaddusb}, kXmm0, kXmm0, Operand::In(indices));
  Apply(kShuffle8, destination, a, Operand::In(kXmm0));
}

void Masm::VectorSwizzle(Register destination, Register a, const uint8_t* lanes) {
  Lanes mask;
  for (size_t i = 0; i < mask.size(); ++i) mask[i] = lanes[i] < kLanes ? lanes[i] : kNoLane;
  assembler_->Apply(kShuffle8, destination, a, Operand::Constant(VectorConstant(mask.data())));
}

bool Masm::Assembler::ShuffleByOneInstruction(Register destination, Register a, Register b,
                                              const uint8_t* bytes) {
  Lanes lanes;
  std::copy_n(bytes, kLanes, lanes.begin());
  constexpr FloatInstruction kUnpack[2][4] = {{{Inst::kIdPunpcklbw, Inst::kIdVpunpcklbw},
                                               {Inst::kIdPunpcklwd, Inst::kIdVpunpcklwd},
                                               {Inst::kIdPunpckldq, Inst::kIdVpunpckldq},
                                               {Inst::kIdPunpcklqdq, Inst::kIdVpunpcklqdq}},
                                              {{Inst::kIdPunpckhbw, Inst::kIdVpunpckhbw},
                                               {Inst::kIdPunpckhwd, Inst::kIdVpunpckhwd},
                                               {Inst::kIdPunpckhdq, Inst::kIdVpunpckhdq},
                                               {Inst::kIdPunpckhqdq, Inst::kIdVpunpckhqdq}}};
  const auto emit = [&](FloatInstruction instruction, int immediate, Register first,
                        Register second) {
    SingleVectorBinary(instruction, /*commutative=*/false, immediate, destination,
                       Operand::In(first), Operand::In(second));
    return true;
  };
  for (const bool is_high : {false, true}) {
    for (uint32_t i = 0; i < 4; ++i) {
      if (AreUnpacked(lanes, 1u << i, is_high)) return emit(kUnpack[is_high][i], -1, a, b);
    }
  }
  int immediate;
  if (AreBlended(lanes, &immediate)) {
    return emit({Inst::kIdPblendw, Inst::kIdVpblendw}, immediate, a, b);
  }
  const auto follows = [](uint8_t lane, uint8_t next) { return next != lane + 1; };
  if (std::adjacent_find(lanes.begin(), lanes.end(), follows) == lanes.end()) {
    return emit({Inst::kIdPalignr, Inst::kIdVpalignr}, lanes[0], b, a);
  }
  const bool is_split = std::all_of(lanes.begin(), lanes.begin() + kLanes / 2,
                                    [](uint8_t lane) { return lane < kLanes; }) &&
                        std::all_of(lanes.begin() + kLanes / 2, lanes.end(),
                                    [](uint8_t lane) { return lane >= kLanes; });
  if (is_split && AreDoubleWords(lanes, &immediate)) {
    return emit({Inst::kIdShufps, Inst::kIdVshufps}, immediate, a, b);
  }
  return false;
}

void Masm::VectorShuffle(Register destination, Register a, Register b, const uint8_t* bytes) {
  Assembler& as = *assembler_;
  Lanes lanes;
  std::copy_n(bytes, kLanes, lanes.begin());
  const auto is_first = [](uint8_t lane) { return lane < kLanes; };
  const bool is_all_first = std::all_of(lanes.begin(), lanes.end(), is_first);
  const bool is_none_first = std::none_of(lanes.begin(), lanes.end(), is_first);
  if (a == b || is_all_first || is_none_first) {
    const Register from = is_all_first ? a : b;
    for (uint8_t& lane : lanes) lane %= kLanes;
    int immediate;
    if (AreDoubleWords(lanes, &immediate)) {
      constexpr int kIdentity = 0xe4;
      if (immediate == kIdentity) return as.MoveVector(destination, Operand::In(from));
      return as.ApplyUnary(kShuffle32, destination, from, immediate);
    }
    return VectorSwizzle(destination, from, lanes.data());
  }
  if (as.ShuffleByOneInstruction(destination, a, b, bytes)) return;
  if (as.cpu.vbmi) {
    as.MoveVector(kXmm0, Operand::Constant(VectorConstant(bytes)));
    as.Emit(Inst::kIdVpermi2b, as.X(kXmm0), as.X(a), as.X(b));
    return as.MoveVector(destination, Operand::In(kXmm0));
  }
  Lanes of_a;
  Lanes of_b;
  for (size_t i = 0; i < lanes.size(); ++i) {
    of_a[i] = is_first(lanes[i]) ? lanes[i] : kNoLane;
    of_b[i] = is_first(lanes[i]) ? kNoLane : lanes[i] % kLanes;
  }
  as.Apply(kShuffle8, kXmm0, a, Operand::Constant(VectorConstant(of_a.data())));
  as.Apply(kShuffle8, kXmm1, b, Operand::Constant(VectorConstant(of_b.data())));
  as.ApplyLast({Inst::kIdPor, Inst::kIdVpor}, destination, kXmm0, Operand::In(kXmm1));
}

// --- Single lanes.

void Masm::VectorSplat(Opcode opcode, Register destination, const Operand& a) {
  Assembler& as = *assembler_;
  switch (opcode) {
    case Opcode::kF32x4Splat: {
      const Register from = as.InFloatRegister(/*is_64=*/false, a, destination);
      return as.Apply({Inst::kIdShufps, Inst::kIdVshufps}, destination, from, Operand::In(from), 0);
    }
    case Opcode::kF64x2Splat: {
      const Register from = as.InFloatRegister(/*is_64=*/true, a, destination);
      return as.ApplyUnary({Inst::kIdMovddup, Inst::kIdVmovddup}, destination, from);
    }
    case Opcode::kI64x2Splat: {
      const asmjit::Operand from = as.Source(/*is_64=*/true, a, kRax);
      as.Emit(as.Pick(kMoveFrom64), as.X(destination), from);
      return as.Apply({Inst::kIdPunpcklqdq, Inst::kIdVpunpcklqdq}, destination, destination,
                      Operand::In(destination));
    }
    default:
      break;
  }
  const asmjit::Operand from = as.Source(/*is_64=*/false, a, kRax);
  as.Emit(as.Pick(kMoveFrom32), as.X(destination), from);
  as.SplatLowest(opcode == Opcode::kI8x16Splat   ? 1
                 : opcode == Opcode::kI16x8Splat ? 2
                                                 : 4,
                 destination);
}

// Copies the lowest lane of so many bytes into all.
void Masm::Assembler::SplatLowest(uint32_t bytes, Register destination) {
  switch (bytes) {
    case 1:
      if (cpu.avx2) return Emit(Inst::kIdVpbroadcastb, X(destination), X(destination));
      ZeroFloat(kXmm0);
      return Apply(kShuffle8, destination, destination, Operand::In(kXmm0));
    case 2:
      if (cpu.avx2) return Emit(Inst::kIdVpbroadcastw, X(destination), X(destination));
      ApplyUnary({Inst::kIdPshuflw, Inst::kIdVpshuflw}, destination, destination, 0);
      return ApplyUnary(kShuffle32, destination, destination, 0);
    default:
      return ApplyUnary(kShuffle32, destination, destination, 0);
  }
}

void Masm::VectorExtractLane(Opcode opcode, Register destination, const Operand& a, uint32_t lane) {
  Assembler& as = *assembler_;
  const uint32_t bytes = decode::LaneBytes(opcode);
  if (a.kind == Operand::Kind::kFrame) {
    const x86::Mem memory = as.Frame(a.offset + static_cast<int32_t>(lane * bytes), bytes);
    switch (opcode) {
      case Opcode::kI8x16ExtractLaneS:
      case Opcode::kI16x8ExtractLaneS:
        return as.Emit(Inst::kIdMovsx, as.R32(destination), memory);
      case Opcode::kI8x16ExtractLaneU:
      case Opcode::kI16x8ExtractLaneU:
        return as.Emit(Inst::kIdMovzx, as.R32(destination), memory);
      default:
        return Move(TypesOf(opcode).result, destination,
                    Operand::InFrame(a.offset + static_cast<int32_t>(lane * bytes)));
    }
  }
  const x86::Xmm from = as.X(a.reg);
  switch (opcode) {
    case Opcode::kF32x4ExtractLane:
    case Opcode::kF64x2ExtractLane: {
      if (lane == 0) return as.MoveVector(destination, a);
      constexpr int kUpperHalf = 0xee;
      return as.ApplyUnary(kShuffle32, destination, a.reg,
                           bytes == 8 ? kUpperHalf : static_cast<int>(lane));
    }
    case Opcode::kI32x4ExtractLane:
      if (lane == 0) return as.Emit(as.Pick(kMoveFrom32), as.R32(destination), from);
      break;
    case Opcode::kI64x2ExtractLane:
      if (lane == 0) return as.Emit(as.Pick(kMoveFrom64), as.R64(destination), from);
      break;
    default:
      break;
  }
  as.Emit(ExtractInstruction(bytes, as.cpu.avx), as.R(bytes == 8, destination), from,
          asmjit::imm(lane));
  if (opcode == Opcode::kI8x16ExtractLaneS) {
    as.Emit(Inst::kIdMovsx, as.R32(destination), as.R8(destination));
  } else if (opcode == Opcode::kI16x8ExtractLaneS) {
    as.Emit(Inst::kIdMovsx, as.R32(destination), as.R16(destination));
  }
}

void Masm::VectorReplaceLane(Opcode opcode, Register destination, Register a, const Operand& scalar,
                             uint32_t lane) {
  Assembler& as = *assembler_;
  const uint32_t bytes = decode::LaneBytes(opcode);
  if (IsFloat(TypesOf(opcode).operand)) {
    return as.ReplaceFloat(bytes == 8, destination, a, scalar, lane);
  }
  asmjit::Operand source;
  if (scalar.kind == Operand::Kind::kFrame) {
    source = as.Frame(scalar.offset, bytes);
  } else {
    source = as.R(bytes == 8, as.InRegister(bytes == 8, scalar, kRax));
  }
  as.InsertLane(bytes, destination, a, source, lane);
}

void Masm::Assembler::InsertLane(uint32_t bytes, Register destination, Register a,
                                 const asmjit::Operand& source, uint32_t lane) {
  const InstId instruction = InsertInstruction(bytes, cpu.avx);
  if (cpu.avx) return Emit(instruction, X(destination), X(a), source, asmjit::imm(lane));
  MoveVector(destination, Operand::In(a));
  Emit(instruction, X(destination), source, asmjit::imm(lane));
}

void Masm::Assembler::ReplaceFloat(bool is_64, Register destination, Register a, Operand scalar,
                                   uint32_t lane) {
  if (!cpu.avx && scalar.Is(destination) && !(a == destination)) {
    MoveVector(kXmm1, scalar);
    scalar = Operand::In(kXmm1);
  }
  if (!cpu.avx) MoveVector(destination, Operand::In(a));
  FloatInstruction instruction = {Inst::kIdInsertps, Inst::kIdVinsertps};
  const bool has_immediate = !is_64;
  if (is_64 && scalar.IsRegister()) {
    instruction = lane == 0 ? FloatInstruction{Inst::kIdMovsd, Inst::kIdVmovsd}
                            : FloatInstruction{Inst::kIdMovlhps, Inst::kIdVmovlhps};
  } else if (is_64) {
    instruction = lane == 0 ? FloatInstruction{Inst::kIdMovlps, Inst::kIdVmovlps}
                            : FloatInstruction{Inst::kIdMovhps, Inst::kIdVmovhps};
  }
  const asmjit::Operand source = FloatSource(is_64, scalar);
  const asmjit::Imm immediate = asmjit::imm(lane << 4);
  if (cpu.avx) {
    if (has_immediate) return Emit(instruction.avx, X(destination), X(a), source, immediate);
    return Emit(instruction.avx, X(destination), X(a), source);
  }
  if (has_immediate) return Emit(instruction.sse, X(destination), source, immediate);
  Emit(instruction.sse, X(destination), source);
}

// --- Tests.

Condition Masm::VectorTest(Opcode opcode, Register a) {
  Assembler& as = *assembler_;
  FloatInstruction equal = {Inst::kIdNone, Inst::kIdNone};
  switch (opcode) {
    case Opcode::kI8x16AllTrue:
      equal = {Inst::kIdPcmpeqb, Inst::kIdVpcmpeqb};
      break;
    case Opcode::kI16x8AllTrue:
      equal = {Inst::kIdPcmpeqw, Inst::kIdVpcmpeqw};
      break;
    case Opcode::kI32x4AllTrue:
      equal = {Inst::kIdPcmpeqd, Inst::kIdVpcmpeqd};
      break;
    case Opcode::kI64x2AllTrue:
      equal = {Inst::kIdPcmpeqq, Inst::kIdVpcmpeqq};
      break;
    default:  // v128.any_true
      as.Emit(as.Pick(kTest), as.X(a), as.X(a));
      return Condition::kNotEqual;
  }
  // No lane is zero.
  as.ZeroFloat(kXmm0);
  as.Apply(equal, kXmm0, kXmm0, Operand::In(a));
  as.Emit(as.Pick(kTest), as.X(kXmm0), as.X(kXmm0));
  return Condition::kEqual;
}

void Masm::VectorBitmask(Opcode opcode, Register destination, Register a) {
  Assembler& as = *assembler_;
  const auto take = [&](FloatInstruction instruction, Register from) {
    as.Emit(as.Pick(instruction), as.R32(destination), as.X(from));
  };
  constexpr FloatInstruction kOfBytes = {Inst::kIdPmovmskb, Inst::kIdVpmovmskb};
  switch (opcode) {
    case Opcode::kI8x16Bitmask:
      return take(kOfBytes, a);
    case Opcode::kI16x8Bitmask:
      as.ZeroFloat(kXmm1);
      as.Apply({Inst::kIdPacksswb, Inst::kIdVpacksswb}, kXmm0, a, Operand::In(kXmm1));
      return take(kOfBytes, kXmm0);
    case Opcode::kI32x4Bitmask:
      return take({Inst::kIdMovmskps, Inst::kIdVmovmskps}, a);
    default:
      return take({Inst::kIdMovmskpd, Inst::kIdVmovmskpd}, a);
  }
}

// --- Memory. The first instruction is the one that accesses it.

bool Masm::Assembler::LoadVectorFrom(Opcode opcode, Register destination, x86::Mem memory) {
  const uint32_t bytes = decode::AccessBits(opcode) / 8;
  memory.setSize(bytes);
  const auto load = [&](FloatInstruction instruction) {
    Emit(Pick(instruction), X(destination), memory);
    return true;
  };
  switch (opcode) {
    case Opcode::kV128Load:
      return load({Inst::kIdMovups, Inst::kIdVmovups});
    case Opcode::kV128Load8x8S:
      return load({Inst::kIdPmovsxbw, Inst::kIdVpmovsxbw});
    case Opcode::kV128Load8x8U:
      return load({Inst::kIdPmovzxbw, Inst::kIdVpmovzxbw});
    case Opcode::kV128Load16x4S:
      return load({Inst::kIdPmovsxwd, Inst::kIdVpmovsxwd});
    case Opcode::kV128Load16x4U:
      return load({Inst::kIdPmovzxwd, Inst::kIdVpmovzxwd});
    case Opcode::kV128Load32x2S:
      return load({Inst::kIdPmovsxdq, Inst::kIdVpmovsxdq});
    case Opcode::kV128Load32x2U:
      return load({Inst::kIdPmovzxdq, Inst::kIdVpmovzxdq});
    case Opcode::kV128Load32Zero:
      return load({Inst::kIdMovss, Inst::kIdVmovss});
    case Opcode::kV128Load64Zero:
      return load({Inst::kIdMovsd, Inst::kIdVmovsd});
    case Opcode::kV128Load64Splat:
      return load({Inst::kIdMovddup, Inst::kIdVmovddup});
    case Opcode::kV128Load32Splat:
      load({Inst::kIdMovss, Inst::kIdVbroadcastss});
      if (!cpu.avx) SplatLowest(bytes, destination);
      return true;
    case Opcode::kV128Load8Splat:
    case Opcode::kV128Load16Splat:
      if (cpu.avx2) {
        Emit(bytes == 1 ? Inst::kIdVpbroadcastb : Inst::kIdVpbroadcastw, X(destination), memory);
        return true;
      }
      Emit(Inst::kIdMovzx, x86::eax, memory);
      Emit(Pick(kMoveFrom32), X(destination), x86::eax);
      SplatLowest(bytes, destination);
      return true;
    default:
      return false;
  }
}

void Masm::Assembler::StoreVectorTo(const Operand& value, x86::Mem memory) {
  const Register from = InVectorRegister(value, kXmm0);
  NoteFault();
  memory.setSize(kLanes);
  Emit(Pick({Inst::kIdMovups, Inst::kIdVmovups}), memory, X(from));
}

x86::Mem Masm::Assembler::PlaceOf(const Place& place, uint32_t bytes) {
  x86::Mem memory = place.is_checked
                        ? CheckedAccess(place.base, place.address, place.offset, bytes, place.is_64)
                        : Access(place.base, place.address, place.offset);
  memory.setSize(bytes);
  return memory;
}

void Masm::LoadLane(Opcode opcode, Register destination, const Place& place, Register vector,
                    uint32_t lane) {
  Assembler& as = *assembler_;
  const uint32_t bytes = decode::LaneBytes(opcode);
  const x86::Mem memory = as.PlaceOf(place, bytes);
  if (!as.cpu.avx) {
    as.MoveVector(destination, Operand::In(vector));
    vector = destination;
  }
  as.NoteFault();
  as.InsertLane(bytes, destination, vector, memory, lane);
}

void Masm::StoreLane(Opcode opcode, const Place& place, Register vector, uint32_t lane) {
  Assembler& as = *assembler_;
  const uint32_t bytes = decode::LaneBytes(opcode);
  const x86::Mem memory = as.PlaceOf(place, bytes);
  const x86::Xmm from = as.X(vector);
  as.NoteFault();
  if (bytes == 8) {
    const FloatInstruction store = lane == 0 ? FloatInstruction{Inst::kIdMovlps, Inst::kIdVmovlps}
                                             : FloatInstruction{Inst::kIdMovhps, Inst::kIdVmovhps};
    return as.Emit(as.Pick(store), memory, from);
  }
  if (bytes == 4 && lane == 0) {
    return as.Emit(as.Pick({Inst::kIdMovss, Inst::kIdVmovss}), memory, from);
  }
  as.Emit(ExtractInstruction(bytes, as.cpu.avx), memory, from, asmjit::imm(lane));
}

}  // namespace wasmtier::baseline
