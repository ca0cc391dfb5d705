/* SPDX-License-Identifier: MIT */
/*
 * libjunction: asking junctiond to make, inspect and remove NTFS junctions. C11 and C++17.
 *
 * Text is UTF-8 and NUL-terminated, going in and coming out. Paths are Windows paths on every system. The library makes
 * them canonical before it sends them: forward slashes become backslashes, repeated and trailing separators go, `.` and
 * `..` are folded as text (nothing is looked up on disk), a `\\?\X:\` prefix is taken off (and what follows it is not
 * folded), a relative path is joined to the current directory. On POSIX the current directory must then lie on a volume
 * that the service serves, and its drive letter is the one the service gave it. Everything else is judged by the
 * service.
 *
 * Threads: a client is not changed by the calls made with it; any number of threads may use one at once. Each call
 * opens its own connection, so a call acts with the credentials its thread has at that moment. Never close a client
 * that is in use.
 *
 * Errors: a function that can fail returns JUNCTION_OK (0) or a code and then fills *error, which the caller supplies,
 * or passes as NULL. Out-parameters are untouched on failure. Nothing here raises signals, prints, or ends the process.
 *
 * Ownership: what comes out through a pointer to a pointer belongs to the caller, who gives it back to the function
 * named at its type. All free functions accept NULL.
 *
 * Compatibility: codes and words never change their meaning and numbers are never reused. Results are made by the
 * library, so members may be added at their end; options must be zeroed (or JUNCTION_OPTIONS_INIT) before members are
 * set.
 */
#ifndef JUNCTION_H
#define JUNCTION_H

#include <stddef.h>
#include <stdint.h>

#if defined(JUNCTION_STATIC)
#define JUNCTION_API
#elif defined(_WIN32)
#if defined(JUNCTION_BUILD)
#define JUNCTION_API __declspec(dllexport)
#else
#define JUNCTION_API __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define JUNCTION_API __attribute__((visibility("default")))
#else
#define JUNCTION_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define JUNCTION_VERSION "0.1.0"
#define JUNCTION_TIMEOUT_DEFAULT_MS 30000u
#define JUNCTION_TIMEOUT_MAX_MS 86400000u

/* Sizes of the texts in struct junction_error, in bytes with the NUL. What is longer is cut, never inside a character.
 */
#define JUNCTION_WORD_SIZE 48
#define JUNCTION_RULE_SIZE 256
#define JUNCTION_REQUEST_SIZE 64
#define JUNCTION_TEXT_SIZE 512

/*
 * Every error this library can answer with. docs/errors.md describes each under its word. The hundreds are families:
 * the message was wrong (1), not allowed (2), the world differs (3), the platform (4), the service itself (5), this
 * side of the line (6).
 */
enum junction_code {
    JUNCTION_OK = 0,

    JUNCTION_E_PARSE_ERROR = 100,
    JUNCTION_E_INVALID_UTF8 = 101,
    JUNCTION_E_BAD_STRING = 102,
    JUNCTION_E_DEPTH_EXCEEDED = 103,
    JUNCTION_E_MESSAGE_TOO_LARGE = 104,
    JUNCTION_E_INVALID_REQUEST = 105,
    JUNCTION_E_BATCH_NOT_SUPPORTED = 106,
    JUNCTION_E_INVALID_ID = 107,
    JUNCTION_E_UNKNOWN_MEMBER = 108,
    JUNCTION_E_DUPLICATE_MEMBER = 109,
    JUNCTION_E_METHOD_NOT_FOUND = 110,
    JUNCTION_E_INVALID_PARAMS = 111,
    JUNCTION_E_UNKNOWN_PARAM = 112,
    JUNCTION_E_DUPLICATE_PARAM = 113,
    JUNCTION_E_BAD_PATH = 114,

    JUNCTION_E_DENIED = 200,
    JUNCTION_E_BUSY = 201,
    JUNCTION_E_TIMED_OUT = 202,
    JUNCTION_E_CANCELLED = 203,
    JUNCTION_E_IN_USE = 204,

