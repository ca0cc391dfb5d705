/* SPDX-License-Identifier: MIT */
/*
 * What installing is made of: os_setup_win.c tells the order, os_setup_win_place.c puts the files' places in order,
 * os_setup_win_log.c the event log's registration, os_setup_win_service.c what the SCM knows. Main thread.
 */
#pragma once

#include "service/os/win/win.h"

/* The code of number, and "<what>: <its number>" or "<what> needs an administrator" as err->text. */
enum jd_code setup_fail(struct jd_err *err, const char *stage, const char *what, uint32_t number);

/* Where the executable stands, and its messages beside it; owned. */
struct setup_image {
    wchar_t *exe;
    wchar_t *messages;
};

/* Refuses (ACCESS_DENIED) an executable that somebody who is no administrator could replace or put a DLL beside: it
 * would run as SYSTEM; and one without its messages (PLATFORM). */
JD_MUST_CHECK enum jd_code setup_image_find(struct setup_image *out, struct jd_err *err);
void setup_image_done(struct setup_image *image);

/* %ProgramFiles%\junctiond; to be freed, NULL when the system does not tell. */
wchar_t *setup_home(void);

/* Makes home and, guarded against all but SYSTEM and Administrators, policy and state in it. One that is there already
 * is given the same protection, unless somebody else owns it or could write to it: that is refused (ACCESS_DENIED). */
JD_MUST_CHECK enum jd_code setup_make_folders(struct jd_err *err);

JD_MUST_CHECK enum jd_code setup_register_log(const wchar_t *messages, struct jd_err *err);
JD_MUST_CHECK enum jd_code setup_unregister_log(struct jd_err *err);

JD_MUST_CHECK enum jd_code setup_register_service(const wchar_t *exe, struct jd_err *err);
/* The service does not run any more. */
JD_MUST_CHECK enum jd_code setup_unregister_service(struct jd_err *err);
/* NOT_INSTALLED, or as in os_setup.h. */
JD_MUST_CHECK enum jd_code setup_start_service(struct jd_err *err);
JD_MUST_CHECK enum jd_code setup_stop_service(struct jd_err *err);
