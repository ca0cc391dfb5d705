/* SPDX-License-Identifier: MIT */
/*
 * The few words every floor shares. Nothing here knows an operating system.
 */
#pragma once

#include <stddef.h>

#if defined(__GNUC__)
#define JD_MUST_CHECK __attribute__((warn_unused_result))
#if defined(__MINGW32__)
#define JD_PRINTF(fmt, args) __attribute__((format(gnu_printf, fmt, args)))
#else
#define JD_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#endif
#else
#define JD_MUST_CHECK
#define JD_PRINTF(fmt, args)
#endif

#define JD_COUNT(array) (sizeof(array) / sizeof((array)[0]))
