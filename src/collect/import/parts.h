/* What importers share. Private to import/. */
#ifndef SIDELIGHT_COLLECT_IMPORT_PARTS_H
#define SIDELIGHT_COLLECT_IMPORT_PARTS_H

#include "collect/import/import.h"

/* A processor as other tools tell of it, written as a /proc/cpuinfo of one entry; empty fields are left out. */
struct import_cpu {
        struct str vendor, family, model, name, stepping, microcode, flags;
};
void import_cpu(struct evidence *e, const struct import_cpu *cpu);

/* `-- meta imported TEXT`. */
void import_meta(struct evidence *e, const char *text);

/* One line of lscpu, "Vulnerability Spec store bypass" and its value. */
void import_lscpu_line(struct evidence *e, const struct catalog *c, struct import_cpu *cpu, struct str name, struct str value);
void import_lscpu_done(struct evidence *e, const struct import_cpu *cpu);

/* JSON of other tools (needs jansson). The same contract as import_text. */
int import_json(struct evidence *e, const struct catalog *c, struct str text, struct diag *d);

/* One property of Get-SpeculationControlSettings as text: "True", "45", "SYSTEM_SPECULATION_CONTROL_GDS_MITIGATED"; $null is empty,
 * or "null". */
struct import_property {
        struct str name, value;
};
/* Into `e`, with the records that say where it comes from: Windows' answers as far as the properties tell them. */
void import_properties(struct evidence *e, const struct catalog *c, const struct import_property *items, ptrdiff_t count);

/* Microsoft's SpeculationControl module, as JSON. */
bool import_is_speculationcontrol(struct str text);
int import_speculationcontrol(struct evidence *e, const struct catalog *c, struct str text, struct diag *d);

#endif
