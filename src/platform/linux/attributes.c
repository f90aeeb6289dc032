#include "platform/linux/attributes.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/types.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { ATTRIBUTES_MAX = 65536 };

static const char access_list[] = "system.posix_acl_access";

static bool has_none(int error) {
        return error == ENOTSUP || error == ENODATA || error == ENOSYS;
}

static int drop_list(int to) {
        return fremovexattr(to, access_list) < 0 && !has_none(errno) ? errno : 0;
}

static int copy_one(int from, int to, const char *name) {
        static _Thread_local char value[ATTRIBUTES_MAX];
        ssize_t len = fgetxattr(from, name, value, sizeof(value));

        if (len < 0)
                return has_none(errno) ? 0 : errno;
        return fsetxattr(to, name, value, (size_t)len, 0) < 0 && errno != ENOTSUP ? errno : 0;
}

int attributes_copy(int folder, const char *name, int to, bool all) {
        static _Thread_local char names[ATTRIBUTES_MAX];
        int from = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), error = 0;
        ssize_t n = from < 0 ? 0 : flistxattr(from, names, sizeof(names));
        bool listed = false;

        if ((from < 0 && errno != ENOENT) || (n < 0 && !has_none(errno)))
                error = errno;
        for (const char *p = names; n > 0 && p < names + n && !error; p += strlen(p) + 1) {
                bool is_list = strcmp(p, access_list) == 0;

                listed |= is_list;
                error = copy_one(from, to, p);
                if (!all && !is_list)
                        error = 0;
        }
        if (!listed) {
                int kept = drop_list(to);

                error = error ? error : kept;
        }
        if (from >= 0)
                close(from);
        return error;
}
