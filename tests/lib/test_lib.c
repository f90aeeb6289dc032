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

static const char two[] = "# HELP node_cpu_vulnerabilities_info x\n# TYPE node_cpu_vulnerabilities_info gauge\n"
                          "node_cpu_vulnerabilities_info{codename=\"meltdown\",mitigation=\"\",state=\"vulnerable\",instance=\"a:9100\"} 1\n"
                          "node_cpu_vulnerabilities_info{codename=\"meltdown\",mitigation=\"PTI\",state=\"mitigation\",instance=\"b:9100\"} 1\n";

struct written {
        char text[1 << 20];
        size_t length;
        bool refuses;
};

static int take(void *arg, const char *bytes, size_t length) {
        struct written *w = arg;

        if (w->refuses || length >= sizeof(w->text) - w->length)
                return -1;
        memcpy(w->text + w->length, bytes, length);
        w->length += length;
        w->text[w->length] = '\0';
        return 0;
}

/* The machines of a text in one document; SIDELIGHT_OK, or what went wrong first. */
static int document_of(sidelight *s, const char *text, struct written *w) {
        sidelight_document *d = sidelight_document_new(s, take, w);
        size_t number = 0;
        int status = d ? sidelight_parse_all(s, "text", text, strlen(text), &number) : SIDELIGHT_NO_MEMORY, ended;

        for (size_t i = 0; i < number && status == SIDELIGHT_OK; i++) {
                status = sidelight_choose(s, i);
                status = status ? status : sidelight_judge(s);
                status = status ? status : sidelight_document_add(d, s);
        }
        if (!d)
                return status;
        ended = sidelight_document_end(d);
        return status ? status : ended;
}

/* A document of what could not be judged, by the handle's own words. */
static int failed_document(sidelight *s, struct written *w) {
        sidelight_document *d = sidelight_document_new(s, take, w);
        int status, ended;

        if (!d)
                return SIDELIGHT_NO_MEMORY;
        status = sidelight_parse(s, "bad.txt", "hello", 5);
        status = status == SIDELIGHT_NO_MEMORY ? status : sidelight_document_failed(d, s, "bad.txt", sidelight_error(s));
        ended = sidelight_document_end(d);
        return status ? status : ended;
}

static void test_failures(void) {
        static struct written w;
        sidelight *s = sidelight_new();

        ok(sidelight_set(s, "format", "junit") == SIDELIGHT_OK && failed_document(s, &w) == SIDELIGHT_OK && strstr(w.text, "name=\"bad.txt\"") &&
                   strstr(w.text, "<error message=\"bad.txt:1: cannot tell what this is"), "what could not be judged is told in the handle's own words");
        ok(sidelight_judge(s) == SIDELIGHT_BAD_USE && sidelight_exit_code(s) == 3, "nothing is left of it in the handle");
        ok(sidelight_parse(s, "one", machine, strlen(machine)) == SIDELIGHT_OK && sidelight_judge(s) == SIDELIGHT_OK, "which can be used again");
        sidelight_free(s);
}

