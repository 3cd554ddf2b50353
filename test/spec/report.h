// Counts of commands, by group and in total, and what differs from the expectations.
#ifndef WASMTIER_TEST_SPEC_REPORT_H_
#define WASMTIER_TEST_SPEC_REPORT_H_

#include <map>
#include <string>
#include <vector>

#include "test/spec/expectations.h"
#include "test/spec/suite.h"

namespace wasmtier::spec {

struct Counts {
  int passed = 0;
  int failed = 0;
  int skipped = 0;
  void Add(const CommandResult& result);
  void Add(const Counts& other);
};

// "260 passed, 0 failed, 3 skipped"
std::string ToString(const Counts& counts);

class Report {
 public:
  void Add(const SuiteScript& script, const std::vector<CommandResult>& results,
           const Expectations& expectations, Expectations::Listed listed);

  const Counts& total() const { return total_; }
  const std::vector<std::string>& differences() const { return differences_; }
  // A line a group, then the total.
  std::string Table() const;

 private:
  std::map<std::string, Counts> groups_;
  Counts total_;
  std::vector<std::string> differences_;
};

// Lines for the expectations file that describe these results: one for each failing line of a
// script that is mostly supported, else one for the script.
std::string SuggestExpectations(const SuiteScript& script,
                                const std::vector<CommandResult>& results);

}  // namespace wasmtier::spec

#endif  // WASMTIER_TEST_SPEC_REPORT_H_
