#include "facts/cpus.h"

static bool split_field(struct str line, struct str *ret_name, struct str *ret_value) {
        ptrdiff_t colon = str_find_char(line, ':');

        if (colon < 0)
                return false;
        *ret_name = str_trim(str_sub(line, 0, colon));
        *ret_value = str_trim(str_from(line, colon + 1));
        return true;
}

/* The fields that were asked for by their names, of which data and sources have a dozen. */
struct cpu_fields {
        struct {
                struct str name, value;
                bool found;
        } items[16];
        int count;
        uint64_t names[4]; /* bits of those that the text has, some of others, too */
};

static uint64_t *bit_of(struct cpu_fields *f, struct str name, uint64_t *ret_bit) {
        unsigned h = name.len ? (unsigned)name.len * 37u + (unsigned char)name.p[0] * 5u + (unsigned char)name.p[name.len - 1] * 3u : 0;

        *ret_bit = UINT64_C(1) << h % 64;
        return &f->names[h / 64 % 4];
}

static void note_name(struct cpu_fields *f, struct str name) {
        uint64_t bit, *word = bit_of(f, name, &bit);

        *word |= bit;
}

static bool may_have(struct cpu_fields *f, struct str name) {
        uint64_t bit, *word = bit_of(f, name, &bit);

        return *word & bit;
}

static bool find_field(struct str text, struct str name, struct str *ret) {
        struct str line, key;

        while (str_line(&text, &line))
                if (split_field(line, &key, ret) && str_eq(key, name))
                        return true;
        return false;
}

bool cpu_list_field(const struct cpu_list *l, struct str name, struct str *ret) {
        struct cpu_fields *known = l->fields;
        int i = 0;

        while (known && i < known->count && !str_eq(known->items[i].name, name))
                i++;
        if (!known || i == (int)(sizeof(known->items) / sizeof(known->items[0])))
                return find_field(l->cpuinfo, name, ret);
        if (i == known->count) {
                known->items[i].name = name;
                known->items[i].found = may_have(known, name) && find_field(l->cpuinfo, name, &known->items[i].value);
                known->count++;
        }
        *ret = known->items[i].value;
        return known->items[i].found;
}

/* The fields that sources read. All but the name make CPUs unlike. */
static const struct {
        struct str name;
        size_t member;
} members[] = {
        { STR("vendor_id"), offsetof(struct cpuinfo_block, vendor) },
        { STR("cpu family"), offsetof(struct cpuinfo_block, family) },
        { STR("model"), offsetof(struct cpuinfo_block, model) },
        { STR("model name"), offsetof(struct cpuinfo_block, name) },
        { STR("stepping"), offsetof(struct cpuinfo_block, stepping) },
        { STR("microcode"), offsetof(struct cpuinfo_block, microcode) },
        { STR("flags"), offsetof(struct cpuinfo_block, flags) },
        { STR("Features"), offsetof(struct cpuinfo_block, flags) }, /* Arm */
        { STR(CPU_FLAGS_LISTED), offsetof(struct cpuinfo_block, listed) },
        { STR("bugs"), offsetof(struct cpuinfo_block, bugs) },
        { STR("CPU implementer"), offsetof(struct cpuinfo_block, implementer) },
        { STR("CPU variant"), offsetof(struct cpuinfo_block, variant) },
        { STR("CPU part"), offsetof(struct cpuinfo_block, part) },
        { STR("CPU revision"), offsetof(struct cpuinfo_block, revision) },
        { STR("mvendorid"), offsetof(struct cpuinfo_block, mvendorid) },
        { STR("marchid"), offsetof(struct cpuinfo_block, marchid) },
        { STR("mimpid"), offsetof(struct cpuinfo_block, mimpid) },
};

static struct str *member_of(struct cpuinfo_block *b, struct str name) {
        if (name.len == 0 || !strchr("vcmsfFbC", name.p[0])) /* how they begin: most lines are none of them */
                return NULL;
        for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
                if (str_eq(name, members[i].name))
                        return (struct str *)(void *)((char *)b + members[i].member);
        return NULL;
}

