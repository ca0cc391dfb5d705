/* SPDX-License-Identifier: MIT */
#include "client/os/term.h"

#include "client/os/wide_win.h"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include <shellapi.h>

enum { OUTPUT_BYTES = 65536 };

static UINT code_page_before;

static void put_code_page_back(void)
{
    fflush(stdout);
    SetConsoleOutputCP(code_page_before);
}

/* Ctrl-C ends the process without what atexit holds. */
static BOOL WINAPI on_control(DWORD event)
{
    (void)event;
    SetConsoleOutputCP(code_page_before);
    return FALSE;
}

/* The console's code page outlives the process: it is put back. A line goes out whole, else the console shows the
 * halves of a character that two writes cut. */
static void start_output(void)
{
    (void)_setmode(_fileno(stdout), _O_BINARY);
    (void)_setmode(_fileno(stderr), _O_BINARY);
    (void)setvbuf(stdout, NULL, _IOFBF, OUTPUT_BYTES);
    code_page_before = GetConsoleOutputCP(); /* 0: there is no console */
    if (code_page_before != 0 && code_page_before != CP_UTF8) {
        SetConsoleOutputCP(CP_UTF8);
        atexit(put_code_page_back);
        SetConsoleCtrlHandler(on_control, TRUE);
    }
}

static char **copy_arguments(wchar_t **wide, int n)
{
    char **list = calloc((size_t)n + 1, sizeof *list);
    for (int i = 0; list != NULL && i < n; i++) {
        list[i] = wide_to(wide[i], wcslen(wide[i]), NULL);
        if (list[i] == NULL) {
            return NULL; /* the process ends now */
        }
    }
    return list;
}

char **term_start(int *argc, char **argv)
{
    int n = 0;
    wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), &n);
    char **list;
    (void)argv; /* in the code page of the day */
    if (wide == NULL) {
        return NULL;
    }
    list = copy_arguments(wide, n);
    LocalFree(wide);
    *argc = n;
    start_output();
    return list;
}
