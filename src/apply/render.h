/* The same deeds as text for tools that people already run. Each checks first that every file is what the plan was made from, or what it
 * makes of it already, and changes nothing otherwise; a second run changes nothing, and completes what the first could not end: files are
 * written before commands run, and what was begun is noted until all have run. Nothing of it restarts the machine but cloud-init's. */
#ifndef SIDELIGHT_APPLY_RENDER_H
#define SIDELIGHT_APPLY_RENDER_H

#include "apply/deeds.h"

/* X(name, word of --emit, what it is) */
#define RENDERINGS(X)                                                                  \
        X(SHELL, "shell", "a script for sh")                                           \
        X(ANSIBLE, "ansible", "a playbook")                                            \
        X(CLOUD_INIT, "cloud-init", "user data for cloud-init")                        \
        X(AZURE_RUN_COMMAND, "azure-run-command", "a request for Azure's Run Command")

enum rendering {
#define X(name, word, title) RENDER_##name,
        RENDERINGS(X)
#undef X
        RENDERING_COUNT,
};

struct rendered {
        const struct deeds *deeds;
        struct str hash;
        bool restart; /* some of it holds only after a restart */
};

void render(struct out *o, struct arena *a, enum rendering kind, const struct rendered *r);

#endif
