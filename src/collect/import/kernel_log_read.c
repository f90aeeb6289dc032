/* Where logs are found: plain lines, journalctl -o json and its kin, dmesg -J; and what becomes of them. */
#include "collect/import/kernel_log.h"

#include "base/version.h"

/* ---- The end ---- */

void log_restart(struct log *log) {
        struct import *im = log->import;
        struct import_host *h = log->host;

        if (log->messages.count == 0)
                return;
        evidence_init(&h->e, im->arena, im->source);
        h->release = h->machine = h->os = h->guest = h->spoken_of = (struct str){ 0 };
        h->cpus = (struct import_cpus){ 0 };
        *log = (struct log){ .import = im, .host = h, .starts = log->starts };
}

/* What the log says of spectre_v2's parts in words of its own (bugs.c): the part as the file has it. */
static const struct {
        struct str message, part;
} parts[] = {
        { STR("Spectre V2 : Spectre v2 / SpectreRSB mitigation: Filling RSB on context switch"), STR("; RSB filling") },
        { STR("Spectre V2 : Spectre v2 / SpectreRSB: Filling RSB on context switch and VMEXIT"), STR("; RSB filling") },
        { STR("Spectre V2 : mitigation: Enabling conditional Indirect Branch Prediction Barrier"), STR("; IBPB: conditional") },
        { STR("Spectre V2 : mitigation: Enabling always-on Indirect Branch Prediction Barrier"), STR("; IBPB: always-on") },
        { STR("Spectre V2 : Spectre v2 mitigation: Enabling Indirect Branch Prediction Barrier"), STR("; IBPB") },
        { STR("Spectre V2 : Spectre v2 / PBRSB-eIBRS: Retire a single CALL on VMEXIT"), STR("; PBRSB-eIBRS: SW sequence") },
        { STR("Spectre V2 : Spectre BHI mitigation: SW BHB clearing on syscall and VM exit"), STR("; BHI: SW loop, KVM: SW loop") },
        { STR("Spectre V2 : Spectre BHI mitigation: SW BHB clearing on syscall"), STR("; BHI: SW loop, KVM: SW loop") }, /* 6.9, behind "on vm exit" */
        { STR("Spectre V2 : Spectre BHI mitigation: SW BHB clearing on VM exit only"), STR("; BHI: Vulnerable, KVM: SW loop") },
        { STR("Spectre V2 : System may be vulnerable to spectre v2"), STR(" - vulnerable module loaded") },
};

static struct str with_parts(const struct log *log, struct str text) {
        for (size_t k = 0; k < sizeof(parts) / sizeof(parts[0]); k++)
                for (ptrdiff_t i = 0; i < log->messages.count; i++)
                        if (str_ends(log->messages.items[i], parts[k].message)) {
                                text = str_fmt(log->import->arena, "%.*s%.*s", STR_ARG(text), STR_ARG(parts[k].part));
                                break;
                        }
        return text;
}

/* The log tells a sentence's first half: its parts (sibling threads, barriers) stand in the file alone. What is open is open
 * without them; what is mitigated is not known to be so in all parts. */
static void add_sentence(struct log *log, const struct log_words *w) {
        struct str text = w->text;

        if (w->smt)
                text = str_fmt(log->import->arena, "%.*s; SMT vulnerable", STR_ARG(text));
        else if (!w->whole && str_eq(T(w->file->file), S("spectre_v2")) && with_parts(log, text).len > text.len)
                text = str_fmt(log->import->arena, "%.*s" IMPORT_HALF, STR_ARG(with_parts(log, text)));
        else if (w->file->parts.count > 1 && !w->whole && str_starts(text, S("Mitigation")))
                text = str_fmt(log->import->arena, "%.*s" IMPORT_HALF, STR_ARG(text));
        import_sentence(log->import, log->host, w->file, text);
        log->host->logged++;
}

