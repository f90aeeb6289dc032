/* The compiler of the data folder: reads everything, declares all names, then compiles what refers to them. */
#include <stdio.h>
#include <stdlib.h>

#include "base/date.h"
#include "base/sha256.h"
#include "catalog/arches.h"
#include "catalog/makers.h"
#include "compiler/builder.h"

int (builder_fail)(struct builder *b, struct str needle, const char *format, ...) {
        char message[DIAG_TEXT_MAX / 2];
        va_list args;
        long line;

        va_start(args, format);
        (void)vsnprintf(message, sizeof(message), format, args);
        va_end(args);
        if (!b->file)
                return diag_fail_class(b->d, DIAG_INPUT, "%s", message);
        line = raw_line(b->file, &b->cursor, b->set ? S("") : needle);
        return diag_fail_at(b->d, str_to_c(b->a, b->file->path), line, b->set ? "%s (in rule set '%s')" : "%s", message, b->set);
}

struct text builder_copy(struct builder *b, raw_text text) {
        return as_text(text ? str_trim(str_dup(b->a, str_of(text))) : S(""));
}

struct texts builder_copy_list(struct builder *b, raw_text *items, unsigned count) {
        struct text *list = arena_array(b->a, struct text, (ptrdiff_t)count + 1);

        for (unsigned i = 0; i < count; i++)
                list[i] = builder_copy(b, items[i]);
        return as_texts(list, count);
}

/* ---- Processors ---- */

static int add_group(struct builder *b, const struct raw_cpu *r) {
        if (r->vendor || r->family || r->models || r->title || r->beside_bigger || r->line || r->generation)
                return builder_fail(b, str_of(r->name), "'%s' is a group: it takes a name and its members, nothing else", r->name);
        *arena_append(b->a, &b->groups) = (struct cpu_group){ .name = builder_copy(b, r->name),
                                                              .members = builder_copy_list(b, r->group, r->group_count) };
        return 0;
}

int builder_check_arches(struct builder *b, struct str needle, struct texts arches) {
        static const struct str words[] = {
#define X(word, ours, kind) STR(ours),
                ARCHES(X)
#undef X
        };

        for (uint32_t i = 0; i < arches.count; i++) {
                bool known = false;

                for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
                        known |= str_eq(T_AT(arches, i), words[k]);
                if (!known)
                        return builder_fail(b, needle, "no architecture is called '%.*s'", STR_ARG(T_AT(arches, i)));
        }
        return 0;
}

int builder_yes(struct builder *b, struct str needle, raw_text word, bool *ret) {
        *ret = word != NULL;
        return !word || str_eq(str_of(word), S("yes")) ? 0 : builder_fail(b, needle, "expected yes, found '%s'", word);
}

bool builder_is_maker(struct str word) {
        static const struct str words[] = {
#define X(id, word) STR(word),
                CPU_MAKERS(X)
#undef X
        };

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (str_eq(words[i], word))
                        return true;
        return false;
}

static int add_cpu(struct builder *b, const struct raw_cpu *r) {
        struct str models = r->models ? str_of(r->models) : S("0-0xffff"), range, first;
        uint64_t low, high;

        if (r->group_count)
                return add_group(b, r);
        if (!r->vendor || !r->family)
                return builder_fail(b, str_of(r->name), "'%s' needs 'vendor' and 'family', or 'group'", r->name);
        if (!builder_is_maker(str_of(r->vendor)))
                return builder_fail(b, str_of(r->name), "'%s' is no maker of processors that is known", r->vendor);
        if (r->beside_bigger && !str_eq(str_of(r->beside_bigger), S("yes")) && !str_eq(str_of(r->beside_bigger), S("no")))
                return builder_fail(b, str_of(r->name), "expected yes or no for 'beside_bigger' of '%s', found '%s'", r->name, r->beside_bigger);
        if (!r->line != !r->generation)
                return builder_fail(b, str_of(r->name), "'%s' has one of 'line' and 'generation': they go together", r->name);
        while (str_cut(&models, ',', &range)) {
                range = str_trim(range);
                if (!str_cut(&range, '-', &first) || !str_to_u64(first, &low))
                        return builder_fail(b, str_of(r->name), "expected models such as '0x55,0x60-0x6f' for '%s'", r->name);
                high = low;
                if ((range.len > 0 && !str_to_u64(range, &high)) || high > 0xffff || low > high)
                        return builder_fail(b, str_of(r->name), "the models of '%s' are not a range within 0-0xffff", r->name);
                *arena_append(b->a, &b->cpus) = (struct cpu_range){
                        .name = builder_copy(b, r->name),
                        .title = builder_copy(b, r->title),
                        .vendor = builder_copy(b, r->vendor),
                        .family = *r->family,
                        .model_low = (uint32_t)low,
                        .model_high = (uint32_t)high,
                        .stepping_high = UINT32_MAX,
                        .line = builder_copy(b, r->line),
                        .generation = r->generation ? (uint32_t)*r->generation : 0,
                        .beside_bigger = r->beside_bigger && str_eq(str_of(r->beside_bigger), S("yes")),
                };
        }
        return 0;
}

