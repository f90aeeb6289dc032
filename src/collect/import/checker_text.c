/* spectre-meltdown-checker's screen, the line that it prints for Nagios, and its summary: what it quotes of the kernel is taken, and what
 * it calls vulnerable, as its claim. What it calls safe says nothing here. */
#include "collect/import/parts.h"
#include "evidence/signature.h"

/* "CVE-2017-5754" at the beginning of `s`; empty where there is none. */
static struct str cve_at(struct str s) {
        ptrdiff_t n = 4;

        if (!str_starts(s, S("CVE-")))
                return (struct str){ 0 };
        while (n < s.len && ((s.p[n] >= '0' && s.p[n] <= '9') || s.p[n] == '-'))
                n++;
        return n > 9 ? str_sub(s, 0, n) : (struct str){ 0 };
}

/* "Vulnerable: CVE-2017-5753 CVE-2017-5715", of versions up to 0.46. */
static bool is_nagios(struct str line) {
        struct str word;
        int count = 0;

        if (!str_starts(line, S("Vulnerable: CVE-")))
                return false;
        for (line = str_from(line, 12); str_word(&line, &word); count++)
                if (cve_at(word).len != word.len)
                        return false;
        return count > 0;
}

/* "[CRITICAL] CVE-2017-5754 (MELTDOWN): why", of later ones. */
static bool is_nagios_line(struct str line) {
        return str_starts(line, S("[CRITICAL] CVE-")) || str_starts(line, S("[UNKNOWN] CVE-")) || str_starts(line, S("[OK] CVE-"));
}

/* "CVE-2017-5754: OK (Mitigation: PTI)", of `--batch text`: the checker's word behind the number; empty where none is there. */
static struct str verdict_of(struct str line) {
        static const struct str words[] = { STR("OK"), STR("VULN"), STR("UNK") };
        struct str cve = cve_at(line), rest = str_from(line, cve.len);

        if (cve.len == 0 || !str_starts(rest, S(": ")))
                return (struct str){ 0 };
        rest = str_from(rest, 2);
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (str_eq(rest, words[i]) || (str_starts(rest, words[i]) && str_starts(str_from(rest, words[i].len), S(" ("))))
                        return words[i];
        return (struct str){ 0 };
}

static bool is_summary(struct str line) {
        return str_starts(line, S("> SUMMARY: CVE-")) || str_starts(line, S("SUMMARY: CVE-"));
}

static bool is_status(struct str line) {
        return str_starts(line, S("> STATUS:")) || str_starts(line, S("STATUS:"));
}

/* "Kernel is Linux 5.7.0 … aarch64"; before 0.33 "Checking for vulnerabilities against live running kernel Linux 4.4.0 … x86_64", before 0.20
 * "Checking vulnerabilities against Linux 3.12.6 … ppc64": what stands behind the word Linux. */
static struct str kernel_of(struct str line) {
        static const struct str beginnings[] = { STR("Kernel is Linux "), STR("Checking for vulnerabilities against live running kernel Linux "),
                                                 STR("Checking vulnerabilities against Linux "), STR("Checking for vulnerabilities against running kernel Linux ") };

        if (str_starts(line, S("* ")))
                line = str_from(line, 2);
        for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
                if (str_starts(line, beginnings[i]))
                        return str_from(line, beginnings[i].len);
        return (struct str){ 0 };
}

/* Where it quotes the kernel. */
static bool is_quotation(struct str line) {
        return str_find(line, S("according to the /sys interface")) > 0 || str_starts(line, S("* Information from the /sys interface: "));
}

static bool is_checker_text(struct import *im, const struct lines *l) {
        bool cve = false;

        (void)im;
        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = str_trim(l->items[i].text);

                if (l->items[i].taken)
                        continue;
                if (is_nagios(line) || is_nagios_line(line) || kernel_of(line).len > 0 || is_summary(line) || verdict_of(line).len > 0 || (cve && (is_status(line) || is_quotation(line))))
                        return true;
                cve |= cve_at(line).len > 0 && (cve_at(line).len == line.len || str_find(line, S(" aka ")) > 0 || str_find(line, S(" [")) > 0);
        }
        return false;
}

