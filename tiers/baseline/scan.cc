#include "tiers/baseline/scan.h"

namespace wasmtier::baseline {

using decode::BodyState;
using decode::Control;
using runtime::ValueType;

void Scan::BeginFunction(const BodyState& state) {
  state_ = &state;
  weight_ = 1;
  outer_weights_.clear();
  open_loops_.clear();
  std::vector<BodySummary::Local> locals = std::move(summary_.locals);
  locals.assign(state.locals().size(), {});
  summary_ = {};
  summary_.locals = std::move(locals);
  for (ValueType type : state.locals()) Note(type);
}

void Scan::Loop(const Control&) {
  LeaveSimplicity();
  open_loops_.push_back({summary_.loops++, state_->offset(), true});
  summary_.is_tight_loop.push_back(false);
  Open(std::min(weight_ * kIterations, kMaxWeight));
  summary_.iterations += weight_;
}

void Scan::End(const Control& control, bool) {
  See();
  if (control.kind == decode::ControlKind::kLoop) {
    const OpenLoop& loop = open_loops_.back();
    summary_.is_tight_loop[loop.ordinal] =
        loop.is_simple && state_->offset() - loop.offset < kTightLoopBytes;
    open_loops_.pop_back();
  }
  if (control.kind == decode::ControlKind::kFunction) return;
  weight_ = outer_weights_.back();
  outer_weights_.pop_back();
}

void Scan::GlobalGet(uint32_t global) {
  Note(state_->module().globals[global].type.type);
  UseContext();
}

void Scan::Call(uint32_t function) {
  for (ValueType type : state_->module().function_type(function).results) Note(type);
  LeaveSimplicity();
  summary_.calls += weight_;
  UseContext();
}

void Scan::CallUnknown(uint32_t type) {
  ++summary_.call_sites;
  for (ValueType result : state_->module().types[type].func.results) Note(result);
  LeaveSimplicity();
  summary_.calls += weight_;
  UseContext();
}

}  // namespace wasmtier::baseline
