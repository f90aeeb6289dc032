#include "evidence/evidence.h"

#include "base/date.h"
#include "base/plain.h"
#include "base/sha256.h"
#include "evidence/identity.h"
#include "evidence/places.h"

enum { STEPS_MAX = 256 }; /* in the table of records: ordinary names need a handful */

const char *fact_state_word(enum fact_state s) {
        static const char *const words[] = {
#define X(name, word) [FACT_##name] = (word),
                EVIDENCE_STATES(X)
#undef X
        };

        return words[s];
}

void evidence_init(struct evidence *e, struct arena *a, struct str source) {
        *e = (struct evidence){ .source = source, .arena = a };
}

bool evidence_tells(const struct evidence *e, bool known) {
        for (ptrdiff_t i = 0; i < e->count; i++)
                if (!identity_is_record(e->items[i].kind) && (!known || e->items[i].state == FACT_KNOWN))
                        return true;
        return false;
}

static uint64_t mix(uint64_t h, uint64_t v) {
        h = (h ^ v) * 0x9e3779b97f4a7c15u;
        return h ^ h >> 29;
}

/* Eight bytes at a time over the parts that name a record; letters' case is ignored, because registry keys ignore it. Only for
 * the table below: nothing depends on its values. */
static uint32_t hash_of(uint64_t seed, enum record_kind kind, struct str key, uint32_t cpu, uint32_t leaf, uint32_t subleaf) {
        const uint64_t lower = 0x2020202020202020u;
        uint64_t h = mix(seed ^ ((uint64_t)kind << 32 | cpu), (uint64_t)leaf << 32 | subleaf), last = 0, eight;

        for (; key.len >= 8; key = str_n(key.p + 8, key.len - 8)) {
                memcpy(&eight, key.p, 8);
                h = mix(h, eight | lower);
        }
        if (key.len > 0)
                memcpy(&last, key.p, (size_t)key.len);
        return (uint32_t)(mix(h, last | lower) >> 16);
}

static bool same(const struct record *r, enum record_kind kind, struct str key, uint32_t cpu, uint32_t leaf,
                 uint32_t subleaf) {
        return r->kind == kind && r->cpu == cpu && r->leaf == leaf && r->subleaf == subleaf &&
               (kind == RECORD_REGISTRY ? str_eq_nocase(r->key, key) : str_eq(r->key, key));
}

/* Puts record number `i` into the table, unless an earlier one has its name: that one, or NULL. */
static const struct record *index_add(struct evidence *e, ptrdiff_t i) {
        const struct record *r = &e->items[i];
        uint32_t at = hash_of(e->seed, r->kind, r->key, r->cpu, r->leaf, r->subleaf) & (e->index_size - 1), steps = 0;

        while (e->index[at] && !same(&e->items[e->index[at] - 1], r->kind, r->key, r->cpu, r->leaf, r->subleaf)) {
                at = (at + 1) & (e->index_size - 1);
                steps++;
        }
        e->crowded = e->crowded || steps > STEPS_MAX;
        if (e->index[at])
                return &e->items[e->index[at] - 1];
        e->index[at] = (uint32_t)i + 1;
        return NULL;
}

/* Somebody chose names that meet in one place of the table: it is made anew by a seed that hangs on every one of them, so that no
 * names can be chosen for it. */
static void reseed(struct evidence *e) {
        unsigned char digest[32];
        struct sha256 h;

        sha256_init(&h);
        for (ptrdiff_t i = 0; i < e->count; i++) {
                const struct record *r = &e->items[i];
                const uint64_t numbers[] = { (uint64_t)r->kind << 32 | r->cpu, (uint64_t)r->leaf << 32 | r->subleaf, (uint64_t)r->key.len };

                sha256_add(&h, str_n((const char *)numbers, sizeof(numbers)));
                sha256_add(&h, r->key);
        }
        sha256_end(&h, digest);
        memcpy(&e->seed, digest, sizeof(e->seed));
        e->crowded = false;
        e->reseeded = e->count;
}

/* At most half full; made with room to grow, so that adding n records costs O(n). */
static void index_make(struct evidence *e) {
        uint32_t size = 64;

        while (size < 4 * (uint32_t)e->count)
                size *= 2;
        e->index = arena_array(e->arena, uint32_t, size);
        e->index_size = size;
}

bool evidence_may_repeat(enum record_kind kind) {
        return kind == RECORD_OTHER || kind == RECORD_META || kind == RECORD_IDENTITY || kind == RECORD_UNAME ||
               kind == RECORD_WIN32 || kind == RECORD_CLAIM || kind == RECORD_EXPECT;
}