struct str cpu_flags_listed(const struct cpuinfo_block *b) {
        return b->listed.p ? b->listed : b->flags;
}

static struct str field_of(const struct cpuinfo_block *b, size_t i) {
        return b ? *(const struct str *)(const void *)((const char *)b + members[i].member) : (struct str){ 0 };
}

bool cpu_field(const struct cpu_list *l, const struct cpu_seen *c, struct str name, struct str *ret) {
        for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
                if (str_eq(name, members[i].name)) {
                        *ret = field_of(c->info, i);
                        return ret->len > 0;
                }
        return cpu_list_field(l, name, ret);
}

static struct cpu_seen *add(struct cpu_list *l, struct arena *a, uint32_t number, struct cpuinfo_block *info) {
        struct cpu_seen *c = arena_append(a, l);

        *c = (struct cpu_seen){ .number = number, .info = info, .class_index = (uint32_t)l->count };
        return c;
}

/* ---- /proc/cpuinfo ---- */

static bool tells_of_a_cpu(const struct cpuinfo_block *b) {
        return b->family.len || b->stepping.len || b->microcode.len || b->flags.len || b->implementer.len || b->part.len;
}

/* Without an empty line before it, it looks like the last CPU's own: numbers alone, then the block. */
static const struct cpuinfo_block *last_block(const struct cpu_list *l) {
        const struct cpuinfo_block *last = l->count > 1 ? l->items[l->count - 1].info : NULL;

        for (ptrdiff_t i = 0; i < l->count && last; i++)
                if (l->items[i].number == CPU_UNNUMBERED || (i + 1 < l->count && tells_of_a_cpu(l->items[i].info)))
                        return NULL;
        return last && last->implementer.len > 0 ? last : NULL;
}

/* The kernels of old Arm machines write what all CPUs share once, behind their list: that block, or NULL. */
static const struct cpuinfo_block *shared_block(const struct cpu_list *l) {
        const struct cpuinfo_block *shared = NULL;

        for (ptrdiff_t i = 0; i < l->count; i++) {
                const struct cpuinfo_block *b = l->items[i].info;

                if (l->items[i].number != CPU_UNNUMBERED ? b->implementer.len > 0 : b->implementer.len == 0 || shared)
                        return NULL;
                shared = l->items[i].number == CPU_UNNUMBERED ? b : shared;
        }
        return l->count > 1 ? shared : NULL;
}

static const struct cpuinfo_block *with_shared(struct arena *a, const struct cpuinfo_block *own, const struct cpuinfo_block *shared) {
        struct cpuinfo_block *both = arena_new(a, struct cpuinfo_block);

        *both = *shared;
        both->name = own->name.len ? own->name : shared->name;
        return both;
}

/* Blocks without a number: what all share, something else than a CPU (the machine's own name on POWER and s390), or a CPU whose
 * first line is lost, which then is one of its own. */
static void settle_unnumbered(struct cpu_list *l, struct arena *a, bool old_arm) {
        const struct cpuinfo_block *last = old_arm ? last_block(l) : NULL, *shared = last ? last : shared_block(l);
        ptrdiff_t kept = 0;

        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct cpu_seen c = l->items[i];

                if (c.number == CPU_UNNUMBERED && (c.info == shared || !tells_of_a_cpu(c.info)))
                        continue;
                c.info = shared ? with_shared(a, c.info, shared) : c.info;
                l->items[kept++] = c;
        }
        l->count = kept;
}

/* "processor : 3" begins a block, an empty line ends it. A field that comes twice belongs to another CPU, whose first line is
 * missing: a lost line never lets one CPU take another's place. */
