/* SPDX-License-Identifier: MIT */
/*
 * Every operation once:  JD_OP(name, "method", KIND, "summary")
 *
 * KIND  READ, CHANGE, STREAM or CONTROL (ARCHITECTURE.md says what each means).
 * The name leads to protocol/msg_<name>.c (how it is said), service/core/op_<name>.c (what it does),
 * client/src/call_<name>.c and client/cli/cmd_<name>.c. No include guard: included several times on purpose.
 */
JD_OP(info, "service.info", CONTROL, "what this service is, its limits, and who it thinks you are")
JD_OP(status, "service.status", CONTROL, "how the service is doing")
JD_OP(create, "junction.create", CHANGE, "make a junction")
JD_OP(inspect, "junction.inspect", READ, "tell what stands at a path")
JD_OP(remove, "junction.remove", CHANGE, "remove a junction and nothing else")
