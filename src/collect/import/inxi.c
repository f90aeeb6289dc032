/* inxi -Fxxxaz: `Type: FILE status: TEXT` in its CPU block. "Mitigation: " became a key, wherever in the text it stood; lines are
 * wrapped at blanks; where inxi saw no terminal the keys have lost their colons. */
#include "collect/import/parts.h"

/* Headings of its blocks: where the CPU's ends, also in text that lost its indents. */
static bool is_heading(struct str line) {
        static const struct str words[] = { STR("System:"), STR("Machine:"), STR("Battery:"), STR("CPU:"), STR("Graphics:"), STR("Audio:"),
                                            STR("Network:"), STR("Bluetooth:"), STR("Drives:"), STR("Partition:"), STR("Swap:"),
                                            STR("Sensors:"), STR("Info:"), STR("Memory:"), STR("RAID:"), STR("Logical:"), STR("Repos:"),
                                            STR("Processes:"), STR("USB:"), STR("Weather:") };

        /* The last block, and a key of the CPU's. */
        if (str_starts(line, S("Info:")) && str_find(line, S("Processes:")) < 0 && str_find(line, S("Memory:")) < 0 && line.len > 5)
                return false;
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (str_starts(line, words[i]) || (line.len > 0 && str_eq(line, str_sub(words[i], 0, words[i].len - 1))))
                        return true;
        return false;
}

/* "Info:" begins the CPU's block, and is the heading of another. */
static bool is_first(struct str words, const struct out *before, struct str heading) {
        return str_starts(words, S("Info:")) && str_starts(heading, S("CPU")) && before->len <= heading.len + 2;
}

/* The lines of a block, joined by blanks, and taken. Only headings in column 0 count where the block is indented. */
static struct str block(struct import *im, struct lines *l, struct str heading) {
        struct out all = { 0 };
        struct str text;
        bool inside = false, indented = false;

        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = l->items[i].text, words = str_trim(line);

                if (l->items[i].taken && words.len > 0)
                        continue;
                if (!inside) {
                        inside = str_starts(line, heading);
                        indented = inside && i + 1 < l->count && import_indent(l->items[i + 1].text) > 0;
                } else if (words.len == 0 || (is_heading(words) && (!indented || import_indent(line) == 0) && !is_first(words, &all, heading))) {
                        break;
                }
                if (inside) {
                        l->items[i].taken = true;
                        out_str(&all, words);
                        out_char(&all, ' ');
                }
        }
        text = str_dup(im->arena, out_text(&all));
        out_free(&all);
        return text;
}

/* A key with or without its colon. */
static bool is_key(struct str word, struct str key) {
        return str_eq(word, key) || (word.len == key.len + 1 && str_starts(word, key) && word.p[key.len] == ':');
}

/* The value behind a key, one word; "0x8E (142)" gives the first. */
static struct str value_of(struct str text, struct str key) {
        struct str word;

        while (str_word(&text, &word))
                if (is_key(word, key) && str_word(&text, &word))
                        return import_placeholder(word) || str_starts(word, S("<")) || str_ends(word, S(":")) ? S("") : word;
        return S("");
}

/* The number behind a key: "6", "0x8E (142)", "5E (94)" of older versions. */
static struct str number_of(struct import *im, struct str text, struct str key) {
        struct str word, next;

        while (str_word(&text, &word))
                if (is_key(word, key) && str_word(&text, &word)) {
                        if (str_word(&text, &next) && str_starts(next, S("(")) && str_ends(next, S(")")))
                                word = str_sub(next, 1, next.len - 2);
                        return import_decimal(im->arena, word, false);
                }
        return S("");
}

/* Hexadecimal, with 0x or, in older versions, without. */
static struct str microcode_of(struct import *im, struct str text) {
        struct str word = value_of(text, S("microcode"));
        uint64_t revision;

        if (str_starts(word, S("0x")) || !str_hex_to_u64(word, &revision))
                return word;
        return str_fmt(im->arena, "0x%llx", (unsigned long long)revision);
}

/* ---- Sentences ---- */

/* "mitigation:" is "Mitigation: " in front; in a status it was behind "KVM: ", if anything good stands there. */
static struct str sentence(struct import *im, struct str text, bool mitigation) {
        text = str_trim(text);
        if (mitigation)
                return str_fmt(im->arena, "Mitigation: %.*s", STR_ARG(text));
        if (str_starts(text, S("KVM: ")) && !str_starts(str_from(text, 5), S("Vulnerable")) && !str_starts(str_from(text, 5), S("Mitigation")))
                return str_fmt(im->arena, "KVM: Mitigation: %.*s", STR_ARG(str_from(text, 5)));
        return text;
}

struct entry {
        struct str file; /* empty behind the last one */
        bool mitigation;
};

/* The next "Type: FILE status|mitigation: "; what stands before it belongs to the one before. */
static struct entry next_entry(struct str *rest, struct str *ret_before) {
        struct str start = *rest, word, name, key;

        while (str_word(rest, &word)) {
                struct str ahead = *rest;

                if (!is_key(word, S("Type")) || !str_word(&ahead, &name) || !str_word(&ahead, &key) ||
                    (!is_key(key, S("status")) && !is_key(key, S("mitigation"))))
                        continue;
                *ret_before = str_n(start.p, word.p - start.p);
                *rest = ahead;
                return (struct entry){ .file = name, .mitigation = is_key(key, S("mitigation")) };
        }
        *ret_before = start;
        return (struct entry){ 0 };
}