    JUNCTION_E_NOT_FOUND = 300,
    JUNCTION_E_PARENT_NOT_FOUND = 301,
    JUNCTION_E_TARGET_NOT_FOUND = 302,
    JUNCTION_E_LINK_EXISTS = 303,
    JUNCTION_E_DIRECTORY_EXISTS = 304,
    JUNCTION_E_FILE_EXISTS = 305,
    JUNCTION_E_REPARSE_POINT_EXISTS = 306,
    JUNCTION_E_NOT_A_JUNCTION = 307,
    JUNCTION_E_PARENT_NOT_DIRECTORY = 308,
    JUNCTION_E_TARGET_NOT_DIRECTORY = 309,
    JUNCTION_E_REPARSE_POINT_IN_PATH = 310,
    JUNCTION_E_TARGET_IS_REPARSE_POINT = 311,
    JUNCTION_E_TARGET_DIFFERS = 312,
    JUNCTION_E_NOT_EMPTY = 313,
    JUNCTION_E_NAME_MISMATCH = 314,
    JUNCTION_E_CASE_CONFLICT = 315,
    JUNCTION_E_DELETE_PENDING = 316,
    JUNCTION_E_CHANGED_MEANWHILE = 317,

    JUNCTION_E_VOLUME_UNKNOWN = 400,
    JUNCTION_E_VOLUME_UNSUPPORTED = 401,
    JUNCTION_E_VOLUME_NOT_NTFS = 402,
    JUNCTION_E_VOLUME_UNPROTECTED = 403,
    JUNCTION_E_READ_ONLY = 404,
    JUNCTION_E_NO_SPACE = 405,
    JUNCTION_E_ACCESS_DENIED = 406,
    JUNCTION_E_PATH_TOO_LONG = 407,
    JUNCTION_E_BAD_REPARSE_DATA = 408,
    JUNCTION_E_IO_ERROR = 409,
    JUNCTION_E_PLATFORM = 410,

    JUNCTION_E_AUDIT_UNAVAILABLE = 500,
    JUNCTION_E_STATE_UNAVAILABLE = 501,
    JUNCTION_E_POLICY_UNAVAILABLE = 502,
    JUNCTION_E_POLICY_MISSING = 503,
    JUNCTION_E_POLICY_UNTRUSTED = 504,
    JUNCTION_E_POLICY_INVALID = 505,
    JUNCTION_E_POLICY_NEWER = 506,
    JUNCTION_E_STOPPING = 507,
    JUNCTION_E_UNDO_INCOMPLETE = 508,
    JUNCTION_E_NO_MEMORY = 509,
    JUNCTION_E_INTERNAL =
        510, /* also: a word from a newer service that this library does not know; error.word has it */

    JUNCTION_E_USAGE = 600,
    JUNCTION_E_ALREADY_RUNNING = 601,
    JUNCTION_E_ENDPOINT_UNUSABLE = 602,
    JUNCTION_E_NOT_INSTALLED = 603,
    JUNCTION_E_NOT_RUNNING = 604,
    JUNCTION_E_STARTING = 605,
    JUNCTION_E_CONNECT_DENIED = 606,
    JUNCTION_E_CONNECT_TIMED_OUT = 607,
    JUNCTION_E_WRONG_SERVER = 608,
    JUNCTION_E_BAD_REPLY = 609,
    JUNCTION_E_REPLY_TIMED_OUT = 610,
    JUNCTION_E_OUTCOME_UNKNOWN = 611
};

/* All three take any value; one that is no code reads as JUNCTION_E_INTERNAL. Returned texts are constants. */
JUNCTION_API const char *junction_code_word(enum junction_code code); /* "link_exists": stable, for programs */
JUNCTION_API const char *junction_code_text(enum junction_code code); /* one plain sentence without a full stop */

