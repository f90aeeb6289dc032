/* The start-up task that turns KVA shadowing (and branch target injection's mitigation) on in a Cloud Services role.
 *
 * Source: KB4072698 (the two registry values); "How to configure and run startup tasks for an Azure Cloud Service". */
#ifndef SIDELIGHT_PLAN_STARTUP_TASK_H
#define SIDELIGHT_PLAN_STARTUP_TASK_H

#include "base/out.h"
#include "cloud/service.h"
#include "plan/plan.h"

#define STARTUP_TASK_FILE "EnableKvaShadow.cmd"

/* The registry values; the guidance of January 2018 says 0 and 3. */
struct startup_settings {
        uint32_t override, mask;
};

/* The script: ASCII, CRLF, no byte order mark. Sets both values only where they differ, restarts once, holds the
 * role back until the restart comes, logs, always ends with 0, and does nothing in the compute emulator. */
void startup_task_script(struct out *o, const struct startup_settings *s);
/* The Startup element for the definition, for a person to read. */
void startup_task_element(struct out *o);

/* Writes the definition with the task as the first of each role (or of the role named `role` only); every other byte
 * stays as it is. First, so that nothing else runs before the restart. A role that has the task already is left
 * alone. `*ret_added` is the number of roles that got it. 1: there is no such role. */
int startup_task_add(struct out *o, const struct csdef *d, struct str role, int *ret_added);

/* What a step about a definition needs to know. */
struct startup_request {
        const struct csdef *definition;
        struct str role;              /* only this one; empty: each */
        const struct str *scripts;    /* where the script of each of the definition's roles is to stand; the same path may stand twice */
        struct startup_settings settings;
};

/* The step that puts the task into the definition: a change for each script, and one for the definition, behind them: it must not
 * name a script that is not there. DONE, and without a change of the definition, when each role has the task. The words are those
 * of the guidance's action. 1: there is no such role. */
int startup_task_step(struct step *ret, struct arena *a, const struct catalog *c, const struct startup_request *r);

#endif