/* All records into the table. The first that answers a question which an earlier one answered, or NULL. */
static const struct record *index_all(struct evidence *e, const struct record **ret_first) {
        const struct record *repeated = NULL, *first;

        index_make(e);
        for (ptrdiff_t i = 0; i < e->count; i++) {
                first = index_add(e, i);
                if (first && !repeated && !evidence_may_repeat(e->items[i].kind)) {
                        *ret_first = first;
                        repeated = &e->items[i];
                }
                if (e->crowded && e->reseeded < e->count) {
                        reseed(e);
                        return index_all(e, ret_first);
                }
        }
        return repeated;
}

void evidence_index(struct evidence *e) {
        const struct record *first;

        (void)index_all(e, &first);
}

const struct record *evidence_repeated(struct evidence *e, const struct record **ret_first) {
        return index_all(e, ret_first);
}

/* `hash`: of the name without a CPU and a subleaf, by seed 0. */
static facet_set facet_by(enum record_kind kind, struct str key, uint32_t leaf, uint32_t hash) {
        switch (kind) {
        case RECORD_CPUID:
        case RECORD_IDREG:
                return FACET_PROCESSOR;
        case RECORD_MSR:
                return leaf == MSR_REVISION ? FACET_PROCESSOR | FACET_REVISION : FACET_PROCESSOR;
        case RECORD_UNAME:
                return FACET_SYSTEM | FACET_RELEASE;
        case RECORD_FILE:
                if (str_eq(key, S(PLACE_CPUINFO)))
                        return FACET_PROCESSOR | FACET_REVISION;
                if (str_eq(key, S(PLACE_CMDLINE)))
                        return FACET_UNSHARED; /* for one parameter: evidence_parameter */
                break;
        default:
                break;
        }
        return (facet_set)1 << (FACETS_OF_RECORDS + hash % RECORD_FACETS);
}

facet_set evidence_facet(enum record_kind kind, struct str key, uint32_t leaf) {
        return facet_by(kind, key, leaf, hash_of(0, kind, key, 0, leaf, 0));
}

uint32_t evidence_name(enum record_kind kind, struct str key, uint32_t leaf) {
        return hash_of(0, kind, key, 0, leaf, 0);
}

static void note(struct facets_asked *asked, enum record_kind kind, struct str key, uint32_t leaf, uint32_t name) {
        asked->set |= facet_by(kind, key, leaf, name);
        if (!asked->names || names_have(asked->names, name))
                return;
        asked->names->bits[name / 64 % (NAMES / 64)] |= UINT64_C(1) << name % 64;
        asked->names->grown = true;
        asked->names->count++;
}

void evidence_note(const struct evidence *e, const struct record *r) {
        if (e->asked)
                note(e->asked, r->kind, r->key, r->leaf, evidence_name(r->kind, r->key, r->leaf));
}

/* Its place among the records, from 1; 0 when there is none. */
static uint32_t place_by(const struct evidence *e, uint32_t hash, enum record_kind kind, struct str key, uint32_t cpu, uint32_t leaf,
                         uint32_t subleaf) {
        uint32_t at;

        if (e->count == 0)
                return 0;
        at = hash & (e->index_size - 1);
        while (e->index[at] && !same(&e->items[e->index[at] - 1], kind, key, cpu, leaf, subleaf))
                at = (at + 1) & (e->index_size - 1);
        return e->index[at];
}

static uint32_t find_place(const struct evidence *e, enum record_kind kind, struct str key, uint32_t cpu, uint32_t leaf,
                           uint32_t subleaf) {
        return place_by(e, hash_of(e->seed, kind, key, cpu, leaf, subleaf), kind, key, cpu, leaf, subleaf);
}

static const struct record *find_noting(const struct evidence *e, enum record_kind kind, struct str key, facet_set facets) {
        uint32_t place = find_place(e, kind, key, 0, 0, 0);

        if (e->asked)
                e->asked->set |= facets;
        return place ? &e->items[place - 1] : NULL;
}

static const struct record *find(const struct evidence *e, enum record_kind kind, struct str key, uint32_t cpu, uint32_t leaf,
                                 uint32_t subleaf) {
        uint32_t hash = hash_of(e->seed, kind, key, cpu, leaf, subleaf), place = place_by(e, hash, kind, key, cpu, leaf, subleaf);

        if (e->asked) /* one look at the name is nearly always enough for both */
                note(e->asked, kind, key, leaf, e->seed || cpu || subleaf ? evidence_name(kind, key, leaf) : hash);
        return place ? &e->items[place - 1] : NULL;
}

const struct record *evidence_named(const struct evidence *e, const struct record *r) {
        uint32_t place = find_place(e, r->kind, r->key, r->cpu, r->leaf, r->subleaf);

        return place ? &e->items[place - 1] : NULL;
}

