/* Which kernel it is: its release, and the package or the release of kernel.org's that it is. */
#include "base/version.h"
#include "facts/sources.h"

#define CURRENT_VERSION "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion|"

/* Windows 10 and later, of which only registry values were read: their build tells the version, and all of them call themselves 10.0. */
static void release_of_registry(struct facts *f, struct fact *ret) {
        const struct record *r = evidence_registry(f->evidence, S(CURRENT_VERSION "CurrentBuild"));
        struct str text;
        uint64_t build = 0;

        if (!r || r->state != FACT_KNOWN || !str_starts(r->text, S("sz")))
                return;
        text = str_trim(str_from(r->text, 2));
        if (str_to_u64(text, &build) && build >= 10240)
                answer_text(ret, str_fmt(f->arena, "10.0.%.*s", STR_ARG(text)), r->key);
}

void source_kernel_release(struct facts *f, const struct fact_def *def, struct fact *ret) {
        const struct record *r = read_file(f, S("/proc/version"));
        struct str release = read_uname(f, 1);

        (void)def;
        if (release.len > 0)
                answer_text(ret, release, S("uname"));
        else if (!r && str_eq(read_uname(f, 0), S("Windows")))
                release_of_registry(f, ret);
        if (r && str_starts(r->text, S("Linux version ")))
                answer_text(ret, word_of(r->text, 2), r->key);
        if (ret->type == VALUE_VERSION && ret->state == FACT_KNOWN && !version_valid(ret->text))
                answer_state(ret, FACT_FAILED, ret->source);
}

/* Debian's kernels name their package in /proc/version: "… #1 SMP Debian 4.9.110-3+deb9u5 (2018-09-30)". */
static struct str debian_package(struct facts *f, struct str *ret_source) {
        const struct record *r = read_file(f, S("/proc/version"));
        ptrdiff_t at = r ? str_find(r->text, S(" Debian ")) : -1;
        struct str rest = { 0 }, word = { 0 };

        if (at < 0)
                return word;
        rest = str_from(r->text, at + 8);
        (void)str_word(&rest, &word);
        *ret_source = r->key;
        return version_valid(word) ? word : (struct str){ 0 };
}

/* All numbers of a package's version as one dotted number, so that they can be compared: 4.9.110-3+deb9u5 is 4.9.110.3.9.5. */
static struct str package_numbers(struct facts *f, struct str package) {
        char *numbers = arena_bytes(f->arena, package.len + 1);
        ptrdiff_t n = 0;

        for (ptrdiff_t i = 0; i < package.len; i++) {
                bool digit = package.p[i] >= '0' && package.p[i] <= '9';

                if (digit || (n > 0 && numbers[n - 1] != '.'))
                        numbers[n++] = digit ? package.p[i] : '.';
        }
        return str_n(numbers, n - (n > 0 && numbers[n - 1] == '.'));
}

/* Debian's releases name what they are for ("-amd64"): one of numbers alone is none of them. */
void source_kernel_debian(struct facts *f, const struct fact_def *def, struct fact *ret) {
        struct str source = { 0 }, numbers = package_numbers(f, debian_package(f, &source));
        const struct fact *release = facts_get(f, COMPUTED_KERNEL_RELEASE);

        (void)def;
        if (numbers.len > 0)
                answer_text(ret, numbers, source);
        else if (read_file(f, S("/proc/version")))
                answer_state(ret, FACT_ABSENT, S("/proc/version"));
        else if (release->state == FACT_KNOWN && str_find_char(release->text, '-') < 0)
                answer_state(ret, FACT_ABSENT, release->source);
}

/* The kind of kernel at the end of the names of Ubuntu's kernels for all machines; 0: another. */
static ptrdiff_t ubuntu_kind(struct str name) {
        static const struct str kinds[] = { STR("-generic"), STR("-lowlatency") };

        for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
                if (str_ends(name, kinds[i]))
                        return kinds[i].len;
        return 0;
}

/* Ubuntu's name theirs at the end of /proc/version: "(Ubuntu 4.15.0-36.39-generic 4.15.18)". Kernels for one cloud or board count on their own.
 * A release of another name is none of them, and needs no look at that. */
