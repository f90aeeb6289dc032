/* For test_kernel_words.py: each line of standard input is a command line in hexadecimal digits; printed is how it is read, in digits again.
 *
 *      NAME=VALUE NAME …| NAME=VALUE …      words as parameters are read, up to "--"; behind the bar what the scanner of x86 finds */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "evidence/kernel_line.h"

enum { LINE = 1 << 16 };

static const char *const names[] = { "pti", "nopti", "spectre_v2", "nospectre_v2", "spectre_v2_user", "spec_store_bypass_disable", "tsx",
                                     "dis_ucode_ldr", "nospec_store_bypass_disable", "clearcpuid" };

static void hex(struct str s) {
        for (ptrdiff_t i = 0; i < s.len; i++)
                (void)printf("%02x", (unsigned char)s.p[i]);
}

static void tell(struct str name, struct str value) {
        hex(name);
        if (value.p) {
                (void)putchar('=');
                hex(value);
        }
        (void)putchar(' ');
}

static void read_line(struct str line) {
        struct kernel_word w;
        struct str value;
        ptrdiff_t at = 0;

        while (kernel_word(line, &at, &w) && !kernel_word_ends(&w))
                tell(w.name, w.value);
        (void)putchar('|');
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
                bool has_value = false;

                if (!kernel_name_scanned(str_of(names[i]), &has_value))
                        (void)printf("unknown ");
                else if (kernel_scan(line, str_of(names[i]), has_value, &value))
                        tell(str_of(names[i]), has_value ? value : (struct str){ 0 });
        }
        (void)putchar('\n');
}

int main(void) {
        static char text[LINE], bytes[LINE];

        while (fgets(text, sizeof(text), stdin)) {
                ptrdiff_t n = 0;
                unsigned value;

                for (const char *p = text; sscanf(p, "%2x", &value) == 1; p += 2)
                        bytes[n++] = (char)value;
                read_line(str_n(bytes, n));
        }
        return 0;
}
