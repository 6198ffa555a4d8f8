# Functions that make our targets: one place for warnings, include roots and test registration.

include_guard(GLOBAL)

# Flags of every target of ours; third-party headers are SYSTEM and stay silent.
function(aot_common_flags target)
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR})
  # g++ 12 reports overlapping copies inside std::string's operator+ that cannot happen (GCC bug
  # 105651), so -Wrestrict is off.
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wno-restrict)
  if(AOT_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# aot_library(core_ir SOURCES a.cpp b.cpp [LINK core_base] [PRIVATE_LINK zip])
function(aot_library target)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(${target} STATIC ${ARG_SOURCES})
  aot_common_flags(${target})
  target_link_libraries(${target} PUBLIC ${ARG_LINK} PRIVATE ${ARG_PRIVATE_LINK})
endfunction()

# aot_test(tst_graph_text SOURCES tst_graph_text.cpp [LINK core_ir] [LABELS core])
# A Qt Test program; its class is declared in its source file, which includes its own .moc.
function(aot_test target)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;LABELS" ${ARGN})
  find_package(Qt6 6.4 REQUIRED COMPONENTS Test)
  add_executable(${target} ${ARG_SOURCES})
  set_target_properties(${target} PROPERTIES AUTOMOC ON)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  aot_common_flags(${target})
  target_compile_definitions(${target} PRIVATE QT_NO_KEYWORDS
    AOT_TEST_DATA="${PROJECT_SOURCE_DIR}/tests" AOT_BIN_DIR="${CMAKE_BINARY_DIR}/bin"
    AOT_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${target} PRIVATE ${ARG_LINK} Qt6::Test)
  add_test(NAME ${target} COMMAND ${target})
  set_tests_properties(${target} PROPERTIES TIMEOUT 300 LABELS "${ARG_LABELS}"
    ENVIRONMENT "QT_QPA_PLATFORM=offscreen;OMP_NUM_THREADS=2")
endfunction()

# The imported targets torch_cpu and c10, from AOT_TORCH_SITE. find_package(Torch) of the wheel wants a
# CUDA toolkit, so the two libraries are named directly.
function(aot_import_torch)
  if(TARGET torch_cpu)
    return()
  endif()
  if(NOT EXISTS ${AOT_TORCH_SITE}/torch/lib/libtorch_cpu.so)
    message(FATAL_ERROR "LibTorch was not found in AOT_TORCH_SITE='${AOT_TORCH_SITE}'. "
      "Run ./dev build, which fetches it.")
  endif()
  add_library(c10 SHARED IMPORTED GLOBAL)
  set_target_properties(c10 PROPERTIES IMPORTED_LOCATION ${AOT_TORCH_SITE}/torch/lib/libc10.so
    INTERFACE_INCLUDE_DIRECTORIES
    "${AOT_TORCH_SITE}/torch/include;${AOT_TORCH_SITE}/torch/include/torch/csrc/api/include")
  add_library(torch_cpu SHARED IMPORTED GLOBAL)
  set_target_properties(torch_cpu PROPERTIES
    IMPORTED_LOCATION ${AOT_TORCH_SITE}/torch/lib/libtorch_cpu.so INTERFACE_LINK_LIBRARIES c10)
endfunction()
