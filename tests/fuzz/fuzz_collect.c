/* The collector's filters: what they keep survives an evidence file, is shorter than it was, and filtered again
 * stays as it is. The first byte of the input chooses the filter. */
#include "base/out.h"
#include "collect/linux/cpu_numbers.h"
#include "collect/linux/filter.h"
#include "collect/linux/kernel.h"
#include "collect/linux/log.h"
#include "collect/linux/redact.h"
#include "evidence/evidence.h"
#include "fuzz.h"

static const struct str wanted[] = { STR("EXOTIC"), STR("rare") };

static struct str config(struct arena *a, struct str text) {
        return filter_config(a, text, (struct words){ wanted, 2 });
}

static struct str log_lines(struct arena *a, struct str text) {
        struct log_words words;

        filter_log_words(&words, a, &catalog_builtin);
        return filter_log(a, text, &words);
}

#define REDACTION(name, what) \
        static struct str name(struct arena *a, struct str text) { return what(a, &catalog_builtin, S("/x"), text); }
REDACTION(cmdline, redact_cmdline)
REDACTION(version, redact_version)
REDACTION(cpuinfo, redact_cpuinfo)
REDACTION(os_release, redact_os_release)
REDACTION(value, redact_value)
REDACTION(log_texts, redact_log)
REDACTION(redacted_config, redact_config)

static bool tells_kvm(struct str text, const void *arg) {
        return str_find(text, *(const struct str *)arg) >= 0;
}

/* What is read as far as an answer is how all of it begins. */
static struct str packed_config(struct arena *a, struct str text) {
        static const struct str kvm = STR("CONFIG_KVM=");
        const struct evidence_question q = { .is_answered = tells_kvm, .arg = &kvm };
        struct str plain, some;
        bool whole = kernel_gunzip(a, text, 4096, false, &plain) == 0;

        if (kernel_gunzip_until(a, text, &q, &some))
                FUZZ_PROMISE(tells_kvm(some, &kvm) && (!whole || str_starts(plain, some)));
        return whole ? config(a, plain) : S("");
}

static struct str log_record(struct arena *a, struct str text) {
        OUT_AUTO struct out o = { 0 };

        log_message_of(text, &o);
        return str_dup(a, out_text(&o));
}

static struct str cpu_numbers(struct arena *a, struct str text) {
        struct cpu_numbers list;
        bool differs = !cpuinfo_alike(text, 2);

        if (cpu_numbers_parse(a, text, &list))
                FUZZ_PROMISE(list.count > 0 && list.count <= CPUS_MAX && list.items[list.count - 1] < CPUS_MAX);
        return differs ? text : S("");
}

static const struct {
        struct str (*filter)(struct arena *a, struct str text);
        bool shortens, settles; /* the result is no longer than the text; filtered again it is the same */
} filters[] = {
        { .filter = config, .shortens = true, .settles = true },
        { .filter = log_lines, .shortens = true, .settles = true },
        { .filter = filter_status, .shortens = true, .settles = true },
        { .filter = filter_os_release, .shortens = true, .settles = true },
        { .filter = filter_dpkg, .shortens = true },
        { .filter = filter_cpuinfo, .shortens = true, .settles = true },
        { .filter = filter_asset_tag, .shortens = true, .settles = true },
        { .filter = cmdline, .settles = true },
        { .filter = version, .settles = true },
        { .filter = cpuinfo, .shortens = true, .settles = true },
        { .filter = packed_config },
        { .filter = cpu_numbers },
        { .filter = os_release, .settles = true },
        { .filter = value, .settles = true },
        { .filter = log_texts, .settles = true },
        { .filter = redacted_config, .shortens = true, .settles = true },
        { .filter = log_record, .shortens = true },
};

enum { FILTER_COUNT = sizeof(filters) / sizeof(filters[0]) };

static void check_survives(struct arena *a, struct str text) {
        OUT_AUTO struct out o = { 0 };
        struct evidence e, again;
        struct diag d = { 0 };

        evidence_init(&e, a, S("fuzz"));
        evidence_add_file(&e, S("/x"), text);
        evidence_write(&e, &o);
        FUZZ_PROMISE(evidence_parse(&again, a, S("again"), out_text(&o), &d) == 0);
        FUZZ_PROMISE(again.count == 1 && str_eq(again.items[0].text, e.items[0].text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        ARENA_AUTO struct arena a = { 0 };
        struct str text, kept;
        int i;

        if (size == 0)
                return 0;
        i = data[0] % FILTER_COUNT;
        text = str_n((const char *)data + 1, (ptrdiff_t)size - 1);
        kept = filters[i].filter(&a, text);
        FUZZ_PROMISE(!filters[i].shortens || kept.len <= text.len + 1);
        FUZZ_PROMISE(!filters[i].settles || str_eq(filters[i].filter(&a, kept), kept));
        check_survives(&a, kept);
        return 0;
}
