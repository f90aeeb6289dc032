/* Evidence from the running Windows: what an ordinary user may read. */
#include <windows.h>

#include <cpuid.h>

#include "collect/collect.h"
#include "collect/processor/processor.h"
#include "collect/windows/nt.h"
#include "collect/windows/smbios.h"
#include "collect/windows/win32_registry.h"
#include "platform/program.h"
#include "platform/win32/wide.h"

/* Microsoft signs the virtual machines of its cloud with this asset tag; any other tag may name one machine. */
static const struct str azure_asset_tag = STR("7783-7084-3265-9085-8269-3286-77");

enum { CPUS_MAX = 4096 };

/* A function of ntdll.dll that no header declares; NULL where it is missing. */
static FARPROC ntdll(const char *name) {
        return GetProcAddress(GetModuleHandleW(L"ntdll.dll"), name);
}

static uint32_t query_system_information(void *arg, uint32_t class, void *buffer, uint32_t size, uint32_t *ret_length) {
        union {
                FARPROC symbol;
                LONG(NTAPI *call)(ULONG class, void *buffer, ULONG size, ULONG *ret_length);
        } nt = { .symbol = ntdll("NtQuerySystemInformation") };
        ULONG length = 0;
        uint32_t status;

        (void)arg;
        if (!nt.symbol)
                return (uint32_t)NT_NOT_IMPLEMENTED;
        status = (uint32_t)nt.call(class, buffer, size, &length);
        *ret_length = length;
        return status;
}

static const struct nt_api live_nt = { .query_system_information = query_system_information };

static void collect_meta(struct evidence *e) {
        union {
                FARPROC symbol;
                const char *(CDECL *call)(void);
        } wine = { .symbol = ntdll("wine_get_version") };
        char date[11], time[9];

        program_date(date, time);
        evidence_add_line(e, RECORD_META, S("captured"), str_fmt(e->arena, "%sT%sZ", date, time));
        evidence_add_line(e, RECORD_META, S("collector"), S("sidelight " SIDELIGHT_VERSION));
        if (wine.symbol) /* what follows says nothing about a real Windows */
                evidence_add_line(e, RECORD_WIN32, S("wine"), str_of(wine.call()));
}

static void collect_identity(struct evidence *e, struct arena *scratch) {
        wchar_t name[256];
        DWORD units = 256;

        if (GetComputerNameExW(ComputerNameDnsHostname, name, &units))
                evidence_add_line(e, RECORD_IDENTITY, S("hostname"), wide_to_utf8(scratch, name));
}

/* GetVersionEx answers what the program's manifest asks for; RtlGetVersion tells the truth. */
static void collect_version(struct evidence *e, struct arena *scratch) {
        union {
                FARPROC symbol;
                LONG(NTAPI *call)(RTL_OSVERSIONINFOW *ret);
        } version = { .symbol = ntdll("RtlGetVersion") };
        RTL_OSVERSIONINFOW v = { .dwOSVersionInfoSize = sizeof(v) };

        if (version.symbol && version.call(&v) == 0)
                evidence_add_line(e, RECORD_UNAME, S(""),
                                  str_fmt(scratch, "Windows %lu.%lu.%lu x86_64", v.dwMajorVersion, v.dwMinorVersion,
                                          v.dwBuildNumber));
}

static void this_cpu(void *arg, uint32_t leaf, uint32_t subleaf, uint32_t regs[4]) {
        (void)arg;
        __cpuid_count(leaf, subleaf, regs[0], regs[1], regs[2], regs[3]);
}

/* Runs this thread on one logical processor. */
static bool move_to(WORD group, BYTE number, GROUP_AFFINITY *ret_before) {
        GROUP_AFFINITY where = { .Mask = (KAFFINITY)1 << number, .Group = group };

        return SetThreadGroupAffinity(GetCurrentThread(), &where, ret_before) != 0;
}

