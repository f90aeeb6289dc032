/* Raw CPUID: cpuid -r and -d, AIDA64 and InstLatx64, libcpuid, x86info, the kernel's own kcpuid. */
#include "collect/import/parts.h"

struct answer {
        uint32_t leaf, subleaf, words[4];
};

/* Hexadecimal digits, with or without 0x, from `*at` on. */
static bool take_hex(struct str line, ptrdiff_t *at, uint32_t *ret) {
        ptrdiff_t start = *at, end;
        uint64_t n;

        start += str_starts(str_from(line, start), S("0x")) ? 2 : 0;
        for (end = start; end < line.len && end - start < 8; end++)
                if (!((line.p[end] >= '0' && line.p[end] <= '9') || (line.p[end] >= 'a' && line.p[end] <= 'f') ||
                      (line.p[end] >= 'A' && line.p[end] <= 'F')))
                        break;
        if (end == start || !str_hex_to_u64(str_sub(line, start, end - start), &n))
                return false;
        *ret = (uint32_t)n;
        *at = end;
        return true;
}

/* A register in all its digits: what was cut is another number. */
static bool take_register(struct str line, ptrdiff_t *at, uint32_t *ret) {
        ptrdiff_t from = *at + (str_starts(str_from(line, *at), S("0x")) ? 2 : 0);

        return take_hex(line, at, ret) && *at - from == 8;
}

/* Behind `word`, which must come at or after `*at`. */
static bool take_behind(struct str line, ptrdiff_t *at, struct str word, uint32_t *ret) {
        ptrdiff_t found = str_find(str_from(line, *at), word);

        if (found < 0)
                return false;
        *at += found + word.len;
        while (*at < line.len && (line.p[*at] == ' ' || line.p[*at] == '='))
                ++*at;
        return take_hex(line, at, ret);
}

static bool take_named(struct str line, ptrdiff_t at, struct answer *ret) {
        static const struct str names[][2] = { { STR("eax"), STR("EAX") }, { STR("ebx"), STR("EBX") }, { STR("ecx"), STR("ECX") }, { STR("edx"), STR("EDX") } };
        bool capital = str_find(line, S("EAX=")) >= 0;

        for (int i = 0; i < 4; i++) {
                ptrdiff_t end;

                if (!take_behind(line, &at, names[i][capital], &ret->words[i]))
                        return false;
                for (end = at; end > 0 && line.p[end - 1] != ' ' && line.p[end - 1] != '=';)
                        end--;
                if (!take_register(line, &end, &ret->words[i]))
                        return false;
        }
        return true;
}

/* "0x00000007 0x00: eax=0x00000000 ebx=0x029c67af ecx=0x00000000 edx=0xbc002e00" */
static bool of_cpuid(struct str line, struct answer *ret) {
        ptrdiff_t at = 0;

        if (!str_starts(line, S("0x")) || !take_hex(line, &at, &ret->leaf) || at >= line.len || line.p[at++] != ' ' ||
            !take_hex(line, &at, &ret->subleaf) || at >= line.len || line.p[at] != ':')
                return false;
        return take_named(line, at, ret);
}

/* "eax in: 0x00000007, eax = 00000000 ebx = 029c67af ecx = 00000000 edx = bc002e00" */
static bool of_x86info(struct str line, struct answer *ret) {
        ptrdiff_t at = 0;

        ret->subleaf = 0;
        return str_starts(line, S("eax in:")) && take_behind(line, &at, S("eax in:"), &ret->leaf) && take_named(line, at, ret);
}

/* "CPUID 00000007: 00000000-029C67AF-00000000-BC002E00 [SL 00]" */
static bool of_aida(struct str line, struct answer *ret, bool *ret_subleaf) {
        ptrdiff_t at = 6;

        if (!str_starts(line, S("CPUID ")) || !take_hex(line, &at, &ret->leaf) || at + 2 > line.len || line.p[at] != ':')
                return false;
        for (int i = 0; i < 4; i++) {
                at += i == 0 ? 2 : 1;
                if (at >= line.len || !take_register(line, &at, &ret->words[i]) || (i < 3 && (at >= line.len || line.p[at] != '-')))
                        return false;
        }
        *ret_subleaf = take_behind(line, &at, S("[SL "), &ret->subleaf);
        return true;
}

/* "CPUID 00000007:00 = 00000000 029c67af 00000000 bc002e00 | ......g........." */
static bool of_tycho(struct str line, struct answer *ret) {
        ptrdiff_t at = 6;

        if (!str_starts(line, S("CPUID ")) || !take_hex(line, &at, &ret->leaf) || at >= line.len || line.p[at++] != ':' ||
            !take_hex(line, &at, &ret->subleaf) || !str_starts(str_from(line, at), S(" =")))
                return false;
        at += 2;
        for (int i = 0; i < 4; i++) {
                if (at >= line.len || line.p[at++] != ' ' || !take_register(line, &at, &ret->words[i]))
                        return false;
        }
        return true;
}

enum { NO_LEAF = 0x7fffffff }; /* of which subleaves could stand below */