static void read_cpuinfo(struct cpu_list *l, struct arena *a, struct str text) {
        struct cpuinfo_block *block = NULL;
        struct str line, name, value, *field;
        bool old_arm = false;
        uint64_t number;

        while (str_line(&text, &line)) {
                if (!split_field(line, &name, &value)) {
                        block = str_trim(line).len > 0 ? block : NULL;
                        continue;
                }
                note_name(l->fields, name);
                old_arm |= str_eq(name, S("Processor"));
                if (str_eq(name, S("processor")) && str_to_u64(value, &number) && number < CPU_UNNUMBERED) {
                        block = arena_new(a, struct cpuinfo_block);
                        add(l, a, (uint32_t)number, block);
                        continue;
                }
                field = block ? member_of(block, name) : NULL;
                if (!block || (field && field->p)) {
                        struct cpuinfo_block other = { 0 };

                        if (!member_of(&other, name))
                                continue;
                        block = arena_new(a, struct cpuinfo_block);
                        field = member_of(block, name);
                        add(l, a, CPU_UNNUMBERED, block);
                }
                if (field)
                        *field = value;
        }
        settle_unnumbered(l, a, old_arm);
}

/* What one block says of its package: how many threads, and how many cores. */
struct package_size {
        uint64_t siblings, cores;
};

static void count_block(struct package_size *b, ptrdiff_t *told, bool *shared) {
        if (b->siblings && b->cores) {
                *told += 1;
                *shared |= b->siblings > b->cores;
        }
        *b = (struct package_size){ 0 };
}

bool cpu_list_shares_cores(const struct cpu_list *l, bool *ret) {
        struct str text = l->cpuinfo, line, name, value;
        struct package_size block = { 0 };
        ptrdiff_t told = 0;

        *ret = false;
        while (str_line(&text, &line)) {
                if (!split_field(line, &name, &value)) {
                        count_block(&block, &told, ret);
                        continue;
                }
                if (str_eq(name, S("processor")) || (str_eq(name, S("siblings")) && block.siblings))
                        count_block(&block, &told, ret);
                if (str_eq(name, S("siblings")))
                        (void)str_to_u64(value, &block.siblings);
                else if (str_eq(name, S("cpu cores")))
                        (void)str_to_u64(value, &block.cores);
        }
        count_block(&block, &told, ret);
        return *ret || (told > 0 && told >= l->count - (l->counted || l->supposed ? 1 : 0));
}

/* ---- The other places that name CPUs ---- */

static bool of_a_cpu(const struct record *r) {
        return r->kind == RECORD_CPUID || r->kind == RECORD_MSR || r->kind == RECORD_IDREG;
}

static int by_number(const void *a, const void *b) {
        const struct cpu_seen *x = a, *y = b;

        if (x->number != y->number)
                return x->number < y->number ? -1 : 1;
        return (x->class_index > y->class_index) - (x->class_index < y->class_index); /* in the order in which they were read */
}

/* CPUs of which registers were read, whether /proc/cpuinfo names them or not. */
static void read_records(struct cpu_list *l, struct arena *a, const struct evidence *e) {
        bool of_all = false;
        ptrdiff_t kept = 0;

        for (ptrdiff_t i = 0; i < e->count; i++) {
                const struct record *r = &e->items[i];

                if (!of_a_cpu(r))
                        continue;
                of_all |= r->cpu == EVIDENCE_ALL_CPUS && r->kind == RECORD_CPUID && r->state == FACT_KNOWN;
                if (r->cpu < CPU_UNNUMBERED && (l->count == 0 || l->items[l->count - 1].number != r->cpu || l->items[l->count - 1].info))
                        add(l, a, r->cpu, NULL);
        }
        if (l->count > 1)
                qsort(l->items, (size_t)l->count, sizeof(*l->items), by_number);
        for (ptrdiff_t i = 0; i < l->count; i++)
                if (l->items[i].info || kept == 0 || l->items[kept - 1].number != l->items[i].number)
                        l->items[kept++] = l->items[i];
        l->count = kept;
        if (l->count == 0 && of_all)
                add(l, a, 0, NULL);
}

