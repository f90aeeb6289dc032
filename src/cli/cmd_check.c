/* `sidelight check`: is this machine, or what was recorded of others, protected? The first user of libsidelight (lib/sidelight.h): evidence, options,
 * judging and telling go through it. */
#include "base/plain.h"
#include "cli/fix.h"
#include "cli/folder.h"
#include "cli/guide.h"
#include "fleet/bulk/bulk.h"
#include "lib/inside.h"

enum { NAGIOS_UNKNOWN = 3 };

#define FORMAT_WORD(name, word, title) word "|"

static const struct option options[] = {
        { .name = "format", .arg = "FORMAT", .values = REPORT_FORMATS(FORMAT_WORD), .brief = "how to write the report",
          .details = "With nagios the exit code is a monitoring plugin's, of failures, too: 0 OK, 1 warning (partial), 2 critical, 3 unknown "
                     "or an error." },
        { .name = "wide", .letter = 'v', .brief = "text: all that is known of each flaw, of what is mitigated, too; summary: all kinds" },
        { .name = "only", .arg = "LIST", .named = NAMED_FLAW, .list = true, .brief = "judge only these flaws",
          .details = "A flaw answers to its id, its name, its CVE numbers and its other names." },
        { .name = "fail-on", .arg = "LIST", .values = "vulnerable|partial|unknown|never|", .list = true,
          .brief = "which statuses make the exit code 2 or 3",
          .details = "Without it, all of them: protection in part is not protection." },
        { .name = "exit-zero", .brief = "exit with 0 whatever the verdicts" },
        { .name = "fingerprint", .brief = "tell the fingerprint, in any format: identical for machines that are alike",
          .details = "A SHA-256 over the canonical facts; what names one machine, and the clock, stay outside. All evidence is read for "
                     "it, also what no verdict asks for. Formats that are documents, and -v, tell it without being asked." },
        { .name = "files-from", .arg = "FILE", .brief = "judge the files listed in FILE, one per line" },
        OPTIONS_JUDGE,
        OPTION_ROOT,
        OPTIONS_WINDOWS,
        OPTION_IMDS,
        OPTION_DATA,
        OPTION_NO_COLOR,
        { 0 },
};

static const struct example examples[] = {
        { "sidelight", "is this machine protected?" },
        { "sidelight check --format json web-*.host", "one line of JSON for each evidence file" },
        { "sidelight check --exit-zero --format prometheus -o /var/lib/prometheus/node-exporter/sidelight.prom", "metrics, safe for cron" },
        { "sidelight check --boundary guest-host --untrusted yes", "for a host of other people's guests" },
        { "sidelight check --windows-root /mnt", "the Windows on a mounted disk" },
        { "sidelight check --fail-on vulnerable --only meltdown", "for scripts: 2 when Meltdown is open" },
        { 0 },
};

static const struct exit_text exits[] = {
#define X(number, title) { (number), (title) },
        SUMMARY_EXITS(X)
#undef X
        { 0 },
};

struct check {
        struct cli *cli;
        const struct catalog *catalog;
        sidelight *machine;             /* the one at hand */
        sidelight_document *document;
        struct verdict_options options; /* of `machine`, for judging many */
        struct report_style style;
        enum report_format format;
        struct bulk bulk;
        bool several;       /* files: what one of them told can hold for another */
        int worst;          /* exit code so far */
        int failed;         /* exit code of the first file that could not be judged */
};

/* Exit codes from bad to good: open ones (2, and 1 for a monitoring plugin) before unknown ones (3). */
static int worse(int a, int b) {
        static const int rank[] = { 0, 2, 3, 1 };

        return rank[a] > rank[b] ? a : b;
}

/* What the library refused, as the command line tells it. */
static int library(struct check *k, int result) {
        if (result == SIDELIGHT_OK)
                return 0;
        if (result == SIDELIGHT_NO_MEMORY)
                return diag_fail(&k->cli->diag, "%s", sidelight_error(k->machine));
        k->cli->diag = *inside_diag(k->machine);
        return -1;
}

static int set(struct check *k, const char *option, const char *value) {
        return library(k, sidelight_set(k->machine, option, value));
}

