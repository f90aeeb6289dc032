#include "collect/linux/kernel.h"

#include <elf.h>
#include <errno.h>
#include <sys/utsname.h>
#include <zlib.h>

#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258 /* elf.h of RHEL 9 and of older musl does not know it yet */
#endif

enum {
        CONFIG_LIMIT = 4 << 20,
        PIECE = 4 << 10,      /* of it is read, then looked at: what is asked of a PC's kernel mostly stands in the first fifth */
        BEGINNING = 16 * PIECE,
        PACKED_BEGINNING = 2 * PIECE, /* out of it comes about half a beginning */
};

/* ---- Its name ---- */

static struct str live_release(struct reader *r) {
        struct utsname u;

        if (uname(&u) < 0)
                return S("");
        evidence_add_line(r->e, RECORD_UNAME, S(""), str_fmt(r->scratch, "Linux %s %s", u.release, u.machine));
        if (!r->redact)
                evidence_add_line(r->e, RECORD_IDENTITY, S("hostname"), str_of(u.nodename));
        return str_fmt(r->scratch, "%s", u.release);
}

/* A release is one word: what else a hostile tree may call so could pose as another record. */
static bool is_release(struct str s) {
        for (ptrdiff_t i = 0; i < s.len; i++)
                if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f)
                        return false;
        return s.len > 0 && s.p[0] >= '0' && s.p[0] <= '9' && str_find_char(s, '/') < 0;
}

/* "Linux version 6.1.0-56-cloud-amd64 (debian-kernel@…" */
static struct str captured_release(struct reader *r) {
        static const struct str intro = STR("Linux version ");
        struct str text, word;

        if (reader_peek(r, "/proc/version", SMALL_FILE, &text) || !str_starts(text, intro))
                return S("");
        text = str_from(text, intro.len);
        return str_word(&text, &word) && is_release(word) ? word : S("");
}

/* The newest kernel among the names in a directory that begin with `prefix`. */
static struct str newest_in(struct reader *r, const char *dir, struct str prefix) {
        struct tree_names names = { 0 };
        struct str newest = S(""), release;

        if (tree_list(r->tree, dir, r->scratch, &names))
                return newest;
        for (ptrdiff_t i = 0; i < names.count; i++) {
                release = str_from(names.items[i], prefix.len);
                if (str_starts(names.items[i], prefix) && is_release(release) &&
                    strverscmp(str_to_c(r->scratch, release), str_to_c(r->scratch, newest)) > 0)
                        newest = release;
        }
        return newest;
}

/* By the directories of kernel modules, else by the kernel images. */
static struct str installed_release(struct reader *r) {
        struct str newest = newest_in(r, "/usr/lib/modules", S(""));

        if (str_empty(newest))
                newest = newest_in(r, "/lib/modules", S(""));
        return str_empty(newest) ? newest_in(r, "/boot", S("vmlinuz-")) : newest;
}

/* uname's word for what an ELF header says (System V ABI, chapter 4: bytes 5, 18 and 19); empty for another file. */
static struct str elf_machine(const unsigned char *head) {
        static const struct {
                unsigned machine, data;
                struct str name;
        } rows[] = {
                { .machine = EM_X86_64, .data = ELFDATA2LSB, .name = STR("x86_64") },
                { .machine = EM_386, .data = ELFDATA2LSB, .name = STR("i686") },
                { .machine = EM_AARCH64, .data = ELFDATA2LSB, .name = STR("aarch64") },
                { .machine = EM_ARM, .data = ELFDATA2LSB, .name = STR("armv7l") },
                { .machine = EM_PPC64, .data = ELFDATA2LSB, .name = STR("ppc64le") },
                { .machine = EM_PPC64, .data = ELFDATA2MSB, .name = STR("ppc64") },
                { .machine = EM_S390, .data = ELFDATA2MSB, .name = STR("s390x") },
                { .machine = EM_RISCV, .data = ELFDATA2LSB, .name = STR("riscv64") },
                { .machine = EM_LOONGARCH, .data = ELFDATA2LSB, .name = STR("loongarch64") },
                { .machine = EM_SPARCV9, .data = ELFDATA2MSB, .name = STR("sparc64") },
                { .machine = EM_IA_64, .data = ELFDATA2LSB, .name = STR("ia64") },
                { .machine = EM_MIPS, .data = ELFDATA2LSB, .name = STR("mips") },
                { .machine = EM_MIPS, .data = ELFDATA2MSB, .name = STR("mips") },
        };
        unsigned data = head[EI_DATA], low = data == ELFDATA2MSB ? head[19] : head[18];
        unsigned high = data == ELFDATA2MSB ? head[18] : head[19];

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && memcmp(head, ELFMAG, SELFMAG) == 0; i++)
                if (rows[i].machine == (high << 8 | low) && rows[i].data == data)
                        return rows[i].name;
        return S("");
}