/* How many CPUs up to `number` were seen. */
static uint64_t seen_up_to(const struct cpu_list *l, uint64_t number) {
        ptrdiff_t low = 0, high = l->count;

        while (low < high) {
                ptrdiff_t middle = low + (high - low) / 2;

                if (l->items[middle].number <= number)
                        low = middle + 1;
                else
                        high = middle;
        }
        return (uint64_t)low;
}

/* "0-3,8": a CPU that is online and was seen nowhere is there all the same, and nothing is known of it. */
static void read_online(struct cpu_list *l, struct arena *a, const struct evidence *e) {
        const struct record *r = evidence_file(e, S("/sys/devices/system/cpu/online"));
        struct str rest = r && r->state == FACT_KNOWN && l->count > 0 ? str_trim(r->text) : (struct str){ 0 }, range, word;
        uint64_t first, last;

        while (rest.len > 0 && str_cut(&rest, ',', &range)) {
                (void)str_cut(&range, '-', &word); /* of one number nothing is left */
                if (!str_to_u64(word, &first) || !str_to_u64(range.p ? range : word, &last) || first > last ||
                    last >= CPU_UNNUMBERED)
                        return;
                if (seen_up_to(l, last) - (first ? seen_up_to(l, first - 1) : 0) < last - first + 1) {
                        add(l, a, CPU_UNNUMBERED, NULL);
                        return;
                }
        }
}

/* Where the list of those online was not read: how many CPUs of a package /proc/cpuinfo shows, and how many it says there are. */
struct package {
        struct str id;
        uint64_t siblings;
};

struct packages {
        struct package *items; /* one for each CPU that tells */
        ptrdiff_t count, capacity;
};

static int by_package(const void *a, const void *b) {
        const struct package *x = a, *y = b;

        return str_cmp(x->id, y->id);
}

/* Linux writes "physical id" and behind it "siblings": the CPUs of the package that are online, this one among them. */
static void read_packages(struct packages *ret, struct arena *a, struct str text) {
        struct str line, name, value, id = { 0 };
        uint64_t siblings;

        while (str_line(&text, &line)) {
                if (!split_field(line, &name, &value))
                        continue;
                id = str_eq(name, S("physical id")) ? value : id;
                if (str_eq(name, S("siblings")) && str_to_u64(value, &siblings))
                        *(struct package *)arena_append(a, ret) = (struct package){ .id = id, .siblings = siblings };
        }
        if (ret->count > 1)
                qsort(ret->items, (size_t)ret->count, sizeof(*ret->items), by_package);
}

/* Whether a package counts more CPUs than it shows. */
static bool one_is_missing(const struct packages *all) {
        for (ptrdiff_t i = 0, begin = 0; i < all->count; i++) {
                bool last = i + 1 == all->count || !str_eq(all->items[i + 1].id, all->items[i].id);

                begin = str_eq(all->items[i].id, all->items[begin].id) ? begin : i;
                for (ptrdiff_t k = begin; last && k <= i; k++)
                        if (all->items[k].siblings > (uint64_t)(i + 1 - begin))
                                return true;
        }
        return false;
}

static void read_siblings(struct cpu_list *l, struct arena *a, const struct evidence *e) {
        const struct record *online = evidence_file(e, S("/sys/devices/system/cpu/online")),
                            *abridged = evidence_line(e, RECORD_META, S("processor"));
        struct packages all = { 0 };

        if (abridged && str_eq(abridged->text, S("one for all")))
                return;
        if (abridged && str_eq(abridged->text, S("perhaps one of several")) && l->count > 0) {
                add(l, a, CPU_UNNUMBERED, NULL);
                l->supposed = true;
                return;
        }
        if (online && online->state == FACT_KNOWN)
                return;
        read_packages(&all, a, l->cpuinfo);
        if (one_is_missing(&all)) {
                add(l, a, CPU_UNNUMBERED, NULL);
                l->counted = true;
        }
}

/* ---- Which are alike ---- */

