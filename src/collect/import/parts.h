/* What readers share. Private to import/. */
#ifndef SIDELIGHT_COLLECT_IMPORT_PARTS_H
#define SIDELIGHT_COLLECT_IMPORT_PARTS_H

#include "base/json_value.h"
#include "base/out.h"
#include "base/siphash.h"
#include "collect/import/import.h"
#include "evidence/places.h"

/* ---- The text, in lines ---- */

struct line {
        struct str text;
        bool taken; /* a reader knows what it is */
        bool used;  /* … or has at least read it, and leaves it to others too */
        bool cut;   /* as long as the longest lines, of which several end there: the text was cut, or broken, at a column */
        bool open;  /* the last, which nothing ended: the text may have been cut off anywhere */
};

struct lines {
        struct line *items;
        ptrdiff_t count, capacity;
        ptrdiff_t longest; /* bytes */
};

/* What the kernel's list of flags ends in where its end is not known to be its end (people write so, too). */
#define FLAGS_GO_ON " ..."

/* Encodings, colours and typography undone; the result may be `text` itself. */
struct str normal_text(struct arena *a, struct str text);
/* A text in whatever encoding as UTF-8, without the zero bytes that a disk left in it. */
struct str decoded_text(struct arena *a, struct str text);
/* /proc/cpuinfo that lost its colons, with them; any other text as it is. */
struct str labelled_text(struct arena *a, struct str text);
/* A label of /proc/cpuinfo that no other report has ("vendor_id"). */
bool import_cpuinfo_label(struct str label);
/* The path that a machine has itself, without a root in front of it, double slashes and "./"; what is none of a system's stays as it is. */
struct str import_path(struct arena *a, struct str path);
/* What stands at the margin of all lines, or between them, taken away: quotation, marks, numbers, indents; quoted-printable. */
struct str margin_text(struct arena *a, struct str text);
/* A web page's text; any other text as it is. */
struct str markup_text(struct arena *a, struct str text);
/* A row of two cells as "NAME: VALUE", an item of a list without its marks; `ret_nothing`: a line between rows. */
struct str markup_line(struct arena *a, struct str line, bool *ret_nothing);
void normal_lines(struct lines *ret, struct arena *a, struct str text);

/* A prompt ("user@host:~$", "$"), a path, or a log's time stamp; an empty line. */
bool import_begins_anew(struct str line);
/* Whether the next line goes on with this one, which mail programs broke at a blank, or a terminal wherever it was full; and the text of both. */
bool import_goes_on(const struct lines *l, ptrdiff_t i);
struct str import_with_next(struct arena *a, const struct lines *l, ptrdiff_t i, struct str text);

/* The evidence files that stand within the text, behind each other or in strings of JSON; none: `ret` stays empty. Fails (-1) where one is broken. */
int import_within(struct import_machines *ret, struct arena *a, struct str source, struct str text, struct diag *d);

/* ---- One machine that is being put together ---- */

/* A logical CPU as a tool tells of it; empty where it does not. Written as a block of /proc/cpuinfo. */
#define IMPORT_CPU_FIELDS(X)                 \
        X(vendor, "vendor_id\t")             \
        X(family, "cpu family\t")            \
        X(model, "model\t\t")                \
        X(name, "model name\t")              \
        X(stepping, "stepping\t")            \
        X(microcode, "microcode\t")          \
        X(flags, "flags\t\t")                \
        X(bugs, "bugs\t\t")                  \
        X(implementer, "CPU implementer\t")  \
        X(architecture, "CPU architecture") \
        X(variant, "CPU variant\t")          \
        X(part, "CPU part\t")                \
        X(revision, "CPU revision\t")

struct import_cpu {
#define X(field, label) struct str field;
        IMPORT_CPU_FIELDS(X)
#undef X
        ptrdiff_t flags_room; /* str_join() */
};

struct import_cpus {
        struct import_cpu *items;
        ptrdiff_t count, capacity;
};

struct reader;

struct import_host {
        struct evidence e;
        struct str name;                     /* empty: the text names no machine */
        struct str os, release, machine; /* uname; empty: not told */
        struct str other_os;             /* another system that the same text tells of; empty: none */
        struct str open;                 /* flaws that Windows' own report calls open, blanks between */
        struct str guest; /* whose guest it is ("KVM"), "yes" where that is not told, "no" where it is none; empty: not told */
        struct import_cpus cpus;
        bool cpuinfo;   /* /proc/cpuinfo was there verbatim: `cpus` is not needed */
        bool all_cores; /* each kind of core that the machine has is in `cpus` */
        bool answers;   /* some word of the kernel about a flaw */
        uint32_t sentences, logged; /* how many such words were told, and how many of them by a log */
        struct str spoken_of;       /* the files, and parts of them, that the kernel's log speaks of ("mds spectre_v2.bhi") */
        bool hypervisor; /* those words show that it sees a hypervisor */
        bool complete;  /* the kernel's words are all that it has: what is not there is absent */
        uint64_t used;  /* readers that said something, 1 << their number */
        struct str notes; /* what was dropped, "; " between */
};