const struct record *evidence_file(const struct evidence *e, struct str path) {
        const struct record *r = find(e, RECORD_FILE, path, 0, 0, 0);

        if (!e->later || (r && !r->more))
                return r;
        e->later->read(e->later, path, NULL);
        return find(e, RECORD_FILE, path, 0, 0, 0);
}

const struct record *evidence_file_until(const struct evidence *e, struct str path, const struct evidence_question *q) {
        const struct record *r = find(e, RECORD_FILE, path, 0, 0, 0);

        if (r || !e->later)
                return r && r->more && !q->is_answered(r->text, q->arg) ? evidence_file(e, path) : r;
        e->later->read(e->later, path, q);
        return find(e, RECORD_FILE, path, 0, 0, 0);
}

void evidence_read_all(const struct evidence *e) {
        if (e->later)
                e->later->read(e->later, (struct str){ 0 }, NULL);
}

const struct record *evidence_cpuid(const struct evidence *e, uint32_t cpu, uint32_t leaf, uint32_t subleaf) {
        const struct record *r = find(e, RECORD_CPUID, (struct str){ 0 }, cpu, leaf, subleaf);

        return r ? r : find(e, RECORD_CPUID, (struct str){ 0 }, EVIDENCE_ALL_CPUS, leaf, subleaf);
}

const struct record *evidence_msr(const struct evidence *e, uint32_t cpu, uint32_t reg) {
        const struct record *r = find(e, RECORD_MSR, (struct str){ 0 }, cpu, reg, 0);

        return r ? r : find(e, RECORD_MSR, (struct str){ 0 }, EVIDENCE_ALL_CPUS, reg, 0);
}

const struct record *evidence_idreg(const struct evidence *e, uint32_t cpu, struct str name) {
        const struct record *r = find(e, RECORD_IDREG, name, cpu, 0, 0);

        return r ? r : find(e, RECORD_IDREG, name, EVIDENCE_ALL_CPUS, 0, 0);
}

const struct record *evidence_nt(const struct evidence *e, uint32_t class) {
        return find(e, RECORD_NT, (struct str){ 0 }, 0, class, 0);
}

const struct record *evidence_registry(const struct evidence *e, struct str key_value) {
        return find(e, RECORD_REGISTRY, key_value, 0, 0, 0);
}

const struct record *evidence_line(const struct evidence *e, enum record_kind kind, struct str key) {
        return find(e, kind, key, 0, 0, 0);
}

const struct record *evidence_parameter(const struct evidence *e, struct str name) {
        return find_noting(e, RECORD_FILE, S(PLACE_CMDLINE), FACET_LINE | (name.len > 0 ? facet_of_parameter(name) : 0));
}

const struct record *evidence_release(const struct evidence *e) {
        return find_noting(e, RECORD_UNAME, (struct str){ 0 }, FACET_RELEASE);
}

const struct record *evidence_system(const struct evidence *e) {
        return find_noting(e, RECORD_UNAME, (struct str){ 0 }, FACET_SYSTEM);
}

/* The record of that name, made when it is not there yet, emptied of everything but its name. What stands on a record's line is
 * plain: a line end in a host's or a file's name would begin a record of its own. */
static struct record *place(struct evidence *e, enum record_kind kind, struct str name, uint32_t cpu, uint32_t leaf,
                            uint32_t subleaf) {
        struct str key = plain(e->arena, name);
        uint32_t at = find_place(e, kind, key, cpu, leaf, subleaf);
        struct record *r = at ? &e->items[at - 1] : arena_append(e->arena, e);
        bool added = !at;

        *r = (struct record){ .kind = kind, .state = FACT_KNOWN, .key = added ? str_dup(e->arena, key) : r->key,
                              .cpu = cpu, .leaf = leaf, .subleaf = subleaf };
        if (added && (2 * (uint32_t)e->count > e->index_size || (e->crowded && e->count >= 2 * e->reseeded)))
                evidence_index(e);
        else if (added)
                (void)index_add(e, e->count - 1);
        return r;
}

void evidence_add_file(struct evidence *e, struct str path, struct str contents) {
        struct record *r = place(e, RECORD_FILE, path, 0, 0, 0);

        if (str_ends(contents, S("\n")))
                contents.len--;
        r->text = str_dup(e->arena, contents);
}

void evidence_add_beginning(struct evidence *e, struct str path, struct str contents) {
        struct record *r = place(e, RECORD_FILE, path, 0, 0, 0);

        r->text = contents;
        r->more = true;
}

