/* Changes of Windows' registry as a .reg file and as a PowerShell script: of this machine's plan, or of an evidence file's. */
#include "base/utf16.h"
#include "cli/fix.h"

struct value {
        const struct change *change;
        bool text;       /* REG_SZ; else REG_DWORD */
        uint64_t new, old;
};

/* False for a change that is none of the registry. */
static bool value_of(const struct change *c, struct value *ret) {
        *ret = (struct value){ .change = c };
        if (c->target.kind != TARGET_REGISTRY_VALUE)
                return false;
        ret->text = c->edit == EDIT_SET && !str_to_u64(c->new, &ret->new);
        (void)str_to_u64(c->old, &ret->old);
        return true;
}

/* ---- .reg ---- */

static struct str long_name(struct arena *a, struct str key) {
        return str_starts(key, S("HKLM\\")) ? str_fmt(a, "HKEY_LOCAL_MACHINE\\%.*s", STR_ARG(str_from(key, 5))) : key;
}

static void escaped(struct out *o, struct str s) {
        for (ptrdiff_t i = 0; i < s.len; i++) {
                if (s.p[i] == '\\' || s.p[i] == '"')
                        out_char(o, '\\');
                out_char(o, s.p[i]);
        }
}

static void reg_value(struct out *o, struct arena *a, const struct value *v) {
        const struct change *c = v->change;

        out_fmt(o, "\r\n[%.*s]\r\n\"", STR_ARG(long_name(a, c->target.place)));
        escaped(o, c->target.key);
        if (c->edit == EDIT_REMOVE) {
                out_c(o, "\"=-\r\n");
        } else if (v->text) {
                out_c(o, "\"=\"");
                escaped(o, c->new);
                out_c(o, "\"\r\n");
        } else {
                out_c(o, "\"=dword:");
                out_hex(o, v->new, 8);
                out_c(o, "\r\n");
        }
}

/* As regedit writes it: UTF-16 with a byte order mark. */
static void as_utf16(struct out *o, struct arena *a, struct str text) {
        ptrdiff_t units;
        const uint16_t *p = utf16_from_utf8(a, text, &units);

        out_c(o, "\xff\xfe");
        for (ptrdiff_t i = 0; i < units; i++) {
                out_char(o, (char)(p[i] & 0xff));
                out_char(o, (char)(p[i] >> 8));
        }
}

static void each(struct fix_run *r, void (*write)(struct out *, struct arena *, const struct value *), struct out *o) {
        for (ptrdiff_t i = 0; i < r->plan.steps.count; i++)
                for (ptrdiff_t k = 0; k < r->plan.steps.items[i].step.changes.count; k++) {
                        struct value v;

                        if (value_of(&r->plan.steps.items[i].step.changes.items[k], &v))
                                write(o, &r->cli->arena, &v);
                }
}

static bool any(const struct fix_run *r) {
        for (ptrdiff_t i = 0; i < r->plan.steps.count; i++)
                for (ptrdiff_t k = 0; k < r->plan.steps.items[i].step.changes.count; k++)
                        if (r->plan.steps.items[i].step.changes.items[k].target.kind == TARGET_REGISTRY_VALUE)
                                return true;
        return false;
}

/* ---- PowerShell ---- */

static const char script_head[] =
        "# sidelight fix: registry values. Each is set only where it is what the plan was made from; -Undo takes them back.\n"
        "param([switch]$Undo)\n"
        "$ErrorActionPreference = 'Stop'\n"
        "\n"
        "function Get-Value($Path, $Name) {\n"
        "    $key = Get-Item -LiteralPath $Path -ErrorAction SilentlyContinue\n"
        "    if ($key -and $key.GetValueNames() -contains $Name) { return $key.GetValue($Name) }\n"
        "    return $null\n"
        "}\n"
        "\n"
        "function Set-Value($Path, $Name, $Type, $Old, $New) {\n"
        "    $now = Get-Value $Path $Name\n"
        "    $from, $to = if ($Undo) { $New, $Old } else { $Old, $New }\n"
        "    if ($now -eq $to) { return }\n"
        "    if ($now -ne $from) { throw \"$Path\\$Name is not what the plan was made from: it was not changed\" }\n"
        "    if ($null -eq $to) {\n"
        "        Remove-ItemProperty -LiteralPath $Path -Name $Name\n"
        "        return\n"
        "    }\n"
        "    if (-not (Test-Path -LiteralPath $Path)) { New-Item -Path $Path -Force | Out-Null }\n"
        "    New-ItemProperty -LiteralPath $Path -Name $Name -PropertyType $Type -Value $to -Force | Out-Null\n"
        "}\n"
        "\n";

/* PowerShell 5.1 takes a DWORD as a signed number. */
static void number(struct out *o, uint64_t n) {
        out_fmt(o, "%lld", n > 0x7fffffff && n <= 0xffffffff ? (long long)n - 0x100000000 : (long long)n);
}

static void quoted(struct out *o, struct str s) {
        out_char(o, '\'');
        for (ptrdiff_t i = 0; i < s.len; i++) {
                if (s.p[i] == '\'')
                        out_char(o, '\'');
                out_char(o, s.p[i]);
        }
        out_char(o, '\'');
}

static void script_value(struct out *o, struct arena *a, const struct value *v) {
        const struct change *c = v->change;

        out_c(o, "Set-Value ");
        quoted(o, str_starts(c->target.place, S("HKLM\\")) ? str_fmt(a, "HKLM:\\%.*s", STR_ARG(str_from(c->target.place, 5))) : c->target.place);
        out_char(o, ' ');
        quoted(o, c->target.key);
        out_fmt(o, " %s ", v->text ? "String" : "DWord");
        if (c->was != FACT_KNOWN)
                out_c(o, "$null");
        else if (v->text)
                quoted(o, c->old);
        else
                number(o, v->old);
        out_char(o, ' ');
        if (c->edit == EDIT_REMOVE)
                out_c(o, "$null");
        else if (v->text)
                quoted(o, c->new);
        else
                number(o, v->new);
        out_char(o, '\n');
}

int fix_emit_registry(struct fix_run *r, bool powershell) {
        OUT_AUTO struct out text = { 0 };

        if (!any(r))
                return diag_fail_class(&r->cli->diag, DIAG_USAGE, "the plan changes no registry value: there is nothing to write");
        if (powershell) {
                out_c(&r->cli->out, script_head);
                each(r, script_value, &r->cli->out);
        } else {
                out_c(&text, "Windows Registry Editor Version 5.00\r\n");
                each(r, reg_value, &text);
                as_utf16(&r->cli->out, &r->cli->arena, out_text(&text));
        }
        return FIX_STEPS;
}
