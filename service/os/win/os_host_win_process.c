/* SPDX-License-Identifier: MIT */
#include "service/os/win/os_host_win_process.h"

#include "service/os/win/win.h"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>
#include <windows.h>

#include <shellapi.h>

static UINT code_page_before; /* 0: left as it was */

static char *to_utf8(const wchar_t *text)
{
    struct jd_buf out;
    jd_buf_init(&out, SIZE_MAX / 2);
    jd_buf_add(&out, "", 0); /* so that there is a text even for an empty one */
    (void)win_add_utf8(&out, text, wcslen(text));
    if (out.failed) {
        jd_buf_done(&out);
    }
    return out.data;
}

bool process_read_arguments(struct process_arguments *out)
{
    struct process_arguments arguments = {0};
    int n = 0;
    wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), &n);
    bool ok = wide != NULL;
    if (ok) {
        arguments.list = calloc((size_t)n + 1, sizeof *arguments.list);
        ok = arguments.list != NULL;
    }
    while (ok && arguments.n < n) {
        arguments.list[arguments.n] = to_utf8(wide[arguments.n]);
        ok = arguments.list[arguments.n] != NULL;
        arguments.n++;
    }
    LocalFree(wide);
    if (!ok) {
        process_free_arguments(&arguments);
        return false;
    }
    *out = arguments;
    return true;
}

void process_free_arguments(struct process_arguments *arguments)
{
    for (int i = 0; i < arguments->n; i++) {
        free(arguments->list[i]);
    }
    free(arguments->list);
}

void process_begin_streams(void)
{
    (void)_setmode(_fileno(stdout), _O_BINARY);
    (void)_setmode(_fileno(stderr), _O_BINARY);
    code_page_before = GetConsoleOutputCP(); /* 0: there is no console */
    if (code_page_before != 0) {
        SetConsoleOutputCP(CP_UTF8);
    }
}

void process_end_streams(void)
{
    fflush(stdout);
    if (code_page_before != 0) {
        SetConsoleOutputCP(code_page_before);
    }
}

/* PROCESS_MITIGATION_POLICY on Microsoft Learn; each is one DWORD of flags. MinGW's headers do not know the last. */
static const struct {
    int policy;
    DWORD flags;
} mitigations[] = {
    {ProcessExtensionPointDisablePolicy, 1},
    {ProcessImageLoadPolicy, 3}, /* NoRemoteImages, NoLowMandatoryLabelImages */
    {ProcessDynamicCodePolicy, 1},
    {13, 1}, /* ProcessChildProcessPolicy: NoChildProcessCreation */
    {16, 1}, /* ProcessRedirectionTrustPolicy: EnforceRedirectionTrust; Windows 10 22H2 */
};

void process_harden(void)
{
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
    (void)HeapSetInformation(NULL, HeapEnableTerminationOnCorruption, NULL, 0);
    (void)SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32);
    for (size_t i = 0; i < JD_COUNT(mitigations); i++) {
        DWORD flags = mitigations[i].flags;
        (void)SetProcessMitigationPolicy((PROCESS_MITIGATION_POLICY)mitigations[i].policy, &flags, sizeof flags);
    }
}
