/* SPDX-License-Identifier: MIT */
/*
 * The native interface, as far as this port uses it: opening relative to a handle, and information by handle. ntdll
 * exports each function under two names, Nt… and Zw…, which are the same outside the kernel; the second are declared
 * here because compilers' headers know some of the first, each its own ones.
 * Layouts: MS-FSCC 2.4 (file information), 2.5 (volume information); functions: "ntifs.h" and "wdm.h" on Microsoft
 * Learn. Include this instead of windows.h: the status numbers need an order of their own.
 */
#pragma once

#if !defined(WIN32_LEAN_AND_MEAN)
#define WIN32_LEAN_AND_MEAN
#endif
#define WIN32_NO_STATUS
#include <windows.h>
#undef WIN32_NO_STATUS
#include <winternl.h>

#include <ntstatus.h>
#include <stdbool.h>
#include <stdint.h>

/* ntstatus.h of MinGW-w64 10 lacks it. */
#if !defined(STATUS_REPARSE_POINT_ENCOUNTERED)
#define STATUS_REPARSE_POINT_ENCOUNTERED ((NTSTATUS)0xC000050B)
#endif

#define NT_OBJ_DONT_REPARSE 0x00001000UL /* wdm.h; Windows 10 1607 */

/* FILE_INFORMATION_CLASS */
enum {
    NT_FILE_STANDARD = 5,
    NT_FILE_INTERNAL = 6,
    NT_FILE_NAME = 9,
    NT_FILE_NAMES = 12,
    NT_FILE_DISPOSITION = 13,
    NT_FILE_END_OF_FILE = 20,
    NT_FILE_ATTRIBUTE_TAG = 35,
    NT_FILE_NORMALIZED_NAME = 48,
    NT_FILE_ID = 59,
    NT_FILE_DISPOSITION_EX = 64,
    NT_FILE_CASE_SENSITIVE = 71
};

/* FS_INFORMATION_CLASS */
enum { NT_FS_VOLUME = 1, NT_FS_DEVICE = 4, NT_FS_ATTRIBUTE = 5 };

struct nt_attribute_tag { /* FileAttributeTagInformation */
    ULONG attributes;
    ULONG tag;
};

struct nt_file_id { /* FileIdInformation */
    ULONGLONG volume;
    UCHAR id[16];
};

struct nt_standard { /* FileStandardInformation */
    LARGE_INTEGER allocation_size;
    LARGE_INTEGER end_of_file;
    ULONG links;
    UCHAR delete_pending;
    UCHAR directory;
    UCHAR reserved[2];
};

struct nt_fs_device { /* FileFsDeviceInformation */
    ULONG type;
    ULONG characteristics;
};

/* Flags of FileDispositionInformationEx */
enum { NT_DISPOSE_DELETE = 0x01, NT_DISPOSE_POSIX = 0x02, NT_DISPOSE_ON_CLOSE = 0x08 };

NTSTATUS NTAPI ZwCreateFile(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, IO_STATUS_BLOCK *io,
                            LARGE_INTEGER *allocation, ULONG file_attributes, ULONG share, ULONG disposition,
                            ULONG options, void *ea, ULONG ea_len);
NTSTATUS NTAPI ZwQueryInformationFile(HANDLE handle, IO_STATUS_BLOCK *io, void *out, ULONG len, int which);
NTSTATUS NTAPI ZwSetInformationFile(HANDLE handle, IO_STATUS_BLOCK *io, void *in, ULONG len, int which);
NTSTATUS NTAPI ZwQueryVolumeInformationFile(HANDLE handle, IO_STATUS_BLOCK *io, void *out, ULONG len, int which);
NTSTATUS NTAPI ZwQueryDirectoryFile(HANDLE handle, HANDLE event, void *apc, void *apc_context, IO_STATUS_BLOCK *io,
                                    void *out, ULONG len, int which, BOOLEAN single, UNICODE_STRING *pattern,
                                    BOOLEAN restart);
NTSTATUS NTAPI ZwFsControlFile(HANDLE handle, HANDLE event, void *apc, void *apc_context, IO_STATUS_BLOCK *io,
                               ULONG control, void *in, ULONG in_len, void *out, ULONG out_len);
NTSTATUS NTAPI ZwQuerySecurityObject(HANDLE handle, ULONG what, void *out, ULONG len, ULONG *needed);
NTSTATUS NTAPI ZwSetSecurityObject(HANDLE handle, ULONG what, void *descriptor);

/* One open. Without a root name is a whole native path; below a root it is one name, or empty for the root itself. */
struct nt_how {
    HANDLE root;
    const wchar_t *name;
    size_t units;
    ACCESS_MASK access; /* SYNCHRONIZE is added */
    ULONG share;
    ULONG disposition; /* FILE_OPEN … */
    ULONG options; /* FILE_SYNCHRONOUS_IO_NONALERT, FILE_OPEN_REPARSE_POINT and FILE_COMPLETE_IF_OPLOCKED are added */
    void *descriptor; /* for what is made; may be NULL */
};

/*
 * Opens what is called so and nothing behind it: no reparse point is followed, none is passed on the way. Whatever
 * serves the file learns nothing of this process but that it exists (SecurityAnonymous), and nobody's oplock is waited
 * for: STATUS_OPLOCK_BREAK_IN_PROGRESS is a failure. Anything but STATUS_SUCCESS is, and *out untouched then.
 */
NTSTATUS nt_open(const struct nt_how *how, HANDLE *out);
void nt_close(HANDLE handle); /* NULL is accepted */

NTSTATUS nt_query(HANDLE handle, int which, void *out, size_t len);
NTSTATUS nt_query_volume(HANDLE handle, int which, void *out, size_t len);
NTSTATUS nt_set(HANDLE handle, int which, void *in, size_t len);
/* Input and output may be NULL. out_len, which may be NULL, gets the bytes written. */
NTSTATUS nt_control(HANDLE handle, ULONG control, const void *in, size_t in_len, void *out, size_t cap,
                    size_t *out_len);

/* Removes the object: at once, or where the system cannot, with the last handle to it. A directory must be empty. */
NTSTATUS nt_delete(HANDLE handle);

/* Owner and DACL, self-relative; *out is to be freed. */
NTSTATUS nt_get_security(HANDLE handle, uint8_t **out, size_t *out_len);
NTSTATUS nt_set_security(HANDLE handle, ULONG what, uint8_t *descriptor);

/* The system, or this volume, does not know what was asked for at all: not a refusal of this one object. */
bool nt_is_unknown(NTSTATUS status);