/* kcpuid: "0x00000001: EAX=0x000306d4, EBX=…"; "0x00000007: subleafs:", and directly below it "  0: EAX=…": without that head they are nobody's. */
static bool of_kcpuid(struct str line, struct answer *ret, uint32_t *leaf) {
        ptrdiff_t at = 0;
        uint32_t n, above = *leaf;
        bool named = str_starts(line, S("0x"));

        *leaf = NO_LEAF;
        if (!take_hex(line, &at, &n) || at >= line.len || line.p[at] != ':')
                return false;
        if (named && str_eq(str_trim(str_from(line, at + 1)), S("subleafs:"))) {
                *leaf = n;
                return false;
        }
        if (str_find(line, S("EAX=")) < 0 || !take_named(line, at, ret) || (!named && above == NO_LEAF))
                return false;
        ret->leaf = named ? n : above;
        ret->subleaf = named ? 0 : n;
        *leaf = named ? NO_LEAF : above;
        return true;
}

/* "basic_cpuid[7]=00000000 029c67af 00000000 bc002e00", "ext_cpuid[1]=…" */
static bool of_libcpuid(struct str line, struct answer *ret) {
        bool extended = str_starts(line, S("ext_cpuid["));
        ptrdiff_t open = str_find_char(line, '['), close = str_find(line, S("]="));
        uint64_t n;

        if ((!extended && !str_starts(line, S("basic_cpuid["))) || close < open || !str_to_u64(str_sub(line, open + 1, close - open - 1), &n) || n > 255)
                return false;
        ret->leaf = (uint32_t)n | (extended ? 0x80000000 : 0);
        ret->subleaf = 0;
        close += 2;
        for (int i = 0; i < 4; i++, close++)
                if (!take_register(line, &close, &ret->words[i]))
                        return false;
        return true;
}

/* "CPU 0:", "------[ Logical CPU #1 ]------", "CPU#000 AffMask: 0x…", "CPUID Registers / Logical CPU #0" */
static bool is_cpu(struct str line, uint32_t *ret) {
        static const struct str words[] = { STR("CPU "), STR("Logical CPU #"), STR("CPU#") };
        uint64_t n;

        if (str_eq(line, S("CPU:"))) {
                *ret = 0;
                return true;
        }
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
                ptrdiff_t at = str_find(line, words[i]), end;

                if (at < 0 || (i == 0 && (at > 0 || !str_ends(line, S(":")))))
                        continue;
                at += words[i].len;
                for (end = at; end < line.len && line.p[end] >= '0' && line.p[end] <= '9';)
                        end++;
                if (end > at && str_to_u64(str_sub(line, at, end - at), &n) && n < 65536) {
                        *ret = (uint32_t)n;
                        return true;
                }
        }
        return false;
}

/* Sources quote such lists in comments. */
static struct str uncommented(struct str line) {
        static const struct str marks[] = { STR("// "), STR("//"), STR("* "), STR("# "), STR("; ") };

        line = str_trim(line);
        for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
                if (str_starts(line, marks[i]))
                        return str_trim(str_from(line, marks[i].len));
        return line;
}

/* `leaf`: of which kcpuid shows subleaves below. */
static bool is_answer(struct str line, struct answer *ret, bool *ret_subleaf, uint32_t *leaf) {
        *ret_subleaf = true;
        return of_cpuid(line, ret) || of_x86info(line, ret) || of_libcpuid(line, ret) || of_tycho(line, ret) || of_kcpuid(line, ret, leaf) ||
               of_aida(line, ret, ret_subleaf);
}

static bool is_registers(struct import *im, const struct lines *l) {
        struct answer one;
        uint32_t leaf = NO_LEAF;
        int marks = 0;
        bool subleaf;

        (void)im;
        for (ptrdiff_t i = 0; i < l->count && marks < 2; i++)
                marks += is_answer(uncommented(l->items[i].text), &one, &subleaf, &leaf);
        return marks >= 2;
}

static int read_registers(struct import *im, struct lines *l) {
        struct import_host *h = import_host(im, S(""));
        struct answer one = { 0 };
        uint32_t cpu = 0, leaf = NO_LEAF;
        bool subleaf;

        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = uncommented(l->items[i].text);

                if (l->items[i].taken)
                        continue;
                l->items[i].taken = is_cpu(line, &cpu);
                if (!is_answer(line, &one, &subleaf, &leaf))
                        continue;
                l->items[i].taken = true;
                while (!subleaf && evidence_cpuid(&h->e, cpu, one.leaf, one.subleaf) && one.subleaf < 64)
                        one.subleaf++; /* without a mark they count up */
                if (!subleaf && !evidence_cpuid(&h->e, cpu, one.leaf, 0))
                        one.subleaf = 0;
                if (one.leaf == 1)
                        one.words[1] &= 0x00ffffff; /* the rest only numbers the CPU */
                evidence_add_cpuid(&h->e, cpu, one.leaf, one.subleaf, one.words);
        }
        return 0;
}

const struct reader reader_registers = {
        .format = { .name = "cpuid", .title = "cpuid -r, cpuid -d, kcpuid -r, AIDA64, InstLatx64, libcpuid, x86info",
                    .carries = "CPUID's answers: the processor, exactly; nothing of what a system does" },
        .lacks = LACKS_KERNEL,
        .in_lines = is_registers,
        .read_lines = read_registers,
};
