#include <nlohmann/json.hpp>
#include <utility>

#include "engine/cli/bench/report.h"

namespace wasmtier::cli {
namespace {

using Json = nlohmann::ordered_json;

// Of this form of the file; a reader of another one's should refuse it.
constexpr int kFormatVersion = 1;

Json SpreadJson(const std::vector<double>& values) {
  const Spread spread = SpreadOf(values);
  return {{"median", spread.median}, {"min", spread.min}, {"max", spread.max}};
}

Json TextOrNull(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json MachineJson(const Machine& machine) {
  return {{"processor", machine.processor},
          {"processors", machine.processors},
          {"memory_bytes", machine.memory_bytes},
          {"system", machine.system},
          {"load", machine.load}};
}

Json ProcessJson(const ProcessSeries& series, const std::vector<const ProcessSeries*>& yardsticks) {
  const std::vector<double> wall = series.Column(&ProcessTimes::wall);
  const std::vector<double> cpu = series.Column(&ProcessTimes::cpu);
  const std::optional<std::vector<double>> first = series.FirstOutputs();
  Json json = {{"wall", SpreadJson(wall)},
               {"cpu", SpreadJson(cpu)},
               {"first_output", first ? SpreadJson(*first) : Json()},
               {"peak_kilobytes", SpreadJson(series.PeakKilobytes())},
               {"ratios", Json::object()}};
  for (const ProcessSeries* other : yardsticks) {
    if (other->name == series.name) continue;
    json["ratios"][other->name] = {
        {"wall", SpreadJson(RoundRatios(wall, other->Column(&ProcessTimes::wall)))},
        {"cpu", SpreadJson(RoundRatios(cpu, other->Column(&ProcessTimes::cpu)))}};
  }
  json["runs"] = {{"wall", wall},
                  {"cpu", cpu},
                  {"first_output", first ? Json(*first) : Json()},
                  {"peak_kilobytes", series.PeakKilobytes()}};
  return json;
}

Json TimesJson(const std::vector<InProcessTimes>& runs) {
  InProcessSeries series;
  series.runs = runs;
  return {{"wall", series.Column(&InProcessTimes::wall)},
          {"cpu", series.Column(&InProcessTimes::cpu)},
          {"process_cpu", series.Column(&InProcessTimes::process_cpu)},
          {"instantiate", series.Column(&InProcessTimes::instantiate)}};
}

Json CodeJson(const CodeStatistics& code) {
  return {{"functions", code.functions},
          {"bytes", code.bytes},
          {"wasm_bytes", code.wasm_bytes},
          {"seconds", static_cast<double>(code.nanoseconds) * 1e-9}};
}

Json EventJson(const TierEvent& event) {
  Json json = {{"kind", ToString(event.kind)}, {"tier", event.tier},   {"name", event.name},
               {"function", event.function},   {"begin", event.begin}, {"end", event.end}};
  if (event.loop) json["loop"] = *event.loop;
  if (!event.pipeline.empty()) json["pipeline"] = event.pipeline;
  if (event.kind == TierEvent::Kind::kCode) json["bytes"] = event.bytes;
  return json;
}

Json CurveJson(const WarmUpCurve& curve) {
  Json json = {{"window", WarmUpCurve::kWindow}, {"work", curve.WorkPerWindow()},
               {"loaded", curve.loaded},         {"begins", Json::array()},
               {"ends", Json::array()},          {"events", Json::array()}};
  for (const CurveRun& run : curve.runs) {
    json["begins"].push_back(run.begin);
    json["ends"].push_back(run.end);
  }
  for (const TierEvent& event : curve.events.all) json["events"].push_back(EventJson(event));
  return json;
}

Json InProcessJson(const InProcessSeries& series, const ProcessSeries* native) {
  const std::vector<double> wall = series.Column(&InProcessTimes::wall);
  const std::vector<double> cpu = series.Column(&InProcessTimes::cpu);
  const std::optional<double> time_to_peak = series.TimeToPeak();
  Json json = {{"wall", SpreadJson(wall)},
               {"cpu", SpreadJson(cpu)},
               {"load", SpreadJson(series.loads)},
               {"instantiate", SpreadJson(series.Column(&InProcessTimes::instantiate))},
               {"first_run", series.warm_up[0].wall},
               {"time_to_peak", time_to_peak ? Json(*time_to_peak) : Json()},
               {"ratios", Json::object()}};
  if (native != nullptr) {
    json["ratios"]["native"] = {
        {"wall", SpreadJson(RoundRatios(wall, native->Column(&ProcessTimes::wall)))},
        {"cpu", SpreadJson(RoundRatios(cpu, native->Column(&ProcessTimes::cpu)))}};
  }
  json["runs"] = TimesJson(series.runs);
  json["runs"]["load"] = series.loads;
  json["warm_up"] = TimesJson(series.warm_up);
  json["code"] = {{"interpreter", CodeJson(series.interpreter)},
                  {"baseline", CodeJson(series.baseline)},
                  {"optimizing", CodeJson(series.optimizing)},
                  {"refused_functions", series.refused_functions},
                  {"refused_optimizations", series.refused_optimizations}};
  json["curve"] = CurveJson(series.curve);
  return json;
}

Json FileJson(const FileReport& file) {
  Json json = {{"file", file.file},
               {"bytes", file.bytes},
               {"args", file.args},
               {"exit_code", file.exit_code},
               {"output_bytes", file.output_bytes},
               {"compared", file.compared},
               {"programs", Json::object()}};
  Json& programs = json["programs"];
  for (const ProcessSeries& series : file.processes) {
    programs[series.name] = {{"kind", ToString(series.kind)},
                             {"process", ProcessJson(series, file.yardsticks())}};
  }
  for (const InProcessSeries& series : file.tiers) {
    programs[series.name]["kind"] = ToString(ProcessKind::kTier);
    programs[series.name]["in_process"] = InProcessJson(series, file.native());
  }
  return json;
}

}  // namespace

std::string AsJson(const BenchReport& report) {
  Json json = {{"format", "wasm-tier bench"},
               {"version", kFormatVersion},
               {"time", report.machine.time},
               {"machine", MachineJson(report.machine)},
               {"engine",
                {{"version", report.machine.engine},
                 {"optimizer", TextOrNull(report.machine.optimizer)},
                 {"llvm", TextOrNull(report.machine.llvm)},
                 {"options", report.run_options}}},
               {"rounds", report.runs},
               {"start_up", Json::object()},
               {"files", Json::array()},
               {"failed", Json::array()}};
  for (const ProcessSeries& series : report.start_up) {
    json["start_up"][series.name] = ProcessJson(series, {});
  }
  for (const FileReport& file : report.files) json["files"].push_back(FileJson(file));
  for (const FailedFile& failed : report.failed) {
    json["failed"].push_back({{"file", failed.file}, {"exit_code", failed.exit_code}});
  }
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wasmtier::cli
