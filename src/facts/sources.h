/* The sources: one function for each kind of fact, and one for each row of catalog/computed.h, cut by what they read.
 *
 * A source is given the fact's definition and an answer that is UNREAD; what it finds in the evidence it writes there, and leaves
 * it alone where nothing was found. It asks for other facts and conditions only through facts_get() and condition_eval(), which
 * remember, and guard against facts that need themselves (engine.c). */
#ifndef SIDELIGHT_FACTS_SOURCES_H
#define SIDELIGHT_FACTS_SOURCES_H

#include "catalog/computed.h"
#include "facts/facts.h"

typedef void source_fn(struct facts *f, const struct fact_def *def, struct fact *ret);

/* source_processor.c: who made it, which one it is, how many there are. */
source_fn source_cpu_seen, source_cpu_vendor, source_cpu_family, source_cpu_model, source_cpu_stepping, source_cpu_signature,
        source_cpu_platform, source_cpu_microcode, source_cpu_name, source_cpu_count, source_cpu_same, source_cpu_core_type,
        source_smt_active, source_smt_possible, source_smt_control;
/* source_registers.c: what the processor can do; FACT_KIND_CPUID, MSR, IDREG, CPUINFO, FLAG and BUG, TABLE. */
source_fn source_cpuid, source_msr, source_idreg, source_cpuinfo, source_flag, source_table;
/* source_kernel.c: FACT_KIND_PARAMETER, CONFIG, LOG, SENTENCE, SAID, TOLD. */
source_fn source_kernel_release, source_kernel_upstream, source_kernel_debian, source_kernel_ubuntu, source_kernel_redhat, source_kernel_answers, source_line_seen, source_line_changed, source_vector, source_parameter, source_config, source_log, source_sentence,
        source_said, source_told;
/* source_system.c: what runs, and on what; FACT_KIND_FILE. */
source_fn source_arch, source_system_name, source_distribution, source_file;
/* source_where.c: where it runs. */
source_fn source_hypervisor, source_where_seen, source_hypervisor_vendor, source_hypervisor_bit, source_hypervisor_signature, source_ordinary, source_cloud,
        source_container;
/* source_windows.c: FACT_KIND_NT, REGISTRY, WIN32, UPDATE. */
source_fn source_windows_disk, source_nt, source_registry, source_win32, source_update;

/* The vendor of /proc/cpuinfo or CPUID is a maker of PCs' processors (source_processor.c). */
bool names_maker_of_pcs(struct str vendor);

/* ---- How an answer is written (answer.c) ---- */

/* One of several sources of the same answer: the first that is known stands, one that contradicts it makes it FAILED. To believe
 * one of the two would let a verdict hang on which of them was read. */
void answer_text(struct fact *ret, struct str text, struct str source);
void answer_number(struct fact *ret, uint64_t number, struct str source);
/* Without a value. */
void answer_state(struct fact *ret, uint8_t state, struct str source);
/* What `collect --redact` writes in place of a value: that value was not read. */
bool answer_is_redacted(struct str text);
/* A text as the fact's type wants it; FAILED when it is not one of that type, UNREAD when it was redacted. */
void answer_value(struct fact *ret, struct str text);
/* The bits that the fact is about, of a register's or a number's value. */
uint64_t answer_bits_of(uint64_t value, const struct fact_def *def);
void answer_bits(struct fact *ret, uint64_t value, const struct fact_def *def);

/* ---- What sources of more than one file read ---- */

/* A file that was read; NULL when it was not. */
const struct record *read_file(struct facts *f, struct str path);
/* The same of a CPUID leaf of the logical CPU that stands for this class. */
const struct record *read_cpuid(struct facts *f, uint32_t leaf, uint32_t subleaf);
/* Word 0, 1 or 2 of the uname record: system, release, machine; empty when there is none. */
struct str read_uname(struct facts *f, int word);
/* Word `which` (from 0) of a text; empty when it has no more than that. */
struct str word_of(struct str text, int which);
/* Of the kernel's list of flags what stands before "..." or "…", with which people and reports say that they leave words out. */
struct str flags_until_left_out(struct str flags);
/* More words of it stand behind. */
bool flags_left_out_within(struct str flags);
/* The kernel log shows the line (`log:`) that makes the fact true; its place goes to `ret->source`. */
bool shown_in_log(struct facts *f, const struct fact_def *def, struct fact *ret);

/* A PC, of which nobody said whether its kernel has 32 or 64 bits: by its maker, or by what only PCs' kernels say. */
bool facts_is_pc(struct facts *f);

#endif