/*
 * What a command should exit with: 0 done, 1 the world differs, 2 said wrong, 3 denied, 4 service not reachable, 5 the
 * server is not the service, 6 busy or timed out and nothing changed, 7 platform or service fault, 8 outcome unknown.
 */
JUNCTION_API int junction_exit_code(enum junction_code code);

/* What went wrong. Plain data, nothing to free; texts are "" where they do not apply. */
struct junction_error {
    enum junction_code code;
    char word[JUNCTION_WORD_SIZE];       /* the code's word, or what a newer service said */
    char reason[JUNCTION_WORD_SIZE];     /* a stable word for the detail: "dot_segment", "no_rule", "timed_out" */
    char rule[JUNCTION_RULE_SIZE];       /* the policy rule that decided */
    char request[JUNCTION_REQUEST_SIZE]; /* the id the audit record carries */
    char message[JUNCTION_TEXT_SIZE];    /* one plain sentence */
    char detail[JUNCTION_TEXT_SIZE];     /* more of it, for people: the endpoint, what the system said */
};

/* The error as one JSON object on one line: {"error":{"word":…,"reason":…,"exit":…}}. NULL when out of memory. */
JUNCTION_API char *junction_error_json(const struct junction_error *error);

/* Frees text that this library returned. */
JUNCTION_API void junction_free(char *text);

/*
 * A copy of text that is safe to show: controls, bidi marks, invisible characters and invalid bytes are written as
 * <U+XXXX> or <XX>. Names come from disks and servers: show them only through this. NULL when out of memory;
 * junction_free frees it.
 */
JUNCTION_API char *junction_escape(const char *text);

JUNCTION_API const char *junction_version(void); /* of the library that runs */

/* A client: where the service is and how long to wait for it. */
struct junction_client;
typedef struct junction_client junction_client;

struct junction_options {
    const char *endpoint;    /* NULL: environment JUNCTIOND_ENDPOINT, else the system's default; copied */
    uint32_t timeout_ms;     /* for a whole call, from connecting to the last byte; 0: JUNCTION_TIMEOUT_DEFAULT_MS */
    uint32_t reserved32;     /* 0 */
    const void *reserved[6]; /* NULL */
};

#define JUNCTION_OPTIONS_INIT                  \
    {                                          \
        NULL, 0, 0,                            \
        {                                      \
            NULL, NULL, NULL, NULL, NULL, NULL \
        }                                      \
    }

/*
 * Makes a client; connects nothing yet. options may be NULL. Fails with USAGE (an empty endpoint, a timeout above
 * JUNCTION_TIMEOUT_MAX_MS) or NO_MEMORY.
 */
JUNCTION_API enum junction_code junction_open(const struct junction_options *options, junction_client **out,
                                              struct junction_error *error);
JUNCTION_API void junction_close(junction_client *client);

/*
 * All calls below: the server is verified before the first byte is sent (WRONG_SERVER: nothing was sent). Without an
 * answer a call fails with NOT_INSTALLED, NOT_RUNNING, CONNECT_DENIED, CONNECT_TIMED_OUT, REPLY_TIMED_OUT or BAD_REPLY,
 * and nothing was changed. Only OUTCOME_UNKNOWN leaves that open: a change was handed over whole, and then the
 * connection or the time ran out, or the answer made no sense (error.reason says which). What the service itself
 * refuses has its own codes.
 */

/* `json` in the results is the service's whole answer as one JSON object on one line: newer services may say more in
 * it. */

struct junction_create_result {
    char *link; /* as it stands on disk */
    char *target;
    int changed; /* 1: the junction was made */
    char *json;
};

/* Makes a junction at link that leads to target, an existing directory. */
JUNCTION_API enum junction_code junction_create(const junction_client *client, const char *link, const char *target,
                                                struct junction_create_result **out, struct junction_error *error);
JUNCTION_API void junction_create_result_free(struct junction_create_result *result);

