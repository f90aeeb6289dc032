/* The writers of each format. Between the files emit*.c. */
#ifndef SIDELIGHT_REPORT_EMIT_PARTS_H
#define SIDELIGHT_REPORT_EMIT_PARTS_H

#include "report/emit.h"

void emit_shell(struct out *o, const struct emission *e);
void emit_ansible(struct out *o, const struct emission *e);
void emit_cloud_init(struct out *o, const struct emission *e);
int emit_azure(struct out *o, struct arena *a, const struct emission *e, struct diag *d);

/* SHA-256 of a text in hexadecimal, "none" for no file. */
void emit_hash(struct str text, char ret[65]);

#endif
