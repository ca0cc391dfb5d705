/* SPDX-License-Identifier: MIT */
/* Where the service listens unless told otherwise; --endpoint and JUNCTIOND_ENDPOINT override it. */
#pragma once

#define JD_ENDPOINT_POSIX "/run/junctiond/junctiond.sock"
/* Only administrators can make a pipe below ProtectedPrefix\Administrators. */
#define JD_ENDPOINT_WINDOWS "\\\\.\\pipe\\ProtectedPrefix\\Administrators\\junctiond"
