/* Many logical CPUs, one record: only where each of them was asked and said the same. */
#include "collect/processor/processor.h"

static const struct record *same_of(const struct evidence *e, const struct record *r, uint32_t cpu) {
        switch (r->kind) {
        case RECORD_CPUID:
                return evidence_cpuid(e, cpu, r->leaf, r->subleaf);
        case RECORD_MSR:
                return evidence_msr(e, cpu, r->leaf);
        case RECORD_IDREG:
                return evidence_idreg(e, cpu, r->key);
        default:
                return NULL;
        }
}

static bool all_agree(const struct evidence *from, const struct record *r, const uint32_t *cpus, ptrdiff_t count) {
        for (ptrdiff_t i = 0; i < count; i++) {
                const struct record *other = same_of(from, r, cpus[i]);

                if (!other || other->state != r->state || other->value != r->value ||
                    memcmp(other->words, r->words, sizeof(r->words)) != 0)
                        return false;
        }
        return true;
}

static void add(struct evidence *to, const struct record *r, uint32_t cpu) {
        if (r->kind == RECORD_CPUID)
                evidence_add_cpuid(to, cpu, r->leaf, r->subleaf, r->words);
        else if (r->kind == RECORD_MSR)
                evidence_add_msr(to, cpu, r->leaf, r->state, r->value);
        else if (r->kind == RECORD_IDREG)
                evidence_add_idreg(to, cpu, r->key, r->value);
        else
                evidence_add_missing(to, r->key, r->state, r->text);
}

/* What all agree on is found once, at the first CPU's record: the cost grows with the CPUs, not with their square. */
void processor_merge(struct evidence *to, const struct evidence *from, struct arena *scratch, const uint32_t *cpus, ptrdiff_t count) {
        bool *agreed = arena_array(scratch, bool, from->count + 1);

        for (ptrdiff_t i = 0; count > 0 && i < from->count; i++)
                if (from->items[i].cpu == cpus[0] && same_of(from, &from->items[i], cpus[0]))
                        agreed[i] = all_agree(from, &from->items[i], cpus, count);
        for (ptrdiff_t i = 0; i < from->count; i++) {
                const struct record *r = &from->items[i], *first = count > 0 ? same_of(from, r, cpus[0]) : NULL;

                if (!first || !agreed[first - from->items])
                        add(to, r, r->cpu);
                else if (first == r)
                        add(to, r, EVIDENCE_ALL_CPUS);
        }
}