static int read_sentences(struct import *im, struct import_host *h, struct str text) {
        struct str before;
        int count = 0;

        for (struct entry e = next_entry(&text, &before), next; e.file.len > 0; e = next) {
                const struct sentence_file *f = import_known(im->catalog, e.file);

                next = next_entry(&text, &before);
                count += f != NULL;
                if (f)
                        import_sentence(im, h, f, sentence(im, before, e.mitigation));
                else
                        import_note(h, "a flaw that this version does not know: %.*s", STR_ARG(e.file));
        }
        return count;
}

/* ---- The rest ---- */

static struct str vendor_of(struct str text) {
        return str_find(text, S("model: AMD")) >= 0 || str_find(text, S("vendor: AuthenticAMD")) >= 0     ? S("AuthenticAMD")
               : str_find(text, S("model: Intel")) >= 0 || str_find(text, S("vendor: GenuineIntel")) >= 0 ? S("GenuineIntel") : S("");
}

static void read_cpu(struct import *im, struct import_host *h, struct str text) {
        struct str smt = value_of(text, S("smt"));

        *arena_append(im->arena, &h->cpus) = (struct import_cpu){
                .vendor = vendor_of(text),
                .family = number_of(im, text, S("family")),
                .model = number_of(im, text, S("model-id")),
                .stepping = number_of(im, text, S("stepping")),
                .microcode = microcode_of(im, text),
        };
        if (str_eq(smt, S("enabled")) || str_eq(smt, S("disabled")))
                import_file_text(im, h, S("/sys/devices/system/cpu/smt/active"), str_eq(smt, S("enabled")) ? S("1") : S("0"));
}

/* "parameters: BOOT_IMAGE=… quiet", to the next key. */
static void read_parameters(struct import *im, struct import_host *h, struct str text) {
        ptrdiff_t at = str_find(text, S(" parameters: "));
        struct str rest = str_from(text, at + 13), word;
        OUT_AUTO struct out all = { 0 };

        if (at < 0)
                return;
        while (str_word(&rest, &word) && !str_ends(word, S(":")))
                out_fmt(&all, "%s%.*s", all.len ? " " : "", STR_ARG(word));
        if (all.len > 0)
                import_file_text(im, h, S("/proc/cmdline"), out_text(&all));
}

static void read_machine(struct import_host *h, struct str text) {
        static const struct str kinds[] = { STR("Kvm"), STR("Vmware"), STR("Virtualbox"), STR("Qemu"), STR("Xen"), STR("Hyper-V"),
                                            STR("Microsoft"), STR("Bochs"), STR("Parallels"), STR("Virtual-machine"), STR("Other-vm?") };
        /* inxi looks for a hypervisor first, and then takes the firmware's word for the case. */
        static const struct str cases[] = { STR("Laptop"), STR("Desktop"), STR("Server"), STR("Mini-pc"), STR("Convertible"), STR("Detachable"),
                                            STR("Portable"), STR("Notebook"), STR("Tablet"), STR("Aio"), STR("Blade"), STR("Stick-pc"), STR("Embedded-pc") };
        struct str type = value_of(text, S("Type"));

        for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
                if (str_eq_nocase(type, kinds[i]))
                        import_guest(h, kinds[i]);
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]) && h->guest.len == 0; i++)
                if (str_eq_nocase(type, cases[i]))
                        h->guest = S("no");
}

static bool is_inxi(struct import *im, const struct lines *l) {
        bool cpu = false, info = false;

        (void)im;
        for (ptrdiff_t i = 0; i < l->count && !(cpu && info); i++) {
                struct str line = l->items[i].text, rest = line, word;

                uint64_t number; /* "CPU: 4" is how lscpu counts them in some languages */

                cpu |= (str_starts(line, S("CPU:")) && !str_to_u64(str_trim(str_from(line, 4)), &number)) || str_eq(line, S("CPU"));
                while (cpu && !info && str_word(&rest, &word))
                        info = is_key(word, S("Info")) || is_key(word, S("Topology")) || is_key(word, S("Vulnerabilities"));
        }
        return cpu && info;
}

static int read_inxi(struct import *im, struct lines *l) {
        struct import_host *h = import_host(im, S(""));
        struct str about = block(im, l, S("System")), machine = block(im, l, S("Machine")), cpu = block(im, l, S("CPU"));

        import_uname(h, S("Linux"), value_of(about, S("Kernel")), value_of(about, S("arch")));
        read_parameters(im, h, about);
        read_machine(h, machine);
        read_cpu(im, h, cpu);
        if (read_sentences(im, h, cpu) == 0)
                import_note(h, "without -a inxi leaves the kernel's sentences out: run `inxi -Fxxxaz`");
        h->complete |= h->answers;
        return 0;
}

const struct reader reader_inxi = {
        .format = { .name = "inxi", .title = "inxi -Fxxxaz",
                    .carries = "inxi: the kernel's sentences, its version and command line, the processor and its microcode" },
        .in_lines = is_inxi,
        .read_lines = read_inxi,
};