/* Registers that sources read beside those that the catalog's facts name. */
static const struct {
        enum record_kind kind;
        uint32_t leaf;
        uint64_t masks[4]; /* CPUID: of eax, ebx, ecx, edx; else the first is of the value */
        struct str name;
} own_registers[] = {
        { .kind = RECORD_CPUID, .leaf = 0, .masks = { UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX } },
        { .kind = RECORD_CPUID, .leaf = 1, .masks = { UINT32_MAX, 0, UINT32_C(1) << 31 } },
        { .kind = RECORD_CPUID, .leaf = 7, .masks = { UINT32_MAX } },
        { .kind = RECORD_CPUID, .leaf = 0x1a, .masks = { 0xff000000 } },
        { .kind = RECORD_CPUID, .leaf = 0x40000000, .masks = { UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX } },
        { .kind = RECORD_CPUID, .leaf = 0x40000003, .masks = { 0, UINT32_MAX } },
        { .kind = RECORD_CPUID, .leaf = 0x80000000, .masks = { UINT32_MAX } },
        { .kind = RECORD_MSR, .leaf = 0x17, .masks = { UINT64_C(7) << 50 } },
        { .kind = RECORD_MSR, .leaf = 0x8b, .masks = { UINT64_MAX } },
        { .kind = RECORD_IDREG, .name = STR("MIDR_EL1"), .masks = { UINT64_MAX } },
};

/* What was read of a CPU, as bytes: for each register whether it was read, and the bits that matter. */
struct shown {
        const struct evidence *e;
        uint32_t cpu;
        char *p;
};

static void show(struct shown *s, const struct record *r, uint64_t value) {
        *s->p++ = r && (r->state == FACT_KNOWN || r->state == FACT_ABSENT) ? (char)r->state : (char)FACT_UNREAD;
        if (!r || r->state != FACT_KNOWN)
                value = 0;
        memcpy(s->p, &value, sizeof(value));
        s->p += sizeof(value);
}

static uint64_t mask_of(const struct fact_def *def) {
        unsigned width = def->high - def->low + 1u;

        return (width >= 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1) << def->low;
}

static void show_fact(struct shown *s, const struct fact_def *def) {
        const struct record *r;

        if (def->kind == FACT_KIND_CPUID) {
                r = evidence_cpuid(s->e, s->cpu, def->leaf, def->subleaf);
                show(s, r, r ? r->words[def->word] & mask_of(def) : 0);
        } else if (def->kind == FACT_KIND_MSR) {
                r = evidence_msr(s->e, s->cpu, def->leaf);
                show(s, r && r->unknown & mask_of(def) ? NULL : r, r ? r->value & mask_of(def) : 0);
        } else if (def->kind == FACT_KIND_IDREG) {
                r = evidence_idreg(s->e, s->cpu, T(def->text));
                show(s, r, r ? r->value & mask_of(def) : 0);
        }
}

static void show_own(struct shown *s) {
        for (size_t i = 0; i < sizeof(own_registers) / sizeof(own_registers[0]); i++) {
                const struct record *r = own_registers[i].kind == RECORD_CPUID ? evidence_cpuid(s->e, s->cpu, own_registers[i].leaf, 0)
                        : own_registers[i].kind == RECORD_MSR                  ? evidence_msr(s->e, s->cpu, own_registers[i].leaf)
                                                                               : evidence_idreg(s->e, s->cpu, own_registers[i].name);

                for (int word = 0; word < (own_registers[i].kind == RECORD_CPUID ? 4 : 1); word++) {
                        uint64_t value = !r ? 0 : own_registers[i].kind == RECORD_CPUID ? r->words[word] : r->value;

                        show(s, r, value & own_registers[i].masks[word]);
                }
        }
}

