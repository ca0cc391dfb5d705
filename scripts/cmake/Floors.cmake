# SPDX-License-Identifier: MIT
# jd_floor(NAME SOURCES a.c … [LINK floor …] [DEFINE NAME …]): one floor, one static library, its own link list.
function(jd_floor name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINK;DEFINE" ${ARGN})
    add_library(${name} STATIC ${ARG_SOURCES})
    target_link_libraries(${name} PUBLIC jd_flags ${ARG_LINK})
    target_compile_definitions(${name} PUBLIC ${ARG_DEFINE})
endfunction()

# jd_port(NAME …): a port of the seam, built twice: as it ships, and as NAME_hooked for tests (os_hook.h).
function(jd_port name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
    jd_floor(${name} SOURCES ${ARG_SOURCES} LINK ${ARG_LINK})
    if(JD_TESTS)
        jd_floor(${name}_hooked SOURCES ${ARG_SOURCES} LINK ${ARG_LINK} os_hook DEFINE OS_HOOKS=1)
    endif()
endfunction()
