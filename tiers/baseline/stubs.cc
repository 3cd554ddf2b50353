#include "tiers/baseline/stubs.h"
