/* Identity: what names one machine, or one moment of it, and decides no verdict.
 *
 * One list for all who must know: the fingerprint leaves it out, machines that differ only in it are judged once, `diff` does
 * not show it, redaction takes it away. No rule may rest on any of it: a test holds the catalog against these tables. */
#ifndef SIDELIGHT_EVIDENCE_IDENTITY_H
#define SIDELIGHT_EVIDENCE_IDENTITY_H

#include "evidence/evidence.h"

/* Records that name the machine (identity), tell how it was looked at (meta), or what a test demands (expect). */
bool identity_is_record(enum record_kind kind);

/* Of those, the ones on which verdicts hang all the same: what the evidence by its nature does not hold. The fingerprint has them. */
bool identity_decides(const struct record *r);

/* A parameter of the kernel's command line by its name ("root", "rd.luks.uuid"; '-' and '_' are alike): it names a device, an
 * image, an address or a size that differs between like machines. */
bool identity_is_parameter(struct str name);

/* A line of /proc/cpuinfo that holds such a value (a clock rate, a CPU's number in hardware, a serial number): true, with what
 * stands before the value and behind it. */
bool identity_in_cpuinfo(struct str line, struct str *ret_before, struct str *ret_behind);

/* The bits of a CPUID register (word 0..3: EAX EBX ECX EDX) that say something about the kind of processor: all of them, but
 * where a leaf numbers the CPU that was asked, or the piece of silicon. */
uint32_t identity_cpuid_mask(uint32_t leaf, uint32_t subleaf, unsigned word);

/* One line of a file without its identity, written to `to`, which holds as many bytes as the line; gives how many were. Other
 * lines are copied. What stands in quotes on a command line stays: it may be part of another parameter's value. */
ptrdiff_t identity_cut_cpuinfo(char *to, struct str line);
ptrdiff_t identity_cut_cmdline(char *to, struct str line);

/* The text of a record without its identity; in `a` where it had some, else as it is. */
struct str identity_text(struct arena *a, const struct record *r);

/* Two records of one name say the same, but for identity. */
bool identity_same(struct arena *scratch, const struct record *a, const struct record *b);

#endif
