#include "engine/cli/commands.h"

int main(int argc, char** argv) { return wasmtier::cli::Main(argc, argv); }
