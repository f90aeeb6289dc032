/* Where `fix` works: the machine that it runs on, or one that lies in a folder; and the journal of what it did there. */
#ifndef SIDELIGHT_CLI_FIX_PLACE_H
#define SIDELIGHT_CLI_FIX_PLACE_H

#include "apply/carry.h"
#include "cli/cli.h"
#include "evidence/evidence.h"

enum fix_where {
        FIX_MACHINE,       /* the running one */
        FIX_TREE,          /* a Linux that was captured or mounted at `root` */
        FIX_WINDOWS_DISK,  /* a Windows whose disk is mounted at `root` */
        FIX_CLOUD_SERVICE, /* the files of a cloud service below `root` */
};

struct fix_place {
        enum fix_where where;
        const char *root;
};

/* What is open of it: its files, and where its journal is in them. */
struct fix_ground {
        struct tree tree;
        const char *journal;
        const struct registry_edit *registry; /* of the running Windows, or NULL */
        ptrdiff_t file_max;                   /* of what the journal may keep; 0: as usual */
};

/* -1 when there is no such place. */
int fix_ground_open(struct cli *c, const struct fix_place *p, struct fix_ground *ret);
void fix_ground_close(struct fix_ground *g);
/* " --root DIR", to be said behind a command; nothing for the machine itself. */
struct str fix_place_words(struct arena *a, const struct fix_place *p);
/* Evidence of the machine at the place; a cloud service has none. */
int fix_evidence(struct cli *c, const struct catalog *k, const struct fix_place *p, struct evidence *ret);
#define FIX_GROUND_AUTO __attribute__((cleanup(fix_ground_close)))

/* ---- linux/fix_here.c, win32/fix_here.c ---- */

/* The running machine's. */
int fix_machine_open(struct cli *c, struct fix_ground *ret);
/* -1 for who may not change this machine. */
int fix_machine_may_change(struct cli *c);
/* The identity of the machine's present start, and names of the kernels that are installed; each empty where that cannot be told. */
struct str fix_boot(struct arena *a, const struct tree *t);
struct str fix_kernels(struct arena *a, const struct tree *t);

#endif
