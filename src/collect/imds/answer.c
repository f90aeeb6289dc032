#include "collect/imds/imds.h"

/* The value of a header, letters' case ignored; empty when it is not there. */
static struct str header(struct str head, struct str name) {
        struct str line;

        while (str_line(&head, &line))
                if (line.len > name.len && line.p[name.len] == ':' && str_eq_nocase(str_sub(line, 0, name.len), name))
                        return str_trim(str_from(line, name.len + 1));
        return S("");
}

int imds_answer(struct str text, struct str *ret_body, struct diag *d) {
        ptrdiff_t end = str_find(text, S("\r\n\r\n"));
        struct str head = str_sub(text, 0, end), body = str_from(text, end + 4), status, word = { 0 };
        uint64_t length;

        if (end < 0 || !str_starts(text, S("HTTP/1.")))
                return diag_fail_class(d, DIAG_INPUT, "the metadata service's answer is not HTTP");
        status = head;
        (void)str_word(&status, &word);
        if (!str_word(&status, &word) || !str_eq(word, S("200")))
                return diag_fail_class(d, DIAG_INPUT, "the metadata service answers with status %.*s", STR_ARG(word));
        if (header(head, S("Transfer-Encoding")).len)
                return diag_fail_class(d, DIAG_INPUT, "the metadata service answers in pieces, which HTTP/1.0 does not know");
        if (str_to_u64(header(head, S("Content-Length")), &length)) {
                if (length > (uint64_t)body.len)
                        return diag_fail_class(d, DIAG_INPUT, "the metadata service's answer is cut short");
                body = str_sub(body, 0, (ptrdiff_t)length);
        }
        *ret_body = body;
        return 0;
}
