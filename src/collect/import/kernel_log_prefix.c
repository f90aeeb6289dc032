/* What stands before a message of the kernel: dmesg's, journalctl's and a syslog's, and what a log goes through puts before that. */
#include "collect/import/kernel_log.h"

enum { PREFIX_MAX = 160 };

/* "<6>"; "6,123,45678,-;" of /dev/kmsg. */
static struct str without_level(struct str s) {
        ptrdiff_t n = 1;

        if (str_starts(s, S("<")) && (n = str_find_char(s, '>')) > 0 && n < 6)
                return str_from(s, n + 1);
        n = 0;
        while (n < s.len && n < 48 && ((s.p[n] >= '0' && s.p[n] <= '9') || s.p[n] == ',' || s.p[n] == '-'))
                n++;
        if (n > 4 && n < s.len && s.p[n] == ';' && str_find_char(str_sub(s, 0, n), ',') > 0)
                return str_from(s, n + 1);
        return s;
}

static bool is_digit(struct str s, ptrdiff_t at) {
        return at < s.len && s.p[at] >= '0' && s.p[at] <= '9';
}

/* A word that is neither a number nor a task or processor ("T0", "C1") names a machine. */
static bool is_name(struct str s) {
        bool numbered = (str_starts(s, S("T")) || str_starts(s, S("C"))) && is_digit(s, 1);

        return s.len > 0 && s.p[0] != ' ' && !is_digit(s, 0) && str_find_char(s, ' ') < 0 && !numbered;
}

/* "[    0.000000] ", "[Mon Mar  4 08:00:01 2024] ", "[    0.000000][    T0] ", "[0:        swapper:    0] ". */
static struct str without_bracket(struct str s) {
        ptrdiff_t end = str_starts(s, S("[")) ? str_find_char(s, ']') : -1;

        if (end < 1 || end > 40 || (end + 1 < s.len && s.p[end + 1] != ' ' && s.p[end + 1] != '[') || is_name(str_sub(s, 1, end - 1)))
                return s;
        return str_from(s, end + 1);
}

/* "00000] ": a text that begins in the middle of a line. */
static struct str without_half_bracket(struct str s) {
        ptrdiff_t n = 0;

        while (n < s.len && n < 16 && ((s.p[n] >= '0' && s.p[n] <= '9') || s.p[n] == '.'))
                n++;
        return n > 0 && str_starts(str_from(s, n), S("] ")) ? str_from(s, n + 2) : s;
}

/* "kern  :info  : " of dmesg -x. */
static struct str without_facility(struct str s) {
        ptrdiff_t first = str_find_char(s, ':'), second = first > 0 ? str_find_char(str_from(s, first + 1), ':') : -1;

        if (first < 3 || first > 9 || second < 3 || second > 7)
                return s;
        for (ptrdiff_t i = 0; i < first + 1 + second; i++)
                if (i != first && !(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9') && s.p[i] != ' ')
                        return s;
        return str_from(s, first + second + 2);
}

/* "2024-03-04T08:00:01,123456+00:00 ", "04/03/2024 08:00:01 ". */
static struct str without_date(struct str s) {
        ptrdiff_t end = str_find_char(s, ' ');

        if (end == 10 && s.len > 20 && is_digit(s, 0) && s.p[2] == '/' && s.p[5] == '/' && is_digit(s, 11) && s.p[13] == ':' &&
            s.p[16] == ':' && s.p[19] == ' ')
                return str_from(s, 20);
        if (end < 19 || end > 40 || !is_digit(s, 0) || s.p[4] != '-' || s.p[7] != '-' || s.p[10] != 'T')
                return s;
        return str_from(s, end + 1);
}

/* "Mar 04 08:00:01 host kernel: ". */
static struct str without_program(struct str s) {
        ptrdiff_t at = str_find(s, S("kernel: "));

        /* "host sshd[7]: kernel: …" is another program's message. */
        if (at < 0 || at > 120 || (at > 0 && s.p[at - 1] != ' ') || str_find(str_sub(s, 0, at), S(": ")) >= 0)
                return s;
        return str_from(s, at + 8);
}

/* "1 2026-11-22T10:00:00.000000+00:00 host program - - - ", with structured data in brackets for the last of them (RFC 5424): what
 * stands behind it, and the program; false when it is nothing of that kind. */
static bool is_5424(struct str s, struct str *ret_program, struct str *ret_rest) {
        struct str word, rest = s;

        for (int i = 0; i < 6; i++) {
                if (!str_word(&rest, &word) || (i == 0 && (word.len > 2 || !is_digit(word, 0))) || (i == 1 && (word.len < 20 || word.p[10] != 'T')))
                        return false;
                if (i == 3)
                        *ret_program = word;
        }
        rest = str_trim(rest);
        if (str_starts(rest, S("- ")))
                *ret_rest = str_from(rest, 2);
        else if (str_starts(rest, S("[")) && str_find(rest, S("] ")) > 0)
                *ret_rest = str_from(rest, str_find(rest, S("] ")) + 2);
        else
                return false;
        return true;
}

static struct str without_5424(struct str s) {
        struct str program, rest;

        return is_5424(s, &program, &rest) && str_eq(program, S("kernel")) ? rest : s;
}

bool log_is_others(struct str line) {
        struct str program, rest;

        return is_5424(without_level(line), &program, &rest) && !str_eq(program, S("kernel"));
}

/* "2026-11-22T10:00:00.123456789Z stdout F ": what a container runtime writes. */
static struct str without_stream(struct str s) {
        static const struct str streams[] = { STR("stdout F "), STR("stderr F "), STR("stdout P "), STR("stderr P ") };

        for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++)
                if (str_starts(s, streams[i]))
                        return str_from(s, streams[i].len);
        return s;
}

/* ---- What others put before it: containers, build servers, telephones, exports of log stores ---- */

/* "vm-1  | " of docker compose; no row of a table, which begins with a bar. */
static struct str service_of(struct str s, struct str *ret_rest) {
        ptrdiff_t bar = str_find_char(str_sub(s, 0, PREFIX_MAX), '|') > 0 ? str_find(str_sub(s, 0, PREFIX_MAX), S(" | ")) : -1, end = bar;

