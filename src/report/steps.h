/* Steps of a plan in words: what every writer for people says alike. */
#ifndef SIDELIGHT_REPORT_STEPS_H
#define SIDELIGHT_REPORT_STEPS_H

#include "plan/plan.h"
#include "report/report.h"

/* "Install the newest microcode or firmware and restart (your provider)". */
struct str steps_title(struct arena *a, const struct step *s);
/* The flaws that it is for, as far as the title does not name them: "Meltdown; Spectre variant 2; and 3 more"; or empty. */
struct str steps_flaws(struct arena *a, const struct step *s, ptrdiff_t most);
/* Its changes in brief, to stand behind the title: ": remove nopti from the kernel's command line", of the registry the values by name; empty
 * where they need lines of their own. */
struct str steps_change(struct arena *a, const struct step *s);
/* One instruction as plain text: "debian: apt-get update", with its mark where `marked`: "run: …", "change: …", "* …". */
struct str steps_instruction(struct arena *a, const struct instruction *i, bool marked);

/* The command of a step that has one, and neither changes nor a question nor a title that says it: what there is to do; else NULL. */
const struct instruction *steps_command(const struct step *s);

/* A marked instruction on lines of its own; a command is never folded, so that it can be copied. */
void steps_line(const struct instruction *i, struct arena *a, int indent, int columns, struct out *o);

/* It is one of the questions to the provider that stand together in a ticket (advice.h). */
bool steps_is_in_ticket(const struct step *s);
/* How many there are; and the ticket, nothing when there are none. */
int steps_in_ticket(const struct plan *p);
void steps_ticket(struct arena *a, const struct plan *p, const struct verdict *v, struct out *o);

/* The members of a step's object that tell programs what is done: instructions, changes, phase, target, restart. */
void steps_json(struct json *j, const struct step *s);

#endif
