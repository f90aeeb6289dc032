#include "verdict/lacking.h"

#include "catalog/computed.h"

enum { TOLD = 3 };

struct str lacking_command(enum lacking_place place, bool windows) {
        static const struct str commands[] = {
#define X(name, command, of_windows) STR(command),
                LACKING_PLACES(X)
#undef X
                { 0 },
        };
        static const struct str of_windows[] = {
#define X(name, command, of_windows) STR(of_windows),
                LACKING_PLACES(X)
#undef X
                STR("Get-SpeculationControlSettings"),
        };

        return windows ? of_windows[place] : commands[place];
}

static enum lacking_place computed_place(uint32_t number) {
        switch (number) {
        case COMPUTED_ARCH:
        case COMPUTED_SYSTEM:
        case COMPUTED_KERNEL_RELEASE:
        case COMPUTED_KERNEL_VERSION:
        case COMPUTED_KERNEL_UPSTREAM:
        case COMPUTED_KERNEL_DEBIAN:
        case COMPUTED_KERNEL_UBUNTU:
        case COMPUTED_KERNEL_REDHAT:
                return LACKING_KERNEL;
        case COMPUTED_KERNEL_ANSWERS:
                return LACKING_SENTENCES;
        case COMPUTED_HYPERVISOR:
        case COMPUTED_WHERE_SEEN:
        case COMPUTED_HYPERVISOR_VENDOR:
        case COMPUTED_CLOUD:
        case COMPUTED_CONTAINER:
                return LACKING_WHERE;
        case COMPUTED_LINE_SEEN:
        case COMPUTED_VECTOR_USER_KERNEL:
        case COMPUTED_VECTOR_USER_USER:
        case COMPUTED_VECTOR_GUEST_HOST:
        case COMPUTED_VECTOR_GUEST_GUEST:
        case COMPUTED_VECTOR_CROSS_THREAD:
                return LACKING_LINE;
        case COMPUTED_CPU_SEEN:
        case COMPUTED_CPU_VENDOR:
        case COMPUTED_CPU_FAMILY:
        case COMPUTED_CPU_MODEL:
        case COMPUTED_CPU_STEPPING:
        case COMPUTED_CPU_SIGNATURE:
        case COMPUTED_CPU_NAME:
        case COMPUTED_CPU_MICROCODE:
                return LACKING_PROCESSOR;
        default:
                return LACKING_OTHER;
        }
}

static enum lacking_place place_of(struct facts *f, uint32_t number) {
        const struct fact_def *def = &f->catalog->facts[number];

        switch (def->kind) {
        case FACT_KIND_COMPUTED:
                return computed_place(number);
        case FACT_KIND_SENTENCE:
                return LACKING_SENTENCES;
        case FACT_KIND_FILE:
                return str_starts(T(def->text), S("/sys/devices/system/cpu/vulnerabilities/")) ? LACKING_SENTENCES : LACKING_OTHER;
        case FACT_KIND_CPUINFO:
        case FACT_KIND_FLAG:
        case FACT_KIND_LISTED:
        case FACT_KIND_BUG:
                return LACKING_PROCESSOR;
        case FACT_KIND_PARAMETER:
                return LACKING_LINE;
        case FACT_KIND_CONFIG:
                return LACKING_OPTIONS;
        case FACT_KIND_LOG:
                return LACKING_LOG;
        default:
                return LACKING_OTHER;
        }
}

/* What Windows itself answered in part is named by what is missing; else all of it is. */
static struct str nt_words(struct facts *f, const struct fact_def *def) {
        const struct record *r = evidence_nt(f->evidence, def->leaf);

        if (!r || r->state != FACT_KNOWN || def->title.len == 0 || str_starts(T(def->title), S("…"))) /* … goes on from the title before it */
                return S("Windows' own answers");
        return str_fmt(f->arena, "Windows' answer '%.*s'", STR_ARG(T(def->title)));
}

/* A Windows has no files of Linux; empty where its word is the same. */
static struct str windows_words(struct facts *f, uint32_t number, enum lacking_place place) {
        const struct fact *runs = facts_get(f, COMPUTED_SYSTEM);

