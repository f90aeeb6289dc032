/* libsidelight from outside: what it gives, what it refuses, and what becomes of it when memory runs out at each place, or threads use it at
 * the same time. Prints TAP. Usage: test_lib EVIDENCE… */
#include <errno.h>
#include <pthread.h>
#include <sidelight.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Memory that ends: the C library's own functions stand below these. ---- */

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

static _Thread_local bool counting;
static _Thread_local long left = -1; /* how many times memory is given; negative: always */

static bool refused(void) {
        if (!counting || left < 0)
                return false;
        if (left > 0)
                left--;
        return left == 0;
}

void *malloc(size_t n) {
        return refused() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size) {
        return refused() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n) {
        return refused() ? NULL : __libc_realloc(p, n);
}

/* ---- TAP ---- */

static int count, failures;

static void ok(bool good, const char *name) {
        printf("%sok %d - %s\n", good ? "" : "not ", ++count, name);
        failures += !good;
}

static char *read_file(const char *path, size_t *ret_length) {
        FILE *f = fopen(path, "rb");
        char *text = calloc(1, 1 << 20);

        *ret_length = f && text ? fread(text, 1, (1 << 20) - 1, f) : 0;
        if (f)
                (void)fclose(f);
        return text;
}

static size_t find(const sidelight *s, const char *id) {
        size_t i = 0;

        while (i < sidelight_finding_count(s) && strcmp(sidelight_finding(s, i, SIDELIGHT_FINDING_ID), id) != 0)
                i++;
        return i;
}

static const char machine[] = "# sidelight evidence 1\n-- identity hostname one\n-- uname Linux 6.1.0 x86_64\n"
                              "-- file /sys/devices/system/cpu/vulnerabilities/meltdown\nVulnerable\n";

static void test_use(void) {
        sidelight *s = sidelight_new();
        const char *text;
        size_t length, i;

        ok(sidelight_api() >= SIDELIGHT_API && *sidelight_version() && *sidelight_data_version(), "it says what it is");
        ok(sidelight_parse(s, "one", machine, strlen(machine)) == SIDELIGHT_OK && sidelight_finding_count(s) == 0, "evidence is taken");
        ok(sidelight_judge(s) == SIDELIGHT_OK && sidelight_finding_count(s) > 30, "and judged");
        i = find(s, "meltdown");
        ok(strcmp(sidelight_finding(s, i, SIDELIGHT_FINDING_STATUS), "vulnerable") == 0 &&
                   strcmp(sidelight_finding(s, i, SIDELIGHT_FINDING_CVES), "CVE-2017-5754") == 0 && *sidelight_finding(s, i, SIDELIGHT_FINDING_REASON),
           "a finding has its texts");
        for (i = 0; i < sidelight_step_count(s) && !strstr(sidelight_step(s, i, SIDELIGHT_STEP_RESOLVES), "meltdown"); i++)
                ;
        ok(i < sidelight_step_count(s) && *sidelight_step(s, i, SIDELIGHT_STEP_TITLE) && *sidelight_step(s, i, SIDELIGHT_STEP_WHO), "and a step");
        ok(sidelight_report(s, "json", &text, &length) == SIDELIGHT_OK && length == strlen(text) && strstr(text, "\"name\":\"one\""), "it is told as JSON");
        ok(sidelight_report(s, "text", &text, NULL) == SIDELIGHT_OK && strstr(text, "What to do"), "and as text");
        ok(sidelight_evidence(s, &text, &length) == SIDELIGHT_OK && strstr(text, "-- identity hostname one"), "the evidence comes back as a file");
        ok(sidelight_set(s, "only", "mds, Meltdown") == SIDELIGHT_OK && sidelight_finding_count(s) == 0 && sidelight_judge(s) == SIDELIGHT_OK &&
                   sidelight_finding_count(s) == 2, "options count for the next judgement");
        ok(sidelight_set(s, "only", "") == SIDELIGHT_OK && sidelight_set(s, "boundary", "guest-host") == SIDELIGHT_OK && sidelight_judge(s) == SIDELIGHT_OK &&
                   strcmp(sidelight_finding(s, find(s, "meltdown"), SIDELIGHT_FINDING_AT_STAKE), "no") == 0, "and boundaries");
        ok(sidelight_collect(s, NULL) == SIDELIGHT_OK && sidelight_judge(s) == SIDELIGHT_OK && sidelight_finding_count(s) > 30, "the running machine is judged");
        sidelight_free(s);
}

