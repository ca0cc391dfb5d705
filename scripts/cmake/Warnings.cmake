# SPDX-License-Identifier: MIT
# One set of warnings and hardening flags for every target of ours.
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)

add_library(jd_flags INTERFACE)
target_include_directories(jd_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_definitions(jd_flags INTERFACE JD_VERSION="${PROJECT_VERSION}")
target_compile_options(jd_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
    -Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla -Wformat=2 -Wundef
    -fstack-protector-strong)
if(JD_WERROR)
    target_compile_options(jd_flags INTERFACE -Werror)
endif()
if(JD_SANITIZE)
    target_compile_options(jd_flags INTERFACE -fsanitize=${JD_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(jd_flags INTERFACE -fsanitize=${JD_SANITIZE})
else()
    target_compile_options(jd_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)
endif()
