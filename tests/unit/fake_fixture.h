/* SPDX-License-Identifier: MIT */
/* A volume C on the fake, and chains of opened nodes on it. */
#pragma once

#include "service/os/fake/fake.h"
#include "tests/support/suite.h"

extern struct os_fs *fx_fs;
extern struct jd_err fx_err;

void fx_begin(void);
void fx_end(void); /* no node may be open any more */

struct jd_name fx_name(const char *text);

/* From the root on: node[0]. */
struct fx_chain {
    struct os_node *node[8];
    size_t n;
};

struct fx_chain fx_open_root(void);
void fx_close(struct fx_chain *chain);
struct os_node *fx_last(const struct fx_chain *chain);
enum jd_code fx_step(struct fx_chain *chain, const char *name, enum os_use use);
enum jd_code fx_open_once(const char *parent, const char *name, enum os_use use); /* parent NULL: the root */

size_t fx_encode_junction(const char *target, uint8_t data[JD_REPARSE_MAX]);
struct fx_chain fx_make_leaf(const char *name); /* a junction in the root, not published */

void fx_dump(struct jd_buf *out);
void fx_check_same_dump(struct jd_buf *before); /* and lets before go */
