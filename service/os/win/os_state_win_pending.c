/* SPDX-License-Identifier: MIT */
/* The pending journal: one file an entry. */
#include "service/os/win/os_state_win.h"

#include "service/os/os_hook.h"

#include <stdlib.h>
#include <string.h>

enum { TOKEN_DIGITS = 16, CHUNK_BYTES = 4096, LISTING_BYTES = 8192 };

static const wchar_t digits[] = L"0123456789abcdef";

/* NTFS tells names as they were made: in lower case. */
static bool parse_token(const wchar_t *name, size_t units, uint64_t *out)
{
    uint64_t token = 0;
    if (units != TOKEN_DIGITS) {
        return false;
    }
    for (size_t i = 0; i < TOKEN_DIGITS; i++) {
        size_t value = 0;
        while (value < 16 && digits[value] != name[i]) {
            value++;
        }
        if (value == 16) {
            return false;
        }
        token = token << 4 | value;
    }
    *out = token;
    return token != 0;
}

static void name_token(uint64_t token, wchar_t name[TOKEN_DIGITS + 1])
{
    for (size_t i = 0; i < TOKEN_DIGITS; i++) {
        name[i] = digits[token >> (4 * (TOKEN_DIGITS - 1 - i)) & 15];
    }
    name[TOKEN_DIGITS] = L'\0';
}

struct tokens {
    uint64_t next; /* smallest above what was asked; 0: none */
    uint64_t largest;
};

static void count_token(uint64_t token, uint64_t after, struct tokens *found)
{
    if (token > found->largest) {
        found->largest = token;
    }
    if (token > after && (found->next == 0 || token < found->next)) {
        found->next = token;
    }
}

/* FileNamesInformation, MS-FSCC: entries of offset to the next one, index, length in bytes, name. */
struct entry {
    ULONG next;
    ULONG index;
    ULONG bytes;
    wchar_t name[];
};

static void count_entries(const uint8_t *listing, uint64_t after, struct tokens *found)
{
    const struct entry *entry;
    size_t at = 0;
    do {
        uint64_t token;
        entry = (const struct entry *)(const void *)(listing + at);
        if (parse_token(entry->name, entry->bytes / 2, &token)) {
            count_token(token, after, found);
        }
        at += entry->next;
    } while (entry->next != 0);
}

static NTSTATUS list(HANDLE folder, uint64_t after, struct tokens *found)
{
    _Alignas(8) uint8_t listing[LISTING_BYTES];
    IO_STATUS_BLOCK io;
    NTSTATUS status;
    do {
        status = ZwQueryDirectoryFile(folder, NULL, NULL, NULL, &io, listing, sizeof listing, NT_FILE_NAMES, FALSE,
                                      NULL, FALSE);
        if (status == STATUS_SUCCESS) {
            count_entries(listing, after, found);
        }
    } while (status == STATUS_SUCCESS);
    return status == STATUS_NO_MORE_FILES ? STATUS_SUCCESS : status;
}

/* A handle of its own a call: two threads never share a directory position. */
static enum jd_code list_tokens(const struct os_state *state, uint64_t after, struct tokens *out, struct jd_err *err)
{
    struct tokens found = {0, 0};
    HANDLE folder = NULL;
    NTSTATUS status = win_state_open_pending(state, &folder);
    if (status == STATUS_SUCCESS) {
        status = list(folder, after, &found);
        nt_close(folder);
    }
    if (status != STATUS_SUCCESS) {
        return win_state_fail_nt(err, "list pending", status);
    }
    *out = found;
    return JD_OK;
}

enum jd_code win_state_last_token(const struct os_state *state, uint64_t *out, struct jd_err *err)
{
    struct tokens tokens;
    enum jd_code code = list_tokens(state, 0, &tokens, err);
    if (code == JD_OK) {
        *out = tokens.largest;
    }
    return code;
}

static DWORD write_all(HANDLE file, const char *text, size_t len)
{
    while (len > 0) {
        DWORD n = 0;
        if (!WriteFile(file, text, len < CHUNK_BYTES ? (DWORD)len : CHUNK_BYTES, &n, NULL)) {
            return GetLastError();
        }
        if (n == 0) {
            return ERROR_DISK_FULL;
        }
        text += n;
        len -= n;
    }
    return ERROR_SUCCESS;
}

