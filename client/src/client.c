/* SPDX-License-Identifier: MIT */
#include "client/src/client.h"

#include "client/os/conn.h"
#include "client/src/error.h"
#include "common/utf.h"
#include "protocol/limits.h"

#include <stdlib.h>
#include <string.h>

static const struct junction_options no_options = JUNCTION_OPTIONS_INIT;

/* Options, then environment, then the place where the service listens by itself. */
static enum jd_code choose_endpoint(const char *named, struct junction_client *client, struct jd_err *err)
{
    static const char *const defaults[] = {[CONN_SOCKET] = JD_ENDPOINT_POSIX, [CONN_PIPE] = JD_ENDPOINT_WINDOWS};
    if (named == NULL) {
        enum jd_code code = conn_endpoint_from_environment(&client->endpoint, err);
        if (code != JD_OK) {
            return code;
        }
        named = defaults[conn_kind()];
    } else {
        client->endpoint_is_explicit = true;
    }
    client->endpoint_is_explicit = client->endpoint_is_explicit || client->endpoint != NULL;
    if (client->endpoint == NULL) {
        client->endpoint = jd_strdup(named);
    }
    return client->endpoint != NULL ? JD_OK : jd_fail(err, JD_E_NO_MEMORY, "open", NULL);
}

static enum jd_code fill(struct junction_client *client, const struct junction_options *options, struct jd_err *err)
{
    if (options->timeout_ms > JUNCTION_TIMEOUT_MAX_MS) {
        return jd_fail_text(err, JD_E_USAGE, "open", "timeout_range", "a timeout is at most %u ms",
                            JUNCTION_TIMEOUT_MAX_MS);
    }
    if (options->endpoint != NULL && options->endpoint[0] == '\0') {
        return jd_fail_text(err, JD_E_USAGE, "open", "endpoint_empty", "the endpoint is empty");
    }
    client->timeout_ms = options->timeout_ms != 0 ? options->timeout_ms : JUNCTION_TIMEOUT_DEFAULT_MS;
    return choose_endpoint(options->endpoint, client, err);
}

enum junction_code junction_open(const struct junction_options *options, junction_client **out,
                                 struct junction_error *error)
{
    struct jd_err err;
    enum jd_code code;
    struct junction_client *client = calloc(1, sizeof *client);
    if (client == NULL) {
        code = jd_fail(&err, JD_E_NO_MEMORY, "open", NULL);
        return error_give(code, &err, error);
    }
    code = fill(client, options != NULL ? options : &no_options, &err);
    if (code != JD_OK) {
        junction_close(client);
        return error_give(code, &err, error);
    }
    *out = client;
    return JUNCTION_OK;
}

void junction_close(junction_client *client)
{
    if (client != NULL) {
        free(client->endpoint);
        free(client);
    }
}

void junction_free(char *text)
{
    free(text);
}

const char *junction_version(void)
{
    return JUNCTION_VERSION;
}

char *junction_escape(const char *text)
{
    struct jd_buf buf;
    jd_buf_init(&buf, SIZE_MAX / 2);
    jd_buf_add(&buf, "", 0); /* so that there is a text even for an empty one */
    jd_text_escape(text, strlen(text), &buf);
    if (buf.failed) {
        jd_buf_done(&buf);
        return NULL;
    }
    return buf.data;
}