void source_kernel_ubuntu(struct facts *f, const struct fact_def *def, struct fact *ret) {
        const struct fact *release = facts_get(f, COMPUTED_KERNEL_RELEASE);
        const struct record *r = read_file(f, S("/proc/version"));
        ptrdiff_t at = r ? str_find(r->text, S("(Ubuntu ")) : -1;
        struct str rest = at < 0 ? (struct str){ 0 } : str_from(r->text, at + 8), word, version = { 0 };

        (void)def;
        while (str_word(&rest, &word) && version.len == 0) /* a compiler's own mark stands before: "(Ubuntu 11.4.0-1ubuntu1~22.04)" */
                if (ubuntu_kind(word) > 0)
                        version = str_sub(word, 0, word.len - ubuntu_kind(word));
        if (r && version.len > 0 && version_valid(version))
                answer_text(ret, package_numbers(f, version), r->key);
        else if (r)
                answer_state(ret, FACT_ABSENT, r->key);
        else if (release->state == FACT_KNOWN && ubuntu_kind(release->text) == 0)
                answer_state(ret, FACT_ABSENT, release->source);
}

/* "3.10.0-862.3.3.el7.x86_64". Others put letters or words of their own between: "…lve1.5.26.el7", "…el7uek". */
void source_kernel_redhat(struct facts *f, const struct fact_def *def, struct fact *ret) {
        const struct fact *release = facts_get(f, COMPUTED_KERNEL_RELEASE);
        ptrdiff_t end = release->state == FACT_KNOWN ? str_find(release->text, S(".el")) : -1, dot;
        bool bare = end > 0;

        (void)def;
        if (release->state != FACT_KNOWN)
                return;
        for (ptrdiff_t i = 0; bare && i < end; i++)
                bare = (release->text.p[i] >= '0' && release->text.p[i] <= '9') || release->text.p[i] == '.' || release->text.p[i] == '-';
        for (dot = end + 3; bare && dot < release->text.len && release->text.p[dot] != '.'; dot++)
                bare = (release->text.p[dot] >= '0' && release->text.p[dot] <= '9') || release->text.p[dot] == '_';
        if (bare && str_find_char(str_from(release->text, dot + 1), '.') < 0)
                answer_text(ret, package_numbers(f, str_sub(release->text, 0, end)), release->source);
        else
                answer_state(ret, FACT_ABSENT, release->source);
}

static struct str without_digits(struct str s) {
        while (s.len > 0 && s.p[0] >= '0' && s.p[0] <= '9')
                s = str_from(s, 1);
        return s;
}

/* What stands behind the three numbers of kernels whose number is kernel.org's: nothing; Arch's, Debian's and Fedora's marks. Anybody else may
 * have taken the number and not all that came with it, or count on in numbers of their own (5.14.21-150500.55.88-default). */
static bool is_built_as_released(struct str rest) {
        rest = without_digits(rest);
        if (rest.len == 0 || str_starts(rest, S("-arch")) || str_starts(rest, S("+deb")))
                return true;
        return rest.p[0] == '-' && str_starts(without_digits(str_from(rest, 1)), S(".fc"));
}

/* Debian tells it with its package, Ubuntu in a file ("Ubuntu 5.15.0-112.122-generic 5.15.152"); few others keep it in the release, and
 * not where the third number is 0 and more follows: such releases stay while what they are built from grows. */
void source_kernel_upstream(struct facts *f, const struct fact_def *def, struct fact *ret) {
        const struct record *ubuntu = read_file(f, S("/proc/version_signature"));
        const struct fact *release = facts_get(f, COMPUTED_KERNEL_RELEASE);
        struct str source = { 0 }, package = debian_package(f, &source), rest = release->text, first, second;

        (void)def;
        if (package.len > 0) {
                answer_text(ret, package, source);
        } else if (ubuntu && str_starts(ubuntu->text, S("Ubuntu ")) && version_valid(word_of(str_trim(ubuntu->text), 2))) {
                answer_text(ret, word_of(str_trim(ubuntu->text), 2), ubuntu->key);
        } else if (release->state == FACT_KNOWN && str_cut(&rest, '.', &first) && str_cut(&rest, '.', &second) && version_valid(rest) &&
                   (rest.p[0] != '0' || rest.len == 1) && is_built_as_released(rest)) {
                answer_text(ret, release->text, release->source);
        }
}
