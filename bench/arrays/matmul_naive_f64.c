// A plain matrix product in f64.
typedef double Real;

#include "matmul_naive.h"
