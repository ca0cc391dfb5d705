/* SPDX-License-Identifier: MIT */
#include "client/src/codes.h"

/* A row of err_list.h without a JUNCTION_E_ of its own does not compile here: give it the next free number of its
 * family. */
static const enum junction_code publics[JD_CODE_COUNT] = {
    [JD_OK] = JUNCTION_OK,
#define JD_ERR(NAME, word, number, family, exit, text) [JD_E_##NAME] = JUNCTION_E_##NAME,
#include "common/err_list.h"
#undef JD_ERR
};

enum junction_code codes_public(enum jd_code code)
{
    return (unsigned)code < JD_CODE_COUNT ? publics[code] : JUNCTION_E_INTERNAL;
}

enum jd_code codes_internal(enum junction_code code)
{
    for (int i = 0; i < JD_CODE_COUNT; i++) {
        if (publics[i] == code) {
            return (enum jd_code)i;
        }
    }
    return JD_E_INTERNAL;
}

const char *junction_code_word(enum junction_code code)
{
    return jd_code_word(codes_internal(code));
}

const char *junction_code_text(enum junction_code code)
{
    return jd_code_text(codes_internal(code));
}

int junction_exit_code(enum junction_code code)
{
    return jd_code_exit(codes_internal(code));
}