        if (runs->state != FACT_KNOWN || !str_eq(runs->text, S("windows")))
                return (struct str){ 0 };
        if (number == COMPUTED_SMT_ACTIVE || number == COMPUTED_SMT_POSSIBLE)
                return S("whether hyper-threading is on");
        if (place == LACKING_PROCESSOR)
                return number == COMPUTED_CPU_MICROCODE ? S("the microcode's revision") : S("which processor it is");
        return (struct str){ 0 };
}

static struct str place_words(struct facts *f, uint32_t number) {
        const struct fact_def *def = &f->catalog->facts[number];
        struct str of_windows = windows_words(f, number, place_of(f, number));

        if (of_windows.len)
                return of_windows;
        switch (def->kind) {
        case FACT_KIND_SENTENCE:
                return T(f->catalog->files[def->source].path);
        case FACT_KIND_FILE:
                return T(def->text);
        case FACT_KIND_CPUID:
                return str_fmt(f->arena, "CPUID leaf 0x%x", (unsigned)def->leaf);
        case FACT_KIND_MSR:
                return str_fmt(f->arena, "the register 0x%x", (unsigned)def->leaf);
        case FACT_KIND_IDREG:
                return str_fmt(f->arena, "the register %.*s", STR_ARG(T(def->text)));
        case FACT_KIND_NT:
                return nt_words(f, def);
        case FACT_KIND_UPDATE:
                return S("the build of Windows");
        case FACT_KIND_REGISTRY:
                return str_fmt(f->arena, "the registry's %.*s", STR_ARG(T(def->text)));
        default:
                break;
        }
        switch (number) {
        case COMPUTED_CPU_MICROCODE:
                return S("the microcode's revision");
        case COMPUTED_SMT_ACTIVE:
        case COMPUTED_SMT_POSSIBLE:
                return S("/sys/devices/system/cpu/smt");
        default:
                break;
        }
        switch (place_of(f, number)) {
        case LACKING_SENTENCES:
                return S("/sys/devices/system/cpu/vulnerabilities");
        case LACKING_PROCESSOR:
                return S("/proc/cpuinfo");
        case LACKING_KERNEL:
                return number == COMPUTED_ARCH ? S("the architecture") : number == COMPUTED_SYSTEM ? S("the operating system")
                     : number == COMPUTED_KERNEL_UPSTREAM ? S("the release of kernel.org that this kernel holds") : S("the kernel's version");
        case LACKING_LINE:
                return S("/proc/cmdline");
        case LACKING_OPTIONS:
                return S("the kernel's build options");
        case LACKING_LOG:
                return S("the kernel's log");
        case LACKING_WHERE:
                return S("whether this is a guest");
        default:
                return def->title.len ? T(def->title) : T(def->name);
        }
}

/* The place, and what became of the attempt to read it where that is more than that nobody tried. */
static struct str item_words(struct facts *f, uint32_t number) {
        const struct fact *v = facts_peek(f, number);
        struct str words = place_words(f, number);

        if (answer_is_contradicted(v))
                return str_fmt(f->arena, "%.*s (sources contradict each other)", STR_ARG(words));
        if (v->state == FACT_DENIED || v->state == FACT_FAILED)
                return str_fmt(f->arena, "%.*s (%s)", STR_ARG(words), fact_state_word((enum fact_state)v->state));
        return words;
}

struct str lacking_words(struct facts *f, const struct fact_set *missing) {
        struct str *told = arena_array(f->arena, struct str, missing->count + 1), all = { 0 };
        ptrdiff_t n = 0;

        for (ptrdiff_t i = 0; i < missing->count; i++) {
                struct str words = item_words(f, missing->items[i]);
                bool again = false;

                for (ptrdiff_t k = 0; k < n; k++)
                        again |= str_eq(told[k], words);
                if (!again)
                        told[n++] = words;
        }
        for (ptrdiff_t k = 0; k < n && k < TOLD; k++)
                all = str_fmt(f->arena, "%.*s%s%.*s", STR_ARG(all), k == 0 ? "" : k + 1 == n ? " and " : ", ", STR_ARG(told[k]));
        return n > TOLD ? str_fmt(f->arena, "%.*s and %td more", STR_ARG(all), n - TOLD) : all;
}

uint32_t lacking_places(struct facts *f, const struct fact_set *missing) {
        uint32_t all = 0;

        for (ptrdiff_t i = 0; i < missing->count; i++)
                all |= 1u << place_of(f, missing->items[i]);
        return all;
}
