/* A flaw explained: its page, and the proof of its verdict on one machine. */
#ifndef SIDELIGHT_REPORT_EXPLAIN_H
#define SIDELIGHT_REPORT_EXPLAIN_H

#include "plan/plan.h"
#include "plan/registry_value.h"
#include "report/report.h"
#include "whatif/search.h"

/* The flaw's page: what it is, who is at stake, what helps, where it is described. */
void explain_page(const struct catalog *c, const struct flaw *f, const struct report_style *s, struct arena *a,
                  struct out *o);

/* Why the finding is what it is: the rules in order with the facts that decided each, what is missing, and the steps
 * of the machine's plan that are for this flaw. */
void explain_proof(const struct verdict *r, const struct finding *f, const struct plan *plan, const struct report_style *s, struct out *o);

/* The finding of a flaw; NULL when the report has none. */
const struct finding *explain_finding(const struct verdict *r, const struct flaw *f);

/* Ways to another status as a table. */
void explain_ways(const struct ways *ways, const struct report_style *style, struct arena *a, struct out *o);

/* All of it for programs. `e` NULL: the page alone. */
struct explained {
        const struct verdict *verdict;
        const struct plan *plan;
        const struct ways *ways;
};
void explain_json(const struct catalog *c, const struct flaw *f, const struct explained *e, struct out *o);

/* The members of a step's object. */
void explain_step_json(struct json *j, const struct step *s);

/* A value of FeatureSettingsOverride for programs; and what a Windows machine has, and the steps that would set another (plan_registry()). */
void registry_value_json(const struct catalog *c, uint32_t value, struct out *o);
void registry_machine_json(const struct verdict *r, const struct registry_choice *choice, const struct plan *plan, struct out *o);
/* The override that a step sets; false when it sets none. */
bool registry_override(const struct step *s, uint32_t *ret);

/* A step with its instructions, as part of a page. */
void explain_step(const struct step *s, const struct report_style *style, struct arena *a, struct out *o);

#endif
