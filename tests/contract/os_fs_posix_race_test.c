/* SPDX-License-Identifier: MIT */
/* Storms: an attacker who may rename in the parent works as fast as he can while the port does. Counted, never timed.
 */
#include "tests/contract/fixture_posix.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROUNDS = 300, THREADS = 4 };

struct storm {
    pthread_t thread;
    atomic_bool is_over;
    char a[256], b[256];
};

/* a and b change places for ever. */
static void *swap_names(void *context)
{
    struct storm *storm = context;
    while (!atomic_load(&storm->is_over)) {
        renameat2(AT_FDCWD, storm->a, AT_FDCWD, storm->b, 0);
        rename(storm->b, storm->a);
    }
    return NULL;
}

static void begin_storm(struct storm *storm, const char *a, const char *b)
{
    atomic_init(&storm->is_over, false);
    snprintf(storm->a, sizeof storm->a, "%s", posix_host(a));
    snprintf(storm->b, sizeof storm->b, "%s", posix_host(b));
    check_int(pthread_create(&storm->thread, NULL, swap_names, storm), 0);
}

static void end_storm(struct storm *storm)
{
    atomic_store(&storm->is_over, true);
    pthread_join(storm->thread, NULL);
}

static bool is_expected(enum jd_code code, const enum jd_code *expected, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (code == expected[i]) {
            return true;
        }
    }
    return false;
}

/* The parent goes away and comes back: what is made is made in the parent that was opened, or not at all. */
TEST(os_fs_posix_race, a_parent_that_moves_does_not_move_the_leaf)
{
    static const enum jd_code expected[] = {JD_OK, JD_E_CHANGED_MEANWHILE};
    struct storm storm;
    struct os_node *parent;
    uint8_t data[JD_REPARSE_MAX];
    size_t len;
    fixture_begin_volume();
    fixture_mkdir("C:\\folder\\a");
    len = fixture_encode(JD_TAG_MOUNT_POINT, "C:\\target", data);
    parent = fixture_open("C:\\folder\\a", OS_USE_PASS);
    begin_storm(&storm, "C:\\folder\\a", "C:\\folder\\b");
    for (int i = 0; i < ROUNDS; i++) {
        struct os_node *leaf = NULL;
        enum jd_code code = os_fs_make_directory(parent, fixture_name("leaf"), &leaf, &fixture_err);
        check_case("round %d", i);
        if (code == JD_OK) {
            check_true(is_expected(os_fs_set_reparse(leaf, data, len, &fixture_err), expected, JD_COUNT(expected)));
            check_ok(os_fs_remove(parent, leaf, &fixture_err), &fixture_err);
            os_fs_node_close(leaf);
        } else {
            check_code(code, JD_E_CHANGED_MEANWHILE, &fixture_err);
        }
    }
    end_storm(&storm);
    fixture_end();
}

/* Another junction takes the place again and again: only the one that was opened may ever be removed. */
TEST(os_fs_posix_race, a_leaf_that_is_swapped_is_not_confused)
{
    static const enum jd_code expected[] = {JD_OK, JD_E_CHANGED_MEANWHILE, JD_E_NOT_FOUND};
    struct storm storm;
    struct os_node *root;
    fixture_begin_volume();
    fixture_mkfile("C:\\target\\sentinel");
    fixture_junction("C:\\link", "C:\\target");
    root = fixture_open_parent("C:\\link");
    begin_storm(&storm, "C:\\link", "C:\\other");
    for (int i = 0; i < ROUNDS; i++) {
        struct os_node *node = NULL;
        struct os_facts facts;
        enum jd_code code = os_fs_child(root, fixture_name("link"), OS_USE_LOOK, &node, &fixture_err);
        check_case("round %d", i);
        check_true(is_expected(code, expected, JD_COUNT(expected)));
        if (code == JD_OK) {
            code = os_fs_facts(node, &facts, &fixture_err);
            check_true(is_expected(code, expected, 2));
            check_true(code != JD_OK || facts.tag == JD_TAG_MOUNT_POINT);
            os_fs_node_close(node);
        }
    }
    end_storm(&storm);
    check_text(fixture_kind("C:\\target\\sentinel"), "file");
    fixture_end();
}

