# How every folder is built: C++23, warnings as errors, shared precompiled headers, lld, ccache.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)

find_program(PILOTLIGHT_CCACHE ccache)
if(PILOTLIGHT_CCACHE)
    # pch_defines,time_macros: ccache's own advice for precompiled headers.
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${PILOTLIGHT_CCACHE})
endif()

add_library(pilotlight_flags INTERFACE)
target_include_directories(pilotlight_flags INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_options(pilotlight_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -fno-omit-frame-pointer)
if(PILOTLIGHT_CCACHE)
    target_compile_options(pilotlight_flags INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
endif()
target_link_options(pilotlight_flags INTERFACE -fuse-ld=lld -Wl,--gc-sections)
target_compile_options(pilotlight_flags INTERFACE -ffunction-sections -fdata-sections)
if(PILOTLIGHT_SANITIZE)
    target_compile_options(pilotlight_flags INTERFACE
        -fsanitize=${PILOTLIGHT_SANITIZE} -fno-sanitize-recover=undefined -O1)
    target_link_options(pilotlight_flags INTERFACE -fsanitize=${PILOTLIGHT_SANITIZE})
endif()
target_link_libraries(pilotlight_flags INTERFACE Threads::Threads fmt::fmt)

# pilotlight_pch(NAME HEADER option …): a precompiled header that libraries share.
function(pilotlight_pch name header)
    add_library(${name} STATIC ${PROJECT_SOURCE_DIR}/cmake/pch.cpp)
    target_link_libraries(${name} PUBLIC pilotlight_flags)
    target_compile_options(${name} PUBLIC ${ARGN})
    target_precompile_headers(${name} PUBLIC ${PROJECT_SOURCE_DIR}/cmake/${header})
endfunction()
# What is not called often enough to be worth the optimizer's time: a third of its compile time.
set(PILOTLIGHT_SMALL $<$<CONFIG:Release>:-Os>)
# The lower folders have the standard library in theirs; those above mailbox/ what nearly all of their
# files include of ours too. Tests have their own with GoogleTest in it.
pilotlight_pch(pilotlight_pch_lower pch.h)
pilotlight_pch(pilotlight_pch_upper upper_pch.h)
pilotlight_pch(pilotlight_pch_small upper_pch.h ${PILOTLIGHT_SMALL})

# pilotlight_library(NAME SOURCES a.cpp … [DEPENDS base …] [ADAPTERS x.cpp …] [LINKS PkgConfig::x …]
#                    [PCH lower|upper|small])
# ADAPTERS are the sources that include a heavy third-party header: tools/tidy_rules/layers.py names
# them, header by header, and allows those headers nowhere else.
function(pilotlight_library name)
    cmake_parse_arguments(ARG "" "PCH" "SOURCES;DEPENDS;ADAPTERS;LINKS" ${ARGN})
    add_library(pl_${name} STATIC ${ARG_SOURCES} ${ARG_ADAPTERS})
    target_link_libraries(pl_${name} PUBLIC pilotlight_flags)
    foreach(dependency ${ARG_DEPENDS})
        target_link_libraries(pl_${name} PUBLIC pl_${dependency})
    endforeach()
    target_link_libraries(pl_${name} PRIVATE ${ARG_LINKS})
    if(NOT ARG_PCH)
        set(ARG_PCH lower)
    endif()
    if(ARG_PCH STREQUAL small)
        target_compile_options(pl_${name} PRIVATE ${PILOTLIGHT_SMALL})
    endif()
    target_precompile_headers(pl_${name} REUSE_FROM pilotlight_pch_${ARG_PCH})
endfunction()

# All test programs labelled unit, for builds that need no more (sanitizers).
if(PILOTLIGHT_TESTS)
    add_custom_target(unit_tests)
endif()
# Tests are compiled without optimization in a release tree too: they run as fast, since the code
# under test is optimized, and compile in half the time.
set(PILOTLIGHT_TEST_OPTIONS $<$<CONFIG:Release>:-O0>)

# pilotlight_test(NAME SOURCES x_test.cpp … [DEPENDS folder …] [LINKS …] [TIMEOUT seconds] [LABELS l])
# One GoogleTest program; it runs in the build folder with PILOTLIGHT_SOURCE_DIR known to it.
function(pilotlight_test name)
    if(NOT PILOTLIGHT_TESTS)
        return()
    endif()
    cmake_parse_arguments(ARG "" "TIMEOUT;LABELS" "SOURCES;DEPENDS;LINKS" ${ARGN})
    find_package(GTest REQUIRED)  # imported targets are known per folder
    if(NOT TARGET pilotlight_test_pch)
        add_library(pilotlight_test_pch STATIC ${PROJECT_SOURCE_DIR}/cmake/pch.cpp)
        target_link_libraries(pilotlight_test_pch PUBLIC pilotlight_flags GTest::gmock_main GTest::gmock GTest::gtest)
        target_compile_options(pilotlight_test_pch PRIVATE ${PILOTLIGHT_TEST_OPTIONS})
        target_precompile_headers(pilotlight_test_pch PUBLIC ${PROJECT_SOURCE_DIR}/cmake/test_pch.h)
    endif()
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE pilotlight_flags GTest::gmock_main GTest::gmock GTest::gtest)
    foreach(dependency ${ARG_DEPENDS})
        target_link_libraries(${name} PRIVATE pl_${dependency})
    endforeach()
    target_link_libraries(${name} PRIVATE ${ARG_LINKS})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
    target_compile_definitions(${name} PRIVATE PILOTLIGHT_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    target_compile_options(${name} PRIVATE ${PILOTLIGHT_TEST_OPTIONS})
    target_precompile_headers(${name} REUSE_FROM pilotlight_test_pch)
    target_compile_definitions(pilotlight_test_pch PUBLIC PILOTLIGHT_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    add_test(NAME ${name} COMMAND ${name})
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 120)
    endif()
    if(PILOTLIGHT_SANITIZE)
        math(EXPR ARG_TIMEOUT "${ARG_TIMEOUT} * 4")  # sanitizers make everything several times slower
    endif()
    # Of the 2 places a core has in tools/run_tests, and one more for a test that only waits.
    set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} PROCESSORS 2)
    if(NOT ARG_LABELS)
        set(ARG_LABELS unit)
    endif()
    set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}")
    if("lab" IN_LIST ARG_LABELS)
        set_tests_properties(${name} PROPERTIES RESOURCE_LOCK lab)  # mail servers one set at a time
    endif()
    if("unit" IN_LIST ARG_LABELS)
        add_dependencies(unit_tests ${name})
    endif()
endfunction()

# pilotlight_embed(TARGET NAMESPACE FILE …): compiles files from data/ (or SQL) into TARGET as
# `std::string_view NAMESPACE::embedded(std::string_view file_name)`, declared in base/embedded.h.
function(pilotlight_embed target symbol)
    set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded_${symbol}.cpp)
    set(paths)
    foreach(file ${ARGN})
        get_filename_component(path ${file} ABSOLUTE)
        list(APPEND paths ${path})
    endforeach()
    add_custom_command(OUTPUT ${output}
        COMMAND python3 ${PROJECT_SOURCE_DIR}/tools/embed.py ${output} ${symbol} ${paths}
        DEPENDS ${paths} ${PROJECT_SOURCE_DIR}/tools/embed.py VERBATIM)
    target_sources(${target} PRIVATE ${output})
endfunction()
