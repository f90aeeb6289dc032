#include "lib/here.h"

int here_collect(struct evidence *ret, struct arena *a, const char *root, const struct collect_options *o, struct diag *d) {
        evidence_init(ret, a, root ? str_of(root) : S("live"));
        return root ? collect_linux_tree(ret, root, o, d) : collect_linux_live(ret, o, d);
}
