#include "verdict/harmless.h"

#include "base/plain.h"

static void make(struct arena *a, struct str *text) {
        if (text->len > 0)
                *text = plain(a, *text);
}

static void make_list(struct arena *a, struct str_list *l) {
        struct str *copy = arena_array(a, struct str, l->count);

        for (uint32_t i = 0; i < l->count; i++)
                copy[i] = plain(a, l->items[i]);
        l->items = copy;
}

static void make_unread(struct arena *a, struct machine *m) {
        struct quoted_fact *copy = arena_array(a, struct quoted_fact, m->unread_count);

        for (uint32_t i = 0; i < m->unread_count; i++) {
                copy[i] = m->unread[i];
                make(a, &copy[i].name);
                make(a, &copy[i].source);
        }
        m->unread = copy;
}

static void make_finding(struct arena *a, struct finding *f) {
        struct str *const texts[] = { &f->reason, &f->ask, &f->disagreement, &f->contradiction, &f->text };

        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
                make(a, texts[i]);
}

void verdict_harmless(struct verdict *r, struct arena *a) {
        struct machine *m = &r->machine;
        struct str *const texts[] = { &r->source, &m->name, &m->cpu, &m->os, &m->hypervisor, &m->arch, &m->microcode,
                                      &m->processor, &m->where };

        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
                make(a, texts[i]);
        make_unread(a, m);
        make_list(a, &m->notes);
        for (uint32_t i = 0; i < r->finding_count; i++)
                make_finding(a, &r->findings[i]);
}