/* Strings are NULL where they do not apply. docs/protocol.md lists the words. */
struct junction_inspect_result {
    char *link;
    char *kind;   /* nothing, file, directory, junction, volume_mount_point, symbolic_link, other, malformed */
    uint32_t tag; /* reparse tag; 0 when there is none */
    char *tag_name;
    char *substitute_name;
    char *print_name;
    char *target;       /* where it leads, in the form people write */
    char *target_state; /* ok, missing, not_a_directory, loop, denied, missing_volume, unknown */
    char *target_utf16; /* UTF-16LE in hex, only where the name is not valid text */
    char *json;
};

/* Tells what stands at link, without following it. */
JUNCTION_API enum junction_code junction_inspect(const junction_client *client, const char *link,
                                                 struct junction_inspect_result **out, struct junction_error *error);
JUNCTION_API void junction_inspect_result_free(struct junction_inspect_result *result);

struct junction_remove_result {
    char *link;
    char *target; /* where it led */
    int changed;  /* 1: the junction was removed */
    char *json;
};

/* Removes the junction at link and nothing else: never what it leads to, never a directory that is no junction. */
JUNCTION_API enum junction_code junction_remove(const junction_client *client, const char *link,
                                                struct junction_remove_result **out, struct junction_error *error);
JUNCTION_API void junction_remove_result_free(struct junction_remove_result *result);

struct junction_volume {
    char *letter; /* "C" */
    char *mount;  /* where it is mounted (POSIX); NULL where the system itself knows letters */
};

struct junction_info_result {
    char *name;
    char *version;
    int64_t protocol;
    char *caller_sid;  /* who the service takes this process for */
    char *caller_name; /* a hint for people; NULL or "" when unknown */
    int caller_is_administrator;
    char **caller_groups; /* SIDs */
    size_t n_caller_groups;
    char *caller_refused; /* why no rule may serve this caller; NULL for a normal one */
    struct junction_volume *volumes;
    size_t n_volumes;
    char *json;
    char *caller_json; /* the part about the caller, one object */
};

/* What the service is, what it serves, and who it takes the caller for. Needs no permission by policy. */
JUNCTION_API enum junction_code junction_info(const junction_client *client, struct junction_info_result **out,
                                              struct junction_error *error);
JUNCTION_API void junction_info_result_free(struct junction_info_result *result);

struct junction_operation_count {
    char *method;
    int64_t done, denied, failed; /* since the service started */
};

/* Numbers are -1 and strings NULL where the service did not tell. */
struct junction_status_result {
    char *state; /* running, stopping, policy_unavailable, audit_unavailable */
    char *version;
    char *started; /* when */
    int64_t uptime_s;
    int64_t connections; /* now */
    int64_t connections_total;
    int64_t connections_refused;
    int64_t running; /* operations at work */
    int64_t bad_lines;
    char *policy_hash;   /* NULL: there is no valid policy */
    char *policy_loaded; /* when */
    int64_t policy_rules;
    char *audit_state; /* ok, refusing */
    int64_t audit_failures;
    struct junction_operation_count *operations;
    size_t n_operations;
    char *json;
    char *policy_refused;        /* why the policy tried last was refused, a word; NULL: it was not */
    char *policy_refused_detail; /* more of it; NULL unless the caller is an administrator */
};

/* How the service is doing. */
JUNCTION_API enum junction_code junction_status(const junction_client *client, struct junction_status_result **out,
                                                struct junction_error *error);
JUNCTION_API void junction_status_result_free(struct junction_status_result *result);

/*
 * Any method, also one that this library is too old to know: params_json is one JSON object (NULL: none), sent as it is
 * (paths are not made canonical); *out_json is the result, one JSON value on one line, freed with junction_free. A
 * method this library does not know is taken for a change when the answer is lost. Fails with PARSE_ERROR and its
 * family or INVALID_PARAMS for params that are no JSON object, and as said above.
 */
JUNCTION_API enum junction_code junction_call(const junction_client *client, const char *method,
                                              const char *params_json, char **out_json, struct junction_error *error);

#ifdef __cplusplus
}
#endif

#endif