int builder_cpus(struct builder *b, const struct raw_file *f) {
        for (unsigned i = 0; i < f->cpus_count; i++)
                if (add_cpu(b, &f->cpus[i]) < 0)
                        return -1;
        return 0;
}

/* ---- Microcode tables: CSV, the first line names the columns, '#' begins a comment ---- */

static int by_signature(const void *a, const void *b) {
        const struct microcode_row *x = a, *y = b;

        if (x->signature != y->signature)
                return x->signature < y->signature ? -1 : 1;
        return (x->platform_mask > y->platform_mask) - (x->platform_mask < y->platform_mask);
}

static int table_row(struct builder *b, const char *path, long line, struct str text, struct microcode_row *ret) {
        struct str cell;
        uint64_t values[3];

        for (int i = 0; i < 3; i++) {
                if (!str_cut(&text, ',', &cell) || !str_to_u64(str_trim(cell), &values[i]) || values[i] > UINT32_MAX)
                        return diag_fail_at(b->d, path, line, "expected 'signature,platform_mask,revision' as numbers");
        }
        *ret = (struct microcode_row){ .signature = (uint32_t)values[0], .platform_mask = (uint32_t)values[1],
                                       .revision = (uint32_t)values[2] };
        return 0;
}

/* "2026-08-12", or "2023-09" where no day is known. */
static bool is_day(struct str s) {
        for (ptrdiff_t i = 0; i < s.len; i++)
                if (i == 4 || i == 7 ? s.p[i] != '-' : s.p[i] < '0' || s.p[i] > '9')
                        return false;
        return s.len == 10 || s.len == 7;
}

/* A list and its date, which stands in the first line ("# date: 2026-08-12") where it is known. */
static int add_dated(struct builder *b, const struct data_file *file, uint32_t entries) {
        static const struct str mark = STR("# date:");
        struct str rest = file->text, first = { 0 }, date = { 0 };
        bool closed;

        (void)str_line(&rest, &first);
        if (str_starts(first, mark))
                date = str_trim(str_from(first, mark.len));
        closed = str_ends(date, S(" closed"));
        if (closed)
                date = str_trim(str_sub(date, 0, date.len - 7));
        if (date.len && !is_day(date))
                return diag_fail_at(b->d, str_to_c(b->a, file->path), 1, "expected a date such as 2026-08-12 or 2023-09, found '%.*s'",
                                    STR_ARG(date));
        *arena_append(b->a, &b->dated) = (struct dated_file){ .path = as_text(str_dup(b->a, file->path)), .date = as_text(str_dup(b->a, date)),
                                                              .closed = closed, .entries = entries };
        return 0;
}

static int add_table(struct builder *b, const struct data_file *file) {
        struct str rest = file->text, line, name = str_sub(file->path, 10, file->path.len - 14); /* microcode/ .csv */
        BUILDER_LIST(struct microcode_row, rows) = { 0 };
        const char *path = str_to_c(b->a, file->path);
        bool header = true;

        for (long number = 1; str_line(&rest, &line); number++) {
                if (line.len == 0 || line.p[0] == '#')
                        continue;
                if (header && !str_starts(line, S("signature,platform_mask,revision")))
                        return diag_fail_at(b->d, path, number, "expected the columns 'signature,platform_mask,revision'");
                if (!header && table_row(b, path, number, line, arena_append(b->a, &rows)) < 0)
                        return -1;
                header = false;
        }
        if (rows.count > 0)
                qsort(rows.items, (size_t)rows.count, sizeof(*rows.items), by_signature);
        *arena_append(b->a, &b->tables) = (struct microcode_table){ .name = as_text(name), .rows = rows.items,
                                                                    .count = (uint32_t)rows.count };
        return add_dated(b, file, (uint32_t)rows.count);
}

