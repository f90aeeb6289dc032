#include "plan/edit/registry.h"

#include "base/sha256.h"

static void put_quoted(struct out *o, struct str s) {
        out_char(o, '\'');
        for (ptrdiff_t i = 0; i < s.len; i++) {
                if (s.p[i] == '\'')
                        out_char(o, '\'');
                out_char(o, s.p[i]);
        }
        out_char(o, '\'');
}

/* Before the name of the key that keeps what was there, between it and the changes, and behind those. A number is an [int] here, signed:
 * PowerShell 5.1 takes and gives DWords so. */
static const char head[] =
        "# sidelight fix: values of the registry. It keeps bits that are set, and what was there; -Undo takes the changes back.\n"
        "# A second run changes nothing. What takes effect at the next start needs a restart, which this does not make.\n"
        "param([switch]$Undo)\n"
        "$ErrorActionPreference = 'Stop'\n"
        "if ([Environment]::Is64BitOperatingSystem -and -not [Environment]::Is64BitProcess) {\n"
        "    throw 'this needs the 64-bit PowerShell: nothing was changed'\n"
        "}\n"
        "$Kept = ";

static const char functions[] =
        "function Get-Now($Path, $Name) {\n"
        "    if (-not (Test-Path -LiteralPath $Path)) { return $null }\n"
        "    $Key = Get-Item -LiteralPath $Path\n"
        "    if ($Key.GetValueNames() -notcontains $Name) { return $null }\n"
        "    return $Key.GetValue($Name, $null, 'DoNotExpandEnvironmentNames')\n"
        "}\n"
        "function Set-Now($Path, $Name, $Value) {\n"
        "    if ($null -eq $Value) {\n"
        "        if ($null -ne (Get-Now $Path $Name)) { Remove-ItemProperty -LiteralPath $Path -Name $Name }\n"
        "        return\n"
        "    }\n"
        "    if (-not (Test-Path -LiteralPath $Path)) { New-Item -Path $Path -Force | Out-Null }\n"
        "    $Type = if ($Value -is [int]) { 'DWord' } else { 'String' }\n"
        "    New-ItemProperty -LiteralPath $Path -Name $Name -PropertyType $Type -Value $Value -Force | Out-Null\n"
        "}\n"
        "function Get-Wanted($C, $Now) {\n"
        "    if ($C.Gone) { return $null }\n"
        "    if ($null -ne $C.Text) { return $C.Text }\n"
        "    if ($null -ne $Now -and $Now -isnot [int]) { throw \"$($C.Path)\\$($C.Name) is no number: nothing was changed\" }\n"
        "    $Bits = if ($null -eq $Now) { 0 } else { $Now }\n"
        "    return ($Bits -band (-bnot $C.Clear)) -bor $C.Set\n"
        "}\n"
        "$Changes = @(\n";

