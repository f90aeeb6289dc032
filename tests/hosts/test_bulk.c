/* test_bulk ROUNDS FOLDER…: many files judged at once say what each says alone.
 *
 * All fixtures below the folders, seven times as they are, and then ROUNDS times with small changes: digits of registers and of the microcode's
 * revision, words of the command line, sentences of other machines, records that are gone, denied or there twice. One struct bulk
 * judges all of them, so that what it kept of each meets all others. TAP. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/out.h"
#include "fleet/bulk/bulk.h"

/* From the second time on a file is compared with the form that was learnt, the fourth time it is kept as a whole, with its report, and from the fifth
 * on it is not even taken apart. */
enum { FILES_MAX = 4096, CHANGES_MAX = 3, AS_THEY_ARE = 7, NEAR_FIRST = 8 };

static struct arena kept;
static struct str files[FILES_MAX];
static int file_count, unlike, remembered;
static uint64_t state = 1;

static int gather(const char *path, const struct stat *st, int type, struct FTW *at) {
        struct str name = str_of(path);
        FILE *in;
        char *p;

        (void)at;
        if (type != FTW_F || !str_ends(name, S(".host")) || file_count == FILES_MAX)
                return 0;
        in = fopen(path, "rb");
        p = arena_bytes(&kept, st->st_size + 1);
        if (!in || fread(p, 1, (size_t)st->st_size, in) != (size_t)st->st_size)
                return 1;
        (void)fclose(in);
        files[file_count++] = str_n(p, st->st_size);
        return 0;
}

/* xorshift (G. Marsaglia): the same numbers wherever it runs. */
static int chance(int n) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return (int)(state % (uint64_t)n);
}

/* ---- Changes ---- */

static struct str replaced(struct arena *a, struct str text, ptrdiff_t at, ptrdiff_t length, struct str by) {
        return str_cat(a, str_cat(a, str_sub(text, 0, at), by), str_from(text, at + length));
}

/* Where the `which`-th line that begins so begins, counted round and round; -1: there is none. */
static ptrdiff_t line_at(struct str text, struct str beginning, int which) {
        struct str rest = text, line;
        ptrdiff_t found = -1;
        int count = 0;

        while (str_cut(&rest, '\n', &line))
                count += str_starts(line, beginning);
        for (rest = text; count > 0 && str_cut(&rest, '\n', &line);)
                if (str_starts(line, beginning) && which-- % count == 0)
                        found = line.p - text.p;
        return found;
}

static ptrdiff_t line_length(struct str text, ptrdiff_t at) {
        ptrdiff_t n = str_find_char(str_from(text, at), '\n');

        return n < 0 ? text.len - at : n;
}

static struct str other_digit(struct arena *a, struct str text) {
        static const struct str kinds[] = { STR("-- cpuid "), STR("-- msr "), STR("-- nt "), STR("-- uname "), STR("-- meta captured "), STR("model\t") };
        struct str kind = kinds[chance((int)(sizeof(kinds) / sizeof(kinds[0])))];
        ptrdiff_t at = line_at(text, kind, chance(1000));
        static const char digits[] = "0123456789abcdef";

        if (at < 0)
                return text;
        for (ptrdiff_t i = at + kind.len + chance((int)line_length(text, at)); i < at + line_length(text, at); i++)
                if (text.p[i] >= '0' && text.p[i] <= '9')
                        return replaced(a, text, i, 1, str_n(&digits[chance(16)], 1));
        return text;
}

/* In /proc/cpuinfo, in the register, or in both; as kernels write it, or not. */
static struct str other_revision(struct arena *a, struct str text) {
        static const unsigned usual[] = { 0x1, 0xf, 0x10, 0x2006f05, 0x2007006, 0xa101148, 0xa101fff, 0xa102000, 0xb5, 0xffffffff, 0xffffffff - 1 };
        unsigned n = chance(2) ? usual[chance((int)(sizeof(usual) / sizeof(usual[0])))] : (unsigned)chance(0x10000000);
        ptrdiff_t shown = line_at(text, S("microcode\t"), chance(4)), read;

        if (shown >= 0 && chance(5))
                text = replaced(a, text, shown, line_length(text, shown), str_fmt(a, chance(9) ? "microcode\t: 0x%x" : "microcode\t: 0x0%X", n));
        read = line_at(text, S("-- msr 0 0000008b "), 0);
        if (read >= 0 && chance(5))
                text = replaced(a, text, read, line_length(text, read),
                                str_fmt(a, chance(2) ? "-- msr 0 0000008b %08x00000000" : "-- msr 0 0000008b 00000000%08x", n));
        else if (chance(3) == 0)
                text = str_fmt(a, chance(2) ? "%.*s%s-- msr * 0000008b %08x00000000\n" : "%.*s%s-- msr 1 0000008b 00000000%08x\n", STR_ARG(text),
                               str_ends(text, S("\n")) ? "" : "\n", n);
        return text;
}