static void test_documents(void) {
        static struct written w;
        sidelight *s = sidelight_new();
        const char *text;
        size_t number;

        ok(sidelight_set(s, "format", "csv") == SIDELIGHT_OK && sidelight_set(s, "now", "2026-11-27T00:00:00Z") == SIDELIGHT_OK &&
                   document_of(s, two, &w) == SIDELIGHT_OK && strstr(w.text, ",\"a:9100\",") && strstr(w.text, ",\"b:9100\","), "several machines come into one document");
        ok(sidelight_exit_code(s) == 3, "the last of them has unknown flaws");
        ok(sidelight_choose(s, 0) == SIDELIGHT_OK && sidelight_judge(s) == SIDELIGHT_OK && sidelight_exit_code(s) == 2, "the first an open one");
        ok(sidelight_set(s, "fail-on", "partial") == SIDELIGHT_OK && sidelight_judge(s) == SIDELIGHT_OK && sidelight_exit_code(s) == 0, "which counts only when asked for");
        ok(sidelight_choose(s, 2) == SIDELIGHT_BAD_USE && sidelight_parse(s, "text", two, strlen(two)) == SIDELIGHT_BAD_INPUT, "there are no more, and several are no one machine");
        ok(sidelight_set(s, "format", "nosuch") == SIDELIGHT_BAD_USE && sidelight_set(s, "now", "yesterday") == SIDELIGHT_BAD_USE &&
                   sidelight_set(s, "columns", "-1") == SIDELIGHT_BAD_USE && sidelight_set(s, "fail-on", "good") == SIDELIGHT_BAD_USE &&
                   sidelight_set(s, "collect", "some") == SIDELIGHT_BAD_USE && sidelight_set(s, "copy", "perhaps") == SIDELIGHT_BAD_USE, "values that there are not are refused");
        ok(sidelight_set(s, "texts", "no") == SIDELIGHT_OK && sidelight_set(s, "format", "") == SIDELIGHT_OK && sidelight_parse(s, "one", machine, strlen(machine)) == SIDELIGHT_OK &&
                   sidelight_judge(s) == SIDELIGHT_OK && sidelight_finding_count(s) == 0 && sidelight_step_count(s) == 0 &&
                   sidelight_report(s, NULL, &text, NULL) == SIDELIGHT_OK && strstr(text, "What to do"), "reports alone");
        ok(sidelight_set(s, "only", "meltdown") == SIDELIGHT_OK && sidelight_judge(s) == SIDELIGHT_OK && sidelight_report(s, "openvex", &text, NULL) == SIDELIGHT_OK &&
                   strstr(text, "CVE-2017-5754") && sidelight_report(s, "sarif", &text, NULL) == SIDELIGHT_OK && strstr(text, "ingerprint"), "a format gets what it needs, whatever was asked for");
        w.refuses = true;
        ok(document_of(s, machine, &w) == SIDELIGHT_FAILED, "what cannot be written is told");
        ok(sidelight_host(s, "host", "hello", 5) == SIDELIGHT_BAD_INPUT && sidelight_host(s, "host", machine, strlen(machine)) == SIDELIGHT_OK &&
                   sidelight_judge(s) == SIDELIGHT_OK && sidelight_host(s, NULL, NULL, 0) == SIDELIGHT_OK, "a host is taken, and taken back");
        ok(sidelight_parse_all(s, "x", "hello", 5, &number) == SIDELIGHT_BAD_INPUT && number == 0 && sidelight_exit_code(s) == 3, "nothing to judge is not safe");
        sidelight_free(s);
}

/* Without a handle or document, as without the memory for one; and places for answers that there are not. */
static void test_nothing(void) {
        static struct written w;
        sidelight *s = sidelight_new();
        sidelight_document *d;
        const char *text;
        size_t n;

        ok(sidelight_set(NULL, "only", "mds") == SIDELIGHT_NO_MEMORY && sidelight_collect(NULL, NULL) == SIDELIGHT_NO_MEMORY &&
                   sidelight_parse(NULL, "x", machine, strlen(machine)) == SIDELIGHT_NO_MEMORY &&
                   sidelight_parse_all(NULL, "x", machine, strlen(machine), &n) == SIDELIGHT_NO_MEMORY && n == 0 && sidelight_choose(NULL, 0) == SIDELIGHT_NO_MEMORY &&
                   sidelight_host(NULL, "x", machine, strlen(machine)) == SIDELIGHT_NO_MEMORY && sidelight_evidence(NULL, &text, &n) == SIDELIGHT_NO_MEMORY &&
                   sidelight_judge(NULL) == SIDELIGHT_NO_MEMORY && sidelight_report(NULL, "json", &text, &n) == SIDELIGHT_NO_MEMORY &&
                   strcmp(sidelight_error(NULL), "out of memory") == 0, "no handle is told as no memory");
        ok(sidelight_finding_count(NULL) == 0 && !*sidelight_finding(NULL, 0, SIDELIGHT_FINDING_ID) && sidelight_step_count(NULL) == 0 &&
                   !*sidelight_step(NULL, 0, SIDELIGHT_STEP_ID) && sidelight_exit_code(NULL) == 3, "it has nothing, and is not safe");
        ok(sidelight_parse(s, NULL, machine, strlen(machine)) == SIDELIGHT_OK && sidelight_judge(s) == SIDELIGHT_OK &&
                   sidelight_report(s, "json", NULL, NULL) == SIDELIGHT_BAD_USE && sidelight_evidence(s, NULL, NULL) == SIDELIGHT_BAD_USE &&
                   sidelight_parse_all(s, "x", machine, strlen(machine), NULL) == SIDELIGHT_OK && sidelight_judge(s) == SIDELIGHT_OK, "an answer without a place is refused; a count need not be asked for");
        ok(sidelight_parse(s, "x", machine, SIZE_MAX) == SIDELIGHT_BAD_USE && sidelight_host(s, "x", machine, SIZE_MAX) == SIDELIGHT_BAD_USE &&
                   sidelight_parse(s, "x", machine, strlen(machine)) == SIDELIGHT_OK && sidelight_judge(s) == SIDELIGHT_OK, "a length that no text has is refused, and the handle lives");
        ok(!sidelight_document_new(NULL, take, &w) && !sidelight_document_new(s, NULL, NULL) && sidelight_document_add(NULL, s) == SIDELIGHT_NO_MEMORY &&
                   sidelight_document_failed(NULL, s, "a", "b") == SIDELIGHT_NO_MEMORY && sidelight_document_flush(NULL) == SIDELIGHT_NO_MEMORY &&
                   sidelight_document_end(NULL) == SIDELIGHT_NO_MEMORY, "so is no document");
        d = sidelight_document_new(s, take, &w);
        ok(sidelight_document_add(d, NULL) == SIDELIGHT_NO_MEMORY && sidelight_document_end(d) == SIDELIGHT_NO_MEMORY, "a document that lacks a machine says so");
        sidelight_free(s);
}