/* `place`: what fix did there is told, too; NULL: an evidence file. */
static int judge_at(struct check *k, const struct fix_place *place) {
        struct arena *results;

        if (library(k, sidelight_judge(k->machine)) < 0)
                return -1;
        if (place) {
                struct verdict *v = inside_verdict(k->machine, &results);

                fix_here_notes(k->cli, place, results, v);
        }
        k->worst = worse(k->worst, sidelight_exit_code(k->machine));
        (void)sidelight_document_add(k->document, k->machine); /* when it cannot be written, standard output says so */
        return 0;
}

static int judge_bulk(struct check *k, const char *path, struct str text) {
        enum exit_result code = EXIT_CLEAN;

        (void)sidelight_document_flush(k->document);
        if (bulk_judge(&k->bulk, input_source(path), text, &k->cli->out, &code, &k->cli->diag) < 0)
                return -1;
        k->worst = worse(k->worst, (int)code);
        return 0;
}

static int judge_text(struct check *k, const char *path, struct str text, struct evidence *e) {
        size_t count = 0;

        if (k->several && k->format == REPORT_JSON && evidence_looks_like(text) && !import_holds_several(text))
                return judge_bulk(k, path, text);
        if (!text.p) {
                inside_take(k->machine, e);
                return judge_at(k, NULL);
        }
        if (library(k, sidelight_parse_all(k->machine, input_source(path).p, text.p, (size_t)text.len, &count)) < 0)
                return -1;
        for (size_t i = 0; i < count; i++)
                if (library(k, sidelight_choose(k->machine, i)) < 0 || judge_at(k, NULL) < 0)
                        return -1;
        return 0;
}

/* What is bad is told; the others are still judged. */
static void complain(struct check *k, const char *name) {
        int code;

        (void)sidelight_document_failed(k->document, k->machine, name, k->cli->diag.text);
        code = cli_complain(k->cli);
        k->failed = k->failed ? k->failed : code;
}

static void judge_several(struct check *k, struct bundle *all) {
        for (ptrdiff_t i = 0; i < all->count; i++) {
                struct arena *a = &k->bulk.arena;
                struct arena_mark mark = arena_mark(a);
                struct evidence e;
                struct str text;

                if (bundle_take(all, i, a, &e, &text, &k->cli->diag) < 0 || judge_text(k, str_to_c(a, all->items[i].source), text, &e) < 0)
                        complain(k, str_to_c(a, all->items[i].source));
                arena_release(a, mark);
        }
}

static int judge_file(struct check *k, const char *path) {
        struct bundle several;
        struct evidence e;
        struct str text;
        int status = input_read(k->cli, path, &k->bulk.arena, &text, &e, &several);

        if (status == BUNDLE_SEVERAL)
                judge_several(k, &several);
        return status != 0 ? status : judge_text(k, path, text, &e);
}

static void check_one(struct check *k, const char *path) {
        arena_reset(&k->bulk.arena);
        if (judge_file(k, path) < 0)
                complain(k, input_source(path).p);
}

/* A folder of reports is judged report by report. */
static void check_file(struct check *k, const char *path) {
        struct str_list reports;

        folder_gathered(&reports, &k->cli->arena, k->catalog, path);
        for (uint32_t i = 0; i < reports.count; i++)
                check_one(k, reports.items[i].p);
        if (reports.count == 0)
                check_one(k, path);
}

static int check_list(struct check *k, const char *list) {
        struct str text, line;
        bool any = false;

        if (program_read_file(list, INPUT_FILE_MAX, &k->cli->arena, &text, &k->cli->diag) < 0)
                return -1;
        while (str_line(&text, &line))
                if (line.len > 0) {
                        struct arena_mark mark = arena_mark(&k->cli->arena);

                        check_file(k, str_to_c(&k->cli->arena, line));
                        arena_release(&k->cli->arena, mark);
                        any = true;
                }
        /* Silence and exit code 0 would say that all is well. */
        return any ? 0 : diag_fail_class(&k->cli->diag, DIAG_INPUT, "'%s' names no file to judge", list);
}

