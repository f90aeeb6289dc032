#include "collect/linux/processor.h"

#include <sched.h>

enum { MASK_BITS = 8 * (int)sizeof(unsigned long), MASK_WORDS = CPUS_MAX / MASK_BITS };

static bool move_to(uint32_t cpu) {
        unsigned long mask[MASK_WORDS] = { 0 };

        mask[cpu / MASK_BITS] = 1ul << (cpu % MASK_BITS);
        return sched_setaffinity(0, sizeof(mask), (const cpu_set_t *)(const void *)mask) == 0;
}

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

static bool all_agree(const struct evidence *from, const struct record *r, const struct cpu_numbers *cpus) {
        for (ptrdiff_t i = 0; i < cpus->count; i++) {
                const struct record *other = same_of(from, r, cpus->items[i]);

                if (!other || other->state != r->state || other->value != r->value ||
                    memcmp(other->words, r->words, sizeof(r->words)) != 0)
                        return false;
        }
        return cpus->count > 0;
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

void processor_merge(struct evidence *to, const struct evidence *from, const struct cpu_numbers *cpus) {
        for (ptrdiff_t i = 0; i < from->count; i++) {
                const struct record *r = &from->items[i];

                if (!all_agree(from, r, cpus))
                        add(to, r, r->cpu);
                else if (r->cpu == cpus->items[0])
                        add(to, r, EVIDENCE_ALL_CPUS);
        }
}

/* CPUs of more than one kind: 7:EDX[15] (Intel SDM vol. 2A, CPUID). */
static bool is_hybrid(const struct evidence *e, uint32_t cpu) {
        const struct record *r = evidence_cpuid(e, cpu, 7, 0);

        return r && (r->words[3] >> 15 & 1);
}

void processor_collect(struct reader *r, const struct cpu_numbers *cpus, bool all) {
        static const struct cpu_numbers nobody = { 0 };
        unsigned long home[MASK_WORDS] = { 0 };
        ptrdiff_t asked = 0;
        struct evidence single;
        struct reader on_cpu = *r;

        if (sched_getaffinity(0, sizeof(home), (cpu_set_t *)(void *)home) < 0)
                return;
        evidence_init(&single, r->scratch, r->e->source);
        on_cpu.e = &single;
        for (ptrdiff_t i = 0; i < cpus->count && (all || asked == 0); i++)
                if (move_to(cpus->items[i])) { /* a container may have some CPUs only */
                        processor_read(&on_cpu, cpus->items[i]);
                        asked++;
                        all = all || is_hybrid(&single, cpus->items[i]);
                }
        (void)sched_setaffinity(0, sizeof(home), (const cpu_set_t *)(const void *)home);
        processor_merge(r->e, &single, all && asked == cpus->count ? cpus : &nobody);
}