/* Numbered in the order of groups, as Windows' own tools number them. */
static void collect_cpuid(struct evidence *e, const struct catalog *c, struct arena *scratch) {
        static const struct processor_api this_processor = { .cpuid = this_cpu };
        uint32_t *numbers = arena_array(scratch, uint32_t, CPUS_MAX), count = 0, missed = 0, number = 0;
        GROUP_AFFINITY before = { 0 }, ignored;
        struct processor_questions questions;
        struct evidence single;

        processor_questions(&questions, scratch, c);
        evidence_init(&single, scratch, e->source);
        for (WORD group = 0; group < GetActiveProcessorGroupCount(); group++)
                for (DWORD n = 0; n < GetActiveProcessorCount(group) && number < CPUS_MAX; n++, number++) {
                        if (!move_to(group, (BYTE)n, count > 0 ? &ignored : &before)) {
                                missed++;
                                continue;
                        }
                        processor_ask_cpuid(&this_processor, &questions, &single, number);
                        numbers[count++] = number;
                }
        if (count > 0)
                SetThreadGroupAffinity(GetCurrentThread(), &before, NULL);
        else
                processor_ask_cpuid(&this_processor, &questions, &single, 0);
        processor_merge(e, &single, scratch, numbers, missed == 0 ? count : 0);
        if (missed > 0)
                evidence_add_line(e, RECORD_META, S("cpus-not-visited"), str_fmt(scratch, "%u", missed));
}

static void add_number(struct evidence *e, struct arena *scratch, struct str key, uint32_t number) {
        evidence_add_line(e, RECORD_WIN32, key, str_fmt(scratch, "%u", number));
}

/* Cores, and how many of them run more than one thread. */
static void collect_topology(struct evidence *e, struct arena *scratch) {
        uint32_t cores = 0, smt_cores = 0;
        DWORD size = 0;
        char *p;

        add_number(e, scratch, S("logical-processors"), GetActiveProcessorCount(ALL_PROCESSOR_GROUPS));
        GetLogicalProcessorInformationEx(RelationProcessorCore, NULL, &size);
        p = arena_alloc(scratch, (ptrdiff_t)size + 1, 1);
        if (size == 0 || !GetLogicalProcessorInformationEx(RelationProcessorCore, (void *)p, &size))
                return;
        for (const char *end = p + size; p < end; cores++) {
                const SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX *core = (const void *)p;

                smt_cores += (core->Processor.Flags & LTP_PC_SMT) != 0;
                p += core->Size;
        }
        add_number(e, scratch, S("cores"), cores);
        add_number(e, scratch, S("smt"), smt_cores > 0);
}

static void collect_firmware(struct evidence *e, struct arena *scratch) {
        enum { RSMB = 0x52534d42, RAW_HEADER = 8 };
        UINT size = GetSystemFirmwareTable(RSMB, 0, NULL, 0);
        char *table = arena_bytes(scratch, (ptrdiff_t)size + 1);
        struct str tag;

        if (size <= RAW_HEADER || GetSystemFirmwareTable(RSMB, 0, table, size) != size)
                return;
        tag = smbios_chassis_asset_tag(str_n(table + RAW_HEADER, (ptrdiff_t)size - RAW_HEADER));
        evidence_add_line(e, RECORD_WIN32, S("chassis-asset-tag"), str_eq(tag, azure_asset_tag) ? tag : S("other"));
}

int collect_windows_live(struct evidence *e, const struct collect_options *o, struct diag *d) {
        ARENA_AUTO struct arena scratch = { 0 };

        (void)d;
        collect_meta(e);
        evidence_add_line(e, RECORD_WIN32, S("source"), S("live"));
        if (!o->redact)
                collect_identity(e, &scratch);
        collect_version(e, &scratch);
        nt_collect(&live_nt, o->catalog, e);
        registry_collect(&win32_registry, o->catalog, e, &scratch);
        if (o->redact)
                collect_redact_registry(e, o->catalog);
        collect_topology(e, &scratch);
        collect_firmware(e, &scratch);
        collect_cpuid(e, o->catalog, &scratch);
        return 0;
}
