#include "platform/process.h"

#include <windows.h>

/* Whatever fix does on Windows it does itself. */
int process_run(const char *const *argv, struct arena *a, struct str *ret_output, struct diag *d) {
        (void)a;
        *ret_output = (struct str){ 0 };
        return diag_fail(d, "cannot run '%s': fix runs no programs on Windows", argv[0]);
}

bool process_exists(const char *name) {
        (void)name;
        return false;
}

/* Ctrl+C, and the window that is closed. */
static BOOL WINAPI wait_for_it(DWORD event) {
        return event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT || event == CTRL_CLOSE_EVENT;
}

void process_hold(void) {
        SetConsoleCtrlHandler(wait_for_it, TRUE);
}

void process_release(void) {
        SetConsoleCtrlHandler(wait_for_it, FALSE);
}
