/* SPDX-License-Identifier: MIT */
#include "client/src/pick.h"

#include "common/buf.h"

const struct jd_json *pick_member(const struct jd_json *object, const char *key)
{
    return object != NULL && jd_json_kind(object) == JD_JSON_OBJECT ? jd_json_member(object, key) : NULL;
}

const char *pick_borrowed(const struct jd_json *object, const char *key)
{
    const struct jd_json *value = pick_member(object, key);
    return value != NULL ? jd_json_string(value) : NULL;
}

int64_t pick_integer(const struct jd_json *object, const char *key, int64_t otherwise)
{
    const struct jd_json *value = pick_member(object, key);
    int64_t integer;
    return value != NULL && jd_json_integer(value, &integer) ? integer : otherwise;
}

bool pick_bool(const struct jd_json *object, const char *key)
{
    const struct jd_json *value = pick_member(object, key);
    bool is_true = false;
    return value != NULL && jd_json_bool(value, &is_true) && is_true;
}

char *pick_text(const struct jd_json *object, const char *key, bool *no_memory)
{
    const char *text = pick_borrowed(object, key);
    char *copy = text != NULL ? jd_strdup(text) : NULL;
    *no_memory = *no_memory || (text != NULL && copy == NULL);
    return copy;
}
