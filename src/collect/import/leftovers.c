/* Lines that no reader took: they are told, and what they call vulnerable is not lost. */
#include "collect/import/parts.h"

enum { QUOTED_MAX = 40 };

static bool is_letter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* "vulnerable", in any letters, as the first word of a value: not "vulnerability", not "vulnerable?". */
static bool is_vulnerable(struct str value) {
        struct str word = S("vulnerable");

        while (value.len > 0 && str_find_char(S(" \t\"'|*`>"), value.p[0]) >= 0)
                value = str_from(value, 1);
        return value.len >= word.len && str_eq_nocase(str_sub(value, 0, word.len), word) &&
               (value.len == word.len || (!is_letter(value.p[word.len]) && value.p[word.len] != '?'));
}

/* Whether the file's name stands there as a word: "spec_store_bypass", "Spec Store Bypass", "spec-store-bypass". */
static bool names_file(struct str label, struct str file) {
        for (ptrdiff_t at = 0; at + file.len <= label.len; at++) {
                ptrdiff_t n = 0;

                while (n < file.len && (str_eq_nocase(str_sub(label, at + n, 1), str_sub(file, n, 1)) ||
                                        (file.p[n] == '_' && (label.p[at + n] == ' ' || label.p[at + n] == '-'))))
                        n++;
                if (n == file.len && (at == 0 || !is_letter(label.p[at - 1])) && (at + n == label.len || !is_letter(label.p[at + n])))
                        return true;
        }
        return false;
}

static void claim(struct import *im, struct import_host *h, struct str label) {
        for (uint32_t i = 0; i < im->catalog->flaw_count; i++) {
                const struct flaw *f = &im->catalog->flaws[i];

                if (f->sentence_file && !f->sentence_part && names_file(label, T(im->catalog->files[f->sentence_file - 1].file)) &&
                    !evidence_line(&h->e, RECORD_CLAIM, T(f->id)))
                        evidence_add_line(&h->e, RECORD_CLAIM, T(f->id), S("vulnerable another line of this text"));
        }
}

static bool denies(struct str value) {
        static const struct str words[] = { STR("false"), STR("no"), STR("0"), STR("ok"), STR("none") };

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (value.len >= words[i].len && str_eq_nocase(str_sub(value, 0, words[i].len), words[i]) &&
                    (value.len == words[i].len || !is_letter(value.p[words[i].len])))
                        return true;
        return false;
}

/* "VULN" or "Vulnerable" as a name or a value of its own, in any letters, and not denied: status="VULN", vulnerable="true", "CVE-…: VULN". */
static bool has_verdict(struct str line) {
        static const struct str words[] = { STR("vuln"), STR("vulnerable"), STR("is vulnerable") }, around = STR("\"'`*=:|,;>{}()[]\t ");

        for (ptrdiff_t at = 1; at < line.len; at++)
                for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
                        struct str before = str_trim(str_sub(line, 0, at)), rest = str_from(line, at);
                        ptrdiff_t n = words[i].len;

                        if (rest.len < n || !str_eq_nocase(str_sub(rest, 0, n), words[i]) || (rest.len > n && str_find_char(around, rest.p[n]) < 0))
                                continue;
                        if (str_find_char(around, line.p[at - 1]) < 0 || before.len == 0 || is_letter(before.p[before.len - 1]) ||
                            str_find_char(around, before.p[before.len - 1]) < 0)
                                continue;
                        while (n < rest.len && str_find_char(S(" \t\"':=>"), rest.p[n]) >= 0)
                                n++;
                        if (!denies(str_from(rest, n)))
                                return true;
                }
        return false;
}

/* The checker's metrics of its second generation: 0 not vulnerable, 1 vulnerable, 2 not known. */
static bool is_one(struct str line) {
        return str_starts(line, S("smc_vulnerability_status{")) && str_ends(line, S("} 1"));
}

/* A line with a CVE's number, and "vulnerable" beside it: a metric, a table's row. */
static void keep_number(struct import *im, struct import_host *h, struct str line) {
        ptrdiff_t at = str_find_nocase(line, S("CVE-")), n = 4;

        if (at < 0 || !(is_one(line) || has_verdict(str_from(line, at))))
                return;
        while (at + n < line.len && (line.p[at + n] == '-' || (line.p[at + n] >= '0' && line.p[at + n] <= '9')))
                n++;
        checker_finding(im, h, str_sub(line, at, n), (struct str){ 0 }, (struct str){ 0 }, true);
}

/* "mds : vulnerable": what names a flaw's file and calls it vulnerable, in whatever format that is. */
static void keep_word(struct import *im, struct import_host *h, struct str line) {
        for (ptrdiff_t i = 0; i < line.len; i++)
                if (str_find_char(S(":=|\t"), line.p[i]) >= 0 && is_vulnerable(str_from(line, i + 1))) {
                        claim(im, h, str_sub(line, 0, i));
                        return;
                }
}

/* The command behind a prompt: "$ lscpu", "root@box:~# lscpu", "[root@box ~]# lscpu", "PS C:\\> systeminfo"; empty: there is none. */
static struct str command_of(struct str line) {
        static const struct str ends[] = { STR("$ "), STR("# "), STR("% "), STR("> ") };
        bool named = str_find_char(line, '@') > 0 || str_starts(line, S("PS "));

        for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
                ptrdiff_t at = str_find(line, ends[i]);

                if (at == 0 || (at > 0 && named))
                        return str_trim(str_from(line, at + 2));
        }
        return S("");
}

/* A prompt with a command that prints what it prints, whole: of a pipe into a filter people should hear. */
static bool is_plain_command(struct str line) {
        static const struct str names[] = { STR("lscpu"),  STR("dmesg"), STR("journalctl"), STR("cat"), STR("uname"), STR("inxi"),
                                            STR("cpuid"),  STR("sysctl"), STR("systeminfo"), STR("ver"), STR("hostnamectl"), STR("hwinfo"),
                                            STR("Get-SpeculationControlSettings"), STR("spectre-meltdown-checker") };
        struct str rest = command_of(line), word = S("");

        for (ptrdiff_t i = 0; i < rest.len; i++)
                if (memchr("|;<>&`$()*?", rest.p[i], 11))
                        return false;
        while (str_word(&rest, &word) && (str_eq(word, S("sudo")) || str_eq(word, S("doas")) || str_eq(word, S("wsl"))))
                ;
        for (size_t i = 0; word.len > 0 && i < sizeof(names) / sizeof(names[0]); i++)
                if (str_eq(word, names[i]))
                        return true;
        return false;
}

void import_leftovers(struct import *im, struct import_host *h, const struct lines *l) {
        struct str first = { 0 };
        ptrdiff_t count = 0;

        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = str_trim(l->items[i].text);

                if (l->items[i].taken || l->items[i].used)
                        continue;
                if (im->count == 1) { /* of several machines nobody knows whose line it is */
                        keep_word(im, h, line);
                        keep_number(im, h, line);
                }
                if (!str_starts(line, S("#")) && !is_plain_command(line) && count++ == 0)
                        first = line;
        }
        if (count > 0)
                import_note(h, "%td line%s %s not known, the first: '%.*s%s'", count, count > 1 ? "s" : "", count > 1 ? "are" : "is",
                            (int)(first.len < QUOTED_MAX ? first.len : QUOTED_MAX), first.p, first.len > QUOTED_MAX ? "…" : "");
}
