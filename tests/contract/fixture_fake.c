/* SPDX-License-Identifier: MIT */
#include "tests/contract/fixture.h"

#include "service/os/fake/fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fixture_port_begin(void)
{
    fake_reset();
}

void fixture_port_begin_volume(void)
{
    fake_reset();
    fake_volume('C');
}

void fixture_port_end(void)
{
    fake_reset();
}

bool fixture_port_pins(void)
{
    return false;
}

void fixture_need_junctions(void)
{
}

void fixture_need_twins(void)
{
}

size_t fixture_port_handles(void)
{
    return fake_open_nodes();
}

struct os_volume_spec fixture_volume(void)
{
    return (struct os_volume_spec){'C', NULL};
}

struct os_volume_spec fixture_bad_volume(enum fixture_bad_volume kind)
{
    if (kind != FIXTURE_NOT_MOUNTED) {
        fake_volume('D');
        fake_set_ntfs('D', kind != FIXTURE_NOT_NTFS);
        fake_set_protected('D', kind != FIXTURE_UNPROTECTED);
    }
    return (struct os_volume_spec){'D', NULL};
}

void fixture_mkdir(const char *path)
{
    fake_mkdir(path);
}

void fixture_mkfile(const char *path)
{
    fake_mkfile(path);
}

void fixture_reparse(const char *path, const void *data, size_t len)
{
    fake_reparse(path, data, len);
}

void fixture_alias(const char *path, const char *alias)
{
    fake_alias(path, alias);
}

void fixture_give_to_stranger(const char *path)
{
    fake_set_others_may_replace(path, true);
    fake_set_others_may_delete_children(path, true);
}

void fixture_let_others_delete_children(const char *path)
{
    fake_set_others_may_delete_children(path, true);
}

bool fixture_rename(const char *from, const char *to)
{
    return fake_rename(from, to);
}

bool fixture_remove(const char *path)
{
    return fake_remove(path);
}

bool fixture_flip(const char *path, const char *target)
{
    return fake_flip(path, target);
}

bool fixture_unflip(const char *path)
{
    return fake_unflip(path);
}

void fixture_set_read_only(bool value)
{
    fake_set_read_only('C', value);
}

void fixture_fill(void)
{
    fake_set_space('C', 0);
}

const char *fixture_kind(const char *path)
{
    return fake_kind(path);
}

size_t fixture_get_reparse(const char *path, uint8_t out[JD_REPARSE_MAX])
{
    return fake_get_reparse(path, out);
}

const char *fixture_state_folder(void)
{
    return "state";
}

void fixture_state_truncate(uint64_t token, size_t len)
{
    fake_pending_truncate(token, len);
}

void fixture_state_lock(bool value)
{
    fake_state_lock(value);
}

struct os_audit_options fixture_audit_options(void)
{
    return (struct os_audit_options){.to_file = true, .file = "audit"};
}

size_t fixture_audit_count(void)
{
    return fake_audit_count(0);
}

void fixture_audit_line(size_t index, char *buf, size_t cap)
{
    snprintf(buf, cap, "%s", fake_audit_line(index));
}

void fixture_audit_refuse(bool value)
{
    fake_audit_refuse_from(value ? 1 : 0);
}

const char *fixture_policy_put(const void *bytes, size_t len)
{
    if (bytes != NULL) {
        fake_policy_set_bytes(bytes, len);
    }
    return "policy.json";
}

intptr_t fixture_connect(enum fixture_who who, struct jd_sid *out_user)
{
    struct os_caller caller = who == FIXTURE_USER ? fake_caller_user(1001) : fake_caller_administrator();
    *out_user = caller.user;
    fake_peer_set(&caller);
    os_caller_done(&caller);
    return 0;
}

void fixture_disconnect(intptr_t connection)
{
    (void)connection;
}
