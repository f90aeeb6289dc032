/* `sidelight fix`: show the change, make it, prove it, take it back. */
#include "cli/fix.h"

enum { EMIT_POWERSHELL = 4 }; /* the words of --emit before it are enum rendering's */

static const struct option options[] = {
        { .name = "for", .arg = "ID", .named = NAMED_FLAW, .brief = "only what closes this flaw" },
        { .name = "untrusted", .arg = "WHO", .values = "yes|no|", .brief = "whether code you do not trust runs here",
          .details = "With yes the plan may switch SMT (hyper-threading) off; undeclared, such a step is only named." },
        { .name = "keep-smt", .brief = "leave SMT (hyper-threading) as it is" },
        { .name = "policy", .arg = "FILE", .brief = "risks that you accept (JSON): flaw, reason, who, and until when",
          .details = "JSON: {\"accept\": [{\"flaw\": \"mds\", \"reason\": \"single tenant\", \"who\": \"ops\", \"until\": \"2027-01-31\"}]}. "
                     "No step is planned against an accepted risk. It stays in every report, and expires." },
        OPTION_ROOT,
        { .name = "windows-root", .arg = "DIR", .brief = "a Windows that does not run: its disk is mounted at DIR",
          .details = "Its SYSTEM and SOFTWARE hives are changed. With --apply either --to or --in-place says where." },
        { .name = "to", .arg = "DIR", .brief = "with --apply --windows-root: changed copies of the hives go to DIR, the disk stays as it is" },
        { .name = "in-place", .brief = "with --apply --windows-root: the hives of the disk itself are changed",
          .details = "The old ones are kept in its ProgramData\\sidelight\\fix, and --rollback --windows-root DIR puts them back." },
        { .name = "cloud-service", .arg = "DIR", .brief = "the files of an Azure Cloud Service below DIR: the start-up task that its roles need",
          .details = "The old files are kept in DIR/.sidelight/fix, and --rollback --cloud-service DIR puts them back." },
        { .name = "format", .arg = "FORMAT", .values = "text|json|diff|", .brief = "how to write the plan; text or json: what was done, and what became of it" },
        { .name = "emit", .arg = "WHAT", .values = "shell|ansible|cloud-init|azure-run-command|powershell|reg|",
          .brief = "the plan for a tool that you run already",
          .details = "A script or playbook that leaves the machine as --apply does. It checks first that each file is what the plan was made "
                     "from, and changes nothing where one is not. A second run changes nothing. powershell and reg are for Windows; "
                     "they take an evidence FILE as well. A .reg file sets values as they are to be on this machine; the PowerShell "
                     "script keeps the bits that each machine has set, and what was there: -Undo takes it back." },
        { .name = "apply", .brief = "carry the plan out; needs --plan or --yes",
          .details = "A step that is left alone is told with its reason, and the exit code is 3 then, though others were done. "
                     "What is left to others is counted, and is no failure of the steps." },
        { .name = "plan", .arg = "HASH", .brief = "carry out only the plan that was shown under this number",
          .details = "Its first 12 digits are enough. If anything that the plan rests on has changed since, nothing is done." },
        { .name = "yes", .brief = "carry out whatever the plan is now: for scripts" },
        { .name = "rollback", .brief = "take back what was applied last, or what has the number that follows, byte for byte",
          .details = "The numbers are those of --status." },
        { .name = "status", .brief = "what was applied, what waits for a restart, what took effect" },
        { .name = "verify", .brief = "the same, and the exit code shows it: 0 all took effect, 2 some did not, will not, or were interrupted, 3 some wait for a "
                                      "restart" },
        OPTION_DATA,
        OPTION_NO_COLOR,
        { 0 },
};

static const struct example examples[] = {
        { "sidelight fix", "what would be changed, as steps and as a diff; nothing is" },
        { "sidelight fix --apply --plan 3f9a6c01d2e4", "carry out the plan that was shown" },
        { "sidelight fix --verify", "after the restart: did it take effect?" },
        { "sidelight fix --rollback", "take it back" },
        { "sidelight fix --root /mnt/image --format diff", "for an image that is being built" },
        { "sidelight fix --windows-root /mnt/c --apply --yes --to copies", "changed copies of a Windows disk's hives" },
        { "sidelight fix --cloud-service MyService", "the start-up task that a cloud service lacks, as a diff" },
        { "sidelight fix --emit ansible -o fix.yml", "for machines that are like this one" },
        { 0 },
};

static const struct exit_text exits[] = {
#define X(code, text) { code, text },
        FIX_PLAN_EXITS(X)
#undef X
        { 0 },
};