/* All calls with memory for n requests; true when that was enough. What was refused must say so, and the handle can be freed. */
static bool with_memory(long n, const char *text, size_t length, bool *ret_good) {
        const char *formats[] = { "json", "text", "html", "sarif", "markdown" }, *told;
        static struct written sink;
        int status = SIDELIGHT_NO_MEMORY, document = SIDELIGHT_OK;
        sidelight *s;

        sink.length = 0;
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
        if (status == SIDELIGHT_OK)
                status = sidelight_evidence(s, &told, NULL);
        if (status == SIDELIGHT_OK)
                status = sidelight_host(s, "host", text, length);
        if (status == SIDELIGHT_OK)
                document = document_of(s, text, &sink);
        if (document == SIDELIGHT_OK && status == SIDELIGHT_OK)
                document = failed_document(s, &sink);
        counting = false;
        *ret_good = (status == SIDELIGHT_OK || status == SIDELIGHT_NO_MEMORY) && (document == SIDELIGHT_OK || document == SIDELIGHT_NO_MEMORY);
        if (s && status == SIDELIGHT_NO_MEMORY)
                *ret_good = *ret_good && strcmp(sidelight_error(s), "out of memory") == 0 && sidelight_judge(s) == SIDELIGHT_NO_MEMORY &&
                            sidelight_finding_count(s) == 0 && !*sidelight_finding(s, 0, SIDELIGHT_FINDING_ID);
        sidelight_free(s);
        return status == SIDELIGHT_OK && document == SIDELIGHT_OK;
}

/* The same of the running machine. */
static bool with_memory_here(long n, bool *ret_good) {
        int status = SIDELIGHT_NO_MEMORY;
        sidelight *s;

        left = n;
        counting = true;
        s = sidelight_new();
        status = sidelight_collect(s, NULL);
        if (status == SIDELIGHT_OK)
                status = sidelight_judge(s);
        counting = false;
        *ret_good = status == SIDELIGHT_OK || (status == SIDELIGHT_NO_MEMORY && strcmp(sidelight_error(s), "out of memory") == 0);
        sidelight_free(s);
        return status == SIDELIGHT_OK;
}

static void test_memory(const char *path) {
        size_t length;
        char *text = read_file(path, &length);
        bool good = true, all = true;
        long n = 1;

        while (n < 600 && !with_memory_here(n, &good)) { /* each may leave a file open */
                all = all && good;
                n++;
        }
        printf("# %ld requests for memory here\n", n - 1);
        ok(all && good && n > 5 && n < 600, "without memory, collecting ends with an error");
        all = true;
        n = 1;

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
        test_documents();
        test_failures();
        test_nothing();
        test_memory(argv[1]);
        test_threads(argv + 1, argc - 1);
        printf("1..%d\n", count);
        return failures != 0;
}
