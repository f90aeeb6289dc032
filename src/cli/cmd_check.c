/* `sidelight check`: is this machine, or what was recorded of others, protected? */
#include "base/plain.h"
#include "fleet/bulk/bulk.h"
#include "cli/fix.h"
#include "cli/guide.h"

enum { NAGIOS_UNKNOWN = 3 };

#define FORMAT_WORD(name, word, title) word "|"

static const struct option options[] = {
        { .name = "format", .arg = "FORMAT", .values = REPORT_FORMATS(FORMAT_WORD), .brief = "how to write the report",
          .details = "With nagios the exit code is a monitoring plugin's, of failures, too: 0 OK, 1 warning (partial), 2 critical, 3 unknown "
                     "or an error." },
        { .name = "wide", .letter = 'v', .brief = "text: all that is known of each flaw, of what is mitigated, too" },
        { .name = "only", .arg = "LIST", .named = NAMED_FLAW, .list = true, .brief = "judge only these flaws",
          .details = "A flaw answers to its id, its name, its CVE numbers and its other names." },
        { .name = "fail-on", .arg = "LIST", .values = "vulnerable|partial|unknown|never|", .list = true,
          .brief = "which statuses make the exit code 2 or 3",
          .details = "Without it, all of them: protection in part is not protection." },
        { .name = "exit-zero", .brief = "exit with 0 whatever the verdicts" },
        { .name = "fingerprint", .brief = "add the fingerprint to JSON: identical for machines that are alike",
          .details = "A SHA-256 over the canonical facts; what names one machine, and the clock, stay outside." },
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
        { "sidelight check --exit-zero --format prometheus -o /var/lib/node-exporter/sidelight.prom", "metrics, safe for cron" },
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
        struct verdict_options options;
        struct report_style style;
        struct report_writer writer;
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

static int exit_of(const struct check *k, const struct verdict *r) {
        if (k->writer.format == REPORT_FACTS) /* Ansible takes any other code for a failure */
                return EXIT_CLEAN;
        return k->writer.format == REPORT_NAGIOS ? report_nagios_exit(r, k->style.fail_on)
                                                 : (int)summary_exit(r, k->style.fail_on);
}

/* `place`: what fix did there is told, too; NULL: an evidence file. */
static void judge_at(struct check *k, const struct evidence *e, const struct fix_place *place) {
        struct verdict r;

        verdict_judge(&r, &k->bulk.arena, k->catalog, e, &k->options);
        if (place)
                fix_here_notes(k->cli, place, &k->bulk.arena, &r);
        report_add(&k->writer, &r);
        k->worst = worse(k->worst, exit_of(k, &r));
}

static void judge(struct check *k, const struct evidence *e) {
        judge_at(k, e, NULL);
}

static int judge_bulk(struct check *k, const char *path, struct str text) {
        enum exit_result code = EXIT_CLEAN;

        if (bulk_judge(&k->bulk, input_source(path), text, &k->cli->out, &code, &k->cli->diag) < 0)
                return -1;
        k->worst = worse(k->worst, (int)code);
        return 0;
}

static int judge_file(struct check *k, const char *path) {
        struct arena *a = &k->bulk.arena;
        struct import_machines all;
        struct evidence e;
        struct str text;

        if (input_read(k->cli, path, a, &text, &e) < 0)
                return -1;
        if (k->several && k->writer.format == REPORT_JSON && evidence_looks_like(text))
                return judge_bulk(k, path, text);
        if (!text.p) {
                judge(k, &e);
                return 0;
        }
        if (input_machines(k->cli, path, text, a, &all) < 0)
                return -1;
        for (ptrdiff_t i = 0; i < all.count; i++)
                if (!evidence_tells(&all.items[i], false))
                        return diag_fail_class(&k->cli->diag, DIAG_INPUT, EVIDENCE_NOTHING, STR_ARG(all.items[i].source));
        for (ptrdiff_t i = 0; i < all.count; i++) {
                struct arena_mark mark = arena_mark(a);

                judge(k, &all.items[i]);
                arena_release(a, mark); /* there may be thousands */
        }
        return 0;
}

/* A file that is bad is told; the others are still judged. */
static void check_file(struct check *k, const char *path) {
        arena_reset(&k->bulk.arena);
        if (judge_file(k, path) < 0) {
                int code;

                report_fail(&k->writer, plain(&k->bulk.arena, str_of(k->cli->diag.text)));
                code = cli_complain(k->cli);
                k->failed = k->failed ? k->failed : code;
        }
}

static int check_list(struct check *k, const char *list) {
        struct str text, line;

        if (program_read_file(list, INPUT_FILE_MAX, &k->cli->arena, &text, &k->cli->diag) < 0)
                return -1;
        while (str_line(&text, &line))
                if (line.len > 0) {
                        struct arena_mark mark = arena_mark(&k->cli->arena);

                        check_file(k, str_to_c(&k->cli->arena, line));
                        arena_release(&k->cli->arena, mark);
                }
        return 0;
}

static int check_here(struct check *k) {
        const char *disk = cli_value(k->cli, "windows-root");
        const struct fix_place place = { .where = disk ? FIX_WINDOWS_DISK : cli_given(k->cli, "root") ? FIX_TREE : FIX_MACHINE,
                                         .root = disk ? disk : cli_value(k->cli, "root") };
        const char *imds = cli_value(k->cli, "imds");
        bool here = disk;
        struct evidence e;
        int status = input_windows(k->cli, &k->bulk.arena, &e);

        if (status == INPUT_NOT_ASKED) {
                status = (k->options.fingerprint ? input_whole : input_live)(k->cli, k->catalog, cli_value(k->cli, "root"),
                                                                             &k->bulk.arena, &e);
                here = status == 0;
        }
        if (status < 0 || (imds && guide_imds(k->cli, k->catalog, imds, false, &e) < 0))
                return -1;
        judge_at(k, &e, here ? &place : NULL);
        return 0;
}

/* The words of --fail-on as statuses. */
static status_set fail_on(const struct cli *c) {
        static const enum status statuses[] = { STATUS_VULNERABLE, STATUS_PARTIAL, STATUS_UNKNOWN };
        unsigned words = cli_words(c, "fail-on", 7);
        status_set set = 0;

        for (int i = 0; i < 3; i++)
                if (words & 1u << i && !cli_given(c, "exit-zero"))
                        set |= (status_set)(1 << statuses[i]);
        return set;
}

static int which_flaws(struct check *k) {
        if (input_only(k->cli, k->catalog, &k->options) < 0)
                return -1;
        if (k->options.among && report_is_vex(k->writer.format)) {
                bool *among = arena_array(&k->cli->arena, bool, k->catalog->flaw_count);

                memcpy(among, k->options.among, k->catalog->flaw_count * sizeof(*among));
                vex_complete(k->catalog, among);
                k->options.among = among;
        }
        return 0;
}

static int prepare(struct check *k, struct cli *c) {
        k->cli = c;
        k->writer = (struct report_writer){ .format = (enum report_format)cli_word(c, "format", REPORT_TEXT),
                                            .style = &k->style, .out = &c->out };
        input_style(c, &k->style);
        k->style.fail_on = fail_on(c);
        k->style.wide = cli_given(c, "wide");
        k->several = c->operand_count > 1 || cli_given(c, "files-from");
        if (input_catalog(c, &k->catalog) < 0 || input_options(c, &k->options) < 0)
                return -1;
        k->options.fingerprint = cli_given(c, "fingerprint") || report_is_document(k->writer.format);
        k->bulk = (struct bulk){ .catalog = k->catalog, .options = &k->options, .style = &k->style };
        if ((cli_given(c, "root") || cli_given(c, "windows-root") || cli_given(c, "hive")) &&
            (c->operand_count || cli_given(c, "files-from")))
                return diag_fail_class(&c->diag, DIAG_USAGE, "a disk and evidence files cannot be judged together");
        return which_flaws(k);
}

static int run(struct cli *c) {
        struct check k = { 0 };
        int status = prepare(&k, c);

        if (status == 0 && cli_given(c, "imds") && (c->operand_count || cli_given(c, "files-from")))
                return diag_fail_class(&c->diag, DIAG_USAGE, "--imds asks about this machine: it cannot be given with a FILE; `sidelight collect --imds` "
                                                             "writes the answer into one");
        for (int i = 0; status == 0 && i < c->operand_count; i++)
                check_file(&k, c->operands[i]);
        if (status == 0 && cli_given(c, "files-from"))
                status = check_list(&k, cli_value(c, "files-from"));
        else if (status == 0 && c->operand_count == 0)
                status = check_here(&k);
        report_end(&k.writer);
        bulk_free(&k.bulk);
        if (k.failed && report_is_plugin(k.writer.format))
                return worse(k.worst, NAGIOS_UNKNOWN);
        return status < 0 ? -1 : k.failed ? k.failed : k.worst;
}

/* A monitoring system waits for one line on standard output and a code of 0 to 3. */
static int failed(struct cli *c) {
        int format = cli_word(c, "format", REPORT_TEXT);

        if (!report_is_plugin((enum report_format)format))
                return -1;
        out_fmt(&c->out, "%s - %.*s\n", format == REPORT_NAGIOS ? "SIDELIGHT UNKNOWN" : "Unknown", STR_ARG(plain(&c->arena, str_of(c->diag.text))));
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
                "inxi, dmesg, grep, node_exporter, Get-SpeculationControlSettings and more), or a folder of sos; "
                "- is standard input.\n\n"
                "What could not be read never looks safe: the verdict is unknown, and says what would settle it.\n\n"
                "A FILE that cannot be judged is named on standard error. The other files are still judged, and "
                "the exit code reports the failure.",
        .options = options,
        .examples = examples,
        .exits = exits,
        .run = run,
        .failed = failed,
};
