#include "facts/cpus.h"
#include "guidance/guidance.h"

struct facts *guidance_scope(struct arena *a, const struct catalog *c, struct str os) {
        static const struct facts_options options = { 0 };
        struct evidence *e = arena_new(a, struct evidence);
        struct cpu_list *cpus = arena_new(a, struct cpu_list);
        struct facts *f = arena_new(a, struct facts);

        evidence_init(e, a, S("the inventory"));
        evidence_add_line(e, RECORD_UNAME, S(""), os);
        cpu_list_read(cpus, a, c, e);
        facts_init(f, a, c, e, cpus, &options, 0);
        return f;
}