static int check_here(struct check *k) {
        const char *disk = cli_value(k->cli, "windows-root"), *root = cli_value(k->cli, "root"), *imds = cli_value(k->cli, "imds");
        const struct fix_place place = { .where = disk ? FIX_WINDOWS_DISK : root ? FIX_TREE : FIX_MACHINE, .root = disk ? disk : root };
        struct evidence e;
        int status = input_windows(k->cli, &k->bulk.arena, &e);
        bool here = disk || status == INPUT_NOT_ASKED;

        if (status == INPUT_NOT_ASKED)
                status = library(k, sidelight_collect(k->machine, root));
        else if (status == 0)
                inside_take(k->machine, &e);
        if (status < 0 || (imds && guide_imds(k->cli, k->catalog, imds, false, inside_evidence(k->machine)) < 0))
                return -1;
        return judge_at(k, here ? &place : NULL);
}

/* ---- Options ---- */

/* The host's evidence, as a text or as what was brought in by other means. */
static int set_host(struct check *k, const char *path) {
        struct evidence *e = arena_new(&k->cli->arena, struct evidence);
        struct str text;

        if (input_read(k->cli, path, &k->cli->arena, &text, e, NULL) < 0)
                return -1;
        if (text.p)
                return library(k, sidelight_host(k->machine, input_source(path).p, text.p, (size_t)text.len));
        inside_take_host(k->machine, e);
        return 0;
}

/* The words of an option that is a list, as the library takes them. */
static int set_list(struct check *k, const char *option) {
        struct str all = { 0 }, word;

        for (ptrdiff_t at = 0; cli_next(k->cli, option, &at, &word);)
                all = str_fmt(&k->cli->arena, "%.*s%s%.*s", STR_ARG(all), all.len ? "," : "", STR_ARG(word));
        return all.len ? set(k, option, str_to_c(&k->cli->arena, all)) : 0;
}

static int set_only(struct check *k) {
        const struct flaw *flaw;
        struct str all = { 0 }, name;

        for (ptrdiff_t at = 0; cli_next(k->cli, "only", &at, &name);) {
                if (input_flaw(k->cli, k->catalog, name, &flaw) < 0)
                        return -1;
                all = str_fmt(&k->cli->arena, "%.*s%s%.*s", STR_ARG(all), all.len ? "," : "", STR_ARG(T(flaw->id)));
        }
        return all.len ? set(k, "only", str_to_c(&k->cli->arena, all)) : 0;
}

/* What --boundary, --untrusted and the like ask for. */
static int set_judging(struct check *k) {
        static const char *const flags[] = { "ignore-os-claims", "fingerprint", "wide" };
        struct cli *c = k->cli;

        for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
                if (cli_given(c, flags[i]) && set(k, flags[i], "yes") < 0)
                        return -1;
        if (set_list(k, "boundary") < 0 || set_list(k, "fail-on") < 0 || (cli_given(c, "exit-zero") && set(k, "fail-on", "never") < 0) ||
            (cli_given(c, "untrusted") && set(k, "untrusted", cli_value(c, "untrusted")) < 0))
                return -1;
        return cli_given(c, "host-evidence") && set_host(k, cli_value(c, "host-evidence")) < 0 ? -1 : set_only(k);
}

/* How terminal and environment want it. */
static int set_telling(struct check *k) {
        struct arena *a = &k->cli->arena;
        struct report_style style;

        input_style(k->cli, &style);
        if (set(k, "columns", str_fmt(a, "%d", style.columns).p) < 0 || set(k, "colour", style.color ? "yes" : "no") < 0 ||
            set(k, "ascii", style.ascii ? "yes" : "no") < 0 || set(k, "now", str_to_c(a, style.now)) < 0)
                return -1;
        return cli_given(k->cli, "format") ? set(k, "format", cli_value(k->cli, "format")) : 0;
}

static int write_document(void *arg, const char *bytes, size_t length) {
        struct cli *c = arg;

        if (!out_flush(&c->out) || c->out.sink(c->out.sink_arg, bytes, (ptrdiff_t)length))
                return 0;
        c->out.failed = true;
        return -1;
}

