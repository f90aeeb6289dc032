/* The evidence file, version 1, written. */
#include "evidence/evidence.h"

/* Contents verbatim, but for a backslash before every line that could be taken for a record. */
static void write_contents(struct out *o, struct str text) {
        struct str line, rest = text;
        ptrdiff_t i;

        while (str_cut(&rest, '\n', &line)) {
                for (i = 0; i < line.len && line.p[i] == '\\'; i++)
                        ;
                if (str_starts(str_from(line, i), S("--")))
                        out_char(o, '\\');
                out_str(o, line);
                out_char(o, '\n');
        }
        if (str_ends(text, S("\n")))
                out_char(o, '\n');
}

static void write_file(struct out *o, const struct record *r) {
        out_c(o, r->state == FACT_KNOWN ? "file" : fact_state_word(r->state));
        out_char(o, ' ');
        out_str(o, r->key);
        if (r->state == FACT_FAILED && r->text.len > 0) {
                out_char(o, ' ');
                out_str(o, r->text);
        }
        out_char(o, '\n');
        if (r->state == FACT_KNOWN)
                write_contents(o, r->text);
}

static void write_cpu(struct out *o, uint32_t cpu) {
        if (cpu == EVIDENCE_ALL_CPUS)
                out_char(o, '*');
        else
                out_u64(o, cpu);
        out_char(o, ' ');
}

static void write_words(struct out *o, const struct record *r) {
        for (uint32_t i = 0; i < r->word_count; i++) {
                out_char(o, ' ');
                out_hex(o, r->words[i], 8);
                if (r->kind == RECORD_NT && i < 2 && r->known[i] != UINT32_MAX) {
                        out_char(o, '/');
                        out_hex(o, r->known[i], 8);
                }
        }
        out_char(o, '\n');
}

static void write_cpuid(struct out *o, const struct record *r) {
        out_c(o, "cpuid ");
        write_cpu(o, r->cpu);
        out_hex(o, r->leaf, 8);
        out_char(o, '.');
        out_hex(o, r->subleaf, 1);
        write_words(o, r);
}

static void write_msr(struct out *o, const struct record *r) {
        out_c(o, "msr ");
        write_cpu(o, r->cpu);
        out_hex(o, r->leaf, 8);
        out_char(o, ' ');
        if (r->state == FACT_KNOWN)
                out_hex(o, r->value, 16);
        else
                out_c(o, fact_state_word(r->state));
        if (r->state == FACT_KNOWN && r->unknown) {
                out_char(o, '/');
                out_hex(o, ~r->unknown, 16);
        }
        out_char(o, '\n');
}

static void write_idreg(struct out *o, const struct record *r) {
        out_c(o, "idreg ");
        write_cpu(o, r->cpu);
        out_str(o, r->key);
        out_char(o, ' ');
        out_hex(o, r->value, 16);
        out_char(o, '\n');
}

static void write_nt(struct out *o, const struct record *r) {
        out_c(o, "nt ");
        out_u64(o, r->leaf);
        if (r->state == FACT_FAILED) {
                out_c(o, " status ");
                out_hex(o, r->value, 8);
                out_char(o, '\n');
        } else {
                write_words(o, r);
        }
}

static void write_named(struct out *o, const char *kind, const struct record *r) {
        out_c(o, kind);
        if (r->key.len > 0) {
                if (kind[0])
                        out_char(o, ' ');
                out_str(o, r->key);
        }
        if (r->state != FACT_KNOWN) {
                out_char(o, ' ');
                out_c(o, fact_state_word(r->state));
        } else if (r->text.len > 0) {
                out_char(o, ' ');
                out_str(o, r->text);
        }
        out_char(o, '\n');
}

static void write_record(struct out *o, const struct record *r) {
        static const char *const words[] = {
#define X(name, text) [RECORD_##name] = (text),
                EVIDENCE_KINDS(X)
#undef X
        };

        out_c(o, "-- ");
        switch (r->kind) {
        case RECORD_FILE:
                write_file(o, r);
                break;
        case RECORD_CPUID:
                write_cpuid(o, r);
                break;
        case RECORD_MSR:
                write_msr(o, r);
                break;
        case RECORD_IDREG:
                write_idreg(o, r);
                break;
        case RECORD_NT:
                write_nt(o, r);
                break;
        default:
                write_named(o, words[r->kind], r);
                break;
        }
}

void evidence_write(const struct evidence *e, struct out *o) {
        evidence_read_all(e);
        out_c(o, "# sidelight evidence 1\n");
        for (ptrdiff_t i = 0; i < e->count; i++)
                write_record(o, &e->items[i]);
}