static struct str other_line(struct arena *a, struct str text) {
        static const char *const words[] = {
                "mitigations=off", "mitigations=auto,nosmt", "mds=off", "mds=full", "nopti", "tsx=on", "tsx=off", "spectre_v2=off", "spectre-v2=on",
                "spectre_v2=retpoline,generic", "retbleed=off", "nosmt", "l1tf=full,force", "root=/dev/sda1", "quiet", "\"mds=off", "--",
                "x\"y nopti", "spec_store_bypass_disable=on", "spec-store-bypass-disable=on", "mitigations=strange", "xmitigations=off", "tsa=off",
                "srbds=off\tmds=off", "a\rnopti", "kvm.nx_huge_pages=off", "clearcpuid=514", "dis_ucode_ldr", "redacted", "mds=redacted", "=", "mds", "mds=strange",
                "x\xa0mds=off", "a\x01nopti", "tsx=strange",
        };
        ptrdiff_t at = line_at(text, S("-- file /proc/cmdline"), 0);
        const char *word;

        if (at < 0)
                return str_fmt(a, "%.*s%s-- file /proc/cmdline\nro %s\n", STR_ARG(text), str_ends(text, S("\n")) ? "" : "\n",
                               words[chance((int)(sizeof(words) / sizeof(words[0])))]);
        at += line_length(text, at) + 1;
        if (chance(6) == 0) /* its end was lost */
                return replaced(a, text, at + line_length(text, at), 0, str_of(chance(2) ? " \xe2\x80\xa6" : " \xe2\x80\xa6 "));
        word = words[chance((int)(sizeof(words) / sizeof(words[0])))];
        return replaced(a, text, at, 0, chance(3) ? str_fmt(a, "%s ", word) : str_fmt(a, "%s %s ", word, word)); /* or said twice */
}

/* What another machine's kernel says. */
static struct str other_sentence(struct arena *a, struct str text) {
        struct str from = files[chance(file_count)], folder = S("-- file /sys/devices/system/cpu/vulnerabilities/");
        ptrdiff_t at = line_at(text, folder, chance(100)), other = line_at(from, folder, chance(100));

        if (at < 0 || other < 0)
                return text;
        at += line_length(text, at) + 1;
        other += line_length(from, other) + 1;
        return replaced(a, text, at, line_length(text, at), str_sub(from, other, line_length(from, other)));
}

static struct str other_record(struct arena *a, struct str text) {
        ptrdiff_t at = line_at(text, S("-- "), chance(1000)), end = at;
        struct str line, path;

        if (at < 0)
                return text;
        do
                end += line_length(text, end) + 1;
        while (end < text.len && !str_starts(str_from(text, end), S("-- ")));
        line = str_sub(text, at, line_length(text, at));
        path = str_from(line, 8);
        switch (chance(5)) {
        case 0: /* twice */
                return replaced(a, text, at, 0, str_sub(text, at, end - at));
        case 1: /* at another place */
                return str_cat(a, str_cat(a, replaced(a, text, at, end - at, S("")), str_ends(text, S("\n")) ? S("") : S("\n")), str_sub(text, at, end - at));
        case 2:
                return str_starts(line, S("-- file ")) ? replaced(a, text, at, end - at, str_fmt(a, "-- denied %.*s\n", STR_ARG(path))) : text;
        case 3:
                return replaced(a, text, at + line.len, 0, chance(2) ? S("\r") : S(" "));
        default:
                return replaced(a, text, at, end - at, S(""));
        }
}

/* What differs between machines of one fleet: records that nobody, somebody, or only a later rule looks for; another kernel; other sizes. */
static struct str other_fleet(struct arena *a, struct str text) {
        static const char *const records[] = {
                "-- file /var/lib/dpkg/status\nlinux-image-6.1.0-%d-amd64 6.1.%d-1\n", "-- msr 0 0000001b %08x%08x\n",
                "-- identity boot %d-%d\n", "-- file /boot/config-6.1.%d\nCONFIG_X%d=y\n", "-- file /proc/config.gz\n# CONFIG_MITIGATION_RFDS is not set\nCONFIG_X%d=%d\n",
                "-- file /sys/class/dmi/id/sys_vendor\nMaker %d of %d\n", "-- registry HKLM\\X%d|Y dword %08x\n", "-- denied /proc/x%d\n-- failed /proc/y%d EIO\n",
                "-- file /dev/kmsg\n[    %d.%06d] Spectre V2 : Mitigation: Retpolines\n", "-- file /sys/hypervisor/type\nxen%d%d\n", "-- foo%d %d\nbar\n",
        };
        ptrdiff_t log = line_at(text, S("-- file /var/log/dmesg"), 0), size = line_at(text, S("address sizes"), chance(4));

