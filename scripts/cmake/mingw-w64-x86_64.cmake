# SPDX-License-Identifier: MIT
# Windows executables for x86-64 from Debian: MinGW-w64 with POSIX threads, and the libraries that scripts/deps-mingw.sh
# makes, which are built with this file too.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_VERSION 10.0)
set(CMAKE_SYSTEM_PROCESSOR AMD64)

set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc-posix)
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)
set(JD_MC_COMPILER x86_64-w64-mingw32-windmc)

# Nothing of the machine that builds: headers and libraries are the compiler's own and those of the prefix.
get_filename_component(JD_DEPS ${CMAKE_CURRENT_LIST_DIR}/../../build/deps/mingw ABSOLUTE)
set(CMAKE_FIND_ROOT_PATH /usr/x86_64-w64-mingw32 ${JD_DEPS})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_LIBDIR} ${JD_DEPS}/lib/pkgconfig)

# No DLL but those of Windows itself: libgcc, winpthreads and libssp go in.
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
set(CMAKE_SHARED_LINKER_FLAGS_INIT -static)
