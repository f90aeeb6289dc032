/* A ticket for the provider: plain text of at most 72 columns, which every form and every mail takes, below a subject in one line. */
#include "base/version.h"
#include "report/advice.h"

#include "report/layout.h"
#include "report/steps.h"

enum { COLUMNS = 72, INDENT = 3 };

static void paragraph(struct out *o, struct str text, int indent) {
        out_repeat(o, ' ', indent);
        layout_wrap(o, text, indent, indent, COLUMNS);
}

/* "Meltdown (CVE-2017-5754); MDS (CVE-2018-12126, …)". */
static struct str decides(struct arena *a, const struct step *s) {
        struct str text = S("");

        for (ptrdiff_t i = 0; i < s->resolves.count; i++) {
                const struct flaw *f = s->resolves.items[i];
                struct str numbers = S("");

                for (uint32_t k = 0; k < f->cves.count; k++)
                        numbers = str_fmt(a, "%.*s%s%.*s", STR_ARG(numbers), k ? ", " : "", STR_ARG(T_AT(f->cves, k)));
                text = str_fmt(a, "%.*s%s%.*s%s%.*s%s", STR_ARG(text), i ? "; " : "", STR_ARG(T(f->name)), numbers.len ? " (" : "",
                               STR_ARG(numbers), numbers.len ? ")" : "");
        }
        return text;
}

static void request(struct arena *a, const struct step *s, int number, struct out *o) {
        out_fmt(o, "\n%d. ", number);
        layout_wrap(o, s->ask.len ? s->ask : str_fmt(a, "Please: %.*s.", STR_ARG(s->title)), INDENT, INDENT, COLUMNS);
        paragraph(o, str_fmt(a, "For: %.*s", STR_ARG(decides(a, s))), INDENT);
}

static void head(struct arena *a, const struct verdict *v, int count, struct out *o) {
        const struct machine *m = &v->machine;
        const char *kernel = verdict_is_theirs(v, LAYER_KERNEL) ? ", and by the kernel that it is started with: much of that" : ", which";

        out_fmt(o, "Subject: CPU side channels, host of %.*s: %d %s\n", STR_ARG(m->name), count, count == 1 ? "question" : "questions");
        out_c(o, "\nHello,\n\n");
        paragraph(o, str_fmt(a, "%.*s runs on one of your hosts (%.*s, %.*s%s%.*s). Whether it is protected against the speculative-execution "
                             "side channels below is decided by the host's microcode, firmware and hypervisor%s cannot be seen from "
                             "inside the machine. Please tell us:", STR_ARG(m->name), STR_ARG(m->processor), STR_ARG(m->where),
                             m->os.len ? ", " : "", STR_ARG(m->os), kernel), 0);
}

void steps_ticket(struct arena *a, const struct plan *p, const struct verdict *v, struct out *o) {
        int count = steps_in_ticket(p), number = 0;

        if (count == 0)
                return;
        head(a, v, count, o);
        for (ptrdiff_t i = 0; i < p->count; i++)
                if (steps_is_in_ticket(&p->items[i]))
                        request(a, &p->items[i], ++number, o);
        out_char(o, '\n');
        paragraph(o, S("These are the questions that sidelight " SIDELIGHT_VERSION " could not answer from inside the machine."), 0);
}

bool advice_ticket(const struct advice_page *p, struct out *o) {
        steps_ticket(p->arena, p->plan, p->report, o);
        return steps_in_ticket(p->plan) > 0;
}