struct import {
        struct arena *arena;
        const struct catalog *catalog;
        struct diag *diag;
        struct str source, text; /* where it is from, and all of it (empty in folders) */
        struct import_host *items; /* the machines */
        ptrdiff_t count, capacity;
        uint32_t *names; /* hash table over their names: number + 1 */
        ptrdiff_t names_size;
        struct hash128 names_key;
        bool names_keyed;
        const struct reader *reader; /* that reads now */
        bool tree;                   /* the values are from YAML or the like, which may have been cut anywhere */
        struct str nameless;         /* what a machine without a name is called: empty, or "machine 2" of several */
};

/* The machine of that name (the nameless one: ""); made when it is new. Pointers to others do not stay valid. */
struct import_host *import_host(struct import *im, struct str name);

/* A file as the machine has it. Told twice and differently, it is recorded as failed: which one would be believed? */
void import_file_text(struct import *im, struct import_host *h, struct str path, struct str text);
void import_state(struct import *im, struct import_host *h, struct str path, enum fact_state state);
/* The kernel's command line; `cut`: its end was lost, so that nothing is known to be absent (the last word may have lost letters). */
void import_command_line(struct import *im, struct import_host *h, struct str text, bool cut);
/* Parts of uname; empty ones, "?" and "unknown" say nothing. */
void import_uname(struct import_host *h, struct str os, struct str release, struct str machine);
/* Whether a value says nothing: empty, "?", "-", "N/A", "unknown", "None", "null", "<filter>". */
bool import_placeholder(struct str value);
/* The line of `uname -a`, or /proc/version. */
void import_uname_line(struct import *im, struct import_host *h, struct str line);
void import_version_line(struct import *im, struct import_host *h, struct str line);
/* A guest's mark: the hypervisor's maker ("KVM"); empty: not told which. */
void import_guest(struct import_host *h, struct str vendor);
/* What was read and not used, for a report's notes. */
void import_note(struct import_host *h, const char *format, ...) PRINTF_LIKE(2, 3);
/* What no reader took is told, but for headings and comments; what it calls vulnerable is kept as a claim. */
void import_leftovers(struct import *im, struct import_host *h, const struct lines *l);

/* ---- The kernel's words about flaws ---- */

/* The file whose name is `name`; NULL when no kernel has it. import_file_titled takes lscpu's spelling ("Spec store bypass"). */
const struct sentence_file *import_known(const struct catalog *c, struct str name);
const struct sentence_file *import_titled(const struct catalog *c, struct str title);
/* What stands behind a sentence of which the log told the beginning alone. */
#define IMPORT_HALF PLACE_LOG_HALF
/* The file of the vulnerabilities folder that a path, or its name alone, names; NULL when it is none. */
const struct sentence_file *import_file_of(const struct catalog *c, struct str path);
/* Verbatim; what ends in "…" or a separator was cut off, and says so then. */
void import_sentence(struct import *im, struct import_host *h, const struct sentence_file *f, struct str text);
/* The sentence at the end of this line: "…" behind it, if the line was cut within or behind it. */
struct str import_line_end(struct import *im, const struct line *line, struct str text);
/* Like what a kernel prints. */
bool import_is_sentence(struct str text);
/* Every piece of it is in the catalog's table. */
bool import_understood(const struct sentence_file *f, struct str text);

/* A tool that shows a sentence, or a part from within one, in its own way; writes at most twice its bytes. */
typedef ptrdiff_t import_rewrite(char *to, struct str text, bool part);
/* The sentence that the tool would show as `text`; where only its beginning is known, the rest stays as it came. */
struct str import_restored(struct import *im, const struct sentence_file *f, struct str text, import_rewrite *rewrite);
/* All sentences have been told: settles what is absent. */
void import_settle(struct import *im, struct import_host *h);

/* ---- Readers ---- */

enum {
        LACKS_KERNEL = 1,    /* by its nature it does not hold the kernel's words about flaws */
        LACKS_PROCESSOR = 2, /* nor show the processor */
        LACKS_SYSTEM = 4,    /* what shows the processor there is on other systems than Linux, too */
};

struct reader {
        struct import_format format;
        unsigned lacks;
        bool tree; /* reads the same from YAML: nothing of it is known to be whole */
        /* One of the two. */
        bool (*in_lines)(struct import *im, const struct lines *l);
        bool (*in_json)(struct import *im, const struct json_value *root);
        /* 0, or -1 after diag_fail. */
        int (*read_lines)(struct import *im, struct lines *l);
        int (*read_json)(struct import *im, const struct json_value *root);
};

