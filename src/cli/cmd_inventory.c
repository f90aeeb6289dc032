/* `sidelight inventory`: what has to be done for each resource of a cloud inventory. */
#include <stdio.h>

#include "base/json_stream.h"
#include "cli/input.h"
#include "collect/import/import.h"
#include "platform/files.h"
#include "platform/spool.h"
#include "report/inventory_report.h"

enum { FORMAT_TEXT, FORMAT_JSON, PROGRESS_STEP = 64 << 20, PROGRESS_WIDTH = 40 };

#define UNTRUSTED_WORD(name, word) word "|"

static const struct option options[] = {
        { .name = "format",
          .arg = "FORMAT",
          .values = "text|json|",
          .brief = "how to write the report",
          .details = "JSON is one object, with each resource on a line of its own." },
        { .name = "as-of", .arg = "DATE", .date = true, .brief = "use the guidance of this day (2018-01-12)" },
        { .name = "untrusted",
          .arg = "WHO",
          .values = UNTRUSTEDS(UNTRUSTED_WORD),
          .brief = "whether code you do not trust runs there" },
        { .name = "exit-zero", .brief = "exit with 0 even if there are unknown resources" },
        OPTION_DATA,
        { 0 },
};

static const struct example examples[] = {
        { "az vm list -o json | sidelight inventory -", "the virtual machines of a subscription" },
        { "aws ec2 describe-instances | sidelight inventory -", "machines of another cloud, as far as the list shows it" },
        { "sidelight inventory --as-of 2018-01-12 --untrusted yes *.json", "as on that day" },
        { "sidelight inventory --format json graph.json", "for scripts" },
        { 0 },
};

static const struct exit_text exits[] = {
        { EXIT_CLEAN, "each resource is known" },
        { EXIT_UNKNOWN, "for some resources it is not known what has to be done" },
        { 0 },
};

/* A file that is being read, and the bar that shows how far. */
struct source {
        struct input_file file;
        struct str ahead; /* what was read to see what it is */
        uint64_t done, shown;
        bool show;
};

static void show_progress(struct source *s) {
        char bar[PROGRESS_WIDTH + 1], line[160];
        int stream = 2, filled = s->file.size ? (int)(s->done * PROGRESS_WIDTH / s->file.size) : 0, n;

        if (!s->show || s->done - s->shown < PROGRESS_STEP)
                return;
        s->shown = s->done;
        filled = filled > PROGRESS_WIDTH ? PROGRESS_WIDTH : filled;
        memset(bar, '.', PROGRESS_WIDTH);
        memset(bar, '#', (size_t)filled);
        bar[PROGRESS_WIDTH] = 0;
        n = s->file.size ? snprintf(line, sizeof(line), "\r[%s] %llu of %llu MB", bar, (unsigned long long)(s->done >> 20),
                               (unsigned long long)(s->file.size >> 20))
                    : snprintf(line, sizeof(line), "\r%llu MB", (unsigned long long)(s->done >> 20));
        (void)program_write(&stream, line, n);
}

static void end_progress(const struct source *s) {
        static const char clear[] = "\r\x1b[K";
        int stream = 2;

        if (s->shown)
                (void)program_write(&stream, clear, (ptrdiff_t)sizeof(clear) - 1);
}

static ptrdiff_t read_source(void *arg, char *p, ptrdiff_t size, struct diag *d) {
        struct source *s = arg;
        ptrdiff_t n = s->ahead.len < size ? s->ahead.len : size;

        if (n > 0) {
                memcpy(p, s->ahead.p, (size_t)n);
                s->ahead = str_from(s->ahead, n);
                return n;
        }
        n = input_take(&s->file, p, size, d);

        if (n > 0)
                s->done += (uint64_t)n;
        show_progress(s);
        return n;
}

