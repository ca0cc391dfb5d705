/* SPDX-License-Identifier: MIT */
/* service.info: what this service is, its limits, and who it thinks the caller is. */
#include "service/core/core_private.h"

#include "protocol/limits.h"

static void add_methods(const struct core *core, struct jd_json_out *out)
{
    jd_out_key(out, "methods");
    jd_out_begin(out, '[');
    for (size_t i = 0; i < core->parts.n_ops; i++) {
        jd_out_string(out, core->parts.ops[i]->row->method);
    }
    jd_out_end(out, ']');
}

static void add_limits(struct jd_json_out *out)
{
    jd_out_key(out, "limits");
    jd_out_begin(out, '{');
    jd_out_member_integer(out, "line", JD_LINE_MAX);
    jd_out_member_integer(out, "depth", JD_JSON_DEPTH_MAX);
    jd_out_member_integer(out, "id", JD_ID_CHARS_MAX);
    jd_out_member_integer(out, "path_units", JD_PATH_UNITS_MAX);
    jd_out_member_integer(out, "path_names", JD_PATH_PARTS_MAX);
    jd_out_end(out, '}');
}

static void add_volumes(const struct core *core, struct jd_json_out *out)
{
    char letters[26];
    size_t n = os_fs_letters(core->parts.fs, letters);
    jd_out_key(out, "volumes");
    jd_out_begin(out, '[');
    for (size_t i = 0; i < n; i++) {
        const char *where = os_fs_where(core->parts.fs, letters[i]);
        jd_out_begin(out, '{');
        jd_out_key(out, "letter");
        jd_out_string_n(out, &letters[i], 1);
        jd_out_member(out, "mount", where[0] == '\0' ? NULL : where);
        jd_out_end(out, '}');
    }
    jd_out_end(out, ']');
}

static void add_caller(const struct os_caller *caller, struct jd_json_out *out)
{
    char sid[JD_SID_TEXT_MAX];
    jd_out_key(out, "caller");
    jd_out_begin(out, '{');
    jd_out_member(out, "sid", jd_sid_format(&caller->user, sid));
    jd_out_member(out, "name", caller->name);
    jd_out_member_bool(out, "administrator", caller->is_administrator);
    jd_out_key(out, "groups");
    jd_out_begin(out, '[');
    for (size_t i = 0; i < caller->n_groups; i++) {
        jd_out_string(out, jd_sid_format(&caller->groups[i], sid));
    }
    jd_out_end(out, ']');
    jd_out_member(out, "refused", caller->refused);
    jd_out_end(out, '}');
}

static void answer(const struct core *core, const struct os_caller *caller, struct jd_json_out *out)
{
    jd_out_member(out, "name", "junctiond");
    jd_out_member(out, "version", JD_VERSION);
    jd_out_member_integer(out, "protocol", JD_PROTOCOL_VERSION);
    add_methods(core, out);
    add_limits(out);
    add_volumes(core, out);
    add_caller(caller, out);
}

const struct op op_info = {.row = &jd_op_rows[JD_OP_ID_info], .answer = answer};
