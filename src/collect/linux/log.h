/* The kernel's log, and which virtual machine monitors run. */
#ifndef SIDELIGHT_COLLECT_LINUX_LOG_H
#define SIDELIGHT_COLLECT_LINUX_LOG_H

#include "collect/linux/reader.h"

/* Records "/dev/kmsg" (live: the log as syslog(2) gives it) or "/var/log/dmesg" (of a tree), shortened by
 * filter_log. The log is a ring: a line that is not there may have been there. */
void log_collect(struct reader *r);

/* Records, as the contents of a path in which a star stands for every process, the names of the virtual machine monitors
 * among the running programs: without any, this machine is not a host of guests just now. Denied where other processes
 * cannot be seen. */
void processes_collect(struct reader *r);

#endif
