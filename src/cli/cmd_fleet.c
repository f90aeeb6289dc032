/* `sidelight fleet`: is it still so, everywhere? Each word is a function in fleet_WORD.c. */
#include "cli/fleet.h"
#include "cli/fleet_net.h"

#define WORD(name) #name "|"

#define FILTER "|flaw|status|worst|owner|cloud|kernel|processor|fingerprint|tag|host|"

static const struct option options[] = {
        { .name = "store", .arg = "STORE", .brief = "where the fleet is kept: FILE.db, sqlite:FILE or postgresql://…",
          .details = "import and restore make the file when it is not there." },
        { .name = "tenant", .arg = "NAME", .brief = "whose machines (default: default)",
          .details = "Tenants of one store see nothing of each other." },
        { .name = "format", .arg = "FORMAT", .values = "text|json|ndjson|csv|", .brief = "how to write the answer",
          .details = "export writes ndjson or csv; hosts, flaws, resources and history text, json or csv; the other words text or json." },
        { .name = "flaw", .arg = "FLAW", .brief = "only this flaw, or machines with a finding about it" },
        { .name = "status", .arg = "LIST", .values = "not-affected|mitigated|unknown|partial|vulnerable|", .list = true,
          .brief = "only these statuses, of that flaw or of any" },
        { .name = "worst", .arg = "STATUS", .values = "not-affected|mitigated|unknown|partial|vulnerable|",
          .brief = "only machines of which this is the worst status" },
        { .name = "owner", .arg = "WHO", .brief = "only what is this one's job: you, provider, microcode, kernel …" },
        { .name = "cloud", .arg = "TEXT", .brief = "only machines in a cloud whose name has TEXT in it" },
        { .name = "kernel", .arg = "TEXT", .brief = "only machines whose system's name and release have TEXT in them" },
        { .name = "processor", .arg = "TEXT", .brief = "only machines whose processor's name has TEXT in it" },
        { .name = "fingerprint", .arg = "HEX", .brief = "only machines whose fingerprint begins so" },
        { .name = "tag", .arg = "WORD", .brief = "only machines that have this tag; import: tags for all, \"web prod\"" },
        { .name = "host", .arg = "NAME", .brief = "only this machine; send: what to call it, instead of its host name" },
        { .name = "since", .arg = "DATE", .brief = "what changed since then: yesterday, 7d, 12h, 2026-11-22, 2026-11-22T15:04:05Z" },
        { .name = "limit", .arg = "N", .brief = "hosts: at most N (100)" },
        { .name = "after", .arg = "NAME", .brief = "hosts: those behind NAME" },
        { .name = "evidence", .brief = "show: the evidence file; export: with it, so that import can take it in again" },
        { .name = "aside", .brief = "export: what was kept aside, with the reasons" },
        { .name = "reason", .arg = "TEXT", .brief = "accept: why the risk is taken" },
        { .name = "until", .arg = "DATE", .brief = "accept: when that ends" },
        { .name = "who", .arg = "NAME", .brief = "accept: who takes it (the user)" },
        { .name = "end", .arg = "N", .brief = "accept: end the accepted risk of this number now" },
        { .name = "older-than", .arg = "AGE", .brief = "prune: what ended before then: 90d, or a day" },
        { .name = "bus", .arg = "ADDRESSES", .brief = "serve, work: the NATS nodes, nats://a,nats://b",
          .details = "Reports go over a JetStream stream, which is made where there is none." },
        { .name = "once", .brief = "work: end when nothing is left on the bus" },
        FLEET_OPTIONS_SERVE,
        FLEET_OPTIONS_SEND,
        FLEET_OPTIONS_TOKEN,
        OPTION_DATA,
        OPTION_NO_COLOR,
        { 0 },
};

static const struct example examples[] = {
        { "sidelight fleet import --store fleet.db evidence/", "take in all that a folder holds" },
        { "sidelight fleet status --store fleet.db", "who should worry, about what, and whose job it is" },
        { "sidelight fleet status --store fleet.db --since yesterday", "what became worse, and why" },
        { "sidelight fleet hosts --store fleet.db --flaw srso --status vulnerable --owner you", "machines where you can do something" },
        { "sidelight fleet show --store fleet.db web-17", "one machine, with the proof" },
        { "sidelight fleet accept --store fleet.db ssb --tag batch --reason 'no foreign code' --until 2027-06-30", "take a risk, on record" },
        { "sidelight fleet export --store fleet.db --format csv > fleet.csv", "a line for each machine and flaw" },
        { "sidelight fleet serve --store fleet.db", "a page on http://127.0.0.1:8484/, for this machine alone" },
        { "sidelight fleet token add web --store fleet.db > token", "a token by which machines may send" },
        { "sidelight fleet send --to https://fleet.example:8484 --token-file token", "this machine, to that server" },
        { 0 },
};

static const struct exit_text exits[] = {
        { EXIT_CLEAN, "done; status: nothing is open" },
        { EXIT_DIFFERS, "diff: verdicts differ" },
        { EXIT_OPEN, "status, show: something is open; with --since, and rejudge: something became worse" },
        { EXIT_UNKNOWN, "status, show: something is not known, and nothing is open; import: something was kept aside" },
        { 0 },
};