void log_end(struct log *log) {
        OUT_AUTO struct out all = { 0 };
        struct import_host *h = log->host;

        for (ptrdiff_t i = 0; i < log->messages.count; i++) {
                out_str(&all, log->messages.items[i]);
                out_char(&all, '\n');
        }
        import_file_text(log->import, h, S("/var/log/dmesg"), out_text(&all));
        if (log->command.len > 0)
                import_command_line(log->import, h, log->command, log->command_cut);
        for (ptrdiff_t i = 0; i < log->count; i++)
                add_sentence(log, &log->items[i]);
        if (log->microcode_differs)
                import_note(h, "its processors report unlike microcode revisions: none is believed");
        else if (log->microcode.len > 0) {
                if (h->cpus.count == 0)
                        (void)arena_append(log->import->arena, &h->cpus);
                for (ptrdiff_t i = 0; i < h->cpus.count; i++)
                        h->cpus.items[i].microcode = log->microcode;
        }
        if (log->loader && h->guest.len == 0 && version_valid(h->release) && version_cmp(h->release, S("4.10")) >= 0)
                h->guest = S("no");
        if (log->starts > 1)
                import_note(h, "the log holds %td starts of the kernel: the last one counts", log->starts);
        if (log->starts == 0)
                import_note(h, "the beginning of the log is missing, and with it the kernel's version and command line (`journalctl -k -b` has it)");
}

/* ---- Lines ---- */

bool log_is_mark(const struct catalog *c, struct str message) {
        static const struct str beginnings[] = { STR("Command line: "), STR("Kernel command line: "), STR("BIOS-provided physical RAM map"),
                                                 STR("KERNEL supported cpus:"), STR("Booting Linux on physical CPU"),
                                                 STR("smpboot: CPU0: "), STR("Booting paravirtualized kernel on "), STR("Hypervisor detected: "),
                                                 STR("microcode: "), STR("CPU features: "), STR("rfi-flush: "), STR("count-cache-flush: "),
                                                 STR("link-stack-flush: "), STR("stf-barrier: "), STR("Hyper-V: Using "), STR("kvm-clock: cpu "),
                                                 STR("setup: Linux is running ") };
        const struct sentence_file *file;
        struct str text;
        bool whole;

        for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
                if (str_starts(message, beginnings[i]))
                        return true;
        if (str_starts(message, S("CPU")) && str_find(message, S(": Booted secondary processor 0x")) > 0)
                return true;
        return log_report(c, message, &file, &text, &whole);
}

/* A report of a flaw as the kernel's log has it, whose time stamp was left out (`dmesg -t`, `journalctl -o cat`): lscpu and the folder
 * call no flaw so. */
static bool is_bare_report(struct import *im, struct str message) {
        const struct sentence_file *file;
        struct str label, text;
        bool whole;

        return log_report(im->catalog, message, &file, &text, &whole) && import_label(message, &label, &text) &&
               !import_known(im->catalog, label) && !import_titled(im->catalog, label);
}

static bool is_report(const struct catalog *c, struct str message) {
        const struct sentence_file *file;
        struct str text;
        bool whole;

        return log_report(c, message, &file, &text, &whole);
}

/* "Linux version", a report of a flaw behind the kernel's own stamp, or two messages that only kernels write: with a log's prefix before
 * them, or of flaws. */
static bool is_log(struct import *im, const struct lines *l) {
        int marks = 0;

        for (ptrdiff_t i = 0; i < l->count && marks < 2; i++) {
                struct str line = str_trim(l->items[i].text), message;

                if (l->items[i].taken || str_starts(line, S("(XEN)")))
                        continue;
                message = log_message(line);
                if (str_starts(message, S("Linux version ")) && str_find(message, S(" (")) > 0)
                        return true;
                if (log_is_stamp(line) && is_report(im->catalog, message))
                        return true;
                marks += message.len < line.len ? log_is_mark(im->catalog, message) : is_bare_report(im, message);
        }
        return marks >= 2;
}

static bool is_start(struct str message) {
        return str_starts(message, S("Linux version ")) && str_find(message, S(" (")) > 0;
}

/* The last start of the kernel in a text that holds several; what stands before it is an earlier one's. The number of starts before it is
 * put into the log. */
