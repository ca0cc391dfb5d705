/* SPDX-License-Identifier: MIT */
/*
 * Every audit event once; an id is never reused:  AUDIT_EVENT(NAME, id, LEVEL, "event", "sentence")
 *
 * 1xx lifecycle, 2xx changes, 3xx denied and reads, 4xx policy, 5xx protocol abuse, 9xx internal. docs/events.md is
 * held against this list by a test. No include guard: included several times on purpose.
 */
AUDIT_EVENT(STARTED, 100, INFORMATION, "started", "The service started.")
AUDIT_EVENT(STOPPED, 101, INFORMATION, "stopped", "The service stopped.")
AUDIT_EVENT(START_FAILED, 102, ERROR, "start_failed", "The service could not start.")

AUDIT_EVENT(CHANGE_INTENT, 200, INFORMATION, "change_intent", "A change is about to be made.")
AUDIT_EVENT(CHANGE_DONE, 201, INFORMATION, "change_done", "A change was made.")
AUDIT_EVENT(CHANGE_FAILED, 202, WARNING, "change_failed", "A change failed; nothing is left of it.")
AUDIT_EVENT(CHANGE_UNDONE, 203, WARNING, "change_undone",
            "A change was undone, because a later part of the request failed.")
AUDIT_EVENT(CHANGE_UNDO_FAILED, 204, ERROR, "change_undo_failed", "A change could not be undone.")
AUDIT_EVENT(CHANGE_RECOVERED, 205, WARNING, "change_recovered",
            "A change that a crash interrupted was looked at again at start.")

AUDIT_EVENT(DENIED, 300, WARNING, "denied", "A request was denied.")
AUDIT_EVENT(DENIALS_SUPPRESSED, 301, WARNING, "denials_suppressed",
            "Further denials of the same caller were counted, not recorded one by one.")
AUDIT_EVENT(READ, 310, INFORMATION, "read", "A read was answered.")
AUDIT_EVENT(READS, 311, INFORMATION, "reads", "Reads of one caller in the last minute.")

AUDIT_EVENT(POLICY_LOADED, 400, INFORMATION, "policy_loaded", "A policy was loaded.")
AUDIT_EVENT(POLICY_REFUSED, 401, ERROR, "policy_refused", "A policy was refused; the one before, if there is one, stays in force.")

AUDIT_EVENT(BAD_MESSAGES, 500, WARNING, "bad_messages", "A connection was closed because of what it sent.")
AUDIT_EVENT(NOTIFICATION_REFUSED, 501, WARNING, "notification_refused", "A change without an id was not carried out.")

AUDIT_EVENT(INTERNAL, 900, ERROR, "internal", "The service found a mistake of its own.")
