/* SPDX-License-Identifier: MIT */
/*
 * Every error once. This list expands into enum jd_code, the wire words, the JSON-RPC numbers, the
 * exit codes of junctionctl and docs/errors.md (a test holds the page against it).
 *
 *   JD_ERR(NAME, word, number, family, exit, text)
 *
 * word    stable, on the wire in error.data.word. Two codes may share a word where JSON-RPC wants two
 *         numbers for it (a duplicate member of the envelope, or of params).
 * number  JSON-RPC code (JSON-RPC 2.0 Specification, section 5.1, and docs/protocol.md); 0 = never on the wire.
 * exit    what junctionctl returns (docs/errors.md).
 * text    one plain sentence without a full stop, free of internals.
 *
 * A new row gets its stable public number in client/include/junction.h as well (client/src/codes.c does not compile without).
 * No include guard: this file is included several times on purpose.
 */

/* said wrong: the message itself */
JD_ERR(PARSE_ERROR, "parse_error", -32700, SAID_WRONG, 2, "the message is not one valid JSON value")
JD_ERR(INVALID_UTF8, "invalid_utf8", -32700, SAID_WRONG, 2, "the message is not valid UTF-8")
JD_ERR(BAD_STRING, "bad_string", -32700, SAID_WRONG, 2, "a string holds NUL or half a surrogate pair")
JD_ERR(DEPTH_EXCEEDED, "depth_exceeded", -32700, SAID_WRONG, 2, "the message is nested too deeply")
JD_ERR(MESSAGE_TOO_LARGE, "message_too_large", -32004, SAID_WRONG, 2, "the message is too long")
JD_ERR(INVALID_REQUEST, "invalid_request", -32600, SAID_WRONG, 2, "the message is not a JSON-RPC 2.0 request")
JD_ERR(BATCH_NOT_SUPPORTED, "batch_not_supported", -32600, SAID_WRONG, 2, "batch arrays are not supported")
JD_ERR(INVALID_ID, "invalid_id", -32600, SAID_WRONG, 2, "id must be a string of 1 to 64 characters or an integer within 2^53-1")
JD_ERR(UNKNOWN_MEMBER, "unknown_member", -32600, SAID_WRONG, 2, "the request has a member that is not known")
JD_ERR(DUPLICATE_MEMBER, "duplicate_key", -32600, SAID_WRONG, 2, "a member of the request occurs twice")
JD_ERR(METHOD_NOT_FOUND, "method_not_found", -32601, SAID_WRONG, 2, "there is no such method")
JD_ERR(INVALID_PARAMS, "invalid_params", -32602, SAID_WRONG, 2, "a parameter is missing or has the wrong type")
JD_ERR(UNKNOWN_PARAM, "unknown_param", -32602, SAID_WRONG, 2, "a parameter is not known")
JD_ERR(DUPLICATE_PARAM, "duplicate_key", -32602, SAID_WRONG, 2, "a parameter occurs twice")
JD_ERR(BAD_PATH, "bad_path", -32602, SAID_WRONG, 2, "a path is not of the form X:\\a\\b")

/* not allowed */
JD_ERR(DENIED, "denied", -32001, NOT_ALLOWED, 3, "the policy does not allow this")
JD_ERR(BUSY, "busy", -32002, NOT_ALLOWED, 6, "the service is busy; nothing was changed")
JD_ERR(TIMED_OUT, "timed_out", -32002, NOT_ALLOWED, 6, "the time allowed ran out; nothing was changed")
JD_ERR(CANCELLED, "cancelled", -32002, NOT_ALLOWED, 6, "the request was cancelled; nothing was changed")
JD_ERR(IN_USE, "in_use", -32002, NOT_ALLOWED, 6, "another program holds the object; nothing was changed")

/* the world differs from what the caller expected */
JD_ERR(NOT_FOUND, "not_found", -32005, WORLD, 1, "nothing stands at this path")
JD_ERR(PARENT_NOT_FOUND, "parent_not_found", -32005, WORLD, 1, "the folder that should hold the link does not exist")
JD_ERR(TARGET_NOT_FOUND, "target_not_found", -32005, WORLD, 1, "the target does not exist")
JD_ERR(LINK_EXISTS, "link_exists", -32006, WORLD, 1, "a junction already stands at this path")
JD_ERR(DIRECTORY_EXISTS, "directory_exists", -32006, WORLD, 1, "a directory already stands at this path")
JD_ERR(FILE_EXISTS, "file_exists", -32006, WORLD, 1, "a file already stands at this path")
JD_ERR(REPARSE_POINT_EXISTS, "reparse_point_exists", -32006, WORLD, 1, "a reparse point that is not a junction stands at this path")
JD_ERR(NOT_A_JUNCTION, "not_a_junction", -32006, WORLD, 1, "what stands at this path is not a junction")
JD_ERR(PARENT_NOT_DIRECTORY, "parent_not_directory", -32006, WORLD, 1, "a part of the link's path is not a directory")
JD_ERR(TARGET_NOT_DIRECTORY, "target_not_directory", -32006, WORLD, 1, "the target, or a part of its path, is not a directory")
JD_ERR(REPARSE_POINT_IN_PATH, "reparse_point_in_path", -32006, WORLD, 1, "a part of the link's path is itself a reparse point")
JD_ERR(TARGET_IS_REPARSE_POINT, "target_is_reparse_point", -32006, WORLD, 1, "the target is, or passes through, a reparse point")
JD_ERR(TARGET_DIFFERS, "target_differs", -32006, WORLD, 1, "the junction does not point where the caller expects")
JD_ERR(NOT_EMPTY, "not_empty", -32006, WORLD, 1, "the directory is not empty")
JD_ERR(NAME_MISMATCH, "name_mismatch", -32006, WORLD, 1, "a name in the path is an alias (8.3) of the name on disk")
JD_ERR(CASE_CONFLICT, "case_conflict", -32006, WORLD, 1, "the folder tells names apart by case, or holds two that differ in case only")
JD_ERR(DELETE_PENDING, "delete_pending", -32006, WORLD, 1, "the object is being deleted")
JD_ERR(CHANGED_MEANWHILE, "changed_meanwhile", -32006, WORLD, 1, "an object on the path changed while the service worked; nothing was changed")