/* What stands between the last pair of parentheses at the line's end. */
static struct str in_parentheses(struct str line) {
        ptrdiff_t open = str_find_char(line, '(');

        return open >= 0 && str_ends(line, S(")")) ? str_trim(str_sub(line, open + 1, line.len - open - 2)) : (struct str){ 0 };
}

static void claims(struct import *im, struct import_host *h, struct str words) {
        struct str word;

        while (str_word(&words, &word)) {
                struct str cve = cve_at(word), rest = str_from(word, cve.len);

                if (cve.len > 0 && (rest.len == 0 || str_eq(rest, S(":KO"))))
                        checker_finding(im, h, cve, (struct str){ 0 }, (struct str){ 0 }, true);
        }
}

static struct import_cpu *cpu_of(struct import *im, struct import_host *h) {
        return h->cpus.count > 0 ? &h->cpus.items[0] : arena_append(im->arena, &h->cpus);
}

/* The number behind a word of it; 0 where none is there, or where it was cut: nothing ends it. */
static uint64_t number_behind(struct str line, struct str word) {
        ptrdiff_t at = str_find(line, word), end = at + word.len;
        uint64_t n = 0;

        while (at >= 0 && end < line.len && line.p[end] != ' ' && line.p[end] != ')')
                end++;
        if (at >= 0 && str_starts(str_from(line, end), S(" ")) && str_find(line, S(" cpuid 0x")) == at && !str_starts(str_from(line, end), S(" pfid ")))
                return 0; /* other words stand behind a number that was cut */
        return at >= 0 && end < line.len && str_hex_to_u64(str_sub(line, at + word.len, end - at - word.len), &n) ? n : 0;
}

/* "(family 0x6 model 0x9e stepping 0x9 ucode 0x84 cpuid 0x906e9)": what the checker read of the first processor. */
static void take_signature(struct import *im, struct import_host *h, uint64_t eax, uint64_t ucode) {
        struct import_cpu *cpu = cpu_of(im, h);

        cpu->vendor = import_vendor_of(cpu->name);
        if (eax == 0 || eax > UINT32_MAX || cpu->vendor.len == 0)
                return;
        cpu->family = str_fmt(im->arena, "%u", signature_family((uint32_t)eax));
        cpu->model = str_fmt(im->arena, "%u", signature_model((uint32_t)eax));
        cpu->stepping = str_fmt(im->arena, "%u", signature_stepping((uint32_t)eax));
        if (ucode > 0 && ucode <= UINT32_MAX)
                cpu->microcode = str_fmt(im->arena, "0x%llx", (unsigned long long)ucode);
}

/* Since 26.30 below "* CPU details": "* Model name: …", "* Microcode: 0x1f", and behind them "* CPUID: 0x000206c2". */
static bool of_details(struct import *im, struct import_host *h, struct str label, struct str value) {
        uint64_t n;

        if (str_eq(label, S("Model name")))
                cpu_of(im, h)->name = value;
        else if (str_eq(label, S("Microcode")) && str_to_u64(value, &n) && n > 0)
                cpu_of(im, h)->microcode = value;
        else if (str_eq(label, S("CPUID")) && value.len == 10 && str_to_u64(value, &n)) /* shorter ones were cut */
                take_signature(im, h, n, 0);
        else
                return false;
        return true;
}

/* What it read of the register that avoids Zenbleed: bit 9 of DE_CFG, on the first CPU. */
static bool of_register(struct import_host *h, struct str line) {
        enum { DE_CFG = 0xc0011029, FP_BACKUP_FIX = 1 << 9 };
        bool set = str_find(line, S("(FP_BACKUP_FIX bit set in DE_CFG)")) > 0;

        if (!set && str_find(line, S("(FP_BACKUP_FIX is cleared in DE_CFG)")) < 0)
                return false;
        if (!set || !evidence_msr(&h->e, 0, DE_CFG)) /* told twice, the less safe one counts */
                evidence_add_msr_known(&h->e, 0, DE_CFG, set ? FP_BACKUP_FIX : 0, FP_BACKUP_FIX);
        return true;
}

