/* SPDX-License-Identifier: MIT */
/*
 * The fields of every audit event, in the order in which they are added to its record, which is that of the Event Log's
 * insertion strings:  AUDIT_FIELDS(NAME, "first second …")
 *
 * NAME is that of service/core/audit_list.h. The messages of the Event Log are made from both lists, docs/events.md is
 * held against them by a test, and so are the records. No include guard: included several times on purpose.
 */
AUDIT_FIELDS(STARTED, "version endpoint policy")
AUDIT_FIELDS(STOPPED, "version uptime_s")
AUDIT_FIELDS(START_FAILED, "version part path detail")

AUDIT_FIELDS(CHANGE_INTENT, "request operation link target sid account session pid verdict rule policy")
AUDIT_FIELDS(CHANGE_DONE, "request operation link target sid account session pid verdict rule policy outcome detail")
AUDIT_FIELDS(CHANGE_FAILED, "request operation link target sid account session pid verdict rule policy outcome detail")
AUDIT_FIELDS(CHANGE_UNDONE, "request operation link target sid account session pid verdict rule policy outcome detail")
AUDIT_FIELDS(CHANGE_UNDO_FAILED,
             "request operation link target sid account session pid verdict rule policy outcome detail")
AUDIT_FIELDS(CHANGE_RECOVERED, "request operation link target sid policy outcome detail")

AUDIT_FIELDS(DENIED, "request operation link target sid account session pid verdict rule policy reason")
AUDIT_FIELDS(DENIALS_SUPPRESSED, "sid count")
AUDIT_FIELDS(READ, "request operation link target sid account session pid verdict rule policy")
AUDIT_FIELDS(READS, "sid count")

AUDIT_FIELDS(POLICY_LOADED, "path policy rules unresolved")
AUDIT_FIELDS(POLICY_REFUSED, "path policy detail")

AUDIT_FIELDS(BAD_MESSAGES, "sid account session pid bad_lines detail")
AUDIT_FIELDS(NOTIFICATION_REFUSED, "request method sid account session pid")

AUDIT_FIELDS(INTERNAL, "detail")
