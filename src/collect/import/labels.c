/* /proc/cpuinfo without its colons, as it comes out of a spreadsheet, of awk, or of a table: the labels alone tell where a value begins. */
#include "base/out.h"
#include "collect/import/parts.h"

/* The kernel's own, longer ones before those that they begin with. */
static const struct {
        struct str label;
        bool number; /* a word is no value of it */
        bool mark;   /* stands for itself: no other report has it */
} labels[] = {
        { STR("processor"), true, false },      { STR("vendor_id"), false, true },       { STR("cpu family"), true, true },
        { STR("model name"), false, true },     { STR("model"), true, false },           { STR("stepping"), true, true },
        { STR("microcode"), true, true },       { STR("cpu MHz"), true, false },         { STR("cache size"), true, false },
        { STR("physical id"), true, true },     { STR("siblings"), true, true },         { STR("core id"), true, true },
        { STR("cpu cores"), true, true },       { STR("initial apicid"), true, false },  { STR("apicid"), true, false },
        { STR("fpu_exception"), false, false }, { STR("fpu"), false, false },            { STR("cpuid level"), true, true },
        { STR("wp"), false, false },            { STR("vmx flags"), false, true },       { STR("flags"), false, true },
        { STR("bugs"), false, true },           { STR("bogomips"), true, false },        { STR("BogoMIPS"), true, false },
        { STR("TLB size"), true, false },       { STR("clflush size"), true, false },    { STR("cache_alignment"), true, false },
        { STR("address sizes"), true, false },  { STR("power management"), false, true }, { STR("Features"), false, true },
        { STR("CPU implementer"), true, true }, { STR("CPU architecture"), true, true }, { STR("CPU variant"), true, true },
        { STR("CPU part"), true, true },        { STR("CPU revision"), true, true },
};

enum { LABELS = sizeof(labels) / sizeof(labels[0]), MARKS_NEEDED = 3 };
_Static_assert(LABELS <= 64, "marks have a bit for each");

/* Which label the line begins with, blanks and no colon behind it; -1: none. */
static int label_of(struct str line) {
        for (int i = 0; i < LABELS; i++) {
                struct str rest = str_from(line, labels[i].label.len), value;

                if (!line.p || !str_starts(line, labels[i].label) || (rest.len > 0 && rest.p[0] != ' ' && rest.p[0] != '\t'))
                        continue;
                value = str_trim(rest);
                if (value.len > 0 && (value.p[0] == ':' || value.p[0] == '=' || (labels[i].number && (value.p[0] < '0' || value.p[0] > '9'))))
                        continue;
                return i;
        }
        return -1;
}

struct str labelled_text(struct arena *a, struct str text) {
        OUT_AUTO struct out o = { 0 };
        struct str rest = text, line;
        uint64_t seen = 0;
        int marks = 0, n;

        while (str_line(&rest, &line) && marks < MARKS_NEEDED) {
                n = label_of(str_trim(line));
                if (n >= 0 && labels[n].mark && !(seen & UINT64_C(1) << n)) {
                        seen |= UINT64_C(1) << n;
                        marks++;
                }
        }
        if (marks < MARKS_NEEDED)
                return text;
        while (str_line(&text, &line)) {
                struct str own = str_trim(line);

                n = label_of(own);
                if (n >= 0)
                        out_fmt(&o, "%.*s\t: %.*s", STR_ARG(labels[n].label), STR_ARG(str_trim(str_from(own, labels[n].label.len))));
                else
                        out_str(&o, line);
                if (text.len > 0 || (text.p && text.p[-1] == '\n'))
                        out_char(&o, '\n');
        }
        return str_dup(a, out_text(&o));
}

bool import_cpuinfo_label(struct str label) {
        for (int i = 0; i < LABELS; i++)
                if (labels[i].mark && str_eq(label, labels[i].label))
                        return true;
        return false;
}