        while (end > 0 && s.p[end - 1] == ' ')
                end--;
        for (ptrdiff_t i = 0; i < end; i++)
                if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') || is_digit(s, i) || s.p[i] == '-' || s.p[i] == '_' ||
                      s.p[i] == '.'))
                        return S("");
        if (end <= 0)
                return S("");
        *ret_rest = str_from(s, bar + 3);
        return str_sub(s, 0, end);
}

static struct str without_service(struct str s) {
        struct str rest = s;

        return service_of(s, &rest).len > 0 ? rest : s;
}

/* "00O ", "01E+" of a GitLab runner, behind its date. */
static struct str without_runner(struct str s) {
        bool may_be = s.len > 4 && (s.p[2] == 'O' || s.p[2] == 'E') && (s.p[3] == ' ' || s.p[3] == '+');

        return may_be && str_hex_to_u64(str_sub(s, 0, 2), &(uint64_t){ 0 }) ? str_from(s, 4) : s;
}

/* "job\tstep\t2026-11-22T10:00:00.1234567Z " of `gh run view --log`. */
static struct str without_job(struct str s) {
        ptrdiff_t first = str_find_char(str_sub(s, 0, PREFIX_MAX), '\t'), second = first > 0 ? str_find_char(str_from(s, first + 1), '\t') : -1;
        struct str rest = second > 0 ? str_from(s, first + second + 2) : S("");

        return without_date(rest).len < rest.len ? rest : s;
}

/* "I/kernel  (    0): ", "11-22 10:00:00.123     0     0 I kernel  : ", "11-22 10:00:00.123 root     0     0 I         : " of logcat; the
 * program's name and what it says; false when it is nothing of that kind. */
static bool is_logcat(struct str s, struct str *ret_program, struct str *ret_rest) {
        bool may_be = s.len > 2 && (s.p[1] == '/' || (is_digit(s, 0) && s.p[2] == '-'));
        ptrdiff_t colon = may_be ? str_find(str_sub(s, 0, PREFIX_MAX), S(": ")) : -1, bracket;
        struct str before = str_sub(s, 0, colon > 0 ? colon : 0), word, last = { 0 };

        if (before.len > 9 && s.p[1] == '/' && s.p[colon - 1] == ')' && (bracket = str_find_char(before, '(')) > 2) {
                *ret_program = str_trim(str_sub(s, 2, bracket - 2));
                *ret_rest = str_from(s, colon + 2);
                return true;
        }
        if (before.len < 20 || !is_digit(s, 0) || s.p[2] != '-' || s.p[8] != ':' || s.p[11] != ':' || s.p[14] != '.')
                return false;
        while (str_word(&before, &word))
                last = word;
        *ret_program = last.len == 1 ? S("kernel") : last; /* a level alone: the kernel's messages have no tag */
        *ret_rest = str_from(s, colon + 2);
        return true;
}

static struct str without_logcat(struct str s) {
        struct str program, rest;

        return is_logcat(s, &program, &rest) && str_eq(program, S("kernel")) ? rest : s;
}

bool log_is_apps(struct str line) {
        struct str program, rest;

        return is_logcat(str_trim(line), &program, &rest) && !str_eq(program, S("kernel"));
}

struct str log_service(struct str line) {
        struct str rest;

