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
if(MSVC)
    # Not exercised by anything here: see the README.
    target_compile_options(jd_flags INTERFACE /W4 /utf-8 /std:c11 /sdl /guard:cf $<$<BOOL:${JD_WERROR}>:/WX>)
    target_compile_definitions(jd_flags INTERFACE _CRT_SECURE_NO_WARNINGS)
    target_link_options(jd_flags INTERFACE /DYNAMICBASE /HIGHENTROPYVA /NXCOMPAT /guard:cf /CETCOMPAT)
else()
    target_compile_options(jd_flags INTERFACE
        -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
        -Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla -Wformat=2 -Wundef
        -fstack-protector-strong $<$<BOOL:${JD_WERROR}>:-Werror>)
    if(JD_SANITIZE)
        target_compile_options(jd_flags INTERFACE
            -fsanitize=${JD_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
        target_link_options(jd_flags INTERFACE -fsanitize=${JD_SANITIZE})
    else()
        target_compile_options(jd_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)
    endif()
endif()

if(WIN32)
    # Windows 10 1809 is the floor; wide names only.
    target_compile_definitions(jd_flags INTERFACE
        _WIN32_WINNT=0x0A00 WINVER=0x0A00 NTDDI_VERSION=0x0A000006 UNICODE _UNICODE)
endif()
if(MINGW)
    # printf and its family are those of C11, not of msvcrt. The stack protector is a library there (libssp), so the linker must
    # know of it. MinGW's gcc 12 has no control flow guard.
    target_compile_definitions(jd_flags INTERFACE __USE_MINGW_ANSI_STDIO=1)
    target_link_options(jd_flags INTERFACE
        -fstack-protector-strong -Wl,--dynamicbase -Wl,--high-entropy-va -Wl,--nxcompat -Wl,--no-insert-timestamp)
endif()
