#include "collect/linux/kernel.h"

#include <elf.h>
#include <errno.h>
#include <sys/utsname.h>
#include <zlib.h>

enum { CONFIG_LIMIT = 4 << 20 };

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

/* "Linux version 6.1.0-56-cloud-amd64 (debian-kernel@…" */
static struct str captured_release(struct reader *r) {
        struct str text, word;

        if (reader_peek(r, "/proc/version", SMALL_FILE, &text) || !str_starts(text, S("Linux version ")))
                return S("");
        text = str_from(text, (ptrdiff_t)sizeof("Linux version ") - 1);
        return str_word(&text, &word) ? str_trim(word) : S("");
}

/* The newest of the directories of kernel modules, else of the kernel images, as their names say. */
static struct str installed_release(struct reader *r) {
        static const struct {
                const char *dir;
                struct str prefix;
        } places[] = {
                { "/usr/lib/modules", STR("") },
                { "/lib/modules", STR("") },
                { "/boot", STR("vmlinuz-") },
        };
        struct str newest = S("");

        for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && str_empty(newest); i++) {
                struct tree_names names;

                if (tree_list(r->tree, places[i].dir, r->scratch, &names))
                        continue;
                for (ptrdiff_t n = 0; n < names.count; n++) {
                        struct str release = str_from(names.items[n], places[i].prefix.len);

                        if (str_starts(names.items[n], places[i].prefix) && release.len > 0 && release.p[0] >= '0' &&
                            release.p[0] <= '9' &&
                            strverscmp(str_to_c(r->scratch, release), str_to_c(r->scratch, newest)) > 0)
                                newest = release;
                }
        }
        return newest;
}

/* uname's word for the machine that the tree's programs are for, by the ELF header (System V ABI, figure 4-3) of one. */
static struct str captured_machine(struct reader *r) {
        static const char *const programs[] = { "/usr/bin/sh", "/bin/sh", "/sbin/init", "/usr/lib/systemd/systemd" };
        static const struct {
                unsigned machine, data;
                struct str name;
        } machines[] = {
                { EM_X86_64, ELFDATA2LSB, STR("x86_64") },  { EM_386, ELFDATA2LSB, STR("i686") },
                { EM_AARCH64, ELFDATA2LSB, STR("aarch64") }, { EM_ARM, ELFDATA2LSB, STR("armv7l") },
                { EM_PPC64, ELFDATA2LSB, STR("ppc64le") },  { EM_PPC64, ELFDATA2MSB, STR("ppc64") },
                { EM_S390, ELFDATA2MSB, STR("s390x") },     { EM_RISCV, ELFDATA2LSB, STR("riscv64") },
        };

        for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
                unsigned char head[EI_NIDENT + 4];
                unsigned machine;

                if (tree_read_start(r->tree, programs[i], head, sizeof(head)) || memcmp(head, ELFMAG, SELFMAG) != 0)
                        continue;
                machine = head[EI_DATA] == ELFDATA2MSB ? (unsigned)head[18] << 8 | head[19] : (unsigned)head[19] << 8 | head[18];
                for (size_t m = 0; m < sizeof(machines) / sizeof(machines[0]); m++)
                        if (machines[m].machine == machine && machines[m].data == head[EI_DATA])
                                return machines[m].name;
        }
        return S("");
}

/* The same by the first lines of a captured /proc/cpuinfo. */
static struct str cpuinfo_machine(struct reader *r) {
        static const struct {
                struct str says, name;
        } rows[] = {
                { STR("\nCPU implementer"), STR("aarch64") }, { STR("IBM/S390"), STR("s390x") },
                { STR("\nisa"), STR("riscv64") },             { STR("POWER"), STR("ppc64le") },
                { STR("vendor_id"), STR("x86_64") },
        };
        struct str text;

        if (reader_peek(r, "/proc/cpuinfo", LARGE_FILE, &text))
                return S("");
        text = str_sub(text, 0, 4096);
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (str_find(text, rows[i].says) >= 0)
                        return rows[i].name;
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
                        evidence_add_line(r->e, RECORD_META, S("kernel"), S("the newest that is installed, not seen running"));
        }
        if (str_empty(machine))
                machine = cpuinfo_machine(r);
        captured_hostname(r);
        if (!str_empty(release))
                evidence_add_line(r->e, RECORD_UNAME, S(""),
                                  str_fmt(r->scratch, "Linux %.*s%s%.*s", STR_ARG(release), machine.len ? " " : "",
                                          STR_ARG(machine)));
        return release;
}

struct str kernel_identify(struct reader *r) {
        return r->tree->live ? live_release(r) : tree_release(r);
}

/* ---- Its configuration ---- */

int kernel_gunzip(struct arena *a, struct str packed, ptrdiff_t limit, struct str *ret) {
        z_stream z = { .next_in = (z_const Bytef *)(uintptr_t)packed.p, .avail_in = (uInt)packed.len };
        char *p = arena_bytes(a, limit + 1);
        int status;

        if (inflateInit2(&z, MAX_WBITS + 16) != Z_OK) /* + 16: a gzip header and trailer, not zlib's */
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

static int read_config(struct reader *r, const char *path, bool packed) {
        struct str text;
        int error = reader_peek(r, path, CONFIG_LIMIT, &text);

        if (!error && packed)
                error = kernel_gunzip(r->scratch, text, CONFIG_LIMIT, &text);
        if (error)
                reader_missing(r, path, error);
        else
                evidence_add_file(r->e, str_of(path),
                                  filter_config(r->scratch, text, reader_wanted(r, FACT_KIND_CONFIG, true)));
        return error;
}

void kernel_config(struct reader *r, struct str release) {
        static const char *const places[] = { "/boot/config-%.*s", "/usr/lib/modules/%.*s/config", "/lib/modules/%.*s/config" };
        struct arena_mark mark = arena_mark(r->scratch);
        /* A release that is not a plain name could lead to another file. */
        bool plain = !str_empty(release) && str_find_char(release, '/') < 0;
        int error = read_config(r, "/proc/config.gz", true);

        for (size_t i = 0; error && plain && i < sizeof(places) / sizeof(places[0]); i++)
                error = read_config(r, str_fmt(r->scratch, places[i], STR_ARG(release)).p, false);
        arena_release(r->scratch, mark);
}