/* One line; `cve`: the number that the lines are about, until the next one. False where it is none of the checker's. */
static bool read_line(struct import *im, struct import_host *h, struct str line, struct str *cve) {
        ptrdiff_t colon = str_find(line, S("): "));
        struct str label, value;

        if (verdict_of(line).len > 0) {
                bool open = str_eq(verdict_of(line), S("VULN"));
                struct str why = in_parentheses(line);

                checker_finding(im, h, cve_at(line), why, open ? why : (struct str){ 0 }, open);
        } else if (cve_at(line).len > 0) {
                *cve = cve_at(line);
        } else if (of_register(h, line)) {
                return true;
        } else if (is_nagios(line)) {
                claims(im, h, str_from(line, 12));
        } else if (is_summary(line)) {
                claims(im, h, str_from(line, str_find(line, S("CVE-"))));
        } else if (str_starts(line, S("[CRITICAL] CVE-"))) {
                struct str why = colon > 0 ? str_trim(str_from(line, colon + 3)) : (struct str){ 0 };

                checker_finding(im, h, cve_at(str_from(line, 11)), why, (struct str){ 0 }, true);
        } else if (is_status(line)) {
                struct str rest = str_trim(str_from(line, str_find_char(line, ':') + 1));

                if (cve->len > 0)
                        checker_finding(im, h, *cve, (struct str){ 0 }, in_parentheses(rest), str_starts(rest, S("VULNERABLE")));
        } else if (str_find(line, S("according to the /sys interface")) > 0) {
                if (cve->len > 0)
                        checker_finding(im, h, *cve, in_parentheses(line), (struct str){ 0 }, false);
        } else if (str_starts(line, S("* Information from the /sys interface: "))) {
                if (cve->len > 0)
                        checker_finding(im, h, *cve, str_trim(str_from(line, 39)), (struct str){ 0 }, false);
        } else if (kernel_of(line).len > 0) {
                import_uname_line(im, h, str_fmt(im->arena, "Linux ? %.*s", STR_ARG(kernel_of(line))));
        } else if (str_starts(line, S("CPU is "))) {
                cpu_of(im, h)->name = str_from(line, 7);
        } else if (str_find(line, S(" ucode 0x")) > 0 && str_find(line, S(" cpuid 0x")) > 0) {
                take_signature(im, h, number_behind(line, S(" cpuid 0x")), number_behind(line, S(" ucode 0x")));
        } else if (str_starts(line, S("* ")) && import_label(str_from(line, 2), &label, &value) && of_details(im, h, label, value)) {
                return true;
        } else {
                return str_starts(line, S("*")) || str_starts(line, S("[OK] CVE-")) || str_starts(line, S("[UNKNOWN] CVE-"));
        }
        return true;
}

static int read_checker_text(struct import *im, struct lines *l) {
        struct import_host *h = import_host(im, S(""));
        struct str cve = { 0 };

        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = str_trim(l->items[i].text);

                if (l->items[i].taken)
                        continue;
                if (str_starts(line, S("* Kernel is "))) /* since 26.30 */
                        line = str_from(line, 2);
                if (str_starts(line, S("Kernel is ")) && (str_find(line, S("BSD")) > 0 || str_find(line, S("DragonFly")) > 0))
                        return diag_fail_class(im->diag, DIAG_INPUT, "'%.*s' is a report of %.*s: only Linux and Windows are judged",
                                               STR_ARG(im->source), STR_ARG(str_from(line, 10)));
                l->items[i].taken = read_line(im, h, line, &cve);
        }
        return 0;
}

const struct reader reader_checker_text = {
        .format = { .name = "checker-text", .title = "spectre-meltdown-checker's screen, --batch nrpe",
                    .carries = "spectre-meltdown-checker: what it quotes of the kernel's sentences, and of kernel and processor; what it "
                               "calls vulnerable itself counts where nothing else was seen" },
        .lacks = LACKS_PROCESSOR,
        .in_lines = is_checker_text,
        .read_lines = read_checker_text,
};