/* So much of it that one sees what it is; of what is no JSON, everything, which then is JSON if it was YAML. */
static int look_ahead(struct source *s, struct arena *a, struct diag *d) {
        OUT_AUTO struct out all = { 0 }, json = { 0 };
        struct str begin = S("");
        char buffer[16 << 10];
        ptrdiff_t n = 0;

        while ((begin.len == 0 || !memchr("{[\"\xef\xff\xfe\0", begin.p[0], 7)) && all.len < JSON_ELEMENT_MAX && (n = input_take(&s->file, buffer, (ptrdiff_t)sizeof(buffer), d)) > 0) {
                out_str(&all, str_n(buffer, n));
                if (begin.len == 0)
                        begin = str_dup(a, str_sub(str_trim(out_text(&all)), 0, 1));
        }
        s->done = (uint64_t)all.len;
        if (n == 0 && import_yaml_as_json(&json, a, out_text(&all)))
                s->ahead = str_dup(a, out_text(&json));
        else
                s->ahead = str_dup(a, out_text(&all));
        return n < 0 ? -1 : 0;
}

static int read_file(struct inventory *inv, struct cli *c, const char *path) {
        struct program_terminal terminal;
        struct source s = { 0 };
        int status;

        program_terminal(2, &terminal);
        s.show = terminal.is_terminal;
        if (input_open(&s.file, path, &c->arena, &c->diag) < 0)
                return -1;
        status = look_ahead(&s, &c->arena, &c->diag);
        if (status == 0)
                status = inventory_read(inv, s.file.name, read_source, &s, &c->diag);
        end_progress(&s);
        input_close(&s.file);
        return status;
}

/* Nothing is shown before every file has been read to its end: a resource of a broken list is no result. */
static int run(struct cli *c) {
        SPOOL_AUTO struct spool spool;
        struct inventory_report r = { .out = &spool.out, .today = str_sub(input_now(c), 0, 10) };
        struct inventory inv = { .resource = inventory_report_resource, .arg = &r };
        int status = 0, code;

        spool_start(&spool);
        r.is_json = cli_word(c, "format", FORMAT_TEXT) == FORMAT_JSON;
        r.untrusted = (enum untrusted)cli_word(c, "untrusted", UNTRUSTED_UNDECLARED);
        r.as_of = cli_text(c, "as-of");
        if (input_catalog(c, &r.catalog) < 0)
                return -1;
        inv.catalog = r.catalog;
        if (random_bytes(&inv.seen.key, sizeof(inv.seen.key), &c->diag) < 0)
                return -1;
        inventory_report_begin(&r);
        for (int i = 0; i < c->operand_count && status == 0; i++)
                status = read_file(&inv, c, c->operands[i]);
        if (status == 0) {
                inventory_report_end(&r, &inv);
                status = spool_release(&spool, &c->out, &c->diag);
        }
        code = r.untold && !cli_given(c, "exit-zero") ? EXIT_UNKNOWN : EXIT_CLEAN;
        inventory_report_free(&r);
        inventory_free(&inv);
        return status < 0 ? -1 : code;
}

const struct command cmd_inventory = {
        .name = "inventory",
        .operands = "FILE...",
        .operands_min = 1,
        .operands_max = -1,
        .summary = "report what each resource of a cloud inventory needs",
        .description =
                "Reads lists of resources as JSON, of any size; - is standard input. Of Azure: the output of `az vm "
                "list` and other `az` lists, ARM answers, both forms of Resource Graph answers, ARM templates, single "
                "resources, one document after another. Of other clouds: `aws ec2 describe-instances`, `gcloud compute "
                "instances list` and `gcloud container clusters list`, `oci compute instance list`, `kubectl get nodes "
                "-o json`, Terraform's state and `terraform show -json`, lists of Hetzner, DigitalOcean, Linode, Vultr, "
                "Scaleway and Proxmox; they are classified, but only general guidance is known for them. What these "
                "commands write as YAML is read, too, up to 64 MB. Each resource is assigned to an offering by its "
                "type and its operating system, with how certain that is, and gets the actions that `sidelight "
                "advise` gives for it. A resource that appears in several lists is reported once. Totals by "
                "offering follow.\n\n"
                "The Windows version in an instance view shows whether the fixes of January 2018 are installed. "
                "The configuration of Cloud Services (extended support) is judged as `sidelight cloud-service "
                "lint` does. What is not known is unknown, never \"nothing to do\".",
        .options = options,
        .examples = examples,
        .exits = exits,
        .run = run,
};
