#include "evidence/identity.h"

#include "evidence/places.h"

bool identity_is_record(enum record_kind kind) {
        return kind == RECORD_META || kind == RECORD_IDENTITY || kind == RECORD_EXPECT;
}

bool identity_decides(const struct record *r) {
        return r->kind == RECORD_META && (str_eq(r->key, S("kernel-answers")) || str_eq(r->key, S("processor")) || str_eq(r->key, S("where")) ||
                                            str_eq(r->key, S("command-line")));
}

/* ---- The kernel's command line ---- */

/* A dot or underscore at the end: all names that begin so. */
static const struct str parameters[] = {
        /* what was started, and from where */
        STR("BOOT_IMAGE"), STR("initrd"), STR("root"), STR("resume"), STR("resume_offset"), STR("nfsroot"), STR("ostree"),
        STR("cryptdevice"), STR("cryptkey"), STR("rd."), STR("rd_"), STR("luks."), STR("dm_mod."),
        /* its addresses and names */
        STR("BOOTIF"), STR("bootdev"), STR("bond"), STR("bridge"), STR("cloud_config_url"), STR("ds"), STR("hostname"),
        STR("ifname"), STR("ip"), STR("nameserver"), STR("netconsole"), STR("netroot"), STR("systemd.hostname"),
        STR("systemd.machine_id"), STR("team"), STR("vlan"),
        /* its consoles, and memory set aside */
        STR("console"), STR("earlycon"), STR("crashkernel"),
};

static bool same_name(struct str a, struct str b) {
        for (ptrdiff_t i = 0; i < a.len; i++) {
                char x = a.p[i] == '-' ? '_' : a.p[i];

                if (i >= b.len || x != (b.p[i] == '-' ? '_' : b.p[i]))
                        return false;
        }
        return a.len == b.len;
}

bool identity_is_parameter(struct str name) {
        for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++) {
                struct str p = parameters[i];
                bool family = p.p[p.len - 1] == '.' || p.p[p.len - 1] == '_';

                if (same_name(p, family ? str_sub(name, 0, p.len) : name))
                        return true;
        }
        return false;
}

static bool is_identity_word(struct str word) {
        ptrdiff_t equals = str_find_char(word, '=');

        return identity_is_parameter(equals < 0 ? word : str_sub(word, 0, equals));
}

/* The kernel's own parser and the older scanner of x86 part the words in two ways as soon as there are quotes: only a word that
 * both see as one goes. */
ptrdiff_t identity_cut_cmdline(char *to, struct str line) {
        ptrdiff_t n = 0;
        bool quoted = false;
        struct str word;

        while (str_word(&line, &word)) {
                bool opens = false;

                for (ptrdiff_t i = 0; i < word.len; i++)
                        opens ^= word.p[i] == '"';
                if (quoted || str_find_char(word, '"') >= 0 || !is_identity_word(word)) {
                        if (n > 0)
                                to[n++] = ' ';
                        memcpy(to + n, word.p, (size_t)word.len);
                        n += word.len;
                }
                quoted ^= opens;
        }
        return n;
}

/* ---- /proc/cpuinfo ---- */

/* Clock rates differ from one second to the next, APIC ids with the seat of the processor, serial numbers with the machine. */
static const struct str fields[] = {
        STR("cpu MHz"), STR("cpu MHz dynamic"), STR("cpu MHz static"), STR("bogomips"), STR("BogoMIPS"),
        STR("bogomips per cpu"), STR("clock"), STR("timebase"), STR("apicid"), STR("initial apicid"), STR("Serial"),
        STR("system serial number"),
};

/* "processor 0: version = FF,  identification = 0133E8,  machine = 2964": s390; the second is the machine's number. */
static bool in_identification(struct str line, struct str *ret_before, struct str *ret_behind) {
        static const struct str intro = STR("identification = ");
        ptrdiff_t at = str_find(line, intro), end;

        if (at < 0 || !str_starts(line, S("processor")))
                return false;
        at += intro.len;
        end = str_find_char(str_from(line, at), ',');
        *ret_before = str_sub(line, 0, at);
        *ret_behind = end < 0 ? S("") : str_from(line, at + end);
        return true;
}

