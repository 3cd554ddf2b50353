# large.wasm, a module of more than 10 MB for the benchmark of loading and validating: the C++
# programs linked into one module with names, whose functions make_large_module then multiplies.
set(large_folder ${PROJECT_BINARY_DIR}/large)
set(WASMTIER_LARGE_MODULE "")
if(WASMTIER_HAVE_WASI_LIBC)
  set(large_names graph json ray_tracer script shapes std_sort streams word_map)
  set(large_objects "")
  foreach(name ${large_names})
    set(source ${CMAKE_CURRENT_SOURCE_DIR}/programs/${name}.cc)
    set(object ${large_folder}/${name}.o)
    add_custom_command(
      OUTPUT ${object}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${large_folder}
      COMMAND ${WASMTIER_PROGRAM_CXX} ${WASMTIER_CXX_PROGRAM_FLAGS} ${WASMTIER_PROGRAM_WARNINGS} -O2
              ${WASMTIER_WASM_FLAGS} -Wno-unused-command-line-argument -Dmain=${name}_main -c ${source} -o ${object}
      DEPENDS ${source} ${CMAKE_CURRENT_SOURCE_DIR}/programs/common.h
      COMMENT "Compiling large/${name}"
      VERBATIM)
    list(APPEND large_objects ${object})
  endforeach()
  set(large_main ${CMAKE_CURRENT_SOURCE_DIR}/large_module_main.cc)
  add_custom_command(
    OUTPUT ${large_folder}/seed.wasm
    COMMAND ${WASMTIER_PROGRAM_CXX} ${WASMTIER_CXX_PROGRAM_FLAGS} ${WASMTIER_PROGRAM_WARNINGS} -O2
            ${WASMTIER_WASM_FLAGS} -Wl,--strip-debug,--compress-relocations,--no-demangle ${large_main}
            ${large_objects} -o ${large_folder}/seed.wasm
    DEPENDS ${large_main} ${large_objects}
    COMMENT "Linking large/seed"
    VERBATIM)
  set(WASMTIER_LARGE_MODULE ${large_folder}/large.wasm)
  add_custom_command(
    OUTPUT ${WASMTIER_LARGE_MODULE}
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/make_large_module ${large_folder}/seed.wasm
            ${WASMTIER_LARGE_MODULE}
    DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/make_large_module ${large_folder}/seed.wasm
    COMMENT "Making large/large.wasm"
    VERBATIM)
endif()
