# Compiles C and C++ sources twice: for wasm32-wasip1, and natively as the twin whose results and
# times the WebAssembly is compared with. Both are plain builds whatever the preset (sanitizers, debug).
#
#   wasmtier_program(<group> <source> OPTIMIZE <options> [WASM <options>] [NATIVE <options>]
#                    [WASM_ONLY] [NAMES] [LINES])
#
# makes <build>/<group>/wasm/<name>.wasm and <build>/<group>/native/<name>, and appends both to the
# variable WASMTIER_PROGRAM_FILES. NAMES keeps the name section, LINES also the DWARF. WASM and NATIVE are compiler options
# for one of the two only.
include_guard(GLOBAL)

# The same clang version as Debian's libclang-rt and libc++ for wasm32; the host's own comes first.
get_filename_component(host_c_compiler "${CMAKE_C_COMPILER}" NAME)
get_filename_component(host_cxx_compiler "${CMAKE_CXX_COMPILER}" NAME)
find_program(WASMTIER_PROGRAM_CC NAMES ${host_c_compiler} clang-22 clang-21 clang-20 clang-19 clang)
find_program(WASMTIER_PROGRAM_CXX
             NAMES ${host_cxx_compiler} clang++-22 clang++-21 clang++-20 clang++-19 clang++)

# Debian's folders are named wasm32-wasi; clang looks for the name of its target.
set(WASMTIER_WASM_SYSROOT ${PROJECT_BINARY_DIR}/wasm-sysroot CACHE INTERNAL "")
foreach(folder include lib)
  file(MAKE_DIRECTORY ${WASMTIER_WASM_SYSROOT}/${folder})
  file(CREATE_LINK /usr/${folder}/wasm32-wasi ${WASMTIER_WASM_SYSROOT}/${folder}/wasm32-wasip1
       SYMBOLIC)
endforeach()

if(EXISTS /usr/lib/wasm32-wasi/libc.a AND EXISTS /usr/lib/wasm32-wasi/libc++.a)
  set(WASMTIER_HAVE_WASI_LIBC TRUE CACHE INTERNAL "")
else()
  set(WASMTIER_HAVE_WASI_LIBC FALSE CACHE INTERNAL "")
  message(WARNING "wasi-libc or libc++ for wasm32 is missing (packages wasi-libc, "
                  "libc++-22-dev-wasm32, libclang-rt-22-dev-wasm32): "
                  "the programs for tests and benchmarks cannot be built")
endif()

# Debian's libc++ for WASI is built without exceptions. clang's default features for wasm32 stay as
# they are (bulk memory, multi-value, mutable globals, sign extension, saturating truncation and
# reference types in clang 22): that is what people compile.
set(WASMTIER_WASM_FLAGS --target=wasm32-wasip1 --sysroot=${WASMTIER_WASM_SYSROOT} --no-wasm-opt
    CACHE INTERNAL "")
set(WASMTIER_C_PROGRAM_FLAGS -std=gnu17 CACHE INTERNAL "")
set(WASMTIER_CXX_PROGRAM_FLAGS -std=c++20 -fno-exceptions CACHE INTERNAL "")
# libstdc++ uses what it deprecates; contraction would let native results differ from wasm's.
set(WASMTIER_PROGRAM_WARNINGS -Wall -Wextra -Werror -Wno-deprecated-declarations -ffp-contract=off
    CACHE INTERNAL "")

function(wasmtier_program group source)
  cmake_parse_arguments(PARSE_ARGV 2 arg "WASM_ONLY;NAMES;LINES" "" "OPTIMIZE;WASM;NATIVE")
  if(NOT WASMTIER_HAVE_WASI_LIBC)
    return()
  endif()
  get_filename_component(name ${source} NAME_WE)
  get_filename_component(extension ${source} LAST_EXT)
  get_filename_component(folder ${source} DIRECTORY)
  if(extension STREQUAL ".c")
    set(compile ${WASMTIER_PROGRAM_CC} ${WASMTIER_C_PROGRAM_FLAGS})
  else()
    set(compile ${WASMTIER_PROGRAM_CXX} ${WASMTIER_CXX_PROGRAM_FLAGS})
  endif()
  list(APPEND compile ${WASMTIER_PROGRAM_WARNINGS} ${arg_OPTIMIZE})
  file(GLOB headers CONFIGURE_DEPENDS ${folder}/*.h)

  set(strip -s)
  if(arg_NAMES)
    set(strip -Wl,--strip-debug)
  endif()
  if(arg_LINES)
    set(strip -g)
  endif()

  set(wasm ${PROJECT_BINARY_DIR}/${group}/wasm/${name}.wasm)
  add_custom_command(
    OUTPUT ${wasm}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/${group}/wasm
    COMMAND ${compile} ${WASMTIER_WASM_FLAGS} ${arg_WASM} ${strip} ${source} -o ${wasm}
    DEPENDS ${source} ${headers}
    COMMENT "Compiling ${group}/${name} for wasm32-wasip1"
    VERBATIM)
  list(APPEND WASMTIER_PROGRAM_FILES ${wasm})
  if(arg_WASM_ONLY)
    set(WASMTIER_PROGRAM_FILES ${WASMTIER_PROGRAM_FILES} PARENT_SCOPE)
    return()
  endif()

  set(native ${PROJECT_BINARY_DIR}/${group}/native/${name})
  add_custom_command(
    OUTPUT ${native}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/${group}/native
    COMMAND ${compile} ${arg_NATIVE} ${source} -o ${native} -lm
    DEPENDS ${source} ${headers}
    COMMENT "Compiling ${group}/${name} natively"
    VERBATIM)
  list(APPEND WASMTIER_PROGRAM_FILES ${native})
  set(WASMTIER_PROGRAM_FILES ${WASMTIER_PROGRAM_FILES} PARENT_SCOPE)
endfunction()
