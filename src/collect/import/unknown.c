/* What no reader knows: what it looks like, and what could be read instead. */
#include "base/plain.h"
#include "collect/import/import.h"

enum { SHOWN = 40 }; /* letters of the text's beginning that are told */

static bool is_binary(struct str text) {
        return str_find_char(str_sub(text, 0, 4096), '\0') >= 0;
}

/* What web pages put around a text. */
static bool is_fence(struct str line) {
        return str_starts(line, S("```")) || str_starts(line, S("~~~")) || str_starts(line, S("<details")) || str_starts(line, S("<summary")) ||
               str_starts(line, S("<pre")) || str_starts(line, S("<code"));
}

/* The first line that says something, shortened where a letter ends. */
static struct str beginning(struct arena *a, struct str text) {
        struct str line = S("");
        ptrdiff_t n = SHOWN;

        while ((str_empty(line) || is_fence(line)) && str_line(&text, &line))
                line = str_trim(line);
        if (line.len <= SHOWN)
                return plain(a, line);
        while (n > 0 && ((unsigned char)line.p[n] & 0xc0) == 0x80)
                n--;
        return str_fmt(a, "%.*s…", STR_ARG(plain(a, str_sub(line, 0, n))));
}

int import_refuse(struct diag *d, struct arena *a, struct str source, struct str text) {
        if (str_trim(text).len == 0 && str_eq(source, S("standard input")))
                return diag_fail_class(d, DIAG_INPUT, "standard input is empty: nothing came in to be judged");
        if (str_trim(text).len == 0)
                return diag_fail_class(d, DIAG_INPUT, "'%.*s' is empty; what belongs there: `sidelight collect` on the machine, or what another tool "
                                       "prints there", STR_ARG(source));
        if (is_binary(text))
                return diag_fail_class(d, DIAG_INPUT, "'%.*s' holds no text: evidence is what `sidelight collect` or another tool prints", STR_ARG(source));
        return diag_fail_at(d, str_to_c(a, source), 1,
                            "cannot tell what this is, which begins with '%.*s'; it takes what `sidelight collect` writes, /proc/cpuinfo, and what lscpu, "
                            "dmesg, inxi, `grep . /sys/devices/system/cpu/vulnerabilities/*`, Get-SpeculationControlSettings and others print (docs/inputs.md)",
                            STR_ARG(beginning(a, text)));
}
