/* CPUID (Intel SDM vol. 2A; AMD APM vol. 3, appendix E) and model specific registers (Intel SDM vol. 4; AMD's PPRs). */
#include <errno.h>

#include "collect/processor/processor.h"
#include "evidence/identity.h"

/* They tell which others are there: the highest leaf of each range, the hypervisor bit, the highest subleaf of 7. */
static const struct leaf first_leaves[] = { { 0, 0 }, { 1, 0 }, { 7, 0 }, { 0x40000000, 0 }, { 0x80000000, 0 } };
enum { FIRST_COUNT = sizeof(first_leaves) / sizeof(first_leaves[0]) };

static bool before(struct leaf a, struct leaf b) {
        return a.leaf < b.leaf || (a.leaf == b.leaf && a.subleaf < b.subleaf);
}

/* In order of their numbers: so each comes behind those that tell whether it is there. */
static void add_leaf(struct processor_questions *q, struct leaf l) {
        ptrdiff_t at = q->leaf_count;

        while (at > 0 && before(l, q->leaves[at - 1]))
                at--;
        if (at > 0 && !before(q->leaves[at - 1], l))
                return; /* it is there */
        memmove(&q->leaves[at + 1], &q->leaves[at], (size_t)(q->leaf_count - at) * sizeof(l));
        q->leaves[at] = l;
        q->leaf_count++;
}

static void add_msr(struct processor_questions *q, uint32_t reg) {
        for (ptrdiff_t i = 0; i < q->msr_count; i++)
                if (q->msrs[i] == reg)
                        return;
        q->msrs[q->msr_count++] = reg;
}

void processor_questions(struct processor_questions *ret, struct arena *a, const struct catalog *c) {
        *ret = (struct processor_questions){
                .leaves = arena_array(a, struct leaf, (ptrdiff_t)c->fact_count + FIRST_COUNT + 1),
                .msrs = arena_array(a, uint32_t, (ptrdiff_t)c->fact_count + 1),
        };
        for (int i = 0; i < FIRST_COUNT; i++)
                add_leaf(ret, first_leaves[i]);
        for (uint32_t i = 0; i < c->fact_count; i++) {
                const struct fact_def *def = &c->facts[i];

                if (def->kind == FACT_KIND_CPUID)
                        add_leaf(ret, (struct leaf){ def->leaf, def->subleaf });
                else if (def->kind == FACT_KIND_MSR)
                        add_msr(ret, def->leaf);
        }
}

static uint32_t answer(const struct evidence *e, uint32_t cpu, uint32_t leaf, int word) {
        const struct record *record = evidence_cpuid(e, cpu, leaf, 0);

        return record ? record->words[word] : 0;
}

/* By what was read before. Without a hypervisor the leaves of its range mirror others. */
static bool is_there(const struct evidence *e, uint32_t cpu, struct leaf l) {
        uint32_t range = l.leaf & 0xffff0000;

        if (range == 0x40000000 && !(answer(e, cpu, 1, 2) >> 31 & 1))
                return false;
        if (l.leaf == 7 && l.subleaf > answer(e, cpu, 7, 0))
                return false;
        return l.leaf == range || answer(e, cpu, range, 0) >= l.leaf;
}

void processor_ask_cpuid(const struct processor_api *api, const struct processor_questions *q, struct evidence *e, uint32_t cpu) {
        for (ptrdiff_t i = 0; i < q->leaf_count; i++) {
                struct leaf l = q->leaves[i];
                uint32_t regs[4];

                if (!is_there(e, cpu, l))
                        continue;
                api->cpuid(api->arg, l.leaf, l.subleaf, regs);
                for (unsigned word = 0; word < 4; word++)
                        regs[word] &= identity_cpuid_mask(l.leaf, l.subleaf, word);
                evidence_add_cpuid(e, cpu, l.leaf, l.subleaf, regs);
        }
}

static enum fact_state msr_state(int error) {
        switch (error) {
        case 0:
                return FACT_KNOWN;
        case EIO:
                return FACT_ABSENT;
        case EACCES:
        case EPERM:
                return FACT_DENIED;
        default:
                return FACT_FAILED;
        }
}

void processor_ask_msrs(const struct processor_api *api, const struct processor_questions *q, struct evidence *e, uint32_t cpu) {
        for (ptrdiff_t i = 0; i < q->msr_count; i++) {
                uint64_t value = 0;
                enum fact_state state = msr_state(api ? api->read_msr(api->arg, q->msrs[i], &value) : EACCES);

                evidence_add_msr(e, cpu, q->msrs[i], state, state == FACT_KNOWN ? value : 0);
        }
}

bool processor_is_hybrid(const struct evidence *e, uint32_t cpu) {
        return answer(e, cpu, 7, 3) >> 15 & 1;
}