/* Only where there is more than one CPU, and something was read of one of them alone. */
static void read_registers(struct cpu_list *l, struct arena *a, const struct catalog *c, const struct evidence *e) {
        enum { VALUE = 1 + (int)sizeof(uint64_t) };
        ptrdiff_t size = 4 * VALUE * (ptrdiff_t)(sizeof(own_registers) / sizeof(own_registers[0]));
        bool alone = false;

        for (ptrdiff_t i = 0; l->count > 1 && i < e->count && !alone; i++)
                alone = of_a_cpu(&e->items[i]) && e->items[i].cpu != EVIDENCE_ALL_CPUS;
        if (!alone)
                return;
        for (uint32_t i = 0; i < c->fact_count; i++)
                size += c->facts[i].kind == FACT_KIND_CPUID || c->facts[i].kind == FACT_KIND_MSR || c->facts[i].kind == FACT_KIND_IDREG
                                ? VALUE : 0;
        for (ptrdiff_t i = 0; i < l->count; i++) {
                char *bytes = arena_bytes(a, size);
                struct shown s = { .e = e, .cpu = l->items[i].number, .p = bytes };

                show_own(&s);
                for (uint32_t k = 0; k < c->fact_count; k++)
                        show_fact(&s, &c->facts[k]);
                l->items[i].registers = str_n(bytes, s.p - bytes);
        }
}

static int order(const struct cpu_seen *x, const struct cpu_seen *y) {
        int by = str_cmp(x->registers, y->registers);

        for (size_t i = 0; by == 0 && i < sizeof(members) / sizeof(members[0]); i++)
                if (members[i].member != offsetof(struct cpuinfo_block, name))
                        by = str_cmp(field_of(x->info, i), field_of(y->info, i));
        return by;
}

/* Like CPUs together, in each group the first one first. */
static int by_likeness(const void *a, const void *b) {
        const struct cpu_seen *const *x = a, *const *y = b;
        int by = order(*x, *y);

        return by ? by : (*x > *y) - (*x < *y);
}

/* Neighbours are nearly always alike; only the first of each run of like CPUs is held against the others. */
static void classify(struct cpu_list *l, struct arena *a) {
        struct cpu_seen **heads = arena_array(a, struct cpu_seen *, l->count + 1);
        const struct cpu_seen **first_like = arena_array(a, const struct cpu_seen *, l->count + 1);
        ptrdiff_t runs = 0;

        l->classes = arena_array(a, const struct cpu_seen *, l->count + 1);
        for (ptrdiff_t i = 0; i < l->count; i++)
                if (i == 0 || order(&l->items[i - 1], &l->items[i]) != 0)
                        heads[runs++] = &l->items[i];
        if (runs > 1)
                qsort(heads, (size_t)runs, sizeof(*heads), by_likeness);
        for (ptrdiff_t i = 0; i < runs; i++)
                first_like[heads[i] - l->items] = i > 0 && order(heads[i - 1], heads[i]) == 0
                                                          ? first_like[heads[i - 1] - l->items]
                                                          : heads[i];
        for (ptrdiff_t i = 0; l->items && i < l->count; i++) {
                struct cpu_seen *c = &l->items[i];

                if (!first_like[i] && i > 0)
                        c->class_index = l->items[i - 1].class_index;
                else if (first_like[i] && first_like[i] != c)
                        c->class_index = first_like[i]->class_index;
                else
                        l->classes[c->class_index = l->class_count++] = c;
        }
        if (l->class_count == 0)
                l->class_count = 1;
}

void cpu_list_read(struct cpu_list *ret, struct arena *a, const struct catalog *c, const struct evidence *e) {
        const struct record *info = evidence_file(e, S("/proc/cpuinfo"));

        if (e->asked)
                e->asked->set = 0;
        *ret = (struct cpu_list){ .cpuinfo_state = info ? (uint8_t)info->state : FACT_UNREAD, .fields = arena_new(a, struct cpu_fields) };
        if (info && info->state == FACT_KNOWN) {
                ret->cpuinfo_read = true;
                ret->cpuinfo = info->text;
                read_cpuinfo(ret, a, info->text);
        }
        read_records(ret, a, e);
        read_online(ret, a, e);
        read_siblings(ret, a, e);
        read_registers(ret, a, c, e);
        classify(ret, a);
        /* Where all CPUs show one revision, which one it is makes none of them unlike. */
        if (e->asked)
                ret->facets = (e->asked->set | FACET_PROCESSOR) & ~FACET_REVISION;
}