/* In the order in which they are tried. */
#define READERS(X)           \
        X(commands)           \
        X(phoronix)           \
        X(virt)               \
        X(inxi)               \
        X(metrics)            \
        X(prometheus)         \
        X(registers)          \
        X(registry)           \
        X(windows_machine)    \
        X(windows)            \
        X(ver)                \
        X(computer_info)      \
        X(files)              \
        X(sentences)          \
        X(journal_export)     \
        X(kernel_log)         \
        X(console)            \
        X(journal)            \
        X(lshw)               \
        X(cpuinfo)            \
        X(lscpu)              \
        X(lscpu_json)         \
        X(ansible)            \
        X(tasks)              \
        X(ohai)               \
        X(salt)               \
        X(osquery)            \
        X(facter)             \
        X(nodes)              \
        X(insights)           \
        X(hostname_json)      \
        X(hwinfo)             \
        X(cpuz)               \
        X(lshw_json)          \
        X(cpuid_words)        \
        X(sysctl)             \
        X(checker)            \
        X(checker_text)       \
        X(redhat)             \
        X(module_text)        \
        X(module_json)        \
        X(sentences_json)     \
        X(hwloc)              \
        X(libvirt)            \
        X(aida64)             \
        X(logs)               \
        X(json_texts)         \
        X(folder)

#define X(name) extern const struct reader reader_##name;
READERS(X)
#undef X

int import_reader_number(const struct reader *r);
/* Reads lines with every reader of lines that knows them; how many did, or -1 after diag_fail. */
int import_lines(struct import *im, struct lines *l);
/* The same for a text as it came, JSON or lines. */
int import_any(struct import *im, struct str text);
/* JSON: 1 when a reader took it, 0 when none did, -1 after diag_fail. Of an array that none takes, each element alone. */
int import_json(struct import *im, const struct json_value *root);
/* The values in JSON that stand between a text's lines, one or an array of several (`ret` is of type JSON_NULL when there are none); the
 * lines that are left. */
struct str mixed_json(struct arena *a, struct str text, struct json_value *ret);
/* A text that is base64, or has percent signs for characters, as a whole; empty: it is none. */
struct str import_decoded(struct arena *a, struct str text);
/* The kernel's sentences beside the names of their files in whatever notation, as "NAME: SENTENCE" in lines; empty where there are none, where
 * one comes twice, or where a sentence has no name. */
struct str import_pairs(struct arena *a, const struct catalog *c, struct str text);

/* The same of an object as Python, Ruby or Puppet print it ({'a': True}), at the beginning of `text`: how long it is, 0 when there is none. */
ptrdiff_t import_literal(struct arena *a, struct str text, struct json_value *ret);

/* What spectre-meltdown-checker says of a flaw: the sentence that it quotes of the kernel, or else its own word; empty ones say nothing. */
void checker_finding(struct import *im, struct import_host *h, struct str cve, struct str sentence, struct str own, bool vulnerable);

/* One property of Get-SpeculationControlSettings as text: "True", "45", "SYSTEM_SPECULATION_CONTROL_GDS_MITIGATED"; $null is empty,
 * or "null". */
struct import_property {
        struct str name, value;
};
/* Into `e`: Windows' answers as far as the properties tell them; true where they contradict each other, and so leave some unread. */
bool import_properties(struct evidence *e, const struct catalog *c, const struct import_property *items, ptrdiff_t count);

/* The one machine that was read, as evidence into `e`: 0, or -1 after diag_fail. */
int import_finish(struct evidence *e, struct import *im);

/* What is recognised and cannot carry a verdict. */
struct import_hint {
        const char *what;    /* "SpecuCheck's screen" */
        const char *lacks;   /* "which …" */
        const char *instead; /* what to do: "run `…`" */
};

/* Of a text of which somebody changed the case of all letters; else NULL. */
const struct import_hint *import_case_lost(struct str text);
/* The system whose log or report the text is, where it is none that is judged; NULL. */
const char *import_other_system(struct str text);
/* NULL when the text is nothing of that kind. */
const struct import_hint *import_hint(const struct catalog *c, struct str text);

/* The cores and threads of all packages of a Windows machine, and whether some share a core; `doubt`: one did not tell both. */
struct windows_threads {
        uint64_t cores, threads;
        bool shared, doubt;
};
void import_add_package(struct windows_threads *t, struct str cores, struct str threads);
/* Where it is not in doubt; the first that tells counts. */
void import_windows_threads(struct import *im, struct import_host *h, const struct windows_threads *t);

/* ---- Small helpers ---- */

/* "Label : value" at the first colon; both trimmed; false when there is none, or no label. */
bool import_label(struct str line, struct str *ret_label, struct str *ret_value);
ptrdiff_t import_indent(struct str line);
/* Without the outermost pair of quotation marks, if there is one. */
struct str import_unquoted(struct str s);
/* Decimal, or empty when it is no number (0x…, or hex as `hex` says). */
struct str import_decimal(struct arena *a, struct str s, bool hex);
/* A JSON value as text: strings as they are, numbers as written, true and false; else empty. */
struct str import_json_text(const struct json_value *v);
/* The maker's id that goes with a processor's name ("Intel(R) Xeon(R) …": GenuineIntel); empty where the name does not tell. */
struct str import_vendor_of(struct str name);

#endif
