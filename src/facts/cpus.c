#include "facts/cpus.h"

static bool split_field(struct str line, struct str *ret_name, struct str *ret_value) {
        ptrdiff_t colon = str_find_char(line, ':');

        if (colon < 0)
                return false;
        *ret_name = str_trim(str_sub(line, 0, colon));
        *ret_value = str_trim(str_from(line, colon + 1));
        return true;
}

bool cpu_list_field(const struct cpu_list *l, struct str name, struct str *ret) {
        struct str text = l->cpuinfo, line, key;

        while (str_line(&text, &line))
                if (split_field(line, &key, ret) && str_eq(key, name))
                        return true;
        return false;
}

static struct str *member_of(struct cpuinfo_block *b, struct str name) {
        static const struct {
                struct str name;
                size_t member;
        } rows[] = {
                { STR("vendor_id"), offsetof(struct cpuinfo_block, vendor) },
                { STR("cpu family"), offsetof(struct cpuinfo_block, family) },
                { STR("model"), offsetof(struct cpuinfo_block, model) },
                { STR("model name"), offsetof(struct cpuinfo_block, name) },
                { STR("stepping"), offsetof(struct cpuinfo_block, stepping) },
                { STR("microcode"), offsetof(struct cpuinfo_block, microcode) },
                { STR("flags"), offsetof(struct cpuinfo_block, flags) },
                { STR("Features"), offsetof(struct cpuinfo_block, flags) }, /* Arm */
                { STR("bugs"), offsetof(struct cpuinfo_block, bugs) },
                { STR("CPU implementer"), offsetof(struct cpuinfo_block, implementer) },
                { STR("CPU variant"), offsetof(struct cpuinfo_block, variant) },
                { STR("CPU part"), offsetof(struct cpuinfo_block, part) },
                { STR("CPU revision"), offsetof(struct cpuinfo_block, revision) },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (str_eq(name, rows[i].name))
                        return (struct str *)(void *)((char *)b + rows[i].member);
        return NULL;
}

static struct cpu_seen *seen(struct cpu_list *l, struct arena *a, uint32_t number) {
        struct cpu_seen *c;

        for (ptrdiff_t i = l->count - 1; i >= 0; i--)
                if (l->items[i].number == number)
                        return &l->items[i];
        c = arena_append(a, l);
        c->number = number;
        return c;
}

/* "processor : 3" begins a block; s390's "processor 3: version = …" and ppc64's blocks hold nothing that is asked for here. */
static void read_cpuinfo(struct cpu_list *l, struct arena *a, struct str text) {
        struct cpuinfo_block *block = NULL;
        struct str line, name, value, *member;
        uint64_t number;

        while (str_line(&text, &line)) {
                if (!split_field(line, &name, &value))
                        continue;
                if (str_eq(name, S("processor")) && str_to_u64(value, &number) && number < UINT32_MAX) {
                        block = arena_new(a, struct cpuinfo_block);
                        seen(l, a, (uint32_t)number)->info = block;
                } else if (block && (member = member_of(block, name))) {
                        *member = value;
                }
        }
}

static void set_leaf(struct cpu_seen *c, const struct record *r) {
        if (r->leaf == 1)
                c->leaf1 = r;
        else if (r->leaf == 7)
                c->leaf7 = r;
        else
                c->leaf1a = r;
}

static void read_cpuid(struct cpu_list *l, struct arena *a, const struct evidence *e) {
        for (ptrdiff_t i = 0; i < e->count; i++) {
                const struct record *r = &e->items[i];

                if (r->kind != RECORD_CPUID || r->state != FACT_KNOWN || r->subleaf != 0 || (r->leaf != 1 && r->leaf != 7 && r->leaf != 0x1a))
                        continue;
                if (r->cpu != EVIDENCE_ALL_CPUS)
                        set_leaf(seen(l, a, r->cpu), r);
                else if (l->count == 0)
                        set_leaf(seen(l, a, 0), r);
                else
                        for (ptrdiff_t n = 0; n < l->count; n++)
                                set_leaf(&l->items[n], r);
        }
}

static bool texts_agree(struct str a, struct str b) {
        return a.len == 0 || b.len == 0 || str_eq(a, b);
}

static bool words_agree(const struct record *a, const struct record *b, int word, uint32_t mask) {
        return !a || !b || ((a->words[word] ^ b->words[word]) & mask) == 0;
}

/* Alike in everything that both show. */
static bool alike(const struct cpu_seen *a, const struct cpu_seen *b) {
        const struct cpuinfo_block *x = a->info, *y = b->info;

        if (x && y &&
            !(texts_agree(x->vendor, y->vendor) && texts_agree(x->family, y->family) && texts_agree(x->model, y->model) &&
              texts_agree(x->stepping, y->stepping) && texts_agree(x->microcode, y->microcode) &&
              texts_agree(x->flags, y->flags) && texts_agree(x->part, y->part) &&
              texts_agree(x->implementer, y->implementer) && texts_agree(x->variant, y->variant) &&
              texts_agree(x->revision, y->revision)))
                return false;
        return words_agree(a->leaf1, b->leaf1, 0, UINT32_MAX) && words_agree(a->leaf7, b->leaf7, 3, UINT32_MAX) &&
               words_agree(a->leaf1a, b->leaf1a, 0, 0xff000000);
}

static void classify(struct cpu_list *l, struct arena *a) {
        l->classes = arena_array(a, const struct cpu_seen *, l->count + 1);
        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct cpu_seen *c = &l->items[i];
                uint32_t k = 0;

                while (k < l->class_count && !alike(l->classes[k], c))
                        k++;
                c->class_index = k;
                if (k == l->class_count)
                        l->classes[l->class_count++] = c;
                else if (!l->classes[k]->leaf1 && c->leaf1)
                        l->classes[k] = c;
        }
        if (l->class_count == 0)
                l->class_count = 1;
}

void cpu_list_read(struct cpu_list *ret, struct arena *a, const struct evidence *e) {
        const struct record *info = evidence_file(e, S("/proc/cpuinfo"));

        *ret = (struct cpu_list){ .cpuinfo_state = info ? (uint8_t)info->state : FACT_UNREAD };
        if (info && info->state == FACT_KNOWN) {
                ret->cpuinfo_read = true;
                ret->cpuinfo = info->text;
                read_cpuinfo(ret, a, info->text);
        }
        read_cpuid(ret, a, e);
        classify(ret, a);
}
