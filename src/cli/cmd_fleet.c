/* `sidelight fleet`: is it still so, everywhere? Each word is a function in fleet_WORD.c. */
#include "cli/fleet.h"

#define WORD(name) #name "|"

static const struct option options[] = {
        { .name = "store", .arg = "STORE", .brief = "where the fleet is kept: FILE.db, sqlite:FILE or postgresql://…",
          .details = "import makes the file when it is not there." },
        { .name = "tenant", .arg = "NAME", .brief = "whose machines (default)",
          .details = "Tenants of one store see nothing of each other." },
        { .name = "format", .arg = "FORMAT", .values = "text|json|", .brief = "how to write the answer" },
        { .name = "tag", .arg = "LIST", .list = true, .brief = "import: words for all machines; else: only machines that have them" },
        OPTION_DATA,
        OPTION_NO_COLOR,
        { 0 },
};

static const struct example examples[] = {
        { "sidelight fleet import --store fleet.db evidence/", "take in all that a folder holds" },
        { "sidelight fleet status --store fleet.db", "who should worry, and about what" },
        { 0 },
};

static const struct exit_text exits[] = {
        { EXIT_CLEAN, "done; status: nothing is open" },
        { EXIT_OPEN, "status: something is open on some machine" },
        { EXIT_UNKNOWN, "status: something is not known, and nothing is open; import: something could not be read and is kept aside" },
        { 0 },
};

static const struct fleet_word words[] = {
        { "import", "PATH...", 1, -1, "|tag|", "take in evidence: files, folders, archives, other tools' output, inventories", fleet_import },
        { "status", NULL, 0, 0, "|format|", "machines by flaw and status", fleet_status },
};

/* Options that belong to other words only. */
static int check_options(struct cli *c, const struct fleet_word *w) {
        for (ptrdiff_t i = 0; i < c->count; i++) {
                const char *name = c->items[i].option->name;
                struct str wanted = str_fmt(&c->arena, "|%s|", name);

                if (str_find(S("|store|tenant|data|no-color|output|help|"), wanted) < 0 && str_find(str_of(w->options), wanted) < 0)
                        return diag_fail_class(&c->diag, DIAG_USAGE, "fleet %s takes no --%s", w->name, name);
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
                "Keeps what many machines reported, and judges it. Evidence is kept and judged once for all machines that are alike.\n\n"
                "import PATH... takes in evidence files, folders of them, archives, other tools' output, lines of JSON and cloud "
                "inventories. What cannot be read is kept aside with the reason.\n\n"
                "status tells how many machines are open to which flaw, and whose job that is.",
        .options = options,
        .examples = examples,
        .exits = exits,
        .run = run,
};
