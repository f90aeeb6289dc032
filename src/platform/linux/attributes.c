#include "platform/linux/attributes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
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

/* Not static: what each thread has of its own is cleared at every start, and these are rarely asked for. */
struct room {
        char names[ATTRIBUTES_MAX], value[ATTRIBUTES_MAX];
};

static int copy_one(int from, int to, const char *name, struct room *room) {
        ssize_t len = fgetxattr(from, name, room->value, sizeof(room->value));

        if (len < 0)
                return has_none(errno) ? 0 : errno;
        return fsetxattr(to, name, room->value, (size_t)len, 0) < 0 && errno != ENOTSUP ? errno : 0;
}

static int copy_all(int from, int to, bool all, struct room *room, bool *ret_listed) {
        ssize_t n = flistxattr(from, room->names, sizeof(room->names));
        int error = n < 0 && !has_none(errno) ? errno : 0;

        for (const char *p = room->names; n > 0 && p < room->names + n && !error; p += strlen(p) + 1) {
                bool is_list = strcmp(p, access_list) == 0;

                *ret_listed |= is_list;
                error = copy_one(from, to, p, room);
                if (!all && !is_list)
                        error = 0;
        }
        return error;
}

int attributes_copy(int folder, const char *name, int to, bool all) {
        struct room *room = malloc(sizeof(*room));
        int from = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), error = 0;
        bool listed = false;

        if (from < 0)
                error = errno == ENOENT ? 0 : errno;
        else
                error = room ? copy_all(from, to, all, room, &listed) : ENOMEM;
        if (!listed) {
                int kept = drop_list(to);

                error = error ? error : kept;
        }
        if (from >= 0)
                close(from);
        free(room);
        return error;
}
