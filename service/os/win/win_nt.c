/* SPDX-License-Identifier: MIT */
#include "service/os/win/win_nt.h"

#include <stdlib.h>

enum { DESCRIPTOR_FIRST = 1024, DESCRIPTOR_MAX = 1 << 17 /* an ACL's size is 16 bits */ };

static const ULONG always = FILE_SYNCHRONOUS_IO_NONALERT | FILE_OPEN_REPARSE_POINT | FILE_COMPLETE_IF_OPLOCKED;

NTSTATUS nt_open(const struct nt_how *how, HANDLE *out)
{
    SECURITY_QUALITY_OF_SERVICE anonymous = {sizeof anonymous, SecurityAnonymous, SECURITY_STATIC_TRACKING, TRUE};
    UNICODE_STRING name = {(USHORT)(how->units * 2), (USHORT)(how->units * 2), (wchar_t *)(uintptr_t)how->name};
    OBJECT_ATTRIBUTES attributes = {
        .Length = sizeof attributes,
        .RootDirectory = how->root,
        .ObjectName = &name,
        .Attributes = OBJ_CASE_INSENSITIVE | NT_OBJ_DONT_REPARSE,
        .SecurityDescriptor = how->descriptor,
        .SecurityQualityOfService = &anonymous,
    };
    IO_STATUS_BLOCK io;
    HANDLE handle = NULL;
    NTSTATUS status;
    if (how->units > UINT16_MAX / 2) {
        return STATUS_NAME_TOO_LONG;
    }
    status = ZwCreateFile(&handle, how->access | SYNCHRONIZE, &attributes, &io, NULL, FILE_ATTRIBUTE_NORMAL, how->share,
                          how->disposition, how->options | always, NULL, 0);
    if (status == STATUS_SUCCESS) {
        *out = handle;
    } else if (NT_SUCCESS(status)) {
        nt_close(handle); /* opened, but its holder is still being asked to let go */
    }
    return status;
}

void nt_close(HANDLE handle)
{
    if (handle != NULL) {
        CloseHandle(handle);
    }
}

/* What does not fit is an error as well: whoever asks for a fixed layout gets all of it or nothing. */
NTSTATUS nt_query(HANDLE handle, int which, void *out, size_t len)
{
    IO_STATUS_BLOCK io;
    return ZwQueryInformationFile(handle, &io, out, (ULONG)len, which);
}

NTSTATUS nt_query_volume(HANDLE handle, int which, void *out, size_t len)
{
    IO_STATUS_BLOCK io;
    return ZwQueryVolumeInformationFile(handle, &io, out, (ULONG)len, which);
}

NTSTATUS nt_set(HANDLE handle, int which, void *in, size_t len)
{
    IO_STATUS_BLOCK io;
    return ZwSetInformationFile(handle, &io, in, (ULONG)len, which);
}

NTSTATUS nt_control(HANDLE handle, ULONG control, const void *in, size_t in_len, void *out, size_t cap, size_t *out_len)
{
    IO_STATUS_BLOCK io = {.Information = 0};
    NTSTATUS status =
        ZwFsControlFile(handle, NULL, NULL, NULL, &io, control, (void *)(uintptr_t)in, (ULONG)in_len, out, (ULONG)cap);
    if (status == STATUS_SUCCESS && out_len != NULL) {
        *out_len = io.Information;
    }
    return status;
}

/* With POSIX semantics the name is free as soon as this handle is closed, whoever else still holds the object. */
NTSTATUS nt_delete(HANDLE handle)
{
    ULONG flags = NT_DISPOSE_DELETE | NT_DISPOSE_POSIX;
    UCHAR deletes = TRUE;
    NTSTATUS status = nt_set(handle, NT_FILE_DISPOSITION_EX, &flags, sizeof flags);
    return nt_is_unknown(status) ? nt_set(handle, NT_FILE_DISPOSITION, &deletes, sizeof deletes) : status;
}

NTSTATUS nt_get_security(HANDLE handle, uint8_t **out, size_t *out_len)
{
    NTSTATUS status = STATUS_BUFFER_TOO_SMALL;
    ULONG len = DESCRIPTOR_FIRST;
    while (status == STATUS_BUFFER_TOO_SMALL && len <= DESCRIPTOR_MAX) {
        ULONG needed = 0;
        uint8_t *descriptor = malloc(len);
        if (descriptor == NULL) {
            return STATUS_NO_MEMORY;
        }
        status = ZwQuerySecurityObject(handle, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, descriptor, len,
                                       &needed);
        if (status == STATUS_SUCCESS) {
            *out = descriptor;
            *out_len = needed;
            return status;
        }
        free(descriptor);
        len = needed > len ? needed : len * 2; /* it may have grown since the system said how much it needs */
    }
    return status;
}

NTSTATUS nt_set_security(HANDLE handle, ULONG what, uint8_t *descriptor)
{
    return ZwSetSecurityObject(handle, what, descriptor);
}

bool nt_is_unknown(NTSTATUS status)
{
    return status == STATUS_INVALID_INFO_CLASS || status == STATUS_NOT_IMPLEMENTED || status == STATUS_NOT_SUPPORTED ||
           status == STATUS_INVALID_DEVICE_REQUEST || status == STATUS_INVALID_PARAMETER;
}
