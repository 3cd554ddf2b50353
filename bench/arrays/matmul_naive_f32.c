// A plain matrix product in f32.
typedef float Real;

#include "matmul_naive.h"