static ptrdiff_t last_start(struct log *log, struct lines *l) {
        ptrdiff_t first = -1, last = -1;

        for (ptrdiff_t i = 0; i < l->count; i++) {
                if (l->items[i].taken || !is_start(log_message(str_trim(l->items[i].text))))
                        continue;
                log->starts += last >= 0;
                first = first < 0 ? i : first;
                last = i;
        }
        for (ptrdiff_t i = first; first >= 0 && i < last; i++)
                l->items[i].used = true;
        if (last > 0 && log_is_before_start(log_message(str_trim(l->items[last - 1].text))))
                last--;
        return last < 0 ? 0 : last;
}

/* In a syslog every program writes: lines of others begin with the same date, and have no "kernel: " behind it. */
static bool is_others(struct str line, struct str *tagged) {
        bool own = log_is_tagged(line);

        if (log_is_others(line))
                return true;
        if (own)
                *tagged = line;
        return !own && tagged->len > 3 && str_starts(line, str_sub(*tagged, 0, 3));
}

/* The processor, which only kernels name so. */
static bool is_cpu0(struct str message) {
        return str_starts(message, S("smpboot: CPU0: "));
}

/* A report of a flaw in words that no kernel has: perhaps their beginning. */
static bool is_half_report(const struct catalog *c, struct str message) {
        const struct sentence_file *file;
        struct str text;
        bool whole;

        return log_report(c, message, &file, &text, &whole) && !import_understood(file, text);
}

/* A message that is long, or ends in a bracket, or says but half of a sentence, and matters. */
static bool may_go_on(const struct catalog *c, struct str message) {
        return str_starts(message, S("Command line: ")) || str_starts(message, S("Kernel command line: ")) || is_start(message) ||
               (is_cpu0(message) && !str_ends(message, S(")"))) || is_half_report(c, message);
}

/* One of the sentences about a part of Spectre v2, broken at a blank. */
static bool completes_part(struct import *im, const struct lines *l, ptrdiff_t i, struct str message) {
        struct str both;

        if (i + 1 >= l->count || l->items[i + 1].taken || !str_starts(message, S("Spectre V2 : ")))
                return false;
        both = str_fmt(im->arena, "%.*s %.*s", STR_ARG(message), STR_ARG(str_trim(l->items[i + 1].text)));
        for (size_t k = 0; k < sizeof(parts) / sizeof(parts[0]); k++)
                if (str_eq(both, parts[k].message))
                        return true;
        return false;
}

/* With the lines that go on with it, which have no prefix of a log. */
static struct str joined(struct import *im, struct lines *l, ptrdiff_t *i, struct str message) {
        if (completes_part(im, l, *i, message)) {
                message = str_fmt(im->arena, "%.*s %.*s", STR_ARG(message), STR_ARG(str_trim(l->items[*i + 1].text)));
                l->items[++*i].taken = true;
                return message;
        }
        while (may_go_on(im->catalog, message) && import_goes_on(l, *i) && log_message(str_trim(l->items[*i + 1].text)).len == str_trim(l->items[*i + 1].text).len) {
                message = import_with_next(im->arena, l, *i, message);
                l->items[++*i].taken = true;
        }
        return message;
}

static int read_log(struct import *im, struct lines *l) {
        struct log log = { .import = im, .host = import_host(im, S("")) };
        ptrdiff_t start = last_start(&log, l), others = 0;
        struct str tagged = { 0 }, service = start < l->count ? log_service(l->items[start].text) : S("");

        for (ptrdiff_t i = start; i < l->count; i++) {
                struct line *line = &l->items[i];
                struct str whole = str_trim(line->text), message = log_message(whole);

                if (line->taken || str_starts(whole, S("(XEN)")) || is_others(whole, &tagged))
                        continue;
                if (log_is_apps(whole) || (service.len > 0 && !str_eq(log_service(whole), service))) {
                        line->taken = true;
                        others++;
                        continue;
                }
                /* Without a prefix it may be anything: a log without time stamps, or something behind /proc/version. */
                line->taken = message.len < whole.len || str_starts(message, S("Linux version ")) || is_cpu0(message) || is_bare_report(im, message) ||
                              (log.starts > 0 && log_is_mark(im->catalog, message));
                line->used |= log.starts > 0;
                if (message.len < whole.len || is_cpu0(message))
                        message = joined(im, l, &i, message);
                log.line_cut = l->items[i].cut;
                if (line->taken || log.starts > 0)
                        log_line(&log, message);
        }
        if (others > 0)
                import_note(log.host, "%td line%s of other programs %s left out", others, others > 1 ? "s" : "", others > 1 ? "were" : "was");
        log_end(&log);
        return 0;
}

