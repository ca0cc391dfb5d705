/* SPDX-License-Identifier: MIT */
/*
 * The operations a policy rule may name:  VERB(name, looks_at_target, needs_target_pattern)
 *
 * looks_at_target       the rule's target pattern is matched (inspect does not look at it)
 * needs_target_pattern  an allow rule that names this without `target` is refused at load
 * No include guard: included several times on purpose.
 */
VERB(create, true, true)
VERB(retarget, true, true)
VERB(repair, true, true)
VERB(remove, true, false)
VERB(inspect, false, false)
VERB(resolve, false, false)
VERB(scan, false, false)
