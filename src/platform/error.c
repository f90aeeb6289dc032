#include <errno.h>

#include "platform/tree.h"

/* A table of our own: the C library's (strerrorname_np) came with glibc 2.32, and musl and Windows have none. */
#define EVERYWHERE(X) \
        X(EPERM) X(ENOENT) X(ESRCH) X(EINTR) X(EIO) X(ENXIO) X(E2BIG) X(ENOEXEC) X(EBADF) X(EAGAIN) X(ENOMEM) \
        X(EACCES) X(EFAULT) X(EBUSY) X(EEXIST) X(EXDEV) X(ENODEV) X(ENOTDIR) X(EISDIR) X(EINVAL) X(ENFILE) X(EMFILE) \
        X(ENOTTY) X(ETXTBSY) X(EFBIG) X(ENOSPC) X(ESPIPE) X(EROFS) X(EMLINK) X(EPIPE) X(EDOM) X(ERANGE) \
        X(ENAMETOOLONG) X(ENOSYS) X(ENOTEMPTY) X(ELOOP) X(EBADMSG) X(EOVERFLOW) X(EOPNOTSUPP) X(ENOBUFS) \
        X(ECONNREFUSED) X(ECONNRESET) X(ETIMEDOUT) X(EPROTO) X(ENODATA) X(ENOTCONN) X(EHOSTUNREACH) X(ENETUNREACH) \
        X(EALREADY) X(EINPROGRESS) X(ECANCELED) X(ENOLCK) X(EDEADLK) X(EILSEQ)

#ifdef __linux__
#define HERE(X) \
        X(ESTALE) X(EDQUOT) X(EUCLEAN) X(EREMOTEIO) X(ENOMEDIUM) X(EMEDIUMTYPE) X(ENOKEY) X(EKEYREJECTED) \
        X(EKEYEXPIRED) X(EHWPOISON) X(EHOSTDOWN) X(ESHUTDOWN) X(ENOLINK) X(ENONET) X(ECOMM)
#else
#define HERE(X)
#endif

#define ROW(name) { name, #name },

const char *tree_error_name(int error) {
        static const struct {
                int error;
                char name[16]; /* here, not pointed to: nothing to relocate at a start */
        } rows[] = { EVERYWHERE(ROW) HERE(ROW) };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (rows[i].error == error)
                        return rows[i].name;
        return "EUNKNOWN";
}