static const char carries[] = "a kernel log: version, command line and processor, and what the kernel reported while it started";

const struct reader reader_kernel_log = {
        .format = { .name = "kernel-log", .title = "dmesg, journalctl -k, a serial console", .carries = carries },
        .in_lines = is_log,
        .read_lines = read_log,
};

/* ---- journalctl -o export: a field a line, an empty line behind each entry; -o verbose: a heading before each ---- */

static bool is_export(struct import *im, const struct lines *l) {
        bool message = false, transport = false;

        (void)im;
        for (ptrdiff_t i = 0; i < l->count && !(message && transport); i++) {
                message |= str_starts(str_trim(l->items[i].text), S("MESSAGE="));
                transport |= str_starts(str_trim(l->items[i].text), S("_TRANSPORT="));
        }
        return message && transport;
}

static bool ends_entry(struct str line) {
        return line.len == 0 || (line.p[0] != ' ' && str_find(line, S(" [s=")) > 0);
}

static int read_export(struct import *im, struct lines *l) {
        struct log log = { .import = im, .host = import_host(im, S("")) };
        struct str message = { 0 };
        bool kernel = false;
        ptrdiff_t others = 0;

        for (ptrdiff_t i = 0; i <= l->count; i++) {
                struct str line = i < l->count ? l->items[i].text : S(""), field = str_trim(line);

                if (i < l->count)
                        l->items[i].taken = true;
                if (str_starts(field, S("MESSAGE=")))
                        message = str_from(field, 8);
                else if (str_starts(field, S("_TRANSPORT=")))
                        kernel = str_eq(str_from(field, 11), S("kernel"));
                if (!ends_entry(line))
                        continue;
                if (message.len > 0 && kernel)
                        log_line(&log, log_message(message));
                others += message.len > 0 && !kernel;
                message = S("");
                kernel = false;
        }
        if (others > 0)
                import_note(log.host, "%td entries of programs other than the kernel were left out", others);
        log_end(&log);
        return 0;
}

const struct reader reader_journal_export = {
        .format = { .name = "journal-export", .title = "journalctl -k -o export", .carries = carries },
        .in_lines = is_export,
        .read_lines = read_export,
};

/* ---- A cloud's serial console in JSON: AWS' get-console-output, Google's get-serial-port-output ---- */

static const struct json_value *console_in(const struct json_value *root) {
        const struct json_value *text = json_get(root, S("Output"));

        if (!text && json_get(root, S("next")))
                text = json_get(root, S("contents"));
        return text && text->type == JSON_STRING ? text : NULL;
}

static bool is_console(struct import *im, const struct json_value *root) {
        (void)im;
        return console_in(root) && (json_get(root, S("InstanceId")) || json_get(root, S("next")));
}

static int read_console(struct import *im, const struct json_value *root) {
        int known = import_any(im, margin_text(im->arena, normal_text(im->arena, console_in(root)->text)));

        if (known == 0)
                return diag_fail_class(im->diag, DIAG_INPUT, "'%.*s' is a serial console's text in which no kernel says anything; is it base64? "
                                                             "`aws ec2 get-console-output --latest` decodes it", STR_ARG(im->source));
        return known < 0 ? -1 : 0;
}

const struct reader reader_console = {
        .format = { .name = "console-json", .title = "a cloud's serial console", .carries = carries },
        .in_json = is_console,
        .read_json = read_console,
};

/* ---- JSON ---- */

