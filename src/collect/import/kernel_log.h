/* A kernel's log, message by message, whatever it was wrapped in. Private to import/. */
#ifndef SIDELIGHT_COLLECT_IMPORT_KERNEL_LOG_H
#define SIDELIGHT_COLLECT_IMPORT_KERNEL_LOG_H

#include "collect/import/parts.h"

enum { LOG_BYTES_MAX = 8 << 20 }; /* of the messages that evidence keeps */

struct log_words {
        const struct sentence_file *file;
        struct str text;
        bool smt; /* the kernel warned that sibling threads are open */
};

struct log_messages {
        struct str *items;
        ptrdiff_t count, capacity;
};

struct log {
        struct import *import;
        struct import_host *host;
        struct str command, microcode, microcode_cpu0;
        bool microcode_differs, loader;
        ptrdiff_t starts, bytes;
        struct log_words *items; /* what the kernel said of flaws */
        ptrdiff_t count, capacity;
        struct log_messages messages;
};

/* The message without what dmesg, syslog, journalctl and consoles put before it. */
struct str log_message(struct str line);
/* One message. At a new start of the kernel everything begins anew. */
void log_line(struct log *log, struct str message);
/* After the last: what was found becomes evidence. */
void log_end(struct log *log);
/* What was found before a new start is forgotten. */
void log_restart(struct log *log);
/* Whether the message shows that this is a kernel's log. */
bool log_is_mark(const struct catalog *c, struct str message);

#endif
