/* What kernels said, held against what is predicted and what the hardware tables say. */
#include <fnmatch.h>
#include <stdlib.h>

#include "hosts.h"

static bool says_the_same(const struct sentence_file *file, const struct parsed_sentence *x, const struct parsed_sentence *y) {
        bool same = x->base == y->base;

        for (uint32_t i = 1; same && i < file->parts.count; i++)
                same = x->parts[i] == y->parts[i];
        return same;
}

/* A kernel that knows less than the hardware tables says something else, and rightly so. */
static bool kernel_knows_less(const struct verdict *r, uint32_t file) {
        for (uint32_t i = 0; i < r->finding_count; i++)
                if (r->findings[i].flaw->sentence_file == file + 1 && r->findings[i].affected_os == TRI_FALSE &&
                    r->findings[i].affected_hardware == TRI_TRUE)
                        return true;
        return false;
}

void predict(const struct fixture *f, struct arena *a) {
        const struct verdict_options predicted = { .facts = { .predict = true } };
        struct verdict said, r;
        uint32_t compared = 0;
        bool ok = true;

        if (str_find(f->path, S("7.2.13")) < 0)
                return;
        judge(&said, a, &f->evidence);
        verdict_judge(&r, a, &catalog_builtin, &f->evidence, &predicted);
        for (uint32_t i = 0; i < catalog_builtin.file_count; i++) {
                const struct parsed_sentence *x = facts_sentence(said.facts, i), *y = facts_sentence(r.facts, i);

                if (x->state != FACT_KNOWN || y->state != FACT_KNOWN || kernel_knows_less(&said, i))
                        continue;
                compared++;
                if (says_the_same(&catalog_builtin.files[i], x, y))
                        continue;
                (void)printf("# %.*s: %.*s: said '%.*s', predicted '%.*s'\n", STR_ARG(f->path),
                             STR_ARG(T(catalog_builtin.files[i].file)), STR_ARG(x->text), STR_ARG(y->text));
                ok = false;
        }
        result(ok && compared > 15, "predict", f->path);
}

struct difference {
        struct str machines, flaw, kernel, hardware;
        uint32_t line, used;
};

struct differences {
        struct difference *items;
        ptrdiff_t count, capacity;
};

static bool read_differences(struct arena *a, const char *path, struct differences *ret) {
        struct str text, line;
        uint32_t number = 0;

        if (!slurp(a, path, &text))
                return false;
        while (str_line(&text, &line)) {
                struct difference row = { .line = ++number };

                if (line.len == 0 || line.p[0] == '#' || number == 1)
                        continue;
                if (!str_cut(&line, ',', &row.machines) || !str_cut(&line, ',', &row.flaw) ||
                    !str_cut(&line, ',', &row.kernel) || !str_cut(&line, ',', &row.hardware) || line.len == 0) {
                        (void)printf("Bail out! %s:%u: expected 'machines,flaw,kernel,hardware,reason'\n", path, number);
                        return false;
                }
                *arena_append(a, ret) = row;
        }
        return true;
}

static bool is_explained(struct arena *a, struct differences *table, struct str machine, struct str flaw, enum tri kernel,
                         enum tri hardware) {
        for (ptrdiff_t i = 0; i < table->count; i++) {
                struct difference *row = &table->items[i];

                if (str_eq(row->flaw, flaw) && str_eq(row->kernel, str_of(tri_word(kernel))) &&
                    str_eq(row->hardware, str_of(tri_word(hardware))) &&
                    fnmatch(str_to_c(a, row->machines), str_to_c(a, machine), 0) == 0) {
                        row->used++;
                        return true;
                }
        }
        return false;
}

static void agree_one(const struct fixture *f, struct arena *a, struct differences *table) {
        const struct verdict_options without = { .facts = { .ignore_os_claims = true } };
        struct verdict all, hardware;
        struct str name = str_from(f->path, str_find(f->path, S("hosts/machines/")) + 15);
        bool ok = true;

        judge(&all, a, &f->evidence);
        verdict_judge(&hardware, a, &catalog_builtin, &f->evidence, &without);
        for (uint32_t i = 0; i < all.finding_count; i++) {
                enum tri kernel = all.findings[i].affected_os, tables = hardware.findings[i].affected_hardware;

                if (tables == TRI_UNKNOWN && str_starts(name, S("windows/")))
                        continue; /* what stands in for registers that no program may read there is Windows' own word */
                if (!all.findings[i].flaw->sentence_file || kernel == TRI_UNKNOWN || kernel == tables ||
                    is_explained(a, table, name, T(all.findings[i].flaw->id), kernel, tables))
                        continue;
                (void)printf("# %.*s: %.*s: affected? the kernel says %s, the hardware tables say %s\n", STR_ARG(name),
                             STR_ARG(T(all.findings[i].flaw->id)), tri_word(kernel), tri_word(tables));
                ok = false;
        }
        result(ok, "agree", name);
}

void agree(const struct fixtures *all, struct arena *a, const char *path) {
        struct differences table = { 0 };
        ARENA_AUTO struct arena scratch = { 0 };

        if (!read_differences(a, path, &table)) {
                result(false, "cannot read", str_of(path));
                return;
        }
        for (ptrdiff_t i = 0; i < all->count; i++) {
                agree_one(&all->items[i], &scratch, &table);
                arena_reset(&scratch);
        }
        for (ptrdiff_t i = 0; i < table.count; i++)
                if (!table.items[i].used) {
                        (void)printf("# %s:%u: no machine shows this difference\n", path, table.items[i].line);
                        result(false, "difference is seen", table.items[i].flaw);
                }
}

