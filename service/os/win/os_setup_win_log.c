/* SPDX-License-Identifier: MIT */
/* "Eventlog Key" and "Event Sources" on Microsoft Learn: a log of its own, with one source of the same name in it. */
#include "service/os/win/os_setup_win.h"
#include "service/os/win/win_names.h"

#include <wchar.h>
#include <windows.h>

#define LOG_KEY L"SYSTEM\\CurrentControlSet\\Services\\EventLog\\" WIN_LOG_NAME
#define SOURCE_KEY LOG_KEY L"\\" WIN_LOG_NAME

enum { LOG_BYTES = 64 * 1024 * 1024, ALL_TYPES = 7 /* error, warning, information */ };

/* Without this every user of the machine could write records into the log. SYSTEM and Administrators all, Event Log
 * Readers (S-1-5-32-573) read: 1 read, 2 write, 4 clear. */
static const wchar_t log_sddl[] = L"O:BAG:SYD:(A;;0x7;;;SY)(A;;0x7;;;BA)(A;;0x1;;;S-1-5-32-573)";

static LSTATUS set_number(HKEY key, const wchar_t *name, DWORD value)
{
    return RegSetValueExW(key, name, 0, REG_DWORD, (const BYTE *)&value, sizeof value);
}

static LSTATUS set_text(HKEY key, const wchar_t *name, const wchar_t *value)
{
    return RegSetValueExW(key, name, 0, REG_SZ, (const BYTE *)value, (DWORD)((wcslen(value) + 1) * sizeof *value));
}

static LSTATUS fill_log(HKEY key, const wchar_t *messages)
{
    LSTATUS number = set_number(key, L"MaxSize", LOG_BYTES);
    (void)messages;
    if (number == ERROR_SUCCESS) {
        number = set_number(key, L"Retention", 0); /* the oldest records make room */
    }
    return number == ERROR_SUCCESS ? set_text(key, L"CustomSD", log_sddl) : number;
}

static LSTATUS fill_source(HKEY key, const wchar_t *messages)
{
    LSTATUS number = set_text(key, L"EventMessageFile", messages);
    return number == ERROR_SUCCESS ? set_number(key, L"TypesSupported", ALL_TYPES) : number;
}

static LSTATUS write_key(const wchar_t *path, LSTATUS (*fill)(HKEY key, const wchar_t *messages),
                         const wchar_t *messages)
{
    HKEY key;
    LSTATUS number =
        RegCreateKeyExW(HKEY_LOCAL_MACHINE, path, 0, NULL, REG_OPTION_NON_VOLATILE, KEY_SET_VALUE, NULL, &key, NULL);
    if (number == ERROR_SUCCESS) {
        number = fill(key, messages);
        RegCloseKey(key);
    }
    return number;
}

enum jd_code setup_register_log(const wchar_t *messages, struct jd_err *err)
{
    LSTATUS number = write_key(LOG_KEY, fill_log, messages);
    if (number == ERROR_SUCCESS) {
        number = write_key(SOURCE_KEY, fill_source, messages);
    }
    return number == ERROR_SUCCESS ? JD_OK
                                   : setup_fail(err, "install", "the event log cannot be registered", (uint32_t)number);
}

/* The records stay in their file, which any viewer opens. */
enum jd_code setup_unregister_log(struct jd_err *err)
{
    LSTATUS number = RegDeleteTreeW(HKEY_LOCAL_MACHINE, LOG_KEY);
    return number == ERROR_SUCCESS || number == ERROR_FILE_NOT_FOUND
               ? JD_OK
               : setup_fail(err, "uninstall", "the event log's registration cannot be taken away", (uint32_t)number);
}
