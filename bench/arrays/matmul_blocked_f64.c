// A matrix product in blocks, in f64.
typedef double Real;

#include "matmul_blocked.h"
