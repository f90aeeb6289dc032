/* A kernel's log, message by message, whatever it was wrapped in. Private to import/. */
#ifndef SIDELIGHT_COLLECT_IMPORT_KERNEL_LOG_H
#define SIDELIGHT_COLLECT_IMPORT_KERNEL_LOG_H

#include "collect/import/parts.h"

enum { LOG_BYTES_MAX = 8 << 20 }; /* of the messages that evidence keeps */

struct log_words {
        const struct sentence_file *file;
        struct str text;
        bool smt;   /* the kernel warned that sibling threads are open */
        bool whole; /* the file says no more */
};

struct log_messages {
        struct str *items;
        ptrdiff_t count, capacity;
};

struct log {
        struct import *import;
        struct import_host *host;
        struct str command, microcode, microcode_cpu0;
        bool microcode_differs, loader, line_cut, command_cut;
        ptrdiff_t starts, bytes;
        struct log_words *items; /* what the kernel said of flaws */
        ptrdiff_t count, capacity;
        struct log_messages messages;
};

/* The message without what dmesg, syslog, journalctl and consoles put before it. */
struct str log_message(struct str line);
/* Whether a syslog says before it that the kernel wrote it ("Mar 04 08:00:01 host kernel: "). */
bool log_is_tagged(struct str line);
/* Whether a syslog says before it that another program wrote it (RFC 5424). */
bool log_is_others(struct str line);
/* The service that docker compose names before the line ("vm-1"); empty: none. */
struct str log_service(struct str line);
/* Whether logcat says before it that a program wrote it. */
bool log_is_apps(struct str line);
/* Whether what stands before it shows that the kernel wrote it: its own stamp, or a syslog's "kernel: ". */
bool log_shows_kernel(struct str line);
/* From the kernel's stamp on ("[    0.000000] …"); without one, some line that does not begin so. */
struct str log_stamped(struct str line);
/* Whether it begins with the kernel's own stamp ("[   12.345678]"). */
bool log_is_stamp(struct str line);
/* The machine that a syslog, or the service that docker compose, names before a message of the kernel; empty: none. */
struct str log_host(struct str line);
/* One message. At a new start of the kernel everything begins anew. */
void log_line(struct log *log, struct str message);
/* Whether the kernel writes the message before its version: Arm's first line, and that of x86's where microcode was loaded (up to 6.6). */
bool log_is_before_start(struct str message);
/* After the last: what was found becomes evidence. */
void log_end(struct log *log);
/* What was found before a new start is forgotten. */
void log_restart(struct log *log);
/* Whether the message shows that this is a kernel's log. */
bool log_is_mark(const struct catalog *c, struct str message);
/* What the kernel reports of a flaw while it starts ("MDS: Vulnerable", "Kernel/User page tables isolation: enabled"), as its file would
 * say it; false when it is nothing of that kind. `ret_file` and `ret_text` are the file and its text; `ret_whole`: the file says no more. */
bool log_report(const struct catalog *c, struct str message, const struct sentence_file **ret_file, struct str *ret_text, bool *ret_whole);

#endif