/* The machine that the tree's programs are for. */
static struct str captured_machine(struct reader *r) {
        static const char *const programs[] = { "/usr/bin/sh", "/bin/sh", "/sbin/init", "/usr/lib/systemd/systemd" };
        unsigned char head[EI_NIDENT + 4];
        struct str name = S("");

        for (size_t i = 0; str_empty(name) && i < sizeof(programs) / sizeof(programs[0]); i++)
                if (tree_read_start(r->tree, programs[i], head, sizeof(head)) == 0)
                        name = elf_machine(head);
        return name;
}

/* Of a tree without programs: the architecture of its package database ("Architecture: arm64" of the first package that has one). */
static struct str packages_machine(struct reader *r) {
        static const struct str field = STR("\nArchitecture: ");
        struct str text, word;
        ptrdiff_t at;

        if (reader_peek(r, "/var/lib/dpkg/status", LARGE_FILE, &text))
                return S("");
        while ((at = str_find(text, field)) >= 0) {
                text = str_from(text, at + field.len);
                if (str_word(&text, &word) && !str_eq(word, S("all")))
                        return str_eq(word, S("amd64")) ? S("x86_64") : str_eq(word, S("arm64")) ? S("aarch64") : word;
        }
        return S("");
}

static void captured_hostname(struct reader *r) {
        struct str text, name;

        if (!r->redact && reader_peek(r, "/etc/hostname", SMALL_FILE, &text) == 0 && str_line(&text, &name))
                evidence_add_line(r->e, RECORD_IDENTITY, S("hostname"), str_trim(name));
}

static struct str tree_release(struct reader *r) {
        struct str release = captured_release(r), machine = captured_machine(r);

        if (str_empty(release)) {
                release = installed_release(r);
                if (!str_empty(release))
                        evidence_add_line(r->e, RECORD_META, S("kernel"), S("the newest installed, not seen running"));
        }
        if (str_empty(machine) && tree_exists(r->tree, "/proc/cpuinfo")) /* the list of processors tells itself */
                machine = packages_machine(r);
        captured_hostname(r);
        if (!str_empty(release) || !str_empty(machine))
                evidence_add_line(r->e, RECORD_UNAME, S(""),
                                  str_fmt(r->scratch, "Linux %.*s%s%.*s", STR_ARG(release.len ? release : S("?")), machine.len ? " " : "",
                                          STR_ARG(machine)));
        return release;
}

struct str kernel_identify(struct reader *r) {
        return r->tree->live ? live_release(r) : tree_release(r);
}

/* ---- Its configuration ---- */

static bool unpack_begin(z_stream *z, struct str packed, bool memory) {
        *z = (z_stream){ .next_in = (z_const Bytef *)(uintptr_t)packed.p, .avail_in = (uInt)packed.len };
        if (inflateInit2(z, MAX_WBITS + 16) != Z_OK) /* + 16: a gzip header and trailer, not zlib's */
                return false;
#if ZLIB_VERNUM >= 0x1290
        if (memory)
                inflateValidate(z, 0);
#else
        (void)memory;
#endif
        return true;
}

int kernel_gunzip(struct arena *a, struct str packed, ptrdiff_t limit, bool memory, struct str *ret) {
        char *p = arena_bytes(a, limit + 1);
        z_stream z;
        int status;

        if (!unpack_begin(&z, packed, memory))
                return ENOMEM;
        z.next_out = (Bytef *)p;
        z.avail_out = (uInt)limit + 1;
        status = inflate(&z, Z_FINISH);
        *ret = str_n(p, (ptrdiff_t)z.total_out);
        inflateEnd(&z);
        if (ret->len > limit)
                return EFBIG;
        return status == Z_STREAM_END ? 0 : EBADMSG;
}

