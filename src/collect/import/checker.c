/* spectre-meltdown-checker's JSON: up to 0.46 an array of CVEs, then an object with the machine in it. What it quotes of the kernel
 * is taken; of its own verdicts only what it calls vulnerable, as its claim. */
#include "collect/import/parts.h"

/* The file that answers for a CVE: that of the flaw whose own sentence it is. */
static const struct sentence_file *file_of(const struct catalog *c, struct str cve) {
        for (uint32_t i = 0; i < c->flaw_count; i++) {
                const struct flaw *f = &c->flaws[i];

                if (!f->sentence_file || f->sentence_part)
                        continue;
                for (uint32_t k = 0; k < f->cves.count; k++)
                        if (str_eq_nocase(T_AT(f->cves, k), cve))
                                return &c->files[f->sentence_file - 1];
        }
        return NULL;
}

/* Whether the number is the flaw's, and the flaw a part of another one's sentence or not. */
static bool has_number(const struct flaw *f, struct str cve, bool part) {
        for (uint32_t k = 0; k < f->cves.count && (f->sentence_part != 0) == part; k++)
                if (str_eq_nocase(T_AT(f->cves, k), cve))
                        return true;
        return false;
}

/* What the checker itself calls vulnerable is never safer here: the flaw whose number it is; a part of one only where the number is no
 * whole flaw's. */
static void claim(struct import *im, struct import_host *h, struct str cve, struct str why) {
        int claimed = 0;

        for (int part = 0; part < 2 && claimed == 0; part++)
                for (uint32_t i = 0; i < im->catalog->flaw_count; i++) {
                        const struct flaw *f = &im->catalog->flaws[i];

                        if (!has_number(f, cve, part))
                                continue;
                        claimed++;
                        if (!evidence_line(&h->e, RECORD_CLAIM, T(f->id)))
                                evidence_add_line(&h->e, RECORD_CLAIM, T(f->id),
                                                  str_fmt(im->arena, "vulnerable spectre-meltdown-checker%s%.*s", why.len ? ": " : "", STR_ARG(why)));
                }
}

/* Several CVEs share a file, and the checker repeats its sentence for each. */
void checker_finding(struct import *im, struct import_host *h, struct str cve, struct str sentence, struct str own, bool vulnerable) {
        const struct sentence_file *f = file_of(im->catalog, cve);
        bool kernels = import_is_sentence(sentence);

        if (f && kernels)
                import_sentence(im, h, f, sentence);
        own = own.len ? own : kernels ? (struct str){ 0 } : sentence;
        if (vulnerable)
                claim(im, h, cve, import_placeholder(own) ? (struct str){ 0 } : own);
}

static bool is_true(const struct json_value *v) {
        return v && v->type == JSON_TRUE;
}

/* Its word that a flaw is open: true, of which other tools make texts and numbers. */
static bool is_open(const struct json_value *v) {
        static const struct str words[] = { STR("true"), STR("yes"), STR("vuln"), STR("vulnerable"), STR("1") };

        for (size_t i = 0; v && (v->type == JSON_STRING || v->type == JSON_NUMBER) && i < sizeof(words) / sizeof(words[0]); i++)
                if (str_eq_nocase(str_trim(v->text), words[i]))
                        return true;
        return is_true(v);
}

/* ---- Up to 0.46 ---- */

static bool is_old(const struct json_value *root) {
        return root->type == JSON_ARRAY && root->count > 0 && json_get(&root->items[0], S("CVE")) && json_get(&root->items[0], S("VULNERABLE"));
}

/* Of one flaw (`--variant 1`). */
static bool is_one(const struct json_value *v) {
        return v->type == JSON_OBJECT && json_get(v, S("CVE")) && json_get(v, S("VULNERABLE"));
}

static void read_one(struct import *im, struct import_host *h, const struct json_value *v) {
        checker_finding(im, h, json_text(v, S("CVE")), json_text(v, S("INFOS")), (struct str){ 0 }, is_open(json_get(v, S("VULNERABLE"))));
}

static void read_old(struct import *im, struct import_host *h, const struct json_value *root) {
        if (is_one(root))
                read_one(im, h, root);
        for (ptrdiff_t i = 0; i < root->count && root->type == JSON_ARRAY; i++)
                read_one(im, h, &root->items[i]);
}

/* ---- From 26 on ---- */

/* Where releases are numbers, as OpenBSD's "7.6", the machine has a name that Linux never gives it. */
static bool is_others_machine(const struct json_value *machine) {
        static const struct str names[] = { STR("amd64"), STR("arm64"), STR("i86pc"), STR("evbarm"), STR("macppc"), STR("powerpc") };

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                if (str_eq(json_text(machine, S("kernel_arch")), names[i]))
                        return true;
        return false;
}

