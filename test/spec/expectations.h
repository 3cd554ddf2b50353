// What is known to fail, and why. Both an unlisted failure and a listed one that passes are errors.
#ifndef WASMTIER_TEST_SPEC_EXPECTATIONS_H_
#define WASMTIER_TEST_SPEC_EXPECTATIONS_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace wasmtier::spec {

enum class Verdict { kPassed, kFailed, kSkipped };

struct CommandResult {
  int line = 0;
  Verdict verdict = Verdict::kPassed;
  std::string message;  // why it failed or was skipped
};

// The lines of a file:
//   # comment
//   core/simd_splat 12 simd execution     exactly 12 commands of the script fail, for the reason
//   given core/elem:871 function references     the command(s) of that line fail
class Expectations {
 public:
  static absl::StatusOr<Expectations> Parse(std::string_view text);

  // Whether what is listed must fail, or only may: modes that repeat another one, such as lazy
  // validation, may pass more.
  enum class Listed { kMustFail, kMayFail };

  // The differences between results and expectations, one line each; empty if all is as expected.
  std::vector<std::string> Check(const std::string& script,
                                 const std::vector<CommandResult>& results, Listed listed) const;

  // The scripts that the file names.
  std::vector<std::string> Scripts() const;

 private:
  struct WholeScript {
    int failures = 0;
    std::string reason;
  };
  absl::Status AddEntry(std::string_view place, std::string_view rest, int line_number);

  std::map<std::string, WholeScript> scripts_;
  std::map<std::string, std::map<int, std::string>> lines_;  // script -> line -> reason
};

}  // namespace wasmtier::spec

#endif  // WASMTIER_TEST_SPEC_EXPECTATIONS_H_