/* A text that comes in pieces, as far as it came. */
struct beginning {
        const struct evidence_question *question;
        char *p;
        ptrdiff_t len;
        ptrdiff_t lines; /* of them whole lines, which were looked at */
};

/* `more` came: whether that answers the question. */
static bool is_answered_by(struct beginning *b, ptrdiff_t more) {
        ptrdiff_t from = b->lines;

        b->len += more;
        b->lines = b->len;
        while (b->lines > from && b->p[b->lines - 1] != '\n')
                b->lines--;
        return b->question->is_answered(str_n(b->p + from, b->lines - from), b->question->arg);
}

bool kernel_gunzip_until(struct arena *a, struct str packed, const struct evidence_question *q, struct str *ret) {
        struct beginning b = { .question = q, .p = arena_bytes(a, BEGINNING) };
        bool answered = false;
        z_stream z;

        if (!unpack_begin(&z, packed, true))
                return false;
        for (ptrdiff_t more = 1; !answered && more > 0 && b.len < BEGINNING;) {
                z.next_out = (Bytef *)b.p + b.len;
                z.avail_out = PIECE;
                (void)inflate(&z, Z_SYNC_FLUSH); /* what is wrong with it shows when all of it is read */
                more = PIECE - (ptrdiff_t)z.avail_out;
                answered = more > 0 && is_answered_by(&b, more);
        }
        inflateEnd(&z);
        *ret = str_n(b.p, b.lines);
        return answered;
}

static bool read_until(struct arena *a, const struct tree *t, const char *path, const struct evidence_question *q, struct str *ret) {
        struct beginning b = { .question = q, .p = arena_bytes(a, BEGINNING) };
        bool answered = false;

        if (tree_read_start(t, path, b.p, BEGINNING))
                return false;
        while (!answered && b.len < BEGINNING)
                answered = is_answered_by(&b, PIECE);
        *ret = str_n(b.p, b.lines);
        return answered;
}

/* As far as the question's answer, where that stands near the beginning. As it is: nobody is shown it, or saves it, without all of it being
 * read. */
static bool config_beginning(struct reader *r, const char *path, bool packed, const struct evidence_question *q) {
        struct arena_mark mark = arena_mark(r->e->arena);
        char *some = arena_bytes(r->scratch, PACKED_BEGINNING);
        struct str text = str_n(some, PACKED_BEGINNING);
        bool answered = packed ? tree_read_start(r->tree, path, some, PACKED_BEGINNING) == 0 && kernel_gunzip_until(r->e->arena, text, q, &text)
                               : read_until(r->e->arena, r->tree, path, q, &text);

        if (answered)
                evidence_add_beginning(r->e, str_of(path), text);
        else
                arena_release(r->e->arena, mark);
        return answered;
}

static int read_config(struct reader *r, const char *path, bool packed, const struct evidence_question *q) {
        struct str text;
        int error;

        if (q && r->tree->live && config_beginning(r, path, packed, q))
                return 0;
        error = reader_peek(r, path, CONFIG_LIMIT, &text);
        if (!error && packed)
                error = kernel_gunzip(r->scratch, text, CONFIG_LIMIT, r->tree->live, &text);
        if (error)
                reader_missing(r, path, error);
        else
                reader_record(r, path, filter_config(r->scratch, text, reader_wanted(r, FACT_KIND_CONFIG, true)), redact_config);
        return error;
}

void kernel_config(struct reader *r, struct str release, const struct evidence_question *q) {
        static const char *const places[] = { "/boot/config-%.*s", "/usr/lib/modules/%.*s/config",
                                              "/lib/modules/%.*s/config" };
        struct arena_mark mark = arena_mark(r->scratch);
        int error = read_config(r, "/proc/config.gz", true, q);

        for (size_t i = 0; error && !str_empty(release) && i < sizeof(places) / sizeof(places[0]); i++)
                error = read_config(r, str_fmt(r->scratch, places[i], STR_ARG(release)).p, false, q);
        arena_release(r->scratch, mark);
}