/* Linux names its releases by numbers, and says "Linux version" where it says more; the checker runs on BSD, too. */
static bool is_linux(const struct json_value *machine) {
        struct str version = json_text(machine, S("kernel_version"));
        static const struct str others[] = { STR("BSD"), STR("Darwin"), STR("SunOS"), STR("DragonFly") };

        for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
                if (str_find_nocase(version, others[i]) >= 0 || str_find_nocase(json_text(machine, S("kernel_release")), others[i]) >= 0)
                        return false;
        return !is_others_machine(machine) && str_find(json_text(machine, S("kernel_release")), S("-RELEASE")) < 0 &&
               str_find(json_text(machine, S("kernel_release")), S("-STABLE")) < 0 &&
               str_find(json_text(machine, S("kernel_release")), S("-CURRENT")) < 0;
}

static void add_cpu(struct import *im, struct import_host *h, const struct json_value *root) {
        const struct json_value *cpu = json_get(root, S("cpu")), *x86 = json_get(cpu, S("x86"));

        *arena_append(im->arena, &h->cpus) = (struct import_cpu){
                .vendor = json_text(cpu, S("vendor")),
                .name = json_text(cpu, S("friendly_name")),
                .family = import_json_text(json_get(x86, S("family"))),
                .model = import_json_text(json_get(x86, S("model"))),
                .stepping = import_json_text(json_get(x86, S("stepping"))),
                .microcode = json_text(root, S("cpu_microcode.installed_version")),
        };
}

static void read_findings(struct import *im, struct import_host *h, const struct json_value *all) {
        for (ptrdiff_t i = 0; i < all->count; i++)
                checker_finding(im, h, json_text(&all->items[i], S("cve")), json_text(&all->items[i], S("sysfs_message")),
                                json_text(&all->items[i], S("info")),
                                is_open(json_get(&all->items[i], S("vulnerable"))) || str_eq_nocase(json_text(&all->items[i], S("status")), S("VULN")));
}

static int read_new(struct import *im, struct import_host *h, const struct json_value *root) {
        const struct json_value *machine = json_get(root, S("system")), *all = json_get(root, S("vulnerabilities"));
        const struct json_value *smt = json_get(machine, S("smt_enabled")), *guest = json_get(machine, S("guest_vm"));
        struct str cmdline = json_text(machine, S("kernel_cmdline"));
        struct str version = json_text(machine, S("kernel_version")), release = json_text(machine, S("kernel_release"));

        if (!is_linux(machine))
                return diag_fail_class(im->diag, DIAG_INPUT, "'%.*s' is a report of %s%.*s: only Linux and Windows are judged", STR_ARG(im->source),
                                       version.len == 0 && is_others_machine(machine) ? "a BSD or its like, release " : "",
                                       STR_ARG(version.len ? version : release));
        read_findings(im, h, all);
        import_uname(h, S("Linux"), json_text(machine, S("kernel_release")), json_text(machine, S("kernel_arch")));
        if (cmdline.len > 0)
                import_file_text(im, h, S("/proc/cmdline"), cmdline);
        if (smt && (smt->type == JSON_TRUE || smt->type == JSON_FALSE))
                import_file_text(im, h, S("/sys/devices/system/cpu/smt/active"), is_true(smt) ? S("1") : S("0"));
        if (is_true(guest))
                import_guest(h, S(""));
        else if (guest && guest->type == JSON_FALSE)
                h->guest = S("no");
        add_cpu(im, h, root);
        return 0;
}

static bool is_new(const struct json_value *root) {
        const struct json_value *all = json_get(root, S("vulnerabilities"));

        return all && all->type == JSON_ARRAY && json_get(root, S("system"));
}

/* Its list of flaws alone (`jq .vulnerabilities`), without the machine. */
static bool is_list(const struct json_value *root) {
        return root->type == JSON_ARRAY && root->count > 0 && json_get(&root->items[0], S("cve")) && json_get(&root->items[0], S("sysfs_status"));
}

static bool is_checker(struct import *im, const struct json_value *root) {
        (void)im;
        return is_old(root) || is_one(root) || is_new(root) || is_list(root);
}

static int read_checker(struct import *im, const struct json_value *root) {
        struct import_host *h = import_host(im, S(""));

        if (is_new(root))
                return read_new(im, h, root);
        if (is_list(root))
                read_findings(im, h, root);
        else
                read_old(im, h, root);
        if (!h->answers)
                import_note(h, "none of its words are the kernel's own");
        return 0;
}

const struct reader reader_checker = {
        .format = { .name = "checker-json", .title = "spectre-meltdown-checker --batch json",
                    .carries = "spectre-meltdown-checker: what it quotes of the kernel's sentences, and of kernel and processor; what it "
                               "calls vulnerable itself counts where nothing else was seen" },
        .lacks = LACKS_PROCESSOR,
        .in_json = is_checker,
        .read_json = read_checker,
};