/* ---- Windows versions ---- */

int builder_windows(struct builder *b, const struct raw_file *f) {
        for (unsigned i = 0; i < f->windows_count; i++) {
                const struct raw_windows *r = &f->windows[i];
                struct windows_version *ret;

                if (!r->none_because == !r->kb)
                        return builder_fail(b, str_of(r->name), "'%s' needs either 'kb' or 'none'", r->name);
                ret = arena_append(b->a, &b->windows);
                WINDOWS_FIELDS(COPY_FIELD)
                if (r->date && !date_valid(T(ret->date)))
                        return builder_fail(b, str_of(r->name), "'%s' is not a date (YYYY-MM-DD)", r->date);
                ret->none = r->none_because != NULL;
        }
        return 0;
}

static bool names_flaws(const struct builder *b, struct texts ids) {
        for (uint32_t i = 0; i < ids.count; i++) {
                bool found = false;

                for (uint32_t k = 0; k < b->flaw_count; k++)
                        found |= str_eq(T(b->flaws[k].id), T_AT(ids, i));
                if (!found)
                        return false;
        }
        return true;
}

/* After the flaws, which the bits name. */
static int add_registry_bits(struct builder *b, const struct raw_file *f) {
        b->file = f->file;
        b->cursor = 0;
        for (unsigned i = 0; i < f->registry_bits_count; i++) {
                const struct raw_registry_bit *r = &f->registry_bits[i];
                struct registry_bit *ret = arena_append(b->a, &b->registry_bits);

                REGISTRY_BIT_FIELDS(COPY_FIELD)
                ret->off = r->off_flaws_count > 0;
                ret->without_smt = r->smt != NULL;
                ret->flaws = ret->off ? builder_copy_list(b, r->off_flaws, r->off_flaws_count) : builder_copy_list(b, r->on, r->on_count);
                if (r->bit > 31 || !r->on_count == !r->off_flaws_count || !names_flaws(b, ret->flaws))
                        return builder_fail(b, str_of(r->title), "'%s' needs a bit from 0 to 31, and either 'on' or 'off' with ids of flaws",
                                            r->title);
        }
        return 0;
}

/* ---- The whole ---- */

static int by_path(const void *a, const void *b) {
        return str_cmp(((const struct data_file *)a)->path, ((const struct data_file *)b)->path);
}

static bool is_prose(struct str path) {
        return str_eq(path, S("README.md")) || str_ends(path, S("/README.md"));
}

static int add_version(struct builder *b, const struct raw_file *f) {
        const struct raw_data_version *r = f->version;
        struct data_version *ret = arena_append(b->a, &b->versions);

        b->file = f->file;
        b->cursor = 0;
        DATA_VERSION_FIELDS(COPY_FIELD)
        if (!data_version_valid(T(ret->version)))
                return builder_fail(b, S("version"), "'%s' is no version: a day such as 2026-11-26, or 2026-11-26.2", r->version);
        return 0;
}

static int read_file(struct builder *b, struct data_file *file) {
        struct raw_file *f;
        const struct str_list arguments = { .items = b->arguments.items, .count = (uint32_t)b->arguments.count };

        if (is_prose(file->path))
                return 0;
        if (!raw_known(file->path))
                return diag_fail_at(b->d, str_to_c(b->a, file->path), 1, "the data folder has no file of this name (data/README.md lists them)");
        if (raw_load(&b->files[b->file_count], file, arguments, b->a, b->d) < 0)
                return -1;
        f = &b->files[b->file_count++];
        if (f->version)
                return add_version(b, f);
        if (f->flaw)
                return 0;
        if (f->guest_os)
                f->entries = f->guest_os->releases_count;
        if (f->resource_types)
                f->entries = f->resource_types->types_count;
        return add_dated(b, file, f->entries);
}

