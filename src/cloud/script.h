/* What a start-up script (cmd, bat, ps1) does to the speculation settings, as far as reading it tells.
 *
 * A reading of the text, not an interpreter: variables that are set to a constant are put in, comments are left out,
 * `reg add`, PowerShell's *-ItemProperty and .reg text are understood. What cannot be told stays unknown. */
#ifndef SIDELIGHT_CLOUD_SCRIPT_H
#define SIDELIGHT_CLOUD_SCRIPT_H

#include "base/arena.h"
#include "base/str.h"

/* One of the two registry values, FeatureSettingsOverride and FeatureSettingsOverrideMask. */
struct script_value {
        bool set;
        bool known; /* the number could be read */
        uint64_t value;
        long line;
};

enum { SCRIPT_CALLS_MAX = 8 };

struct script {
        struct script_value override, mask;
        bool wrong_key;      /* sets one of them, in another key than Session Manager\Memory Management */
        long asks_line;      /* a `reg add` without /f, which asks before it overwrites; 0: none */
        long reboot_line;    /* 0: does not reboot */
        bool reboot_guarded; /* there is a condition before or on that line */
        bool ends_zero;      /* the last command is `exit /b 0` or `exit 0` */
        bool ends_failing;   /* it is an exit with another number, which depends on nothing */
        long fails_line;     /* an exit with another code, 0: none */
        bool marked;         /* begins with a byte order mark, or is UTF-16: cmd cannot run it */
        bool reads_emulated; /* looks at a variable whose name holds "emulat" */
        struct str calls[SCRIPT_CALLS_MAX]; /* names of other scripts that it runs */
        int call_count;
};

/* Reads a script; strings point into `a`. */
void script_read(struct script *ret, struct arena *a, struct str text);
/* The command line of a start-up task, as a script of one line. */
void script_read_command(struct script *ret, struct arena *a, struct str command);
/* Adds what a called script does to what its caller does. */
void script_merge(struct script *caller, const struct script *called);

/* True when the script sets both values so that Meltdown's and branch target injection's mitigations are on: bits 0
 * and 1 of the override are clear and those of the mask are set (KB4072698). */
bool script_turns_on(const struct script *s);
bool script_turns_off(const struct script *s);

#endif
