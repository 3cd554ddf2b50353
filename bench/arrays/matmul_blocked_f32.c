// A matrix product in blocks, in f32.
typedef float Real;

#include "matmul_blocked.h"
