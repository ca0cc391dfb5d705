/* SPDX-License-Identifier: MIT */
#include "tests/unit/fake_fixture.h"

#include "tests/support/fault.h"

#include <string.h>

struct os_fs *fx_fs;
struct jd_err fx_err;

void fx_begin(void)
{
    fault_end();
    fake_reset();
    fake_volume('C');
    check_ok(fake_open_fs(&fx_fs, &fx_err), &fx_err);
}

void fx_end(void)
{
    check_int(fake_open_nodes(), 0);
    os_fs_close(fx_fs);
    fake_reset();
}

struct jd_name fx_name(const char *text)
{
    return (struct jd_name){text, strlen(text)};
}

struct os_node *fx_last(const struct fx_chain *chain)
{
    return chain->node[chain->n - 1];
}

enum jd_code fx_step(struct fx_chain *chain, const char *name, enum os_use use)
{
    enum jd_code code = os_fs_child(fx_last(chain), fx_name(name), use, &chain->node[chain->n], &fx_err);
    chain->n += code == JD_OK;
    return code;
}

struct fx_chain fx_open_root(void)
{
    struct fx_chain chain = {.n = 1};
    check_ok(os_fs_root(fx_fs, 'C', &chain.node[0], &fx_err), &fx_err);
    return chain;
}

void fx_close(struct fx_chain *chain)
{
    while (chain->n > 0) {
        os_fs_node_close(chain->node[--chain->n]);
    }
}

enum jd_code fx_open_once(const char *parent, const char *name, enum os_use use)
{
    struct fx_chain chain = fx_open_root();
    enum jd_code code = parent == NULL ? JD_OK : fx_step(&chain, parent, OS_USE_PASS);
    code = code == JD_OK ? fx_step(&chain, name, use) : code;
    fx_close(&chain);
    return code;
}

size_t fx_encode_junction(const char *target, uint8_t data[JD_REPARSE_MAX])
{
    struct jd_winpath path = {0};
    size_t len = 0;
    check_ok(jd_winpath_parse(target, strlen(target), &path, &fx_err), &fx_err);
    check_ok(jd_reparse_encode(&path, data, &len, &fx_err), &fx_err);
    jd_winpath_done(&path);
    return len;
}

void fx_dump(struct jd_buf *out)
{
    jd_buf_init(out, (size_t)1 << 20);
    fake_dump(out);
}

void fx_check_same_dump(struct jd_buf *before)
{
    struct jd_buf after;
    fx_dump(&after);
    check_text(after.data, before->data);
    jd_buf_done(&after);
    jd_buf_done(before);
}

/* A leaf with reparse data, not published. */
struct fx_chain fx_make_leaf(const char *name)
{
    uint8_t data[JD_REPARSE_MAX];
    struct fx_chain chain = fx_open_root();
    check_ok(os_fs_make_directory(fx_last(&chain), fx_name(name), &chain.node[1], &fx_err), &fx_err);
    chain.n = 2;
    check_ok(os_fs_set_reparse(fx_last(&chain), data, fx_encode_junction("C:\\t", data), &fx_err), &fx_err);
    return chain;
}
