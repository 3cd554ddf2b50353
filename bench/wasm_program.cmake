# Compiles C and C++ sources three times: for wasm32-wasip1, and natively as the twins whose results and
# times the WebAssembly is compared with, for any processor and, with -march=native, for this one. All are
# plain builds whatever the preset (sanitizers, debug).
#
#   wasmtier_program(<group> <source> OPTIMIZE <options> [WASM <options>] [NATIVE <options>]
#                    [WASM_ONLY] [NAMES] [LINES])
#   wasmtier_programs(<group> <folder> ...)
#
# The second one takes every source of a folder as a program, and every folder in it as one of several
# sources. A program is a file or such a folder; it
# makes <build>/<group>/wasm/<name>.wasm and <build>/<group>/{native,march-native}/<name>, and appends them
# to the variable WASMTIER_PROGRAM_FILES and, with twins, <group>/<name> to the global property
# WASMTIER_PROGRAMS. NAMES keeps the name section, LINES also the DWARF. WASM and NATIVE are compiler options
# for WebAssembly and for the twins only.
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
  get_filename_component(folder ${source} DIRECTORY)
  if(IS_DIRECTORY ${source})
    set(folder ${source})
    file(GLOB source CONFIGURE_DEPENDS ${folder}/*.c ${folder}/*.cc)
  endif()
  get_filename_component(extension "${source}" LAST_EXT)
  if(extension STREQUAL ".c")
    set(compile ${WASMTIER_PROGRAM_CC} ${WASMTIER_C_PROGRAM_FLAGS})
  else()
    set(compile ${WASMTIER_PROGRAM_CXX} ${WASMTIER_CXX_PROGRAM_FLAGS})
  endif()
  list(APPEND compile ${WASMTIER_PROGRAM_WARNINGS} ${arg_OPTIMIZE})
  file(GLOB headers CONFIGURE_DEPENDS ${folder}/*.h ${PROJECT_SOURCE_DIR}/bench/programs/*.h)

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

  foreach(twin native march-native)
    set(native ${PROJECT_BINARY_DIR}/${group}/${twin}/${name})
    set(processor "")
    if(twin STREQUAL "march-native")
      set(processor -march=native)
    endif()
    add_custom_command(
      OUTPUT ${native}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/${group}/${twin}
      COMMAND ${compile} ${arg_NATIVE} ${processor} ${source} -o ${native} -lm
      DEPENDS ${source} ${headers}
      COMMENT "Compiling ${group}/${name} (${twin})"
      VERBATIM)
    list(APPEND WASMTIER_PROGRAM_FILES ${native})
  endforeach()
  set(WASMTIER_PROGRAM_FILES ${WASMTIER_PROGRAM_FILES} PARENT_SCOPE)
  set_property(GLOBAL APPEND PROPERTY WASMTIER_PROGRAMS ${group}/${name})
endfunction()

# A macro, for WASMTIER_PROGRAM_FILES.
macro(wasmtier_programs group folder)
  file(GLOB sources CONFIGURE_DEPENDS LIST_DIRECTORIES true ${folder}/*)
  foreach(source ${sources})
    if(IS_DIRECTORY ${source} OR source MATCHES "\\.cc?$")
      wasmtier_program(${group} ${source} ${ARGN})
    endif()
  endforeach()
endmacro()
