/* bench_judge FILE [LIMIT] [fleet]: evidence that stands in memory, parsed, judged and told as JSON into memory, on one core: what check does,
 * without a file system on either side; `fleet`: parsed and judged as a fleet's store does it, without the store. FILE holds evidence files one behind the other, each beginning with its first line. One line of JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/out.h"
#include "fleet/bulk/bulk.h"
#include "fleet/intake/judge_words.h"
#include "platform/program.h"

static const struct str begin = STR("# sidelight evidence 1\n");

static double seconds(void) {
        struct timespec t;

        (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
        return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The next file of the stream; false at its end. */
static bool next(struct str *rest, struct str *ret) {
        ptrdiff_t end = str_find(str_from(*rest, 1), S("\n# sidelight evidence 1\n"));

        if (rest->len == 0)
                return false;
        *ret = end < 0 ? *rest : str_sub(*rest, 0, end + 2);
        *rest = str_from(*rest, ret->len);
        return str_starts(*ret, begin);
}

/* The files of the stream, so that looking for their ends is no part of what is measured. */
struct files {
        struct str *items;
        ptrdiff_t count, capacity;
};

static void split(struct files *ret, struct arena *a, struct str all, long limit) {
        struct str text;

        while ((!limit || ret->count < limit) && next(&all, &text))
                *(struct str *)arena_append(a, ret) = text;
}

/* Both give the length of what was told; -1 and a message. */
static ptrdiff_t judge_for_store(struct bulk *b, struct str text, struct diag *d) {
        struct bulk_told told;
        ptrdiff_t length = 0;

        if (bulk_find(b, S("stream"), text, &told, d) < 0)
                return -1;
        for (uint32_t i = 0; i <= b->catalog->flaw_count; i++)
                length += told.texts[i].len;
        return length;
}

static ptrdiff_t judge_as_json(struct bulk *b, struct str text, struct out *o, struct diag *d) {
        enum exit_result code;

        o->len = 0;
        return bulk_judge(b, S("stream"), text, o, &code, d) < 0 ? -1 : o->len;
}

int main(int argc, char *argv[]) {
        static const struct report_style style = { .columns = 80, .fail_on = 7 };
        struct verdict_options options = { .today = S("2026-11-27") };
        struct bulk b = { .catalog = &catalog_builtin, .options = &options, .style = &style, .large = program_large_memory };
        long limit = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
        ptrdiff_t told = 0, read = 0, one;
        struct files files = { 0 };
        struct arena perm = { 0 };
        struct str all;
        struct out o = { 0 };
        struct diag d = { 0 };
        double start;

        if (argc < 2 || program_read_file(argv[1], (ptrdiff_t)1 << 40, &perm, &all, &d) < 0) {
                (void)fprintf(stderr, "bench_judge: %s\n", argc < 2 ? "no file" : d.text);
                return 70;
        }
        if (argc > 3)
                b.teller = &told_teller;
        split(&files, &perm, all, limit);
        start = seconds();
        for (ptrdiff_t i = 0; i < files.count; i++) {
                arena_reset(&b.arena);
                one = b.teller ? judge_for_store(&b, files.items[i], &d) : judge_as_json(&b, files.items[i], &o, &d);
                if (one < 0) {
                        (void)fprintf(stderr, "bench_judge: %s\n", d.text);
                        return 70;
                }
                told += one;
                read += files.items[i].len;
        }
        start = seconds() - start;
        (void)printf("{\"files\":%td,\"seconds\":%.4f,\"per_second\":%.0f,\"evidence\":%td,\"told\":%td,\"hits\":%u,\"again\":%u,\"apart\":%u}\n", files.count, start,
                     (double)files.count / start, read, told, b.hits, b.again, b.apart);
        bulk_free(&b);
        out_free(&o);
        arena_free(&perm);
        return 0;
}
