/* The kernel's log, and which virtual machine monitors run. */
#ifndef SIDELIGHT_COLLECT_LINUX_LOG_H
#define SIDELIGHT_COLLECT_LINUX_LOG_H

#include "base/out.h"
#include "collect/linux/reader.h"

/* Records "/dev/kmsg" (live) or "/var/log/dmesg" (of a tree), shortened by filter_log. The log is a ring: a line that is not there may
 * have been there. With a question (else NULL) only the beginning of the running kernel's log, until that answers it. */
void log_collect(struct reader *r, const struct evidence_question *q);

/* Writes the message of one record as /dev/kmsg gives it ("6,339,5140900,-;text", then lines that tell the device; "\x0a" for what is not
 * printed; Linux Documentation/ABI/testing/dev-kmsg), with a line end; nothing when it is none. Pure. */
void log_message_of(struct str record, struct out *o);

/* Records, as the contents of a path in which a star stands for every process, the names of the virtual machine monitors
 * among the running programs: without any, this machine is not a host of guests just now. Denied where other processes
 * cannot be seen. */
void processes_collect(struct reader *r);

#endif
