/* Many evidence files judged fast: what was seen before is not read again, and what was found before is not worked out again.
 *
 * A file is taken apart into records (pieces.h), each of which is held against those that were seen, byte for byte: no hash is trusted.
 * A finding is used again for a machine that shows the same from the sides on which it hangs (evidence/facets.h, answers.h). What is kept
 * is bounded. The reports are the same as those of each file alone. */
#ifndef SIDELIGHT_FLEET_BULK_H
#define SIDELIGHT_FLEET_BULK_H

#include "fleet/bulk/answers.h"
#include "fleet/bulk/whole.h"
#include "report/report.h"

/* What is kept of a finding and of a machine, where it is not the report's JSON. Texts may hold REVISION_MARKs. A function that asks facts
 * for more adds the sides on which that hangs to f->facets. */
struct bulk_teller {
        void (*finding)(struct out *o, const struct verdict *v, struct finding *f);
        void (*machine)(struct out *o, const struct verdict *v);
};

/* One file's answers in the words of the teller. */
struct bulk_told {
        struct str *texts;       /* by the flaw's number, the last is the machine's */
        const struct answer_seen *found; /* the same: status, at_stake */
};

/* What stands between the machine and the findings of a report with these counts. */
struct bulk_middle {
        uint32_t counts[STATUS_COUNT], worst;
        uint16_t length; /* 0: nobody has this place */
        char text[226];
};

struct bulk {
        const struct catalog *catalog;
        const struct bulk_teller *teller; /* NULL: reports as JSON, by bulk_judge */
        const struct verdict_options *options;
        const struct report_style *style;
        void *(*large)(ptrdiff_t *size); /* NULL; or where what is kept lives, once it is much (struct arena) */
        struct arena arena;      /* of one file */
        struct pieces pieces;
        struct answers answers;
        struct bulk_middle *middles; /* 256, by a hash of the counts */
        struct out text;         /* of one answer */
        struct out cut;          /* of one file (whole.h) */
        struct arena kept;       /* as long as this */
        struct str *begun;       /* what is told of each flaw whatever is found */
        struct answer_seen *found; /* of one file: by the flaw's number, the last is the machine's */
        ptrdiff_t kept_limit;    /* of what is kept, in bytes */
        struct wholes wholes;    /* files that are kept as a whole */
        uint32_t count, hits;    /* files since everything was forgotten; those of which nothing had to be judged */
        uint64_t found_count, missed_count; /* answers that were there, and those that were not */
        uint32_t again;          /* files that were told again as a whole */
        uint32_t apart;          /* files that were judged by themselves */
};

/* Judges the text of one evidence file and writes its JSON report. -1 and a message when it is not one: nothing was written. */
int bulk_judge(struct bulk *b, struct str source, struct str text, struct out *o, enum exit_result *ret, struct diag *d);
/* The same for a teller, of which the options ask for all flaws, without a host's evidence; what is given holds until the next one. */
int bulk_find(struct bulk *b, struct str source, struct str text, struct bulk_told *ret, struct diag *d);
void bulk_free(struct bulk *b);

#endif