/* A junction becomes a directory and back while it is looked at: each answer is one of the two, none is an error. */
static void *flip_for_ever(void *context)
{
    struct storm *storm = context;
    while (!atomic_load(&storm->is_over)) {
        (void)!fixture_flip("C:\\a", "C:\\target");
        (void)!fixture_unflip("C:\\a");
    }
    return NULL;
}

TEST(os_fs_posix_race, a_kind_that_flips_is_one_or_the_other)
{
    struct storm storm;
    struct os_node *root;
    size_t n_links = 0;
    fixture_begin_volume();
    fixture_mkdir("C:\\target\\inner");
    fixture_mkdir("C:\\a");
    root = fixture_open_parent("C:\\a");
    atomic_init(&storm.is_over, false);
    check_int(pthread_create(&storm.thread, NULL, flip_for_ever, &storm), 0);
    for (int i = 0; i < ROUNDS; i++) {
        struct os_node *node = NULL;
        struct os_node *child = NULL;
        struct os_facts facts;
        enum jd_code code = os_fs_child(root, fixture_name("a"), OS_USE_PASS, &node, &fixture_err);
        check_case("round %d", i);
        if (code != JD_OK) {
            check_code(code, JD_E_IO_ERROR, &fixture_err); /* it changed in each of the tries */
            continue;
        }
        if (os_fs_facts(node, &facts, &fixture_err) == JD_OK) {
            check_int(facts.tag, facts.is_reparse_point ? JD_TAG_MOUNT_POINT : 0);
            n_links += facts.is_reparse_point;
        }
        check_true(os_fs_child(node, fixture_name("inner"), OS_USE_PASS, &child, &fixture_err) != JD_OK);
        os_fs_node_close(node);
    }
    atomic_store(&storm.is_over, true);
    pthread_join(storm.thread, NULL);
    check_true(n_links < ROUNDS);
    fixture_end();
}

struct worker {
    struct os_node *parent;
    char name[16];
    enum jd_code code;
};

static void *make_and_remove(void *context)
{
    struct worker *worker = context;
    uint8_t data[JD_REPARSE_MAX];
    size_t len = fixture_encode(JD_TAG_MOUNT_POINT, "C:\\target", data);
    struct jd_err err;
    for (int i = 0; i < ROUNDS / 4 && worker->code == JD_OK; i++) {
        struct os_node *leaf = NULL;
        worker->code = os_fs_make_directory(worker->parent, fixture_name(worker->name), &leaf, &err);
        if (worker->code == JD_OK) {
            worker->code = os_fs_set_reparse(leaf, data, len, &err);
        }
        if (worker->code == JD_OK) {
            worker->code = os_fs_publish(leaf, OS_OWNER_SERVICE, NULL, &err);
        }
        if (worker->code == JD_OK) {
            worker->code = os_fs_remove(worker->parent, leaf, &err);
        }
        os_fs_node_close(leaf);
    }
    return NULL;
}

TEST(os_fs_posix_race, workers_in_one_folder_do_not_disturb_each_other)
{
    pthread_t threads[THREADS];
    struct worker workers[THREADS];
    fixture_begin_volume();
    fixture_mkdir("C:\\folder");
    for (size_t i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.parent = fixture_open("C:\\folder", OS_USE_PASS)};
        snprintf(workers[i].name, sizeof workers[i].name, "leaf%zu", i);
        check_int(pthread_create(&threads[i], NULL, make_and_remove, &workers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        check_int(workers[i].code, JD_OK);
    }
    check_ok(fixture_try_open("C:\\folder", OS_USE_PASS), &fixture_err);
    fixture_end();
}
