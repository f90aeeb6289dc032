#include "collect/linux/processor.h"

#include <sched.h>

/* ---- This machine ---- */

static int running_on(void *arg) {
        (void)arg;
        return sched_getcpu();
}

static bool move_to(void *arg, uint32_t cpu) {
        struct processor_live *p = arg;
        unsigned long mask[sizeof(p->home) / sizeof(p->home[0])] = { 0 };
        const unsigned bits = 8 * sizeof(mask[0]);

        if (cpu >= CPUS_MAX || (!p->away && sched_getaffinity(0, sizeof(p->home), (cpu_set_t *)(void *)p->home) < 0))
                return false;
        p->away = true;
        mask[cpu / bits] = 1ul << (cpu % bits);
        return sched_setaffinity(0, sizeof(mask), (const cpu_set_t *)(const void *)mask) == 0;
}

static void move_home(void *arg) {
        struct processor_live *p = arg;

        if (p->away)
                (void)sched_setaffinity(0, sizeof(p->home), (const cpu_set_t *)(const void *)p->home);
        p->away = false;
}

void processor_open_live(struct processor_live *ret, const struct tree *tree) {
        *ret = (struct processor_live){ .tree = tree, .fd = -1,
                                        .api = { .here = running_on, .move_to = move_to, .move_home = move_home } };
        ret->api.arg = ret;
        processor_open_kind(ret);
}

/* ---- What is asked of whom ---- */

/* The kernel shows each CPU, and shows them alike, microcode and flags included: what one says of its features holds for all. */
static void speak_for_all(struct evidence *one) {
        for (ptrdiff_t i = 0; i < one->count; i++)
                one->items[i].cpu = EVIDENCE_ALL_CPUS;
        evidence_index(one);
}

static void ask_here(const struct processor_api *api, const struct processor_questions *q, struct evidence *e, uint32_t cpu) {
        if (api->cpuid)
                processor_ask_cpuid(api, q, e, cpu);
        if (api->identify)
                api->identify(api->arg, e, cpu);
}

static void ask(const struct processor_api *api, const struct processor_questions *q, struct evidence *e, uint32_t cpu) {
        if (api->move_to(api->arg, cpu))
                ask_here(api, q, e, cpu);
}

/* Asks the CPU that this thread runs on, and the next one if it is moved meanwhile: they are alike, or each says that it is of a hybrid
 * processor. False: it does not speak for all, and each is to be asked. */
static bool ask_one(const struct processor_api *api, const struct processor_questions *q, struct evidence *e, const struct cpu_numbers *cpus) {
        int here = api->here(api->arg);

        for (ptrdiff_t i = 0; i < cpus->count; i++)
                if (here >= 0 && cpus->items[i] == (uint32_t)here) {
                        ask_here(api, q, e, (uint32_t)here);
                        return !processor_is_hybrid(e, (uint32_t)here);
                }
        return false;
}

/* A container may have some CPUs only: what the others would say is then not known, and nothing is a record for all. */
static void collect_identity(struct reader *r, const struct processor_api *api, const struct processor_questions *q,
                             const struct cpu_numbers *cpus, enum processor_asked whom) {
        struct evidence single;
        bool one;

        evidence_init(&single, r->scratch, r->e->source);
        one = whom == PROCESSOR_ASK_ONE && ask_one(api, q, &single, cpus);
        if (one)
                speak_for_all(&single);
        else
                evidence_init(&single, r->scratch, r->e->source);
        for (ptrdiff_t i = 0; i < cpus->count && !one; i++)
                ask(api, q, &single, cpus->items[i]);
        api->move_home(api->arg);
        processor_merge(r->e, &single, r->scratch, cpus->items, one || whom == PROCESSOR_OTHERS_UNKNOWN ? 0 : cpus->count);
}

/* That a device could not be opened is recorded of the first CPU, and again where another one's error differs: without the right, or
 * without the driver, it is the same for each. */
static void collect_msrs(struct reader *r, const struct processor_api *api, const struct processor_questions *q,
                         const struct cpu_numbers *cpus, bool complete) {
        struct evidence single;
        int last = 0;

        evidence_init(&single, r->scratch, r->e->source);
        for (ptrdiff_t i = 0; i < cpus->count; i++) {
                int error = api->open_msrs(api->arg, cpus->items[i]);
                char path[64];

                (void)snprintf(path, sizeof(path), "/dev/cpu/%u/msr", (unsigned)cpus->items[i]);
                if (error && error != last)
                        reader_missing(r, path, error);
                last = error;
                if (!error || reader_state(error) == FACT_DENIED)
                        processor_ask_msrs(error ? NULL : api, q, &single, cpus->items[i]);
                if (!error)
                        api->close_msrs(api->arg);
        }
        processor_merge(r->e, &single, r->scratch, cpus->items, complete ? cpus->count : 0);
}

void processor_collect(struct reader *r, const struct processor_api *api, const struct cpu_numbers *cpus, enum processor_asked whom) {
        struct arena_mark mark = arena_mark(r->scratch);
        struct processor_questions q;

        processor_questions(&q, r->scratch, r->catalog);
        if (api->cpuid || api->identify)
                collect_identity(r, api, &q, cpus, whom);
        if (api->open_msrs)
                collect_msrs(r, api, &q, cpus, whom != PROCESSOR_OTHERS_UNKNOWN);
        arena_release(r->scratch, mark);
}
