#include "verdict/host.h"

#include "catalog/computed.h"
#include "facts/cpus.h"
#include "facts/where.h"

static bool differ(struct facts *x, struct facts *y, enum computed_fact which) {
        const struct fact *a = facts_get(x, which), *b = facts_get(y, which);

        return a->state == FACT_KNOWN && b->state == FACT_KNOWN && (a->number != b->number || !str_eq(a->text, b->text));
}

/* Xen's control domain, say, is a guest by its processor's word, and owns the machine all the same. */
static bool owns_its_machine(struct facts *f) {
        struct where w;

        where_look(f, &w);
        return w.owner != NULL;
}

/* The model in the table; NULL where no line holds it, or it was not read. */
static const struct cpu_range *model_of(struct facts *f) {
        const struct fact *family = facts_get(f, COMPUTED_CPU_FAMILY), *model = facts_get(f, COMPUTED_CPU_MODEL);

        if (family->state != FACT_KNOWN || model->state != FACT_KNOWN)
                return NULL;
        return catalog_cpu(f->catalog, facts_get(f, COMPUTED_CPU_VENDOR)->text, (uint32_t)family->number, (uint32_t)model->number, 0);
}

/* An earlier microarchitecture of the same line. */
static bool is_earlier(struct facts *host, struct facts *guest) {
        const struct cpu_range *a = model_of(host), *b = model_of(guest);

        return a && b && a->line.len > 0 && str_eq(T(a->line), T(b->line)) && a->generation < b->generation;
}

static bool same_number(const struct fact *a, const struct fact *b) {
        return a->state == FACT_KNOWN && b->state == FACT_KNOWN && a->number == b->number;
}

/* A guest may be shown an older processor than the one it runs on, as where it is moved between unlike hosts, but not a newer one: a later
 * family, a later microarchitecture, a later stepping of one model. */
static bool is_older(struct facts *host, struct facts *guest) {
        const struct fact *a = facts_get(host, COMPUTED_CPU_FAMILY), *b = facts_get(guest, COMPUTED_CPU_FAMILY);
        const struct fact *step = facts_get(host, COMPUTED_CPU_STEPPING), *shown = facts_get(guest, COMPUTED_CPU_STEPPING);

        if (a->state == FACT_KNOWN && b->state == FACT_KNOWN && a->number < b->number)
                return true;
        if (is_earlier(host, guest))
                return true;
        return same_number(a, b) && same_number(facts_get(host, COMPUTED_CPU_MODEL), facts_get(guest, COMPUTED_CPU_MODEL)) &&
               step->state == FACT_KNOWN && shown->state == FACT_KNOWN && step->number < shown->number;
}

/* A word of CPUID that shows the guest what the host's processor does not have. */
static bool lacks_bits(struct facts *host, struct facts *guest, const struct shown_word *i) {
        const struct record *a = evidence_cpuid(host->evidence, host->cpu->number, i->leaf, 0);
        const struct record *b = evidence_cpuid(guest->evidence, guest->cpu->number, i->leaf, 0);

        return a && b && a->state == FACT_KNOWN && b->state == FACT_KNOWN && (b->words[i->word] & ~a->words[i->word] & i->shown);
}

/* The same by the lists of /proc/cpuinfo, where CPUID was not read. */
static bool lacks_flags(const struct facts *host, const struct facts *guest, const struct shown_word *i) {
        if (!host->cpu->info || !guest->cpu->info || host->cpu->info->flags.len == 0)
                return false;
        for (uint32_t k = 0; k < i->flags.count; k++)
                if (str_has_word(guest->cpu->info->flags, T_AT(i->flags, k)) && !str_has_word(host->cpu->info->flags, T_AT(i->flags, k)))
                        return true;
        return false;
}

static bool lacks_instructions(struct facts *host, struct facts *guest) {
        for (uint32_t i = 0; i < host->catalog->shown_word_count; i++) {
                const struct shown_word *row = &host->catalog->shown_words[i];

                if ((row->leaf && lacks_bits(host, guest, row)) || lacks_flags(host, guest, row))
                        return true;
        }
        return false;
}

struct str host_refusal(struct facts *guest, struct facts *host) {
        const struct fact *below = facts_get(host, COMPUTED_HYPERVISOR), *above = facts_get(guest, COMPUTED_HYPERVISOR);
        const struct fact *vendor = facts_get(guest, COMPUTED_CPU_VENDOR), *of_host = facts_get(host, COMPUTED_CPU_VENDOR);
        struct str then = evidence_captured(guest->evidence), host_then = evidence_captured(host->evidence);

        if (above->state == FACT_KNOWN && !above->number)
                return S("this machine is no guest");
        if (below->state == FACT_KNOWN && below->number && !owns_its_machine(host))
                return S("it comes from a guest, not from the host that runs it");
        if (below->state != FACT_KNOWN)
                return S("it does not show whether it comes from a guest or from the host itself");
        if (vendor->state != FACT_KNOWN || of_host->state != FACT_KNOWN)
                return S("whether both run on one maker's processors was not seen");
        if (differ(guest, host, COMPUTED_CPU_VENDOR) || differ(guest, host, COMPUTED_ARCH))
                return str_fmt(guest->arena, "its processor is by %.*s, this machine's by %.*s", STR_ARG(of_host->text),
                               STR_ARG(vendor->text));
        if (is_older(host, guest))
                return S("its processor is older than the one that this machine is shown");
        if (lacks_instructions(host, guest))
                return S("its processor cannot do what this machine's is said to do");
        if (then.len == 10 && host_then.len == 10 && str_cmp(host_then, then) < 0)
                return str_fmt(guest->arena, "it is older (%.*s) than this machine's evidence (%.*s)", STR_ARG(host_then), STR_ARG(then));
        return (struct str){ 0 };
}
