/* SPDX-License-Identifier: MIT */
/*
 * What the policy tests share. Policies are written in C strings with ' for " and with single backslashes: the fixture
 * makes JSON of it. Whatever does not parse ends the test as failed.
 */
#pragma once

#include "service/core/policy.h"

/* Who asks, unless a test says otherwise: alice, in Everyone, Authenticated Users, Users and DEPLOYERS; deny-only in
 * STAFF. */
#define ALICE "S-1-5-21-1-2-3-1001"
#define DEPLOYERS "S-1-5-21-1-2-3-2000"
#define STAFF "S-1-5-21-1-2-3-3000"
#define STRANGER "S-1-5-21-9-9-9-9999"

char *fixture_json(const char *text); /* the caller frees */
enum jd_code fixture_try(const char *text, struct policy **out, struct jd_err *err);
struct policy *fixture_policy(const char *text);
struct policy *fixture_file(const char *name); /* of tests/data/policies */
enum jd_code fixture_try_file(const char *name, struct policy **out, struct jd_err *err);

struct jd_winpath fixture_path(const char *text);
struct jd_sid fixture_sid(const char *text);
const struct os_caller *fixture_alice(void); /* static; copy it to change it */

/* The service's own files in these tests: C:\Program Files\junctiond\bin and C:\Program Files\junctiond\state. */
const struct policy_builtin *fixture_builtin(void);

/* One question. Zeroed members mean: alice, no target, an existing and guarded target. */
struct ask {
    enum verb verb;
    const char *link;
    const char *target;
    const char *target_2; /* retarget and replace */
    const struct os_caller *caller;
    enum tri exists;
    enum tri guarded;
    bool facts_given; /* exists and guarded are meant as they are */
    bool untold;
};

struct verdict fixture_judge(const struct policy *policy, struct ask ask);
/* As the verdict policy_screen fills; allowed stands for "possible". */
struct verdict fixture_screen(const struct policy *policy, struct ask ask);