static const char tail[] =
        ")\n"
        "if ($Undo) {\n"
        "    if (-not (Test-Path -LiteralPath $Kept)) { 'there is nothing to be taken back'; return }\n"
        "    for ($i = 0; $i -lt $Changes.Count; $i++) {\n"
        "        $C = $Changes[$i]\n"
        "        $Was = Get-Now $Kept \"made $i\"\n"
        "        $Now = Get-Now $C.Path $C.Name\n"
        "        if ($null -ne $Was -and $Now -cne (Get-Now $Kept \"new $i\") -and $Now -cne (Get-Now $Kept \"old $i\")) {\n"
        "            throw \"$($C.Path)\\$($C.Name) was changed since: nothing was taken back\"\n"
        "        }\n"
        "    }\n"
        "    for ($i = $Changes.Count - 1; $i -ge 0; $i--) {\n"
        "        $C = $Changes[$i]\n"
        "        $Was = Get-Now $Kept \"made $i\"\n"
        "        if ($null -eq $Was) { continue }\n"
        "        Set-Now $C.Path $C.Name (Get-Now $Kept \"old $i\")\n"
        "        \"taken back $($C.Path)\\$($C.Name)\"\n"
        "        if ($Was -eq 2 -and (Test-Path -LiteralPath $C.Path)) {\n"
        "            $Key = Get-Item -LiteralPath $C.Path\n"
        "            if ($Key.ValueCount -eq 0 -and $Key.SubKeyCount -eq 0) { Remove-Item -LiteralPath $C.Path }\n"
        "        }\n"
        "    }\n"
        "    Remove-Item -LiteralPath $Kept\n"
        "    return\n"
        "}\n"
        "$Todo = @()\n"
        "for ($i = 0; $i -lt $Changes.Count; $i++) {\n"
        "    $C = $Changes[$i]\n"
        "    $Now = Get-Now $C.Path $C.Name\n"
        "    $New = Get-Wanted $C $Now\n"
        "    if ($Now -cne $New) { $Todo += @{ Number = $i; Old = $Now; New = $New } }\n"
        "}\n"
        "foreach ($T in $Todo) {\n"
        "    $C = $Changes[$T.Number]\n"
        "    $Name = $T.Number\n"
        "    if ($null -eq (Get-Now $Kept \"made $Name\")) {\n"
        "        Set-Now $Kept \"old $Name\" $T.Old\n"
        "        Set-Now $Kept \"new $Name\" $T.New\n"
        "        Set-Now $Kept \"made $Name\" $(if (Test-Path -LiteralPath $C.Path) { 1 } else { 2 })\n"
        "    } else {\n"
        "        Set-Now $Kept \"new $Name\" $T.New\n"
        "    }\n"
        "}\n"
        "foreach ($T in $Todo) {\n"
        "    $C = $Changes[$T.Number]\n"
        "    Set-Now $C.Path $C.Name $T.New\n"
        "    \"changed $($C.Path)\\$($C.Name)\"\n"
        "}\n";

static bool has_bits(struct str name) {
        return str_eq(name, S("FeatureSettingsOverride")) || str_eq(name, S("FeatureSettingsOverrideMask"));
}

/* The bits that go: those that the change takes away, and 0 and 1, which count as soon as the mask is set. */
static uint32_t cleared(const struct change *c, uint32_t new, uint32_t off_bits) {
        uint64_t old = 0;

        if (!has_bits(c->target.key))
                return UINT32_MAX;
        if (c->was == FACT_KNOWN)
                (void)str_to_u64(c->old, &old);
        return ((uint32_t)old | (off_bits & 3)) & ~new;
}

static void put_change(struct out *o, struct arena *a, const struct change *c, uint32_t off_bits) {
        struct registry_data new = registry_data_of(c->new);
        bool mask = str_eq(c->target.key, S("FeatureSettingsOverrideMask"));
        uint32_t off = has_bits(c->target.key) && !mask ? off_bits : 0;

        out_c(o, "    @{ Path = ");
        put_quoted(o, str_fmt(a, "Registry::%.*s", STR_ARG(registry_long_key(a, c->target.place))));
        out_c(o, "; Name = ");
        put_quoted(o, c->target.key);
        if (c->edit == EDIT_REMOVE) {
                out_c(o, "; Gone = $true }\n");
        } else if (new.type == REGISTRY_DWORD) {
                out_fmt(o, "; Set = %d; Clear = %d }\n", (int)(int32_t)(new.number & ~off), (int)(int32_t)cleared(c, new.number, off));
        } else {
                out_c(o, "; Text = ");
                put_quoted(o, new.text);
                out_c(o, " }\n");
        }
}

void registry_powershell(struct out *o, struct arena *a, const struct changes *changes, uint32_t off_bits) {
        OUT_AUTO struct out list = { 0 };
        struct sha256 h;
        char id[65];

        for (ptrdiff_t i = 0; i < changes->count; i++)
                if (changes->items[i].target.kind == TARGET_REGISTRY_VALUE)
                        put_change(&list, a, &changes->items[i], off_bits);
        sha256_init(&h);
        sha256_add(&h, out_text(&list));
        sha256_hex(&h, id);
        out_c(o, head);
        out_fmt(o, "'Registry::HKEY_LOCAL_MACHINE\\SOFTWARE\\sidelight\\fix\\%.12s'\n", id);
        out_c(o, functions);
        out_str(o, out_text(&list));
        out_c(o, tail);
}