/* Text that is not clean UTF-8 the journal writes as numbers, one a byte. */
static struct str bytes_of(struct arena *a, const struct json_value *v) {
        char *p = arena_bytes(a, v->count + 1);
        uint64_t n;

        for (ptrdiff_t i = 0; i < v->count; i++)
                p[i] = str_to_u64(v->items[i].text, &n) && n > 0 && n < 256 ? (char)n : '?';
        return str_n(p, v->count);
}

static struct str message_of(struct arena *a, const struct json_value *v) {
        if (v && v->type == JSON_ARRAY && v->count > 0 && v->items[0].type == JSON_NUMBER)
                return bytes_of(a, v);
        return v && v->type == JSON_STRING ? v->text : S("");
}

static bool is_journal_entry(const struct json_value *v) {
        return v->type == JSON_OBJECT && json_get(v, S("MESSAGE")) && json_get(v, S("_TRANSPORT"));
}

/* What a container runtime keeps of a program: {"log": "…\n", "stream": "stdout", "time": "…"}. */
static bool is_stream_entry(const struct json_value *v) {
        return v->type == JSON_OBJECT && json_get(v, S("log")) && json_get(v, S("stream"));
}

static bool is_journal(struct import *im, const struct json_value *root) {
        const struct json_value *dmesg = json_get(root, S("dmesg"));
        const struct json_value *first = root->type == JSON_ARRAY && root->count > 0 ? &root->items[0] : NULL;

        if (dmesg && dmesg->type == JSON_ARRAY)
                return true;
        if (first && is_stream_entry(first))
                for (ptrdiff_t i = 0; i < root->count; i++)
                        if (log_is_mark(im->catalog, log_message(json_text(&root->items[i], S("log")))))
                                return true;
        return first && is_journal_entry(first);
}

/* A machine has one id, and may change its name while it starts. */
static bool is_of(const struct json_value *v, struct str machine) {
        return str_eq(json_text(v, S("_MACHINE_ID")), machine);
}

/* Any program can write to the journal: only what came from the kernel counts. */
static void read_entries(struct import *im, const struct json_value *all, bool dmesg, struct str machine, struct str name) {
        struct log log = { .import = im, .host = import_host(im, name) };
        ptrdiff_t others = 0;

        for (ptrdiff_t i = 0; i < all->count; i++) {
                const struct json_value *v = &all->items[i];

                if (!dmesg && !is_of(v, machine))
                        continue;
                if (dmesg)
                        log_line(&log, log_message(json_text(v, S("msg"))));
                else if (is_stream_entry(v))
                        log_line(&log, log_message(str_trim(json_text(v, S("log")))));
                else if (str_eq(json_text(v, S("_TRANSPORT")), S("kernel")))
                        log_line(&log, log_message(message_of(im->arena, json_get(v, S("MESSAGE")))));
                else
                        others++;
        }
        if (others > 0)
                import_note(log.host, "%td entries of programs other than the kernel were left out", others);
        log_end(&log);
}

static int read_journal(struct import *im, const struct json_value *root) {
        const struct json_value *dmesg = json_get(root, S("dmesg")), *all = dmesg ? dmesg : root;
        bool many = false;

        for (ptrdiff_t i = 1; i < all->count && !dmesg; i++)
                many |= !is_of(&all->items[i], json_text(&all->items[0], S("_MACHINE_ID")));
        for (ptrdiff_t i = 0; i < all->count; i++) {
                const struct json_value *v = &all->items[i];
                struct str machine = json_text(v, S("_MACHINE_ID"));
                bool first = true;

                for (ptrdiff_t k = 0; k < i && many && first; k++)
                        first = !is_of(&all->items[k], machine);
                if (first && (many || i == 0))
                        read_entries(im, all, dmesg != NULL, machine, many ? json_text(v, S("_HOSTNAME")) : S(""));
        }
        return 0;
}

const struct reader reader_journal = {
        .format = { .name = "journal-json", .title = "journalctl -k -o json, dmesg -J", .carries = carries },
        .in_json = is_journal,
        .read_json = read_journal,
};
