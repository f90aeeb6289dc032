/* Other tools' output as evidence. The table of readers (import_readers) says what can be read, how it is known and what it can
 * carry; docs/inputs.md shows an example of each.
 *
 * Nothing that a tool says is made safer: what it calls vulnerable stays so, its placeholders are not read, and its own verdicts
 * are no evidence. The same text gives the same evidence, always. */
#ifndef SIDELIGHT_COLLECT_IMPORT_IMPORT_H
#define SIDELIGHT_COLLECT_IMPORT_IMPORT_H

#include "base/diag.h"
#include "base/out.h"
#include "catalog/catalog.h"
#include "evidence/evidence.h"

enum {
        IMPORT_UNKNOWN = 1, /* no reader knows this text */
        IMPORT_SEVERAL = 2, /* files of more than one machine */
};

/* What one format is. */
struct import_format {
        const char *name;    /* one word, as docs/inputs.md and the tests' examples call it */
        const char *title;   /* what makes it: "lscpu" */
        const char *carries; /* what it says, and what it does not; stands in reports behind "from " */
};

/* All formats, in the order in which they are tried. */
const struct import_format *const *import_formats(ptrdiff_t *ret_count);

/* Fails: no reader knows the text, what it seems to be, and what could be read instead. */
int import_refuse(struct diag *d, struct arena *a, struct str source, struct str text);

struct import_machines {
        struct evidence *items;
        ptrdiff_t count, capacity;
};

/* Every machine that the text tells of, in the order in which it does. `text` must outlive the evidence. IMPORT_UNKNOWN, or -1
 * (DIAG_INPUT) when it is recognised but broken, tells of no machine that can be judged, or of another kind of system. */
int import_machines(struct import_machines *ret, struct arena *a, struct str source, const struct catalog *c, struct str text,
                    struct diag *d);

/* Whether it is evidence files behind each other, which import_machines() tells apart. */
bool import_holds_several(struct str text);

/* The same where one machine is wanted, into `e` (after evidence_init); several are refused. */
int import_text(struct evidence *e, const struct catalog *c, struct str text, struct diag *d);

/* Files of a folder that is one machine's report, by their paths below the folder ("sos_commands/kernel/uname_-a"). */
struct import_file {
        struct str path, text;
};

/* True when a file of this path says something; others need not be opened. */
bool import_wants(const struct catalog *c, struct str path);
/* IMPORT_UNKNOWN when none of the files says anything; IMPORT_SEVERAL, and the first file that is not the first machine's, when they are
 * more than one machine's. `note` is what was left out before, for the report; or empty. */
int import_files(struct evidence *e, const struct catalog *c, const struct import_file *files, ptrdiff_t count, struct str note,
                 struct str *ret_other, struct diag *d);

/* What clouds' commands print as YAML (block style, documents between lines "---"), as the JSON that they print otherwise, numbers as
 * texts, behind each other in `o`. False when any line of it is not understood. */
bool import_yaml_as_json(struct out *o, struct arena *a, struct str text);

#endif