static int read_files(struct builder *b, struct data_file *files, ptrdiff_t count) {
        bool flaws = false;

        b->files = arena_array(b->a, struct raw_file, count + 1);
        do { /* flaws last: rule sets say which arguments there are */
                for (ptrdiff_t i = 0; i < count; i++) {
                        bool table = str_starts(files[i].path, S("microcode/")) && str_ends(files[i].path, S(".csv"));

                        if (str_starts(files[i].path, S("vulns/")) != flaws)
                                continue;
                        if (table ? add_table(b, &files[i]) < 0 : read_file(b, &files[i]) < 0)
                                return -1;
                }
                if (!flaws && builder_declare_sets(b) < 0)
                        return -1;
                flaws = !flaws;
        } while (flaws);
        for (ptrdiff_t i = 0; i < b->file_count; i++) {
                b->file = b->files[i].file;
                b->cursor = 0;
                if (builder_cpus(b, &b->files[i]) < 0 || builder_windows(b, &b->files[i]) < 0 || builder_fixes(b, &b->files[i]) < 0)
                        return -1;
        }
        return 0;
}

static int longest_first(const void *a, const void *b) {
        const struct sentence *x = a, *y = b;

        if (x->says.len != y->says.len)
                return x->says.len > y->says.len ? -1 : 1;
        return str_cmp(T(x->says), T(y->says));
}

static int longest_report_first(const void *a, const void *b) {
        const struct log_report *x = a, *y = b;

        if (x->begins.len != y->begins.len)
                return x->begins.len > y->begins.len ? -1 : 1;
        return str_cmp(T(x->begins), T(y->begins));
}

static const struct sentence_file *close_files(struct builder *b) {
        struct sentence_file *files = arena_array(b->a, struct sentence_file, b->sentence_files.count + 1);

        for (ptrdiff_t i = 0; i < b->sentence_files.count; i++) {
                struct open_file *f = &b->sentence_files.items[i];

                if (f->sentences.count)
                        qsort(f->sentences.items, (size_t)f->sentences.count, sizeof(*f->sentences.items), longest_first);
                files[i] = (struct sentence_file){
                        .file = as_text(f->file),
                        .path = as_text(str_fmt(b->a, "/sys/devices/system/cpu/vulnerabilities/%.*s", STR_ARG(f->file))),
                        .parts = as_texts(f->parts.items, (uint32_t)f->parts.count),
                        .sentences = f->sentences.items,
                        .sentence_count = (uint32_t)f->sentences.count,
                };
        }
        return files;
}

struct named_fact {
        struct str name;
        uint16_t fact;
};

static int by_fact_name(const void *a, const void *b) {
        return str_cmp(((const struct named_fact *)a)->name, ((const struct named_fact *)b)->name);
}

static const struct fact_name *in_order_of_name(struct builder *b) {
        struct named_fact *named = arena_array(b->a, struct named_fact, b->facts.count + 1);
        struct fact_name *order = arena_array(b->a, struct fact_name, b->facts.count + 1);

        for (ptrdiff_t i = 0; i < b->facts.count; i++)
                named[i] = (struct named_fact){ .name = T(b->facts.items[i].name), .fact = (uint16_t)i };
        qsort(named, (size_t)b->facts.count, sizeof(*named), by_fact_name);
        for (ptrdiff_t i = 0; i < b->facts.count; i++)
                order[i].fact = named[i].fact;
        return order;
}

enum { HASH_DIGITS = 12 };

static struct str date_of(const struct builder *b) {
        struct str date = b->versions.count ? str_sub(T(b->versions.items[0].version), 0, 10) : S("");

        for (ptrdiff_t i = 0; i < b->dated.count && !b->versions.count; i++)
                if (str_cmp(T(b->dated.items[i].date), date) > 0)
                        date = T(b->dated.items[i].date);
        return date;
}

/* A hash over the files, which are in order; over those that a bundle has, so that a folder, its bundle and what is built in of it agree. */
static struct str hash_of(struct arena *a, const struct data_file *files, ptrdiff_t count) {
        struct sha256 h;
        char hex[65];

