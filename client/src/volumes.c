/* SPDX-License-Identifier: MIT */
#include "client/src/volumes.h"

#include "client/src/pick.h"

#include <stdlib.h>

enum jd_code volumes_read(const struct jd_json *result, struct volumes *out, struct jd_err *err)
{
    const struct jd_json *list = pick_member(result, "volumes");
    const struct jd_json *row = list != NULL ? jd_json_first(list) : NULL;
    struct path_volume *rows;
    if (row == NULL) {
        return JD_OK;
    }
    rows = calloc(jd_json_size(list), sizeof *rows);
    if (rows == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "volumes", NULL);
    }
    out->rows = rows;
    for (; row != NULL; row = jd_json_next(row)) {
        const char *letter = pick_borrowed(row, "letter");
        if (letter != NULL) {
            rows[out->n++] = (struct path_volume){.letter = letter, .mount = pick_borrowed(row, "mount")};
        }
    }
    return JD_OK;
}

void volumes_done(struct volumes *volumes)
{
    free(volumes->rows);
    *volumes = (struct volumes){0};
}