static uint64_t take_token(struct os_state *state)
{
    uint64_t token;
    AcquireSRWLockExclusive(&state->mutex);
    token = ++state->last_token;
    ReleaseSRWLockExclusive(&state->mutex);
    return token;
}

enum jd_code os_state_pending_add(struct os_state *state, const char *text, size_t len, bool flush, uint64_t *out_token,
                                  struct jd_err *err)
{
    wchar_t name[TOKEN_DIGITS + 1];
    HANDLE file = NULL;
    uint64_t token;
    DWORD number;
    NTSTATUS status;
    OS_HOOK("state_pending_add", err);
    token = take_token(state);
    name_token(token, name);
    status = win_state_open_file(state, state->pending, name, FILE_WRITE_DATA | DELETE, 0, FILE_CREATE, &file);
    if (status != STATUS_SUCCESS) {
        return win_state_fail_nt(err, "add pending", status);
    }
    number = write_all(file, text, len);
    /* On NTFS this takes the folder's entry along: the log is written up to what made the file. */
    if (number == ERROR_SUCCESS && flush && !FlushFileBuffers(file)) {
        number = GetLastError();
    }
    if (number != ERROR_SUCCESS) {
        (void)nt_delete(file);
    }
    nt_close(file);
    if (number != ERROR_SUCCESS) {
        return win_state_fail(err, "add pending", number);
    }
    *out_token = token;
    return JD_OK;
}

enum jd_code os_state_pending_drop(struct os_state *state, uint64_t token, struct jd_err *err)
{
    const ULONG share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
    wchar_t name[TOKEN_DIGITS + 1];
    HANDLE file = NULL;
    NTSTATUS status;
    OS_HOOK("state_pending_drop", err);
    name_token(token, name);
    status = win_state_open_file(state, state->pending, name, DELETE, share, FILE_OPEN, &file);
    if (status == STATUS_SUCCESS) {
        status = nt_delete(file);
        nt_close(file);
    }
    if (status == STATUS_OBJECT_NAME_NOT_FOUND || status == STATUS_DELETE_PENDING) {
        return jd_fail(err, JD_E_NOT_FOUND, "drop pending", NULL);
    }
    return status == STATUS_SUCCESS ? JD_OK : win_state_fail_nt(err, "drop pending", status);
}

static enum jd_code read_entry(HANDLE file, struct jd_buf *out, struct jd_err *err)
{
    char chunk[CHUNK_BYTES];
    DWORD n = 0;
    do {
        if (!ReadFile(file, chunk, sizeof chunk, &n, NULL)) {
            return win_state_fail(err, "read pending", GetLastError());
        }
        jd_buf_add(out, chunk, n);
    } while (n > 0 && !out->failed);
    return jd_buf_check(out, err);
}

/* Opens the next entry; one dropped since the listing is passed over. */
static enum jd_code open_next(const struct os_state *state, uint64_t after, uint64_t *out_token, HANDLE *out,
                              struct jd_err *err)
{
    const ULONG share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
    struct tokens tokens = {after, 0};
    NTSTATUS status;
    do {
        wchar_t name[TOKEN_DIGITS + 1];
        enum jd_code code = list_tokens(state, tokens.next, &tokens, err);
        if (code != JD_OK) {
            return code;
        }
        if (tokens.next == 0) {
            return jd_fail(err, JD_E_NOT_FOUND, "next pending", NULL);
        }
        name_token(tokens.next, name);
        status = win_state_open_file(state, state->pending, name, FILE_READ_DATA, share, FILE_OPEN, out);
    } while (status == STATUS_OBJECT_NAME_NOT_FOUND || status == STATUS_DELETE_PENDING);
    if (status != STATUS_SUCCESS) {
        return win_state_fail_nt(err, "open pending", status);
    }
    *out_token = tokens.next;
    return JD_OK;
}

enum jd_code os_state_pending_next(struct os_state *state, uint64_t after, uint64_t *out_token, struct jd_buf *out,
                                   struct jd_err *err)
{
    size_t before = out->len;
    uint64_t token = 0;
    HANDLE file = NULL;
    enum jd_code code;
    OS_HOOK("state_pending_next", err);
    code = open_next(state, after, &token, &file, err);
    if (code != JD_OK) {
        return code;
    }
    code = read_entry(file, out, err);
    nt_close(file);
    if (code != JD_OK) {
        jd_buf_cut(out, before);
        return code;
    }
    *out_token = token;
    return JD_OK;
}