        if (log >= 0 && chance(4) == 0)
                return replaced(a, text, log + line_length(text, log) + 1, 0, str_fmt(a, "Memory: %dK available\n", chance(1 << 24)));
        if (size >= 0 && chance(4) == 0)
                return replaced(a, text, size, line_length(text, size), str_fmt(a, "address sizes\t: %d bits physical", 36 + chance(16)));
        return str_fmt(a, "%.*s%s%.*s", STR_ARG(text), str_ends(text, S("\n")) ? "" : "\n",
                       STR_ARG(str_fmt(a, records[chance((int)(sizeof(records) / sizeof(records[0])))], chance(300), chance(1 << 24))));
}

/* Records that differ between files that are the same but for them, written in ways in which kernels and collectors do not. */
static struct str other_open(struct arena *a, struct str text) {
        static const struct {
                const char *record, *by;
        } ways[] = {
                { "-- file /proc/cmdline", "-- file /proc/cmdline" }, { "-- file /proc/cmdline", "-- file /proc/cmdline\n-- claim vmscape vulnerable tool: why" }, { "-- file /proc/cmdline", "-- file /proc/cmdline\n" },
                { "-- file /proc/cmdline", "-- file /proc/cmdline\nro\nmds=off" }, { "-- file /proc/cmdline", "-- file /proc/cmdline\n\\-- mds=off" },
                { "-- file /proc/cmdline", "-- absent /proc/cmdline" }, { "-- file /proc/cpuinfo", "-- file /proc/cpuinfo" },
                { "-- file /proc/cpuinfo", "-- file /proc/cpuinfo\nprocessor\t: 0" }, { "-- file /proc/cpuinfo", "-- denied /proc/cpuinfo" },
                { "-- uname ", "-- uname Linux  6.1.0 x86_64" }, { "-- uname ", "-- uname Linux" }, { "-- uname ", "-- uname Linux 6.9.9 x86_64\n# comment" },
                { "-- msr 0 0000008b", "-- msr 0 0000008b denied" }, { "-- msr 0 0000008b", "-- msr 0 8b 0200000000000000" },
                { "-- msr 0 0000008b", "-- msr 0 0000008b 2006f0500000000" }, { "-- identity ", "-- identity hostname" },
                { "-- identity ", "-- identity hostname vm-1 " }, { "-- identity ", "-- identity host\tname vm" },
        };
        int way = chance((int)(sizeof(ways) / sizeof(ways[0])));
        ptrdiff_t at = line_at(text, str_of(ways[way].record), 0), end = at;

        if (at < 0)
                return text;
        do
                end += line_length(text, end) + 1;
        while (end < text.len && !str_starts(str_from(text, end), S("-- ")));
        return replaced(a, text, at, (end < text.len ? end - 1 : text.len) - at, str_of(ways[way].by));
}

/* As it is copied from a terminal. */
static struct str padded(struct arena *a, struct str text) {
        OUT_AUTO struct out o = { 0 };
        struct str line;

        while (str_line(&text, &line)) {
                out_str(&o, line);
                out_c(&o, "  \n");
        }
        return str_dup(a, out_text(&o));
}

static struct str changed(struct arena *a, struct str text) {
        static struct str (*const changes[])(struct arena *a, struct str text) = { other_digit, other_revision, other_revision, other_line, other_line,
                                                                                    other_sentence, other_record, other_fleet, other_open };

        if (chance(9) == 0 && str_ends(text, S("\n")))
                text = str_sub(text, 0, text.len - 1);
        for (int n = 1 + chance(CHANGES_MAX); n > 0; n--)
                text = changes[chance((int)(sizeof(changes) / sizeof(changes[0])))](a, text);
        return chance(12) ? text : padded(a, text);
}