/* the platform */
JD_ERR(VOLUME_UNKNOWN, "volume_unknown", -32007, PLATFORM, 7, "the service does not serve this drive letter")
JD_ERR(VOLUME_UNSUPPORTED, "volume_unsupported", -32007, PLATFORM, 7, "the volume takes no junctions")
JD_ERR(VOLUME_NOT_NTFS, "volume_not_ntfs", -32007, PLATFORM, 7, "the volume is not NTFS")
JD_ERR(VOLUME_UNPROTECTED, "volume_unprotected", -32007, PLATFORM, 7, "the volume is mounted without permission checks")
JD_ERR(READ_ONLY, "read_only", -32007, PLATFORM, 7, "the volume is read-only")
JD_ERR(NO_SPACE, "no_space", -32007, PLATFORM, 7, "the volume is full")
JD_ERR(ACCESS_DENIED, "access_denied", -32007, PLATFORM, 7, "the file system refuses the service")
JD_ERR(PATH_TOO_LONG, "path_too_long", -32007, PLATFORM, 7, "the path is too long for this volume or for a junction")
JD_ERR(BAD_REPARSE_DATA, "bad_reparse_data", -32007, PLATFORM, 7, "the reparse data on the volume is malformed")
JD_ERR(IO_ERROR, "io_error", -32007, PLATFORM, 7, "the volume reported an input or output error")
JD_ERR(PLATFORM, "platform_error", -32007, PLATFORM, 7, "the operating system reported an error")

/* ours */
JD_ERR(AUDIT_UNAVAILABLE, "audit_unavailable", -32003, OURS, 7, "the audit trail refuses records; nothing was changed")
JD_ERR(STATE_UNAVAILABLE, "state_unavailable", -32009, OURS, 7, "the service's state folder cannot be used; nothing was changed")
JD_ERR(POLICY_UNAVAILABLE, "policy_unavailable", -32008, OURS, 7, "the service has no valid policy")
JD_ERR(POLICY_MISSING, "policy_missing", -32008, OURS, 7, "the policy does not exist")
JD_ERR(POLICY_UNTRUSTED, "policy_untrusted", -32008, OURS, 7, "somebody who is not an administrator could write the policy")
JD_ERR(POLICY_INVALID, "policy_invalid", -32008, OURS, 7, "the policy is not valid")
JD_ERR(POLICY_NEWER, "policy_newer", -32008, OURS, 7, "the policy is of a newer version than this service understands")
JD_ERR(STOPPING, "stopping", -32009, OURS, 7, "the service is stopping")
JD_ERR(UNDO_INCOMPLETE, "undo_incomplete", -32009, OURS, 7, "a change failed and could not be undone completely")
JD_ERR(NO_MEMORY, "no_memory", -32009, OURS, 7, "the service is out of memory")
JD_ERR(INTERNAL, "internal_error", -32009, OURS, 7, "the service made a mistake")

/* starting the service */
JD_ERR(USAGE, "usage", 0, LOCAL, 2, "the command line is wrong")
JD_ERR(ALREADY_RUNNING, "already_running", 0, LOCAL, 7, "another instance is running")
JD_ERR(ENDPOINT_UNUSABLE, "endpoint_unusable", 0, LOCAL, 7, "the endpoint cannot be opened")

/* the client's side of the line */
JD_ERR(NOT_INSTALLED, "not_installed", 0, LOCAL, 4, "the service is not installed")
JD_ERR(NOT_RUNNING, "not_running", 0, LOCAL, 4, "the service is not running")
JD_ERR(STARTING, "starting", 0, LOCAL, 4, "the service is still starting")
JD_ERR(CONNECT_DENIED, "connect_denied", 0, LOCAL, 4, "access to the service's endpoint is denied")
JD_ERR(CONNECT_TIMED_OUT, "connect_timed_out", 0, LOCAL, 4, "the service did not accept the connection in time")
JD_ERR(WRONG_SERVER, "wrong_server", 0, LOCAL, 5, "the program at the endpoint is not the service; nothing was sent")
JD_ERR(BAD_REPLY, "bad_reply", 0, LOCAL, 7, "the service's answer cannot be understood")
JD_ERR(REPLY_TIMED_OUT, "reply_timed_out", 0, LOCAL, 6, "the service did not answer in time; nothing was changed")
JD_ERR(OUTCOME_UNKNOWN, "outcome_unknown", 0, LOCAL, 8, "the connection was lost after a change was sent; inspect the link")
