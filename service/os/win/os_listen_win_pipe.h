/* SPDX-License-Identifier: MIT */
/*
 * The name of the endpoint and its instances, without a loop: CreateNamedPipeW with a descriptor of its own, because
 * uv_pipe_bind takes none, accepts remote clients and asks for any number of instances. HANDLE is void *: uv.h must
 * come before windows.h, which this therefore does without.
 */
#pragma once

#include "service/os/win/win.h"

enum { PIPE_INSTANCES = 254 /* the most that can be asked for; 255 is "no limit" */ };

/* A claimed name. */
struct pipe_name {
    wchar_t *text;
    void *descriptor; /* LocalFree */
    void *holder;     /* an instance nobody can connect to: the name stands as long as it is open */
};

/*
 * Who may do what with the pipe, as SDDL: the owner, and everything to him and SYSTEM; nothing to ANONYMOUS;
 * Authenticated Users read and write, but make no instance of it (FILE_CREATE_PIPE_INSTANCE, which GENERIC_WRITE would
 * hold: the same bit as FILE_APPEND_DATA). owner NULL: SYSTEM. out has room for it.
 */
enum { PIPE_SDDL_MAX = 512 };
void pipe_sddl(const struct jd_sid *owner, char out[PIPE_SDDL_MAX]);

/* Takes the name, which nobody else may have. Fails with ALREADY_RUNNING, ENDPOINT_UNUSABLE, NO_MEMORY. */
JD_MUST_CHECK enum jd_code pipe_claim(const char *endpoint, struct pipe_name *out, struct jd_err *err);
void pipe_give_up(struct pipe_name *name); /* zeroed is accepted */

/* One more instance, overlapped; INVALID_HANDLE_VALUE and GetLastError. */
void *pipe_instance(const struct pipe_name *name);