/* Another name, in front of all else or not. */
static struct str renamed(struct arena *a, struct str text, int number) {
        static const char *const records[] = {
                "-- identity hostname vm-%d\n", "-- meta captured 2026-11-26T10:00:%02dZ\n-- identity hostname vm-%d\n",
                "-- identity hostname a%d\n-- identity hostname b%d\n", "-- identity serial %d\n-- identity hostname \033[%dm\n",
                "-- meta captured  2026-11-2%d\n", "-- meta collector x\n-- meta captured 2026-11-2%dT1%d:00:00Z\n-- identity hostname x\n",
                "-- identity %d\n", "-- identity hostname vm-%d\nmore\n", "-- identity hostname\n-- identity hostname b%d\n",
                "-- identity  hostname vm-%d\n", "-- identity hostname vm-%d\n# said twice\n",
        };
        struct str record = str_fmt(a, records[chance(3) ? 0 : chance((int)(sizeof(records) / sizeof(records[0])))], number, number);
        ptrdiff_t at = chance(9) ? 0 : line_at(text, S("-- "), chance(1000));

        if (at > 0)
                return replaced(a, text, at, 0, record);
        at = line_length(text, 0) + 1;
        return at < text.len ? replaced(a, text, at, 0, record) : text;
}

/* ---- Both ways ---- */

static bool alone(struct bulk *b, struct arena *a, struct str text, struct out *ret, enum exit_result *ret_code) {
        struct diag d = { 0 };
        struct evidence e;
        struct verdict r;

        if (evidence_parse(&e, a, S("machine"), text, &d) < 0 || !evidence_tells(&e, false))
                return false;
        verdict_judge(&r, a, b->catalog, &e, b->options);
        report_write(&r, REPORT_JSON, b->style, ret);
        *ret_code = summary_exit(&r, b->style->fail_on);
        return true;
}

static void compare(struct bulk *b, struct arena *a, struct str text) {
        OUT_AUTO struct out one = { 0 };
        OUT_AUTO struct out many = { 0 };
        enum exit_result code = EXIT_CLEAN, other = EXIT_CLEAN;
        struct diag d = { 0 };
        bool good = alone(b, a, text, &one, &code), same;

        same = (bulk_judge(b, S("machine"), text, &many, &other, &d) == 0) == good && (!good || code == other) &&
               str_eq(out_text(&one), out_text(&many));
        remembered += b->hits > 0; /* it is forgotten with all else when that is too much */
        if (!same && unlike++ < 3)
                printf("# judged with others, this file's report differs:\n# alone: %.*s# bulk:  %.*s#---\n%.*s\n#---\n", STR_ARG(out_text(&one)),
                       STR_ARG(out_text(&many)), STR_ARG(text));
        arena_reset(a);
        arena_reset(&b->arena);
}

/* One machine again and again, each time with other words on its command line, and another revision now and then: what was found for the ones
 * before is used most. */
static void compare_near(struct bulk *b, struct arena *a, struct str text, int count) {
        for (int i = 0; i < count; i++) {
                struct arena texts = { 0 };
                struct str one = renamed(&texts, text, i);

                for (int words = chance(4); words > 0; words--)
                        one = other_line(&texts, one);
                compare(b, a, chance(3) ? one : other_revision(&texts, one));
                arena_free(&texts);
        }
}

int main(int argc, char *argv[]) {
        static const struct report_style style = { .columns = 80, .fail_on = 7 };
        struct verdict_options o = { 0 };
        struct bulk b = { .catalog = &catalog_builtin, .options = &o, .style = &style };
        int rounds = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 0;
        struct arena scratch = { 0 };

        for (int i = 2; i < argc; i++)
                if (nftw(argv[i], gather, 16, FTW_PHYS) != 0)
                        return 1;
        for (int round = -AS_THEY_ARE; round < rounds; round++)
                for (int i = 0; i < file_count; i++) {
                        struct arena texts = { 0 };

                        struct str text = round < 0 || chance(4) ? renamed(&texts, files[i], abs(round)) : files[i];

                        compare(&b, &scratch, round < 0 ? text : changed(&texts, text));
                        arena_free(&texts);
                }
        for (int i = 0; i < file_count; i++)
                compare_near(&b, &scratch, files[i], NEAR_FIRST + rounds);
        printf("# %d files, %u of them by what was found before, %u by themselves\n", file_count * (rounds + AS_THEY_ARE + NEAR_FIRST + rounds), b.hits, b.apart);
        printf("1..3\n%s 1 - each report is the one of the file alone\n", unlike || !file_count ? "not ok" : "ok");
        printf("%s 2 - something was found before\n", remembered > 0 ? "ok" : "not ok");
        printf("%s 3 - files were told again as a whole\n", b.again > 0 ? "ok" : "not ok");
        arena_free(&scratch);
        arena_free(&kept);
        bulk_free(&b);
        return unlike != 0;
}
