/* A verdict as a whole: whose job, how many, the answer in a sentence, and the exit code. */
#ifndef SIDELIGHT_PLAN_SUMMARY_H
#define SIDELIGHT_PLAN_SUMMARY_H

#include "base/exit.h"
#include "base/json.h"
#include "verdict/verdict.h"

/* "you", "provider", "nobody" … for the finding's owner on this machine. */
struct str summary_who(const struct verdict *r, const struct finding *f);

/* Findings at stake, counted by whose job they are. */
struct tally {
        uint32_t open_mine, open_theirs; /* vulnerable or partial */
        uint32_t unknown_mine, unknown_theirs;
        uint32_t mitigated, not_affected;
};
struct tally summary_tally(const struct verdict *r);

/* The one-line answer to "should I worry?". */
struct str summary_answer(const struct verdict *r, struct arena *a);

/* False for a flaw that only processors of other architectures can have. */
bool summary_applies(const struct verdict *r, const struct finding *f);

/* The findings of one kind by name: "l1tf, meltdown, and 4 of other architectures" (of which nobody asked for the names); empty for none.
 * Those that are not at stake are one kind, whatever their status. */
struct str summary_names(const struct verdict *r, struct arena *a, bool at_stake, enum status status, uint32_t *ret_count);

/* What the finding rests on, as a place that can be opened: the file, and its line, from 1. Of an evidence file the line of the record; else
 * the file that was read. */
struct place {
        struct str path;
        uint32_t line;
};
struct place summary_place(const struct verdict *r, const struct finding *f);

/* Which data judged: its version, a day and a number behind it where that day had more than one; data without a version (a folder): its newest day. */
struct str summary_data(const struct catalog *c);

/* Who says so: "sidelight 0.2.0, data of 2026-11-24". */
struct str summary_program(const struct catalog *c, struct arena *a);
/* The same for programs: the members "tool" and "data". */
void summary_json_program(struct json *j, const struct catalog *c);

/* Who says so, since when and from how much: "sidelight 0.2.0, data of 2026-11-24; evidence of 2026-11-22, 3 unread". */
struct str summary_origin(const struct verdict *r, struct arena *a);

/* Findings as people want them: at stake first, worst first, then in the catalog's order. */
const struct finding **summary_order(const struct verdict *r, struct arena *a);

typedef uint8_t status_set; /* 1 << enum status */

/* The exit codes of a report, and what they mean there. */
#define SUMMARY_EXITS(X)                                                    \
        X(EXIT_CLEAN, "nothing to do")                                      \
        X(EXIT_OPEN, "something is vulnerable or only partly protected, or what fix applied did not take effect")   \
        X(EXIT_UNKNOWN, "something is not known, and nothing is vulnerable")

/* Steps that `fix` applied to the machine and that did not take effect, or will not: findings of their own. */
uint32_t summary_failed_steps(const struct verdict *r);

/* Vulnerable and partial findings, and failed steps, count as open, unknown ones as unknown; those that are not at stake never count. */
enum exit_result summary_exit(const struct verdict *r, status_set fail_on);

/* "1 flaw", "3 flaws". */
struct str summary_count(struct arena *a, uint32_t n, const char *noun);

#endif