static const struct fleet_word words[] = {
        { "import", "PATH...", 1, -1, "|tag|on-change|format|", "|text|json|", fleet_import },
        { "status", NULL, 0, 0, FILTER "since|format|", "|text|json|", fleet_status },
        { "hosts", NULL, 0, 0, FILTER "limit|after|format|", "|text|json|csv|", fleet_hosts },
        { "flaws", NULL, 0, 0, FILTER "format|", "|text|json|csv|", fleet_flaws },
        { "resources", NULL, 0, 0, "|limit|after|format|", "|text|json|csv|", fleet_resources },
        { "show", "HOST", 1, 1, "|evidence|format|", "|text|json|", fleet_show },
        { "diff", "HOST", 1, 1, "|since|format|", "|text|json|", fleet_diff },
        { "history", NULL, 0, 0, "|flaw|since|format|", "|text|json|csv|", fleet_history },
        { "rejudge", NULL, 0, 0, "|on-change|format|", "|text|json|", fleet_rejudge },
        { "accept", "[FLAW]", 0, 1, "|cloud|kernel|processor|fingerprint|tag|host|owner|reason|until|who|end|format|", "|text|json|", fleet_accept },
        { "audit", NULL, 0, 0, "|since|format|", "|text|json|", fleet_audit },
        { "export", NULL, 0, 0, FILTER "evidence|aside|format|", "|ndjson|csv|", fleet_export },
        { "prune", NULL, 0, 0, "|older-than|", "|", fleet_prune },
        { "backup", "FILE", 1, 1, "|", "|", fleet_backup },
        { "restore", "FILE", 1, 1, "|", "|", fleet_restore },
        { "work", NULL, 0, 0, "|bus|once|on-change|", "|", fleet_work },
        { "serve", NULL, 0, 0, FLEET_SERVE_TAKES, "|", fleet_serve },
        { "send", "[FILE...]", 0, -1, FLEET_SEND_TAKES, "|", fleet_send },
        { "token", "ACTION [NAME]", 1, 2, FLEET_TOKEN_TAKES, "|text|json|", fleet_token },
};

/* Options that belong to other words only. */
static int check_options(struct cli *c, const struct fleet_word *w) {
        for (ptrdiff_t i = 0; i < c->count; i++) {
                const char *name = c->items[i].option->name;
                struct str wanted = str_fmt(&c->arena, "|%s|", name);

                if (str_find(S("|store|tenant|data|no-color|output|help|"), wanted) < 0 && str_find(str_of(w->options), wanted) < 0)
                        return diag_fail_class(&c->diag, DIAG_USAGE, "fleet %s takes no --%s", w->name, name);
                if (strcmp(name, "format") == 0 && str_find(str_of(w->formats), str_fmt(&c->arena, "|%s|", c->items[i].value)) < 0)
                        return diag_fail_class(&c->diag, DIAG_USAGE, "fleet %s does not write %s", w->name, c->items[i].value);
        }
        return 0;
}

static int check_operands(struct cli *c, const struct fleet_word *w) {
        if (c->operand_count < w->operands_min)
                return diag_fail_class(&c->diag, DIAG_USAGE, "fleet %s needs more: sidelight fleet %s %s", w->name, w->name, w->operands);
        if (w->operands_max >= 0 && c->operand_count > w->operands_max)
                return diag_fail_class(&c->diag, DIAG_USAGE, "fleet %s does not know what to do with '%s'", w->name,
                                       c->operands[w->operands_max]);
        return 0;
}

static int run(struct cli *c) {
        const struct fleet_word *w = words;

        while (strcmp(w->name, c->operands[0]) != 0)
                w++; /* cli_parse took known words only */
        c->operands++;
        c->operand_count--;
        return check_options(c, w) < 0 || check_operands(c, w) < 0 ? -1 : w->run(c);
}

const struct command cmd_fleet = {
        .name = "fleet",
        .operands = "WORD [...]",
        .operands_min = 1,
        .operands_max = -1,
        .words = FLEET_WORDS(WORD),
        .summary = "many machines: keep their evidence, and tell who is open",
        .description =
                "Keeps what many machines reported, and judges it: evidence is kept once, and judged once, for all machines that are alike.\n\n"
                "import PATH... takes in evidence files, folders of them, archives, other tools' output, lines of JSON "
                "({\"host\": …, \"evidence\": …}) and cloud inventories. What cannot be read is kept aside with the reason. The same again "
                "changes nothing, and what is older than what is known of a machine goes into its past.\n\n"
                "status counts machines by flaw and status, by whose job it is, and shows the worst; --since tells what became worse, and why. "
                "hosts lists machines, flaws lists verdicts and their reasons, with how many machines each holds for; resources is what cloud inventories "
                "listed, and what is to do for it.\n\n"
                "show HOST is one machine's report, with the proof; diff HOST compares it with what it showed before.\n\n"
                "history is each day's count. rejudge judges everything anew, where rules, tables or guidance are newer. accept FLAW takes a "
                "risk, with a reason and an end: it changes no verdict, and stands beside it.\n\n"
                "audit is the log of who changed what, and of who handed in how much.\n\n"
                "export writes everything for other programs. prune lets go of what is old; its counts stay in the history. backup FILE and "
                "restore FILE copy the store, also while others write.\n\n"
                "work takes reports off the bus into the store, until it is told to end. Any number of workers share the work, and any may die.\n\n"
                FLEET_SERVE_TEXT "\n\n" FLEET_SEND_TEXT "\n\n" FLEET_TOKEN_TEXT,
        .options = options,
        .examples = examples,
        .exits = exits,
        .run = run,
};
