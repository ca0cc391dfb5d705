/* SPDX-License-Identifier: MIT */
#include "service/os/os_setup.h"

#include "common/endpoint.h"
#include "service/os/win/os_setup_win.h"

#include <stdlib.h>
#include <wchar.h>
#include <windows.h>

static char *add_name(const wchar_t *home, const char *rest)
{
    struct jd_buf path;
    jd_buf_init(&path, 4 * UINT16_MAX);
    (void)win_add_utf8(&path, home, wcslen(home));
    jd_buf_add_text(&path, rest);
    if (path.failed) {
        jd_buf_done(&path);
    }
    return path.data;
}

const struct os_defaults *os_setup_defaults(void)
{
    static struct os_defaults defaults = {
        .endpoint = JD_ENDPOINT_WINDOWS,
        .system_log = "eventlog",
        .help = "usage: junctiond run [options]\n"
                "       junctiond check FILE\n"
                "       junctiond install | uninstall | start | stop\n"
                "       junctiond --version | --help\n\n"
                "run        serve callers until Ctrl-C; the service runs this too\n"
                "check      say whether FILE is a valid policy, and what in it is unwise\n"
                "install    register the service and its event log, make its folders; put right what is there\n"
                "uninstall  stop the service and take its registration away; policy and state stay\n"
                "start      start the service, stop: stop it; each waits until that is so\n",
    };
    wchar_t *home;
    if (defaults.policy != NULL) {
        return &defaults;
    }
    home = setup_home();
    if (home == NULL) {
        return NULL;
    }
    defaults.audit_file = add_name(home, "\\state\\audit.jsonl");
    defaults.state = add_name(home, "\\state");
    defaults.policy = add_name(home, "\\policy\\policy.json");
    free(home);
    return defaults.audit_file != NULL && defaults.state != NULL && defaults.policy != NULL ? &defaults : NULL;
}

enum jd_code setup_fail(struct jd_err *err, const char *stage, const char *what, uint32_t number)
{
    enum jd_code code = win_code(number);
    if (code != JD_E_ACCESS_DENIED && code != JD_E_NO_MEMORY) {
        code = JD_E_PLATFORM; /* what the system lacks is no answer to a caller's question */
    }
    if (code == JD_E_ACCESS_DENIED) {
        jd_fail_text(err, code, stage, NULL, "%s: that needs an administrator", what);
    } else {
        jd_fail_text(err, code, stage, NULL, "%s: Windows error %lu", what, (unsigned long)number);
    }
    err->domain = JD_DOMAIN_WIN32;
    err->number = number;
    return code;
}

/* The service comes last: it may be started as soon as it is known. */
enum jd_code os_setup_install(struct jd_err *err)
{
    struct setup_image image = {0};
    enum jd_code code = setup_image_find(&image, err);
    if (code == JD_OK) {
        code = setup_make_folders(err);
    }
    if (code == JD_OK) {
        code = setup_register_log(image.messages, err);
    }
    if (code == JD_OK) {
        code = setup_register_service(image.exe, err);
    }
    setup_image_done(&image);
    return code;
}

enum jd_code os_setup_uninstall(struct jd_err *err)
{
    enum jd_code code = setup_stop_service(err);
    if (code == JD_OK) {
        code = setup_unregister_service(err);
    }
    /* What an earlier uninstall could not finish, this one does. */
    return code == JD_OK || code == JD_E_NOT_INSTALLED ? setup_unregister_log(err) : code;
}

enum jd_code os_setup_start(struct jd_err *err)
{
    return setup_start_service(err);
}

enum jd_code os_setup_stop(struct jd_err *err)
{
    return setup_stop_service(err);
}
