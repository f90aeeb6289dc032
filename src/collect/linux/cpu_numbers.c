#include "collect/linux/cpu_numbers.h"

bool cpu_numbers_parse(struct arena *a, struct str text, struct cpu_numbers *ret) {
        struct str range, first;
        uint64_t from, to;

        *ret = (struct cpu_numbers){ 0 };
        text = str_trim(text);
        while (str_cut(&text, ',', &range)) {
                if (!str_cut(&range, '-', &first) || !str_to_u64(first, &from))
                        return false;
                to = from;
                if ((range.len > 0 && !str_to_u64(range, &to)) || to < from || to >= CPUS_MAX)
                        return false;
                for (uint64_t cpu = from; cpu <= to && ret->count < CPUS_MAX; cpu++)
                        *arena_append(a, ret) = (uint32_t)cpu;
        }
        return ret->count > 0;
}

/* The fields that make a processor what it is, on x86 and on Arm. */
static const struct str fields[] = { STR("vendor_id"), STR("cpu family"),      STR("model"),       STR("model name"),
                                     STR("stepping"),  STR("microcode"),       STR("flags"),       STR("bugs"),
                                     STR("Features"),  STR("CPU implementer"), STR("CPU variant"), STR("CPU part"),
                                     STR("CPU revision") };

enum { FIELD_COUNT = sizeof(fields) / sizeof(fields[0]) };

static int field_of(struct str name) {
        for (int i = 0; i < FIELD_COUNT; i++)
                if (str_eq(name, fields[i]))
                        return i;
        return -1;
}

bool cpuinfo_alike(struct str cpuinfo, ptrdiff_t count) {
        struct str seen[FIELD_COUNT] = { 0 }, line, name;
        ptrdiff_t times[FIELD_COUNT] = { 0 }, cpus = 0;
        int field;

        while (str_line(&cpuinfo, &line)) {
                if (!str_cut(&line, ':', &name))
                        continue;
                cpus += str_eq(str_trim(name), S("processor"));
                if ((field = field_of(str_trim(name))) < 0)
                        continue;
                if (times[field]++ == 0)
                        seen[field] = line;
                else if (!str_eq(seen[field], line))
                        return false;
        }
        for (int i = 0; i < FIELD_COUNT; i++)
                if (times[i] > 0 && times[i] != count)
                        return false; /* one of them does not show it */
        return cpus == count;
}
