/* What the user named, as evidence; and the options by which several commands judge it. */
#ifndef SIDELIGHT_CLI_INPUT_H
#define SIDELIGHT_CLI_INPUT_H

#include "cli/bundle.h"
#include "cli/cli.h"
#include "collect/import/import.h"
#include "report/report.h"

enum { INPUT_FILE_MAX = 256 << 20 };

/* Options that go with the functions below. */
#define OPTION_DATA                                                                                                      \
        {                                                                                                                \
                .name = "data", .arg = "DIR", .brief = "use this data folder, or bundle, instead of what was built in",  \
                .details = "It is read and checked as the build does; see data/README.md in the sources.",               \
        }
#define OPTION_ROOT                                                                                                   \
        {                                                                                                             \
                .name = "root", .arg = "DIR", .without = "live|windows-root|hive|FILE|", .brief = "the machine that was captured or mounted at DIR",             \
                .details = "Paths are resolved inside DIR, and no fact of the running machine gets in.",              \
        }
/* For guide_imds. */
#define OPTION_IMDS \
        { .name = "imds", .arg = "URL", .brief = "ask Azure's instance metadata service, too, http://169.254.169.254" }
/* For input_windows. */
#define OPTIONS_WINDOWS                                                                                               \
        { .name = "windows-root", .arg = "DIR", .brief = "the Windows on the disk that is mounted at DIR",            \
          .details = "Its registry hives are read: what it asks for, and which updates it has." },        \
        { .name = "hive", .arg = "FILE", .repeats = true, .brief = "a registry hive by itself: SYSTEM or SOFTWARE",   \
          .details = "Given twice, both are read together." }
#define OPTION_NO_COLOR                                                                                               \
        {                                                                                                             \
                .name = "no-color", .brief = "no colours on a terminal",                                              \
                .details = "Colours are used only on a terminal, and not when NO_COLOR is set or TERM is dumb.",      \
        }
/* For input_options. */
#define OPTIONS_JUDGE                                                                                                 \
        { .name = "ignore-os-claims", .brief = "ignore what the operating system says, and judge by the hardware alone" }, \
        { .name = "boundary", .arg = "LIST", .values = INPUT_BOUNDARIES, .list = true,                                \
          .brief = "only these boundaries matter",                                                                    \
          .details = "A flaw that touches none of them is listed as not at stake, and does not count." },             \
        { .name = "untrusted", .arg = "WHO", .values = "yes|no|", .brief = "whether code you do not trust runs here", \
          .details = "Undeclared, the report says what would be at stake if it did." },                               \
        { .name = "host-evidence", .arg = "FILE", .brief = "what the host of this guest says of itself",              \
          .details = "An evidence file that was collected on the host. It settles what cannot be known inside the guest." }
#define INPUT_BOUNDARY_WORD(name, word, arrow) word "|"
#define INPUT_BOUNDARIES BOUNDARIES(INPUT_BOUNDARY_WORD)

/* The catalog of --data; else the newest of what was built in and what was installed (data_store.h). */
int input_catalog(struct cli *c, const struct catalog **ret);

/* Evidence from what the user named: an evidence file, another tool's output (collect/import), "-" for standard input, a copy of
 * the vulnerabilities folder. Lives in `a`. */
int input_evidence(struct cli *c, const char *path, struct arena *a, struct evidence *ret);
/* The same to be judged: what says nothing of a machine is refused. */
int input_machine(struct cli *c, const char *path, struct arena *a, struct evidence *ret);
/* The same in two steps: the file's text (without a pointer for a folder or an archive, whose evidence is in `ret` already), and what it
 * says. BUNDLE_SEVERAL: more than one machine's reports, in *several; NULL: such are refused. */
int input_read(struct cli *c, const char *path, struct arena *a, struct str *ret_text, struct evidence *ret, struct bundle *several);
int input_parse(struct cli *c, const char *path, struct str text, struct arena *a, struct evidence *ret);
/* The same for a text that may tell of many machines. */
int input_machines(struct cli *c, const char *path, struct str text, struct arena *a, struct import_machines *ret);
/* What reports call the file. */
struct str input_source(const char *path);
/* This machine, or (unless `root` is NULL) the one captured or mounted there: what `o` asks for. A folder that holds no system is refused. */
struct collect_options;
int input_collect(struct cli *c, const struct collect_options *o, const char *root, struct arena *a, struct evidence *ret);
/* The same with what rules read. */
int input_live(struct cli *c, const struct catalog *k, const char *root, struct arena *a, struct evidence *ret);
/* The same with all that `collect` writes: for a fingerprint. */
int input_whole(struct cli *c, const struct catalog *k, const char *root, struct arena *a, struct evidence *ret);

/* The Windows disk that OPTIONS_WINDOWS name; INPUT_NOT_ASKED when they are not given. */
enum { INPUT_NOT_ASKED = 1 };
int input_windows(struct cli *c, struct arena *a, struct evidence *ret);

/* How to judge, from OPTIONS_JUDGE; lives in the cli's arena. */
int input_options(struct cli *c, struct verdict_options *ret);

/* A flaw by id, name, CVE or alias; fails with the nearest id. */
int input_flaw(struct cli *c, const struct catalog *catalog, struct str name, const struct flaw **ret);

/* The flaws that --only names, which then are the only ones; nothing when it was not given. */
int input_only(struct cli *c, const struct catalog *catalog, struct verdict_options *o);

/* The moment of the report, "2026-11-26T18:00:00Z": the clock's, or that of SOURCE_DATE_EPOCH, so that the same input gives the same bytes. */
struct str input_now(struct cli *c);

/* How to show it: terminal, environment and --no-color. */
void input_style(struct cli *c, struct report_style *ret);

#endif