void evidence_add_missing(struct evidence *e, struct str path, enum fact_state state, struct str why) {
        struct record *r = place(e, RECORD_FILE, path, 0, 0, 0);

        r->state = state;
        r->text = str_dup(e->arena, plain(e->arena, why));
}

void evidence_add_line(struct evidence *e, enum record_kind kind, struct str key, struct str text) {
        place(e, kind, key, 0, 0, 0)->text = str_dup(e->arena, plain(e->arena, text));
}

void evidence_add_cpuid(struct evidence *e, uint32_t cpu, uint32_t leaf, uint32_t subleaf, const uint32_t regs[4]) {
        struct record *r = place(e, RECORD_CPUID, (struct str){ 0 }, cpu, leaf, subleaf);

        memcpy(r->words, regs, sizeof(r->words));
        r->word_count = 4;
}

void evidence_add_msr(struct evidence *e, uint32_t cpu, uint32_t reg, enum fact_state state, uint64_t value) {
        struct record *r = place(e, RECORD_MSR, (struct str){ 0 }, cpu, reg, 0);

        r->state = state;
        r->value = value;
}

void evidence_add_msr_known(struct evidence *e, uint32_t cpu, uint32_t reg, uint64_t value, uint64_t known) {
        struct record *r = place(e, RECORD_MSR, (struct str){ 0 }, cpu, reg, 0);

        r->state = FACT_KNOWN;
        r->value = value & known;
        r->unknown = ~known;
}

void evidence_add_idreg(struct evidence *e, uint32_t cpu, struct str name, uint64_t value) {
        place(e, RECORD_IDREG, name, cpu, 0, 0)->value = value;
}

void evidence_add_nt(struct evidence *e, uint32_t class, const uint32_t *dwords, uint32_t count) {
        struct record *r = place(e, RECORD_NT, (struct str){ 0 }, 0, class, 0);

        r->word_count = count < 4 ? count : 4;
        memcpy(r->words, dwords, r->word_count * sizeof(*dwords));
        memset(r->known, 0xff, sizeof(r->known));
}

void evidence_add_nt_known(struct evidence *e, uint32_t class, const uint32_t dwords[2], const uint32_t known[2]) {
        struct record *r = place(e, RECORD_NT, (struct str){ 0 }, 0, class, 0);

        r->word_count = 2;
        for (int i = 0; i < 2; i++) {
                r->words[i] = dwords[i] & known[i];
                r->known[i] = known[i];
        }
}

void evidence_add_nt_status(struct evidence *e, uint32_t class, uint32_t status) {
        struct record *r = place(e, RECORD_NT, (struct str){ 0 }, 0, class, 0);

        r->state = FACT_FAILED;
        r->value = status;
        memset(r->known, 0xff, sizeof(r->known));
}

void evidence_add_registry_dword(struct evidence *e, struct str key_value, uint32_t value) {
        struct record *r = place(e, RECORD_REGISTRY, key_value, 0, 0, 0);

        r->value = value;
        r->text = str_fmt(e->arena, "dword %08x", value);
}

void evidence_add_registry_text(struct evidence *e, struct str key_value, struct str text) {
        place(e, RECORD_REGISTRY, key_value, 0, 0, 0)->text = str_fmt(e->arena, "sz %.*s", STR_ARG(plain(e->arena, text)));
}

void evidence_add_registry_binary(struct evidence *e, struct str key_value, struct str bytes) {
        struct record *r = place(e, RECORD_REGISTRY, key_value, 0, 0, 0);
        struct out text = { 0 };

        out_c(&text, "binary ");
        for (ptrdiff_t i = 0; i < bytes.len; i++) {
                out_hex(&text, (unsigned char)bytes.p[i], 2);
                if (i < 8)
                        r->value |= (uint64_t)(unsigned char)bytes.p[i] << (8 * i);
        }
        r->text = str_dup(e->arena, out_text(&text));
        out_free(&text);
}

void evidence_add_registry_missing(struct evidence *e, struct str key_value, enum fact_state state) {
        place(e, RECORD_REGISTRY, key_value, 0, 0, 0)->state = state;
}

struct str evidence_moment(const struct evidence *e) {
        const struct record *r = evidence_line(e, RECORD_META, S("captured"));

        return r && r->state == FACT_KNOWN ? date_moment(str_trim(r->text)) : (struct str){ 0 };
}

struct str evidence_captured(const struct evidence *e) {
        const struct record *r = evidence_line(e, RECORD_META, S("captured"));
        struct str day = r && r->state == FACT_KNOWN ? str_sub(str_trim(r->text), 0, 10) : (struct str){ 0 };

        return date_valid(day) ? day : (struct str){ 0 };
}