        return service_of(str_trim(line), &rest);
}

bool log_is_stamp(struct str s) {
        ptrdiff_t n = 1, dot;

        if (!str_starts(s, S("[")))
                return false;
        while (n < s.len && s.p[n] == ' ')
                n++;
        for (dot = n; is_digit(s, dot);)
                dot++;
        if (dot == n || dot >= s.len || s.p[dot] != '.')
                return false;
        for (n = dot + 1; is_digit(s, n);)
                n++;
        return n - dot == 7 && n < s.len && s.p[n] == ']';
}

/* Whether a program's name stands there ("sshd[7]: "): it, and not the kernel, wrote what follows. */
static bool names_program(struct str before) {
        return str_find(before, S(": ")) >= 0 || str_find(before, S("]:")) >= 0 || str_ends(before, S(":"));
}

/* Anything before the kernel's stamp, which no other program's lines have. */
static struct str without_anything(struct str s) {
        struct str near = str_sub(s, 0, PREFIX_MAX);

        for (ptrdiff_t i = str_find_char(near, '['); i >= 0 && i < near.len; i++)
                if (i > 0 && near.p[i] == '[' && log_is_stamp(str_from(s, i)) && (near.p[i - 1] == ' ' || near.p[i - 1] == '\t'))
                        return names_program(str_trim(str_sub(s, 0, i))) ? s : str_from(s, i);
        return s;
}

/* The end of a cell that begins at a quotation mark; -1. */
static ptrdiff_t cell_end(struct str s, ptrdiff_t at) {
        for (ptrdiff_t i = at + 1; i < s.len; i++) {
                if (s.p[i] != '"')
                        continue;
                if (i + 1 == s.len || s.p[i + 1] == ',' || s.p[i + 1] == ';' || s.p[i + 1] == '\t')
                        return i;
                i += s.p[i + 1] == '"';
        }
        return -1;
}

/* `2026-11-22 10:00:00,"[    0.000000] Linux version …",1732…`: the cell of a row that is a line of the kernel. */
static struct str only_cell(struct str s) {
        if (str_find_char(s, '"') < 0)
                return s;
        for (ptrdiff_t i = 0, end; i < s.len; i = end + 1) {
                struct str cell;

                while (i < s.len && s.p[i] != '"')
                        i++;
                if (i >= s.len || (end = cell_end(s, i)) < 0)
                        return s;
                cell = str_sub(s, i + 1, end - i - 1);
                if ((i == 0 || s.p[i - 1] == ',' || s.p[i - 1] == ';' || s.p[i - 1] == '\t') &&
                    (log_is_stamp(cell) || without_anything(cell).len < cell.len || without_program(cell).len < cell.len))
                        return cell;
        }
        return s;
}

struct str log_stamped(struct str line) {
        struct str s = without_anything(without_runner(without_level(without_stream(without_date(without_job(str_trim(line)))))));

        return log_is_stamp(s) ? s : without_anything(without_program(s));
}

bool log_shows_kernel(struct str line) {
        struct str rest = str_trim(line);

        rest = without_service(only_cell(rest));
        return without_program(rest).len < rest.len || without_5424(rest).len < rest.len || without_logcat(rest).len < rest.len ||
               log_is_stamp(rest) || log_is_stamp(log_stamped(rest));
}

struct str log_host(struct str line) {
        ptrdiff_t program = line.len - without_program(line).len;
        struct str before = str_sub(line, 0, program > 8 ? program - 8 : 0), word, host = { 0 };
        struct str level = without_level(str_trim(line)), rest;

        if (service_of(line, &rest).len > 0)
                return service_of(line, &rest);
        if (without_5424(level).len < level.len) {
                for (int i = 0; i < 3; i++) /* version, time, host */
                        (void)str_word(&level, &host);
                return host;
        }
        while (str_word(&before, &word))
                if (!str_starts(word, S("kern.")))
                        host = word;
        return host.len > 0 && !is_digit(host, 0) && str_find_char(host, ':') < 0 && str_find_char(host, ']') < 0 ? host : S("");
}

bool log_is_tagged(struct str line) {
        return without_program(line).len < line.len && !str_starts(line, S("kernel: "));
}

struct str log_message(struct str line) {
        static struct str (*const steps[])(struct str) = { only_cell,     without_service, without_job,      without_program, without_5424,
                                                           without_date,  without_runner,  without_logcat,   without_stream,  without_level,
                                                           without_facility, without_bracket, without_half_bracket, without_anything };
        bool again = true;

        for (int turn = 0; again && turn < 6; turn++) {
                again = false;
                for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
                        struct str shorter = steps[i](line);

                        again |= shorter.len != line.len;
                        line = str_trim(shorter);
                }
        }
        return line;
}