/* At most one of the words that say what to do. */
static int check_usage(struct cli *c) {
        int places = cli_given(c, "root") + cli_given(c, "windows-root") + cli_given(c, "cloud-service");
        int asked = cli_given(c, "apply") + cli_given(c, "rollback") + cli_given(c, "status") + cli_given(c, "verify");

        if (cli_given(c, "emit") && (asked || cli_given(c, "format")))
                return diag_fail_class(&c->diag, DIAG_USAGE, "--emit shows the plan: it does not go with --format, --apply and their like");
        if (asked && cli_word(c, "format", 0) == FIX_FORMAT_DIFF)
                return diag_fail_class(&c->diag, DIAG_USAGE, "--apply, --rollback, --status and --verify are text or JSON: they have no diff");
        if (asked > 1)
                return diag_fail_class(&c->diag, DIAG_USAGE, "--apply, --rollback, --status and --verify cannot be given together");
        if (asked && c->operand_count && !cli_given(c, "rollback"))
                return diag_fail_class(&c->diag, DIAG_USAGE, "an evidence file is planned for, not changed: --apply and its like take this "
                                                             "machine, or --root");
        if (places + (c->operand_count && !cli_given(c, "rollback")) > 1)
                return diag_fail_class(&c->diag, DIAG_USAGE, "only one of FILE, --root, --windows-root and --cloud-service can be given");
        if ((cli_given(c, "in-place") || cli_given(c, "to")) && !(cli_given(c, "apply") && cli_given(c, "windows-root")))
                return diag_fail_class(&c->diag, DIAG_USAGE, "--in-place and --to go with --apply --windows-root");
        if (cli_given(c, "apply") && cli_given(c, "windows-root") && cli_given(c, "in-place") == cli_given(c, "to"))
                return diag_fail_class(&c->diag, DIAG_USAGE, "--apply --windows-root needs either --to DIR, for changed copies of the hives, or "
                                                             "--in-place");
        if (cli_given(c, "apply") && cli_given(c, "plan") == cli_given(c, "yes"))
                return diag_fail_class(&c->diag, DIAG_USAGE, "--apply needs either --plan HASH, as `sidelight fix` shows it, or --yes");
        if (!cli_given(c, "apply") && (cli_given(c, "plan") || cli_given(c, "yes")))
                return diag_fail_class(&c->diag, DIAG_USAGE, "--plan and --yes go with --apply");
        return 0;
}

static int read_policy(struct fix_run *r) {
        const char *path = cli_value(r->cli, "policy");
        char date[11], time[9];
        struct str text;

        program_date(date, time);
        if (!path)
                return 0;
        if (program_read_file(path, 1 << 20, &r->cli->arena, &text, &r->cli->diag) < 0)
                return -1;
        return policy_read(&r->policy, &r->cli->arena, r->catalog, path, text, str_of(date), &r->cli->diag);
}

static int declare(struct fix_run *r) {
        struct str untrusted = cli_text(r->cli, "untrusted");
        struct declared *declared = arena_new(&r->cli->arena, struct declared);

        if (untrusted.len == 0)
                return 0;
        *declared = (struct declared){ .name = S("untrusted"), .value = untrusted };
        r->judging.facts.declared = declared;
        r->judging.facts.declared_count = 1;
        return 0;
}

/* Words that were meant as options, where no file is called so. */
static struct str meant(struct fix_run *r, struct str word) {
        static const struct {
                const char *word, *meant;
        } words[] = { { "apply", "--apply" }, { "rollback", "--rollback" }, { "undo", "--rollback" }, { "revert", "--rollback" },
                      { "status", "--status" }, { "list", "--status" }, { "verify", "--verify" }, { "diff", "--format diff" },
                      { "json", "--format json" }, { "help", "--help" } };
        const struct flaw *flaw = catalog_flaw(r->catalog, word);
        uint64_t id;

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (str_eq(word, str_of(words[i].word)))
                        return str_of(words[i].meant);
        if (flaw)
                return str_fmt(&r->cli->arena, "--for %.*s", STR_ARG(T(flaw->id)));
        return str_to_u64(word, &id) ? str_fmt(&r->cli->arena, "--rollback %llu", (unsigned long long)id) : S("");
}

static int read_file(struct fix_run *r) {
        struct cli *c = r->cli;
        int status = input_machine(c, c->operands[0], &c->arena, &r->evidence);
        struct str option = status < 0 ? meant(r, str_of(c->operands[0])) : S("");

        if (option.len) {
                c->diag = (struct diag){ 0 };
                return diag_fail_class(&c->diag, DIAG_USAGE, "no evidence file is called '%s'; did you mean 'sidelight fix %.*s'?", c->operands[0],
                                       STR_ARG(option));
        }
        return status;
}

