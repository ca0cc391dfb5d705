/* SPDX-License-Identifier: MIT */
#include "service/os/fake/fake_tree.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An arbitrary day of NTFS time; each object is made one tick after the one before, so that a run is repeatable. */
static const uint64_t first_day = UINT64_C(133000000000000000);

struct fake_world fake_world;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void fake_lock(void)
{
    pthread_mutex_lock(&lock);
}

void fake_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

void *fake_alloc(size_t size)
{
    void *memory = calloc(1, size);
    if (memory == NULL) {
        fake_misuse("out of memory", "");
    }
    return memory;
}

void fake_misuse(const char *what, const char *about)
{
    fprintf(stderr, "fake: %s: %s\n", what, about);
    abort();
}

size_t fake_index_of(char letter)
{
    char first = letter >= 'a' && letter <= 'z' ? 'a' : 'A';
    size_t index = (unsigned char)(letter - first);
    return index < FAKE_LETTERS ? index : FAKE_LETTERS;
}

struct fake_volume_state *fake_volume_of(char letter)
{
    size_t index = fake_index_of(letter);
    return index < FAKE_LETTERS && fake_world.volumes[index].exists ? &fake_world.volumes[index] : NULL;
}

static bool spend(struct fake_volume_state *volume)
{
    if (volume->space == 0) {
        return false;
    }
    volume->space -= volume->space > 0;
    return true;
}

static void give_back(struct fake_volume_state *volume)
{
    volume->space += volume->space >= 0;
}

static bool take_record(struct fake_volume_state *volume, uint32_t *out)
{
    if (volume->root == NULL) {
        *out = FAKE_RECORD_ROOT;
        return true;
    }
    for (uint32_t i = 0; i < FAKE_RECORDS_MAX; i++) {
        if (!volume->used[i]) {
            volume->used[i] = true;
            *out = i + FAKE_RECORD_FIRST;
            return true;
        }
    }
    return false;
}

static void give_record(struct fake_volume_state *volume, uint32_t record)
{
    if (record >= FAKE_RECORD_FIRST) {
        volume->used[record - FAKE_RECORD_FIRST] = false;
    }
}

struct fake_object *fake_object_new(struct fake_volume_state *volume, bool is_directory, struct jd_name name,
                                    enum jd_code *why)
{
    struct fake_object *object = calloc(1, sizeof *object);
    char *copy = jd_strndup(name.text, name.len);
    *why = object != NULL && copy != NULL ? JD_E_NO_SPACE : JD_E_NO_MEMORY;
    if (*why == JD_E_NO_MEMORY || !spend(volume)) {
        free(object);
        free(copy);
        return NULL;
    }
    if (!take_record(volume, &object->record)) {
        give_back(volume);
        free(object);
        free(copy);
        return NULL;
    }
    object->holds = 1;
    object->volume = volume;
    object->name = copy;
    object->is_directory = is_directory;
    object->owner = jd_sid_administrators();
    object->created = first_day + fake_world.next_created++;
    return object;
}

static bool grow(struct fake_object *parent)
{
    size_t cap = parent->cap_children == 0 ? 4 : parent->cap_children * 2;
    struct fake_object **children = realloc(parent->children, cap * sizeof(struct fake_object *));
    if (children == NULL) {
        return false;
    }
    parent->children = children;
    parent->cap_children = cap;
    return true;
}

bool fake_object_attach(struct fake_object *parent, struct fake_object *object)
{
    if (parent->n_children == parent->cap_children && !grow(parent)) {
        return false;
    }
    size_t at = parent->n_children;
    while (at > 0 && strcmp(parent->children[at - 1]->name, object->name) > 0) {
        parent->children[at] = parent->children[at - 1];
        at--;
    }
    parent->children[at] = object;
    parent->n_children++;
    object->parent = parent;
    return true;
}

void fake_object_detach(struct fake_object *object)
{
    struct fake_object *parent = object->parent;
    size_t at = 0;
    while (parent->children[at] != object) {
        at++;
    }
    parent->n_children--;
    memmove(&parent->children[at], &parent->children[at + 1], (parent->n_children - at) * sizeof parent->children[0]);
    object->parent = NULL;
    fake_object_drop(object);
}

struct fake_object *fake_object_take(struct fake_object *object)
{
    object->holds++;
    return object;
}

static void free_object(struct fake_object *object)
{
    free(object->children);
    free(object->name);
    free(object->alias);
    free(object->reparse);
    free(object);
}

void fake_object_drop(struct fake_object *object)
{
    if (object == NULL || --object->holds > 0) {
        return;
    }
    fake_object_clear_reparse(object);
    give_record(object->volume, object->record);
    give_back(object->volume);
    free_object(object);
}

void fake_object_free_tree(struct fake_object *object)
{
    if (object == NULL) {
        return;
    }
    for (size_t i = 0; i < object->n_children; i++) {
        fake_object_free_tree(object->children[i]);
    }
    free_object(object);
}

bool fake_object_is_plain_directory(const struct fake_object *object)
{
    return object->is_directory && object->reparse_len == 0;
}

static uint32_t tag_of(const uint8_t *data)
{
    return data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 | (uint32_t)data[3] << 24;
}

uint32_t fake_object_tag(const struct fake_object *object)
{
    return object->reparse_len == 0 ? 0 : tag_of(object->reparse);
}

/* MS-FSCC 2.1.2.2 and 2.1.2.3: the data length counts what follows the header, which is 16 bytes longer with a GUID. */
static bool has_honest_header(const uint8_t *data, size_t len)
{
    if (len < JD_REPARSE_MIN || len > JD_REPARSE_MAX) {
        return false;
    }
    size_t header = (tag_of(data) & JD_TAG_MICROSOFT_BIT) != 0 ? JD_REPARSE_MIN : JD_REPARSE_MIN + 16;
    return len >= header && (size_t)(data[4] | data[5] << 8) == len - header;
}

enum jd_code fake_object_set_reparse(struct fake_object *object, const void *data, size_t len)
{
    if (!object->is_directory) {
        return JD_E_PLATFORM;
    }
    if (object->n_children > 0) {
        return JD_E_NOT_EMPTY;
    }
    if (!has_honest_header(data, len)) {
        return JD_E_BAD_REPARSE_DATA;
    }
    if (object->reparse_len > 0 && fake_object_tag(object) != tag_of(data)) {
        return JD_E_REPARSE_POINT_EXISTS;
    }
    uint8_t *copy = malloc(len);
    if (copy == NULL) {
        return JD_E_NO_MEMORY;
    }
    if (object->reparse_len == 0 && !spend(object->volume)) {
        free(copy);
        return JD_E_NO_SPACE;
    }
    memcpy(copy, data, len);
    free(object->reparse);
    object->reparse = copy;
    object->reparse_len = len;
    return JD_OK;
}

void fake_object_clear_reparse(struct fake_object *object)
{
    if (object->reparse_len > 0) {
        give_back(object->volume);
    }
    free(object->reparse);
    object->reparse = NULL;
    object->reparse_len = 0;
}
