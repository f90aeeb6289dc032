#include "platform/fetch.h"

#include <errno.h>

#define CURL_DISABLE_TYPECHECK /* its macros call functions by name, and these are members */
#include <curl/curl.h>

#include "base/out.h"
#include "platform/library.h"
#include "platform/tree.h"

#define FUNCTIONS(X)                                                                                                  \
        X(curl_global_init) X(curl_easy_init) X(curl_easy_setopt) X(curl_easy_perform) X(curl_easy_getinfo)           \
        X(curl_easy_cleanup) X(curl_easy_strerror)

struct curl_functions {
        FUNCTIONS(LIBRARY_MEMBER)
};

static const char *const names[] = { FUNCTIONS(LIBRARY_NAME) NULL };
static const struct library library = { .file = "libcurl.so.4", .package = "libcurl4", .functions = names };

enum { CONNECT_SECONDS = 20, SECONDS = 300, REDIRECTIONS = 5 };

struct fetched {
        struct out text;
        ptrdiff_t limit;
};

static size_t take(char *p, size_t size, size_t n, void *arg) {
        struct fetched *f = arg;

        if (n > 0 && (ptrdiff_t)(size * n) > f->limit - f->text.len)
                return 0; /* libcurl ends with an error */
        out_bytes(&f->text, p, (ptrdiff_t)(size * n));
        return size * n;
}

static int get(const struct curl_functions *lib, CURL *curl, const char *url, struct fetched *f, struct diag *d) {
        char error[CURL_ERROR_SIZE] = "";
        long status = 0;
        long os_error, told = 0;
        CURLcode code = CURLE_OK;

        /* It keeps copies, and may have no memory for them; an older one does not know the last two. */
        if (lib->curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OUT_OF_MEMORY ||
            lib->curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OUT_OF_MEMORY ||
            lib->curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https") == CURLE_OUT_OF_MEMORY)
                code = CURLE_OUT_OF_MEMORY;
        (void)lib->curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
        (void)lib->curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)REDIRECTIONS);
        (void)lib->curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        (void)lib->curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
        (void)lib->curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)SECONDS);
        (void)lib->curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
        (void)lib->curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
        (void)lib->curl_easy_setopt(curl, CURLOPT_WRITEDATA, f);
        errno = 0;
        code = code ? code : lib->curl_easy_perform(curl);
        os_error = errno; /* what libcurl tells of it below is more, where it tells it */
        (void)lib->curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        (void)lib->curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &told);
        if (told)
                os_error = told;
        if (code == CURLE_OUT_OF_MEMORY)
                return diag_fail(d, "cannot fetch '%s': out of memory", url);
        if (code != CURLE_OK)
                return diag_fail_class(d, tree_error_class((int)os_error), "cannot fetch '%s': %s", url, error[0] ? error : lib->curl_easy_strerror(code));
        if (status != 200)
                return diag_fail_class(d, DIAG_NO_INPUT, "cannot fetch '%s': the server answers %ld", url, status);
        return 0;
}

int fetch(const char *url, ptrdiff_t limit, struct arena *a, struct str *ret, struct diag *d) {
        struct fetched f = { .limit = limit };
        struct curl_functions lib;
        CURL *curl = NULL;
        int status;

        if (library_open(&library, &lib, "cannot fetch anything here", d) < 0)
                return -1;
        if (lib.curl_global_init(CURL_GLOBAL_DEFAULT) == 0)
                curl = lib.curl_easy_init();
        if (!curl)
                return diag_fail(d, "cannot fetch anything here: libcurl does not start; perhaps there is no memory left");
        status = get(&lib, curl, url, &f, d);
        lib.curl_easy_cleanup(curl);
        if (status == 0)
                *ret = str_dup(a, out_text(&f.text));
        out_free(&f.text);
        return status;
}