static int judge(struct fix_run *r) {
        struct cli *c = r->cli;
        struct fix_request request = { .judging = &r->judging, .policy = &r->policy, .keep_smt = cli_given(c, "keep-smt") };
        struct str untrusted = cli_text(c, "untrusted");
        struct plan plan;

        request.untrusted = untrusted.len == 0 ? TRI_UNKNOWN : str_eq(untrusted, S("yes")) ? TRI_TRUE : TRI_FALSE;
        if (cli_given(c, "for") && input_flaw(c, r->catalog, cli_text(c, "for"), &request.only) < 0)
                return -1;
        if ((c->operand_count ? read_file(r)
                              : fix_evidence(c, r->catalog, &r->place, &r->evidence)) < 0)
                return -1;
        verdict_judge(&r->verdict, &c->arena, r->catalog, &r->evidence, &r->judging);
        if (c->operand_count == 0 && fix_here_look(r, &request.next) < 0)
                return -1;
        plan_of_verdict(&plan, &c->arena, &r->verdict);
        fix_plan_make(&r->plan, &c->arena, &r->verdict, &plan, &request);
        return r->here ? fix_here_make(r) : 0;
}

static struct fix_place place_of(const struct cli *c) {
        static const struct {
                const char *option;
                enum fix_where where;
        } places[] = { { "root", FIX_TREE }, { "windows-root", FIX_WINDOWS_DISK }, { "cloud-service", FIX_CLOUD_SERVICE } };

        for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
                if (cli_given(c, places[i].option))
                        return (struct fix_place){ .where = places[i].where, .root = cli_value(c, places[i].option) };
        return (struct fix_place){ .where = FIX_MACHINE };
}

/* Files that are deployed: there is no machine yet. */
static int plan_service(struct fix_run *r) {
        struct changes none = { 0 };

        r->verdict.source = str_of(r->place.root);
        return fix_here_look(r, &none) < 0 ? -1 : fix_here_make(r);
}

static int make_plan(struct cli *c) {
        struct fix_run r = { .cli = c, .place = place_of(c) };
        static const char *const formats[] = { "text", "json", "diff" };
        const char *format = formats[cli_word(c, "format", 0)];

        input_style(c, &r.style);
        if (input_catalog(c, &r.catalog) < 0 || (c->operand_count == 0 && fix_here_recover(&r) < 0))
                return -1;
        if (declare(&r) < 0 || read_policy(&r) < 0 || (r.place.where == FIX_CLOUD_SERVICE ? plan_service(&r) : judge(&r)) < 0)
                return -1;
        if (cli_given(c, "apply"))
                return fix_here_apply(&r);
        if (cli_given(c, "emit"))
                return cli_word(c, "emit", 0) < EMIT_POWERSHELL ? fix_here_emit(&r, cli_word(c, "emit", 0))
                                                                : fix_emit_registry(&r, cli_word(c, "emit", 0) == EMIT_POWERSHELL);
        if (strcmp(format, "json") == 0)
                fix_write_json(&r);
        else if (strcmp(format, "diff") == 0 && !r.here)
                return diag_fail_class(&c->diag, DIAG_USAGE, "an evidence file holds no files: there is no diff of it");
        else if (strcmp(format, "diff") == 0)
                fix_here_diff(&r, &c->out);
        else
                fix_write_text(&r);
        return fix_exit(&r);
}

static int run(struct cli *c) {
        struct fix_place place = place_of(c);
        uint64_t id = 0;

        if (check_usage(c) < 0)
                return -1;
        if (cli_given(c, "rollback") && c->operand_count && (!str_to_u64(str_of(c->operands[0]), &id) || id == 0))
                return diag_fail_class(&c->diag, DIAG_USAGE, "--rollback takes a number that `sidelight fix --status` shows, not '%s'",
                                       c->operands[0]);
        if (cli_given(c, "rollback"))
                return fix_here_rollback(c, &place, id);
        if (cli_given(c, "status") || cli_given(c, "verify"))
                return fix_here_status(c, &place, cli_given(c, "verify"));
        return make_plan(c);
}

const struct command cmd_fix = {
        .name = "fix",
        .operands = "[FILE|NUMBER]",
        .operands_max = 1,
        .summary = "close what is open: show the changes, make them, prove them, take them back",
        .description =
                "Turns what is open on this machine into steps that a program can carry out, and shows them with the exact change "
                "of each file. Nothing is changed without --apply. What is changed is kept first in /var/lib/sidelight/fix (on Windows "
                "%ProgramData%\\sidelight\\fix), and --rollback takes it back byte for byte. A step that is interrupted is taken back by the next run.\n\n"
                "Each step is predicted to make something safer, none makes anything weaker, and none is there that others make "
                "superfluous. A file that cannot be edited safely is left alone, with the reason and what to do instead. What only "
                "others can do is listed, not disguised as a step.\n\n"
                "After the restart --verify compares the running kernel with what was asked for. With --root the machine is the "
                "one at DIR: its files are edited, and no program is run. For an evidence FILE there are steps, but no files to "
                "change.\n\n"
                "On Windows the steps are registry values; updates are named, not installed. Bits that were set stay. --verify asks "
                "whether the values stand, whether Windows has started since, and what Windows then says of the flaws. A disk whose "
                "Windows is hibernated (fast startup does that), or whose hives wait for their logs, is refused.",
        .options = options,
        .examples = examples,
        .exits = exits,
        .verbatim = true, /* a diff is bytes of files; UTF-16 */
        .run = run,
};