bool identity_in_cpuinfo(struct str line, struct str *ret_before, struct str *ret_behind) {
        ptrdiff_t colon = str_find_char(line, ':');
        struct str name = str_trim(str_sub(line, 0, colon));

        if (colon < 0)
                return false;
        for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
                if (name.len == fields[i].len && str_eq(name, fields[i])) {
                        *ret_before = str_sub(line, 0, colon + 1);
                        *ret_behind = S("");
                        return true;
                }
        return name.len > 9 && name.p[0] == 'p' && in_identification(line, ret_before, ret_behind);
}

ptrdiff_t identity_cut_cpuinfo(char *to, struct str line) {
        struct str before = line, behind = S("");

        (void)identity_in_cpuinfo(line, &before, &behind);
        if (before.len > 0)
                memcpy(to, before.p, (size_t)before.len);
        if (behind.len > 0)
                memcpy(to + before.len, behind.p, (size_t)behind.len);
        return before.len + behind.len;
}

/* ---- Registers ---- */

/* Intel SDM volume 2A and AMD APM volume 3, CPUID: APIC ids, and the Pentium III's serial number. */
uint32_t identity_cpuid_mask(uint32_t leaf, uint32_t subleaf, unsigned word) {
        static const struct {
                uint32_t leaf;
                unsigned word;
                uint32_t mask;
        } rows[] = {
                { 0x1, 1, 0x00ffffff }, { 0x3, 0, 0 }, { 0x3, 1, 0 }, { 0x3, 2, 0 }, { 0x3, 3, 0 }, { 0xb, 3, 0 }, { 0x1f, 3, 0 },
                { 0x8000001e, 0, 0 }, { 0x8000001e, 1, 0xffffff00 }, { 0x8000001e, 2, 0xffffff00 },
        };

        (void)subleaf;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (rows[i].leaf == leaf && rows[i].word == word)
                        return rows[i].mask;
        return UINT32_MAX;
}

/* ---- Records ---- */

static struct str cut_lines(struct arena *a, struct str text, ptrdiff_t (*cut)(char *to, struct str line)) {
        char *start = arena_bytes(a, text.len + 1), *to = start;
        struct str line;

        while (str_cut(&text, '\n', &line)) {
                to += cut(to, line);
                *to++ = '\n';
        }
        return str_n(start, to - start);
}

struct str identity_text(struct arena *a, const struct record *r) {
        if (r->kind != RECORD_FILE || r->state != FACT_KNOWN)
                return r->text;
        if (str_eq(r->key, S(PLACE_CPUINFO)))
                return cut_lines(a, r->text, identity_cut_cpuinfo);
        if (str_eq(r->key, S(PLACE_CMDLINE)))
                return cut_lines(a, r->text, identity_cut_cmdline);
        return r->text;
}

static bool same_words(const struct record *a, const struct record *b) {
        if (a->word_count != b->word_count || memcmp(a->known, b->known, sizeof(a->known)) != 0)
                return false;
        for (unsigned i = 0; i < 4; i++)
                if ((a->words[i] ^ b->words[i]) & (a->kind == RECORD_CPUID ? identity_cpuid_mask(a->leaf, a->subleaf, i) : UINT32_MAX))
                        return false;
        return true;
}

bool identity_same(struct arena *scratch, const struct record *a, const struct record *b) {
        bool numbers = a->kind == RECORD_CPUID || a->kind == RECORD_MSR || a->kind == RECORD_NT || a->kind == RECORD_IDREG;
        struct arena_mark mark = arena_mark(scratch);
        bool same = a->state == b->state && a->value == b->value && a->unknown == b->unknown && same_words(a, b);

        if (same && !numbers) /* their numbers say it all, whether they came from a file or from this machine */
                same = str_eq(a->text, b->text) || str_eq(identity_text(scratch, a), identity_text(scratch, b));
        arena_release(scratch, mark);
        return same;
}
