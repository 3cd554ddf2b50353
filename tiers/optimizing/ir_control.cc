// FunctionBuilder: blocks, jumps and returns.
#include <algorithm>

#include "tiers/optimizing/ir_function.h"

namespace wasmtier::optimizing {

using decode::Control;
using decode::ControlKind;
using runtime::ArgumentPlace;
using runtime::TrapCode;
using runtime::ValueType;

void FunctionBuilder::PushLabel(const Control& control) {
  Label label{
      .kind = control.kind, .height = control.height, .first = osr_loop_ ? 0 : control.height};
  label.arity = static_cast<uint32_t>(control.label_types().size());
  labels_.push_back(std::move(label));
}

llvm::BasicBlock* FunctionBuilder::Target(Label& label) {
  if (label.target == nullptr) label.target = NewBlock("label");
  return label.target;
}

// A jump from here, with the operands on top.
FunctionBuilder::Edge FunctionBuilder::MakeEdge(const Label& label, double count) const {
  Edge edge{.from = ir_.GetInsertBlock(), .locals = locals_, .operands = {}, .count = count};
  edge.operands.assign(operands_.begin() + label.first, operands_.begin() + label.height);
  edge.operands.insert(edge.operands.end(), operands_.end() - label.arity, operands_.end());
  return edge;
}

void FunctionBuilder::AddEdge(Label& label, double count) {
  Edge edge = MakeEdge(label, count);
  if (label.kind != ControlKind::kLoop) {
    label.edges.push_back(std::move(edge));
    return;
  }
  for (auto& [local, phi] : label.local_phis) phi->addIncoming((*edge.locals)[local], edge.from);
  for (size_t i = 0; i < edge.operands.size(); ++i) {
    label.operand_phis[i]->addIncoming(edge.operands[i], edge.from);
  }
}

void FunctionBuilder::Jump(uint32_t depth) {
  Label& label = LabelAt(depth);
  AddEdge(label, count_);
  ir_.CreateBr(Target(label));
}

// Goes on where the condition is false.
void FunctionBuilder::JumpIf(llvm::Value* condition, uint32_t depth, std::optional<double> taken) {
  Label& label = LabelAt(depth);
  if (!taken && label.kind == ControlKind::kLoop && label.back_count > 0) {
    taken = std::min(label.back_count, count_);
  }
  llvm::MDNode* const weights = taken ? Weights(*taken, count_ - *taken) : nullptr;
  const double count = std::min(taken.value_or(count_ / 2), count_);
  AddEdge(label, count);
  count_ -= count;
  llvm::BasicBlock* const next = NewBlock("next");
  ir_.CreateCondBr(condition, Target(label), next, weights);
  ir_.SetInsertPoint(next);
}

void FunctionBuilder::Block(const Control& control) { PushLabel(control); }

// Phis of what a jump back may change.
void FunctionBuilder::AddPhis(Label& label, std::span<const ValueType> params) {
  llvm::BasicBlock* const from = ir_.GetInsertBlock();
  label.target = NewBlock("loop");
  ir_.CreateBr(label.target);
  ir_.SetInsertPoint(label.target);
  const uint32_t loop = loops_++;
  const auto add_local = [&](uint32_t local) {
    llvm::Value* const value = (*locals_)[local];
    llvm::PHINode* const phi = ir_.CreatePHI(value->getType(), 2);
    phi->addIncoming(value, from);
    label.local_phis.emplace_back(local, phi);
  };
  if (osr_loop_) {
    for (uint32_t local = 0; local < locals_->size(); ++local) add_local(local);
  } else {
    for (uint32_t local : written_[loop]) add_local(local);
  }
  for (size_t i = label.first; i < operands_.size(); ++i) {
    llvm::PHINode* const phi = ir_.CreatePHI(operands_[i]->getType(), 2);
    phi->addIncoming(operands_[i], from);
    label.operand_phis.push_back(phi);
    operands_[i] = phi;
  }
  for (auto& [local, phi] : label.local_phis) SetLocalValue(local, phi);
  if (osr_loop_ == loop) LoadFrame(label, params);
  if (feedback_ != nullptr && loop < feedback_->loop_count) {
    const double passes = std::max<double>(count_, feedback_->loops()[loop]);
    label.back_count = passes - count_;
    count_ = passes;
  }
}

void FunctionBuilder::Loop(const Control& control) {
  Here();
  PushLabel(control);
  AddPhis(labels_.back(), control.type.params);
}

void FunctionBuilder::If(const Control& control) {
  Here();
  llvm::Value* const condition = ToBool(Pop());
  PushLabel(control);
  Label& label = labels_.back();
  llvm::BasicBlock* const then = NewBlock("then");
  label.otherwise = NewBlock("else");
  label.otherwise_locals = locals_;
  label.otherwise_operands = operands_;
  // It counts how often the condition was false.
  const std::optional<double> is_false = NextBranchCount();
  label.otherwise_count = std::min(is_false.value_or(count_ / 2), count_);
  count_ -= label.otherwise_count;
  ir_.CreateCondBr(condition, then, label.otherwise,
                   is_false ? Weights(count_, label.otherwise_count) : nullptr);
  ir_.SetInsertPoint(then);
}

void FunctionBuilder::Else(const Control&, bool reachable) {
  Here();
  if (reachable) Jump(0);
  Label& label = labels_.back();
  label.kind = ControlKind::kElse;
  ir_.SetInsertPoint(label.otherwise);
  locals_ = std::make_shared<std::vector<llvm::Value*>>(*label.otherwise_locals);
  operands_ = std::move(label.otherwise_operands);
  label.otherwise = nullptr;
  count_ = label.otherwise_count;
}

void FunctionBuilder::End(const Control& control, bool reachable) {
  Here();
  Label label = std::move(labels_.back());
  labels_.pop_back();
  const std::span<const ValueType> results = control.type.results;
  if (label.kind == ControlKind::kLoop) {
    if (!reachable) StartDead(label, results);
    return;
  }
  if (label.otherwise == nullptr && label.edges.empty()) {
    // Nothing jumps here.
    if (!reachable) StartDead(label, results);
    if (control.kind == ControlKind::kFunction) EmitReturn();
    return;
  }
  if (reachable) {
    label.edges.push_back(MakeEdge(label, count_));
    ir_.CreateBr(Target(label));
  }
  if (label.otherwise != nullptr) {
    // The missing else-part: the parameters are the results.
    ir_.SetInsertPoint(label.otherwise);
    locals_ = std::make_shared<std::vector<llvm::Value*>>(*label.otherwise_locals);
    operands_ = std::move(label.otherwise_operands);
    label.edges.push_back(MakeEdge(label, label.otherwise_count));
    ir_.CreateBr(Target(label));
  }
  Merge(label, results);
  if (control.kind == ControlKind::kFunction) EmitReturn();
}

void FunctionBuilder::TakeSingleEdge(const Label& label) {
  const Edge& edge = label.edges[0];
  locals_ = std::make_shared<std::vector<llvm::Value*>>(*edge.locals);
  operands_.insert(operands_.end(), edge.operands.begin(), edge.operands.end());
}

// Goes on behind a block that jumps have left.
void FunctionBuilder::Merge(Label& label, std::span<const ValueType> results) {
  llvm::BasicBlock* const block = Target(label);
  block->moveAfter(&function_->back());
  ir_.SetInsertPoint(block);
  operands_.resize(label.first);
  count_ = 0;
  for (const Edge& edge : label.edges) count_ += edge.count;
  if (label.edges.size() == 1) return TakeSingleEdge(label);
  const std::vector<Edge>& edges = label.edges;
  const auto edge_count = static_cast<unsigned>(edges.size());
  const auto merge = [&](auto&& value_of) -> llvm::Value* {
    llvm::Value* const first = value_of(edges[0]);
    bool is_same = true;
    for (const Edge& edge : edges) is_same = is_same && value_of(edge) == first;
    if (is_same) return first;
    llvm::PHINode* const phi = ir_.CreatePHI(first->getType(), edge_count);
    for (const Edge& edge : edges) phi->addIncoming(value_of(edge), edge.from);
    return phi;
  };
  auto merged = std::make_shared<std::vector<llvm::Value*>>(*edges[0].locals);
  bool is_same = label.kind == ControlKind::kFunction;  // nobody reads them any more
  if (!is_same) {
    is_same = true;
    for (const Edge& edge : edges) is_same = is_same && edge.locals == edges[0].locals;
  }
  for (size_t local = 0; !is_same && local < merged->size(); ++local) {
    (*merged)[local] = merge([local](const Edge& edge) { return (*edge.locals)[local]; });
  }
  locals_ = std::move(merged);
  const size_t count = label.height - label.first + results.size();
  for (size_t i = 0; i < count; ++i) {
    Push(merge([i](const Edge& edge) { return edge.operands[i]; }));
  }
}

// Code that nothing leads to, though the decoder takes it for reachable.
void FunctionBuilder::StartDead(const Label& label, std::span<const ValueType> results) {
  ir_.SetInsertPoint(NewBlock("dead"));
  operands_.resize(label.height);
  for (ValueType type : results) Push(types_.Zero(type));
}

void FunctionBuilder::Br(uint32_t depth) {
  Here();
  Jump(depth);
  EnterUnreachable();
}

void FunctionBuilder::BrIf(uint32_t depth) {
  Here();
  llvm::Value* const condition = ToBool(Pop());
  JumpIf(condition, depth, NextBranchCount());
}

void FunctionBuilder::BrTable(decode::BrTableReader targets) {
  Here();
  llvm::Value* const index = Pop();
  llvm::BasicBlock* const from = ir_.GetInsertBlock();
  count_ /= targets.size();
  // A block for each label, so that its phis have one entry for this instruction.
  std::vector<llvm::BasicBlock*> blocks(labels_.size());
  const auto block_of = [&](uint32_t depth) {
    if (blocks[depth] == nullptr) {
      blocks[depth] = NewBlock("case");
      ir_.SetInsertPoint(blocks[depth]);
      Jump(depth);
    }
    return blocks[depth];
  };
  std::vector<llvm::BasicBlock*> cases;
  while (targets.HasNext()) cases.push_back(block_of(targets.Next()));
  ir_.SetInsertPoint(from);
  llvm::SwitchInst* const instruction =
      ir_.CreateSwitch(index, cases.back(), static_cast<unsigned>(cases.size()) - 1);
  for (size_t i = 0; i + 1 < cases.size(); ++i) {
    if (cases[i] == cases.back()) continue;
    instruction->addCase(ir_.getInt32(static_cast<uint32_t>(i)), cases[i]);
  }
  EnterUnreachable();
}

void FunctionBuilder::Return() {
  Here();
  Jump(static_cast<uint32_t>(labels_.size()) - 1);
  EnterUnreachable();
}

void FunctionBuilder::EmitReturn() {
  const std::vector<ValueType>& results = state_->type().results;
  const std::vector<ArgumentPlace> places = runtime::PlaceResults(results);
  llvm::Value* const* const values = operands_.data() + operands_.size() - results.size();
  for (size_t i = 1; i < results.size(); ++i) {
    llvm::StoreInst* const store = ir_.CreateAlignedStore(
        values[i], At(CallArea(), places[i].index * sizeof(uint64_t)), llvm::Align(8));
    types_.Classify(store, MemoryClass::kContext);
  }
  if (results.empty()) {
    ir_.CreateRetVoid();
  } else {
    ir_.CreateRet(values[0]);
  }
  EnterUnreachable();
}

void FunctionBuilder::Unreachable() {
  Here();
  EmitTrap(ir_.getInt32(static_cast<uint32_t>(TrapCode::kUnreachable)));
  EnterUnreachable();
}

void FunctionBuilder::BrOnNull(uint32_t depth) {
  Here();
  llvm::Value* const reference = Pop();
  JumpIf(ir_.CreateIsNull(reference), depth, std::nullopt);
  Push(reference);
}

void FunctionBuilder::BrOnNonNull(uint32_t depth) {
  Here();
  JumpIf(ir_.CreateIsNotNull(operands_.back()), depth, std::nullopt);
  Pop();
}

}  // namespace wasmtier::optimizing
