#include <iterator>

#include "tiers/baseline/register.h"

namespace wasmtier::baseline {
namespace {

constexpr Register Integer(uint8_t number) { return {number, false}; }
constexpr Register Float(uint8_t number) { return {number, true}; }

constexpr Register kIntegerTemporaries[] = {Integer(2), Integer(6), Integer(7), Integer(8)};
constexpr Register kFloatTemporaries[] = {Float(2), Float(3), Float(4), Float(5), Float(6)};
constexpr Register kPreservedHomes[] = {Integer(3), Integer(12), Integer(13), Integer(14),
                                        Integer(15)};
constexpr Register kIntegerHomes[] = {Integer(9), Integer(10), Integer(11)};
constexpr Register kFloatHomes[] = {Float(7),  Float(8),  Float(9),  Float(10), Float(11),
                                    Float(12), Float(13), Float(14), Float(15)};
constexpr Register kIntegerArguments[] = {Integer(6), Integer(2), Integer(1), Integer(8),
                                          Integer(9)};
constexpr Register kFloatArguments[] = {Float(0), Float(1), Float(2), Float(3),
                                        Float(4), Float(5), Float(6), Float(7)};

constexpr RegisterRoles kRoles = {
    .integer_temporaries = kIntegerTemporaries,
    .float_temporaries = kFloatTemporaries,
    .preserved_homes = kPreservedHomes,
    .integer_homes = kIntegerHomes,
    .float_homes = kFloatHomes,
    .context_argument = Integer(7),
    .integer_arguments = kIntegerArguments,
    .float_arguments = kFloatArguments,
    .slot_argument = Integer(10),
    .integer_result = Integer(0),
    .float_result = Float(0),
    .division = Integer(2),
};

}  // namespace

const RegisterRoles& Roles() { return kRoles; }

}  // namespace wasmtier::baseline