        sha256_init(&h);
        for (ptrdiff_t i = 0; i < count; i++) {
                if (!str_ends(files[i].path, S(".yaml")) && !str_ends(files[i].path, S(".csv")))
                        continue;
                sha256_add(&h, str_fmt(a, "%.*s %td\n", STR_ARG(files[i].path), files[i].text.len));
                sha256_add(&h, files[i].text);
        }
        sha256_hex(&h, hex);
        return str_dup(a, str_n(hex, HASH_DIGITS));
}

static void close_catalog(struct builder *b, struct catalog *ret) {
        if (b->log_reports.count)
                qsort(b->log_reports.items, (size_t)b->log_reports.count, sizeof(*b->log_reports.items), longest_report_first);
        *ret = (struct catalog){
#define LIST(name, number) .name = b->name.items, .number = (uint32_t)b->name.count
                LIST(facts, fact_count),
                LIST(nodes, node_count),
                LIST(literals, literal_count),
                LIST(ranges, range_count),
                LIST(cpus, cpu_count),
                LIST(tables, table_count),
                LIST(fixes, fix_count),
                LIST(parameters, parameter_count),
                LIST(windows, windows_count),
                LIST(registry_bits, registry_bit_count),
                LIST(properties, property_count),
                LIST(log_lines, log_line_count),
                LIST(bugs, bug_count),
                LIST(log_reports, log_report_count),
                LIST(shown_words, shown_word_count),
                LIST(harmful, harmful_count),
                LIST(left_out, left_out_count),
                LIST(where_signs, where_sign_count),
                LIST(guest_os_families, guest_os_family_count),
                LIST(guest_os_releases, guest_os_release_count),
                LIST(resource_types, resource_type_count),
                LIST(cloud_sizes, cloud_size_count),
                LIST(image_publishers, image_publisher_count),
                LIST(distribution_words, distribution_word_count),
                LIST(dated, dated_count),
                LIST(versions, version_count),
#undef LIST
                .fact_names = in_order_of_name(b),
                .fact_name_count = (uint32_t)b->facts.count,
                .files = close_files(b),
                .file_count = (uint32_t)b->sentence_files.count,
                .flaws = b->flaws,
                .flaw_count = b->flaw_count,
                .guidance = b->guidance,
                .date = as_text(date_of(b)),
        };
}

static int compile(struct builder *b, struct data_file *files, ptrdiff_t count) {
        if (read_files(b, files, count) < 0)
                return -1;
        if (builder_declare_facts(b) < 0 || builder_declare_flaws(b) < 0 || builder_define_facts(b) < 0 ||
            builder_where(b) < 0 || builder_harmful(b) < 0 || builder_instructions(b) < 0 ||
            builder_properties(b) < 0)
                return -1;
        if (b->flaw_count == 0) {
                b->file = NULL;
                return builder_fail(b, S(""), "the data folder has no vulns/*.yaml");
        }
        for (ptrdiff_t i = 0; i < b->file_count; i++)
                if (add_registry_bits(b, &b->files[i]) < 0)
                        return -1;
        for (ptrdiff_t i = 0; i < b->file_count; i++)
                if (builder_define_fixes(b, &b->files[i]) < 0)
                        return -1;
        return builder_define_flaws(b) < 0 || builder_check_sets(b) < 0 ? -1 : builder_guidance(b) < 0 ? -1 : builder_cloud(b);
}

int catalog_compile(struct catalog *ret, struct arena *a, const struct data_file *files, ptrdiff_t count, struct diag *d) {
        struct builder b = { .a = a, .d = d };
        struct data_file *sorted = arena_array(a, struct data_file, count + 1);
        int status;

        if (count)
                memcpy(sorted, files, (size_t)count * sizeof(*files));
        qsort(sorted, (size_t)count, sizeof(*sorted), by_path);
        status = compile(&b, sorted, count);
        if (status == 0) {
                close_catalog(&b, ret);
                ret->hash = as_text(hash_of(a, sorted, count));
        }
        for (ptrdiff_t i = 0; i < b.file_count; i++)
                raw_free(&b.files[i]);
        return status;
}