static int prepare(struct check *k, struct cli *c) {
        k->format = (enum report_format)cli_word(c, "format", REPORT_TEXT);
        k->several = c->operand_count > 1 || cli_given(c, "files-from");
        if (input_catalog(c, &k->catalog) < 0)
                return -1;
        inside_use(k->machine, k->catalog);
        /* Nothing is asked of single findings, all texts stay where they are, and only verdicts ask for evidence. */
        if (set(k, "texts", "no") < 0 || set(k, "copy", "no") < 0 || set(k, "collect", "needed") < 0 || set_telling(k) < 0 || set_judging(k) < 0)
                return -1;
        inside_options(k->machine, &k->options, &k->style);
        k->bulk = (struct bulk){ .catalog = k->catalog, .options = &k->options, .style = &k->style, .large = program_large_memory };
        if ((cli_given(c, "root") || cli_given(c, "windows-root") || cli_given(c, "hive")) &&
            (c->operand_count || cli_given(c, "files-from")))
                return diag_fail_class(&c->diag, DIAG_USAGE, "a disk and evidence files cannot be judged together");
        if (cli_given(c, "imds") && (c->operand_count || cli_given(c, "files-from")))
                return diag_fail_class(&c->diag, DIAG_USAGE, "--imds asks about this machine: it cannot be given with a FILE; `sidelight collect --imds` "
                                                             "writes the answer into one");
        return 0;
}

static int judge_all(struct check *k) {
        struct cli *c = k->cli;

        for (int i = 0; i < c->operand_count; i++)
                check_file(k, c->operands[i]);
        if (cli_given(c, "files-from"))
                return check_list(k, cli_value(c, "files-from"));
        return c->operand_count == 0 ? check_here(k) : 0;
}

static int run(struct cli *c) {
        struct check k = { .cli = c, .machine = sidelight_new() };
        int status = k.machine ? prepare(&k, c) : diag_fail(&c->diag, "out of memory");

        if (status == 0) {
                k.document = sidelight_document_new(k.machine, write_document, c);
                status = k.document ? judge_all(&k) : diag_fail(&c->diag, "out of memory");
        }
        if (k.document && sidelight_document_end(k.document) == SIDELIGHT_NO_MEMORY)
                status = diag_fail(&c->diag, "out of memory");
        sidelight_free(k.machine);
        bulk_free(&k.bulk);
        if (k.failed && report_is_plugin(k.format))
                return worse(k.worst, NAGIOS_UNKNOWN);
        return status < 0 ? -1 : k.failed ? k.failed : k.worst;
}

/* A monitoring system waits for one line on standard output and a code of 0 to 3. */
static int failed(struct cli *c) {
        int format = cli_word(c, "format", REPORT_TEXT);

        if (!report_is_plugin((enum report_format)format))
                return -1;
        if (cli_given(c, "help") && !c->diag.text[0])
                return NAGIOS_UNKNOWN;
        out_c(&c->out, format == REPORT_NAGIOS ? "SIDELIGHT UNKNOWN - " : format == REPORT_SMC26_NRPE ? "UNKNOWN: " : "Unknown - ");
        report_without_bars(&c->out, plain(&c->arena, str_of(c->diag.text)));
        out_char(&c->out, '\n');
        return NAGIOS_UNKNOWN;
}

const struct command cmd_check = {
        .name = "check",
        .operands = "[FILE...]",
        .operands_max = -1,
        .summary = "judge this machine, or evidence files",
        .description =
                "Reports, for every known speculative-execution flaw, whether the machine is protected: against "
                "whom, whose job the remedy is, why, and what to do next. Without a FILE it judges this machine. "
                "A FILE is an evidence file that `sidelight collect` wrote, or what another tool printed (lscpu, "
                "inxi, dmesg, grep, node_exporter, Get-SpeculationControlSettings and more), or a report of sos, "
                "insights-client, supportconfig or hw-probe, unpacked or as the archive that it was sent as, or a "
                "folder of such; - is standard input.\n\n"
                "What could not be read never looks safe: the verdict is unknown, and says what would settle it.\n\n"
                "A FILE that cannot be judged is named on standard error and, in every format, in the report: what "
                "it would tell is unknown. The other files are still judged, and the exit code reports the failure; "
                "the file of -o then stays as it was, but for a monitoring plugin's, which says so.",
        .options = options,
        .examples = examples,
        .exits = exits,
        .exit_note = "With --format nagios, smc-nrpe and smc26-nrpe: 0 OK, 1 closed in part, 2 something is vulnerable, 3 something is not known, or a failure. "
                     "With --format facts: 0, and the failures.",
        .run = run,
        .failed = failed,
};
