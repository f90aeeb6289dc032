/* lscpu (util-linux): names and values of its lines. Texts that begin with "Mitigation" it shows without their colons, with a
 * semicolon behind that word (sys-utils/lscpu-cputype.c, lscpu_read_vulnerabilities): the catalog's sentences undo that. */
#include "collect/import/parts.h"

/* The bytes of `text` that are `says` without its colons; -1 when it does not begin so, or goes on within a word. */
static ptrdiff_t matches(struct str text, struct str says) {
        ptrdiff_t at = 0;

        for (ptrdiff_t i = 0; i < says.len; i++) {
                if (says.p[i] == ':')
                        continue;
                if (at < text.len && text.p[at] == ';' && i > 0 && says.p[i - 1] == ':')
                        at++; /* "Mitigation; PTI" */
                if (at >= text.len || text.p[at] != says.p[i])
                        return -1;
                at++;
        }
        return at == text.len || text.p[at] == ';' || text.p[at] == ',' ? at : -1;
}

/* The longest known sentence, or part of one, that stands at the beginning of the text. */
static const struct sentence *known(const struct sentence_file *f, struct str text, ptrdiff_t *ret_len) {
        const struct sentence *best = NULL;

        *ret_len = 0;
        for (uint32_t i = 0; i < f->sentence_count; i++) {
                ptrdiff_t n = matches(text, f->sentences[i].says);

                if (n > *ret_len) {
                        *ret_len = n;
                        best = &f->sentences[i];
                }
        }
        return best;
}

static struct str restored(struct evidence *e, const struct sentence_file *f, struct str text) {
        static const struct str mitigation = STR("Mitigation;");
        struct out o = { 0 };
        struct str copy;

        if (!str_starts(text, mitigation))
                return text;
        for (ptrdiff_t at = 0; at < text.len;) {
                struct str rest = str_from(text, at);
                ptrdiff_t n, end;
                const struct sentence *s = known(f, rest, &n);

                if (s) {
                        out_str(&o, s->says);
                } else {
                        n = at == 0 ? mitigation.len : 0;
                        out_c(&o, at == 0 ? "Mitigation:" : "");
                        end = str_find_char(str_from(rest, n), ';');
                        end = end < 0 ? rest.len - n : end;
                        out_str(&o, str_sub(rest, n, end));
                        n += end;
                }
                at += n;
                while (at < text.len && (text.p[at] == ';' || text.p[at] == ',' || text.p[at] == ' '))
                        out_char(&o, text.p[at++]);
        }
        copy = str_dup(e->arena, out_text(&o));
        out_free(&o);
        return copy;
}

static void vulnerability(struct evidence *e, const struct catalog *c, struct str name, struct str value) {
        char file[64];
        ptrdiff_t n = name.len < (ptrdiff_t)sizeof(file) ? name.len : (ptrdiff_t)sizeof(file);

        for (ptrdiff_t i = 0; i < n; i++)
                file[i] = name.p[i] == ' ' ? '_' : name.p[i] >= 'A' && name.p[i] <= 'Z' ? (char)(name.p[i] + 32) : name.p[i];
        for (uint32_t i = 0; i < c->file_count; i++)
                if (str_eq(c->files[i].file, str_n(file, n)))
                        (void)import_vulnerability(e, c, c->files[i].file, restored(e, &c->files[i], value));
}

void import_lscpu_line(struct evidence *e, const struct catalog *c, struct import_cpu *cpu, struct str name, struct str value) {
        const struct {
                struct str name;
                struct str *value;
        } fields[] = {
                { S("Vendor ID"), &cpu->vendor }, { S("CPU family"), &cpu->family }, { S("Model"), &cpu->model },
                { S("Model name"), &cpu->name },  { S("Stepping"), &cpu->stepping }, { S("Flags"), &cpu->flags },
        };

        for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
                if (str_eq(name, fields[i].name))
                        *fields[i].value = value;
        if (str_starts(name, S("Vulnerability ")))
                vulnerability(e, c, str_from(name, 14), value);
        else if (str_eq(name, S("Architecture")))
                evidence_add_line(e, RECORD_UNAME, S(""), str_fmt(e->arena, "Linux ? %.*s", STR_ARG(value)));
        else if (str_eq(name, S("Thread(s) per core")))
                evidence_add_file(e, S("/sys/devices/system/cpu/smt/active"), str_eq(value, S("1")) ? S("0") : S("1"));
}

/* Arm's stepping ("r0p3") and model are not cpuinfo's: there the kernel's sentences alone count. */
void import_lscpu_done(struct evidence *e, const struct import_cpu *cpu) {
        if (cpu->flags.len > 0 && !str_starts(cpu->stepping, S("r")))
                import_cpu(e, cpu);
        else
                evidence_add_line(e, RECORD_META, S("processor"), S("none"));
        import_meta(e, "lscpu: the kernel's sentences and the processor; no kernel version, command line, microcode or register");
}
