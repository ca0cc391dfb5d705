/* SPDX-License-Identifier: MIT */
/* What Windows calls the service and its parts. The client asks the SCM for the same name (client/os). */
#pragma once

#define WIN_SERVICE_NAME L"junctiond"
#define WIN_LOG_NAME L"junctiond"    /* the classic event log, and the source in it */
#define WIN_FOLDER_NAME L"junctiond" /* below Program Files */
#define WIN_MESSAGES_NAME L"junctiond-messages.dll"
