/* What the classes of CIM and Get-ComputerInfo tell of a Windows machine beside its version: cores and threads, maker and model, a
 * hypervisor. As lists ("NumberOfCores : 4", "NumberOfCores=4"), or as a table of two columns. */
#include "collect/import/parts.h"

static const struct str threads_name = STR("NumberOfLogicalProcessors"), cores_name = STR("NumberOfCores");

enum { NEAR = 4 }; /* lines between a hypervisor's and the names of one list */

static bool value_of(struct str line, struct str name, struct str *ret) {
        struct str rest = str_trim(line);

        if (!str_eq_nocase(str_sub(rest, 0, name.len), name))
                return false;
        rest = str_trim(str_from(rest, name.len));
        if (rest.len < 2 || (rest.p[0] != ':' && rest.p[0] != '='))
                return false;
        *ret = str_trim(str_from(rest, 1));
        return ret->len > 0;
}

void import_add_package(struct windows_threads *t, struct str cores, struct str threads) {
        uint64_t c, n;

        if (!str_to_u64(cores, &c) || !str_to_u64(threads, &n) || c == 0 || n < c || n > UINT32_MAX) {
                t->doubt = true;
                return;
        }
        t->cores += c;
        t->threads += n;
        t->shared |= n > c;
}

/* "NumberOfCores NumberOfLogicalProcessors", a line of dashes, the numbers in the same order. */
static bool is_table_at(const struct lines *l, ptrdiff_t i) {
        struct str rest = l->items[i].text, word;
        bool cores = false, threads = false;
        int words = 0;

        for (; str_word(&rest, &word); words++) {
                cores |= str_eq_nocase(word, cores_name);
                threads |= str_eq_nocase(word, threads_name);
        }
        return words == 2 && cores && threads && i + 2 < l->count && str_starts(str_trim(l->items[i + 1].text), S("---"));
}

static void read_table(struct lines *l, ptrdiff_t at, struct windows_threads *t) {
        struct str head = l->items[at].text, word, first, second;

        (void)str_word(&head, &word);
        l->items[at].taken = l->items[at + 1].taken = true;
        for (ptrdiff_t i = at + 2; i < l->count; i++) {
                struct str rest = l->items[i].text;

                if (!str_word(&rest, &first) || !str_word(&rest, &second))
                        break;
                if (str_eq_nocase(word, cores_name))
                        import_add_package(t, first, second);
                else
                        import_add_package(t, second, first);
                l->items[i].taken = true;
        }
}

/* Both names of a package stand beside each other, in either order. */
static void read_lists(struct lines *l, struct windows_threads *t) {
        struct str cores = { 0 }, threads = { 0 }, value;

        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str *to = value_of(l->items[i].text, cores_name, &value)     ? &cores
                                 : value_of(l->items[i].text, threads_name, &value) ? &threads
                                                                                    : NULL;

                if (!to)
                        continue;
                t->doubt |= to->len > 0; /* the one before has no other half */
                *to = value;
                l->items[i].taken = true;
                if (cores.len == 0 || threads.len == 0)
                        continue;
                import_add_package(t, cores, threads);
                cores = threads = S("");
        }
        t->doubt |= cores.len > 0 || threads.len > 0;
}

void import_windows_threads(struct import *im, struct import_host *h, const struct windows_threads *t) {
        if (t->doubt || t->threads == 0)
                return;
        import_uname(h, S("Windows"), S(""), S(""));
        if (evidence_line(&h->e, RECORD_WIN32, S("smt")))
                return;
        evidence_add_line(&h->e, RECORD_WIN32, S("logical-processors"), str_fmt(im->arena, "%llu", (unsigned long long)t->threads));
        evidence_add_line(&h->e, RECORD_WIN32, S("cores"), str_fmt(im->arena, "%llu", (unsigned long long)t->cores));
        evidence_add_line(&h->e, RECORD_WIN32, S("smt"), t->shared ? S("1") : S("0"));
}

/* ---- Below what it runs ---- */

struct below {
        struct str maker, model, hypervisor;
};

static void find_near(struct lines *l, ptrdiff_t at, struct str name, struct str *ret) {
        for (ptrdiff_t i = at > NEAR ? at - NEAR : 0; i < l->count && i <= at + NEAR; i++)
                if (ret->len == 0 && value_of(l->items[i].text, name, ret))
                        l->items[i].used = true;
}

static void find_below(struct lines *l, struct below *ret) {
        *ret = (struct below){ 0 };
        for (ptrdiff_t i = 0; i < l->count; i++) {
                if (value_of(l->items[i].text, S("CsManufacturer"), &ret->maker) || value_of(l->items[i].text, S("CsModel"), &ret->model))
                        l->items[i].used = true;
                if (ret->hypervisor.len > 0 || !value_of(l->items[i].text, S("HypervisorPresent"), &ret->hypervisor))
                        continue;
                l->items[i].used = true;
                find_near(l, i, S("Manufacturer"), &ret->maker);
                find_near(l, i, S("Model"), &ret->model);
        }
}

/* A hypervisor that is there may be Windows' own, which runs below most of today's: then nothing is said. */
static void tell_below(struct import *im, struct import_host *h, const struct below *b) {
        import_uname(h, S("Windows"), S(""), S(""));
        if (!import_placeholder(b->maker))
                import_file_text(im, h, S("/sys/class/dmi/id/sys_vendor"), b->maker);
        if (!import_placeholder(b->model))
                import_file_text(im, h, S("/sys/class/dmi/id/product_name"), b->model);
        if (str_eq_nocase(b->hypervisor, S("false")) && h->guest.len == 0)
                h->guest = S("no");
}

/* ---- The reader ---- */

static bool is_windows_machine(struct import *im, const struct lines *l) {
        bool cores = false, threads = false, hypervisor = false, machine = false;
        struct str value;

        (void)im;
        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = l->items[i].text;

                if (l->items[i].taken)
                        continue;
                cores |= value_of(line, cores_name, &value);
                threads |= value_of(line, threads_name, &value);
                hypervisor |= value_of(line, S("HypervisorPresent"), &value);
                machine |= value_of(line, S("Model"), &value) || value_of(line, S("Manufacturer"), &value) || value_of(line, S("CsModel"), &value);
                if (is_table_at(l, i))
                        return true;
        }
        return (cores && threads) || (hypervisor && machine);
}

static int read_windows_machine(struct import *im, struct lines *l) {
        struct import_host *h = import_host(im, S(""));
        struct windows_threads t = { 0 };
        struct below b;

        for (ptrdiff_t i = 0; i < l->count; i++)
                if (is_table_at(l, i))
                        read_table(l, i, &t);
        read_lists(l, &t);
        import_windows_threads(im, h, &t);
        if (t.doubt)
                import_note(h, "cores and logical processors do not go together: whether hyper-threading is on was not read");
        find_below(l, &b);
        if (b.hypervisor.len > 0)
                tell_below(im, h, &b);
        return 0;
}

const struct reader reader_windows_machine = {
        .format = { .name = "windows-machine", .title = "Get-CimInstance Win32_Processor, Win32_ComputerSystem; wmic",
                    .carries = "Windows' description of the machine: cores and threads, maker and model, a hypervisor" },
        .lacks = LACKS_KERNEL,
        .in_lines = is_windows_machine,
        .read_lines = read_windows_machine,
};