static void test_refuses(void) {
        sidelight *s = sidelight_new();
        const char *text = NULL;

        ok(sidelight_judge(s) == SIDELIGHT_BAD_USE && *sidelight_error(s), "nothing is judged before there is evidence");
        ok(sidelight_parse(s, "x", "hello\n", 6) == SIDELIGHT_BAD_INPUT && *sidelight_error(s), "what is no evidence is refused");
        ok(sidelight_parse(s, "x", machine, strlen("# sidelight evidence 1\n")) == SIDELIGHT_BAD_INPUT, "so is what tells nothing");
        ok(sidelight_parse(s, NULL, NULL, 0) == SIDELIGHT_BAD_USE, "and no text at all");
        ok(sidelight_collect(s, "/nonexistent/root") == SIDELIGHT_NO_INPUT && strstr(sidelight_error(s), "/nonexistent/root"), "a root that is not there is told");
        ok(sidelight_set(s, "colour", "red") == SIDELIGHT_BAD_USE && sidelight_set(s, "only", "nothing-such") == SIDELIGHT_BAD_USE &&
                   sidelight_set(s, "untrusted", "perhaps") == SIDELIGHT_BAD_USE && sidelight_set(s, NULL, NULL) == SIDELIGHT_BAD_USE,
           "options and values that there are not are refused");
        ok(sidelight_parse(s, "one", machine, strlen(machine)) == SIDELIGHT_OK && !*sidelight_error(s) && sidelight_report(s, "json", &text, NULL) == SIDELIGHT_BAD_USE,
           "a good call forgets the error; nothing is told before it is judged");
        ok(sidelight_judge(s) == SIDELIGHT_OK && sidelight_report(s, "nosuch", &text, NULL) == SIDELIGHT_BAD_USE && !text, "a format that there is not is refused");
        ok(!*sidelight_finding(s, 100000, SIDELIGHT_FINDING_ID) && !*sidelight_finding(s, 0, (enum sidelight_finding_field)99) &&
                   !*sidelight_step(s, 100000, SIDELIGHT_STEP_ID), "numbers and fields that there are not give nothing");
        sidelight_free(s);
        sidelight_free(NULL);
        ok(true, "no handle is freed, too");
}

/* All calls with memory for n requests; true when that was enough. What was refused must say so, and the handle can be freed. */
static bool with_memory(long n, const char *text, size_t length, bool *ret_good) {
        const char *formats[] = { "json", "text", "html", "sarif", "markdown" }, *told;
        int status = SIDELIGHT_NO_MEMORY;
        sidelight *s;

        left = n;
        counting = true;
        s = sidelight_new();
        if (s)
                status = sidelight_set(s, "only", "meltdown,mds,ssb");
        if (status == SIDELIGHT_OK)
                status = sidelight_parse(s, "file", text, length);
        if (status == SIDELIGHT_OK)
                status = sidelight_judge(s);
        for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]) && status == SIDELIGHT_OK; i++)
                status = sidelight_report(s, formats[i], &told, NULL);
        counting = false;
        *ret_good = status == SIDELIGHT_OK || status == SIDELIGHT_NO_MEMORY;
        if (s && status == SIDELIGHT_NO_MEMORY)
                *ret_good = *ret_good && strcmp(sidelight_error(s), "out of memory") == 0 && sidelight_judge(s) == SIDELIGHT_NO_MEMORY &&
                            sidelight_finding_count(s) == 0 && !*sidelight_finding(s, 0, SIDELIGHT_FINDING_ID);
        sidelight_free(s);
        return status == SIDELIGHT_OK;
}

static void test_memory(const char *path) {
        size_t length;
        char *text = read_file(path, &length);
        bool good = true, all = true;
        long n = 1;

        while (n < 100000 && !with_memory(n, text, length, &good)) {
                all = all && good;
                n++;
        }
        printf("# %ld requests for memory\n", n - 1);
        ok(all && good && n > 5 && n < 100000, "without memory, wherever it ends, there is an error and no end");
        free(text);
}

struct job {
        pthread_t thread;
        const char *path;
        char *report;
        bool good;
};

static void *work(void *arg) {
        struct job *j = arg;
        size_t length;
        char *text = read_file(j->path, &length);

        j->good = true;
        for (int i = 0; i < 20; i++) {
                sidelight *s = sidelight_new();
                const char *told = NULL;

                j->good = j->good && sidelight_parse(s, j->path, text, length) == SIDELIGHT_OK && sidelight_judge(s) == SIDELIGHT_OK &&
                          sidelight_report(s, "markdown", &told, NULL) == SIDELIGHT_OK && (!j->report || strcmp(told, j->report) == 0);
                if (told && !j->report)
                        j->report = strdup(told);
                sidelight_free(s);
        }
        free(text);
        return NULL;
}

static void test_threads(char **paths, int number) {
        struct job *jobs = calloc((size_t)number, sizeof(*jobs));
        bool good = true;

        for (int i = 0; i < number; i++) {
                jobs[i].path = paths[i];
                good = pthread_create(&jobs[i].thread, NULL, work, &jobs[i]) == 0 && good;
        }
        for (int i = 0; i < number; i++)
                good = pthread_join(jobs[i].thread, NULL) == 0 && jobs[i].good && good;
        for (int i = 1; i < number; i++)
                good = good && strcmp(jobs[i].report, jobs[0].report) != 0;
        ok(good, "threads with handles of their own do not meet");
}

int main(int argc, char **argv) {
        if (argc < 3)
                return 64;
        test_use();
        test_refuses();
        test_memory(argv[1]);
        test_threads(argv + 1, argc - 1);
        printf("1..%d\n", count);
        return failures != 0;
}
