/* SPDX-License-Identifier: MIT */
/*
 * The conditions a rule may carry:  COND(name)
 * The name is the key in the policy file and leads to core/cond_<name>.c. No include guard: included several times on
 * purpose.
 */
COND(target_state)
COND(target_writers)
COND(link_owner)
