/* Certificates of clients: the library asks for one when it knows an authority, but leaves it to us to look at it. */
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "fleet/http/http_server.h"

#define FUNCTIONS(X)                                                                                     \
        X(gnutls_certificate_verify_peers2) X(gnutls_certificate_get_peers) X(gnutls_x509_crt_init)      \
        X(gnutls_x509_crt_import) X(gnutls_x509_crt_get_dn_by_oid) X(gnutls_x509_crt_deinit)

static struct {
        FUNCTIONS(LIBRARY_MEMBER)
} tls;

static const char *const names[] = { FUNCTIONS(LIBRARY_NAME) NULL };
static const struct library library = { .file = "libgnutls.so.30", .package = "libgnutls30", .functions = names };

enum { NAME_MAX_LENGTH = 128 };

int http_tls_open(struct diag *d) {
        return library_open(&library, &tls, "cannot look at clients' certificates here", d);
}

static struct str common_name(const gnutls_datum_t *certificate, struct arena *a) {
        char name[NAME_MAX_LENGTH];
        size_t size = sizeof(name);
        struct str result = S("");
        gnutls_x509_crt_t c;

        if (tls.gnutls_x509_crt_init(&c) < 0)
                return result;
        if (tls.gnutls_x509_crt_import(c, certificate, GNUTLS_X509_FMT_DER) == 0 &&
            tls.gnutls_x509_crt_get_dn_by_oid(c, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &size) == 0)
                result = str_dup(a, str_n(name, (ptrdiff_t)size));
        tls.gnutls_x509_crt_deinit(c);
        return http_is_plain(result) ? result : S("");
}

struct str http_tls_name(struct http_server *s, struct MHD_Connection *c, struct arena *a) {
        const union MHD_ConnectionInfo *info = s->lib.MHD_get_connection_info(c, MHD_CONNECTION_INFO_GNUTLS_SESSION);
        gnutls_session_t session = info ? info->tls_session : NULL;
        const gnutls_datum_t *list;
        unsigned status = 0, count = 0;

        if (!session || tls.gnutls_certificate_verify_peers2(session, &status) < 0 || status != 0)
                return S("");
        list = tls.gnutls_certificate_get_peers(session, &count);
        return list && count > 0 ? common_name(&list[0], a) : S("");
}
