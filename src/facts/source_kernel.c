/* The kernel: what it was told (command line, build options), what it logged and what it says of itself. */
#include "evidence/kernel_line.h"
#include "evidence/places.h"
#include "facts/sources.h"

/* False where its word is not to count, and in evidence that by its nature holds none (`-- meta kernel-answers none`: /proc/cpuinfo
 * alone, say). Where records are only missing, nobody knows what they would have said. */
void source_kernel_answers(struct facts *f, const struct fact_def *def, struct fact *ret) {
        const struct record *none = evidence_line(f->evidence, RECORD_META, S("kernel-answers"));
        bool asked = false; /* whatever the evidence says of itself */

        (void)def;
        for (uint32_t i = 0; i < f->catalog->file_count && !asked; i++)
                asked = evidence_file(f->evidence, T(f->catalog->files[i].path)) != NULL;
        if (f->options.ignore_os_claims || (!asked && none && none->state == FACT_KNOWN && str_eq(none->text, S("none"))))
                answer_number(ret, false, S("evidence"));
        else if (asked || f->options.predict)
                answer_number(ret, true, S("/sys/devices/system/cpu/vulnerabilities"));
        else if (str_eq(facts_get(f, COMPUTED_SYSTEM)->text, S("windows"))) /* its answers are of another kind: rules ask for each */
                answer_number(ret, true, facts_get(f, COMPUTED_SYSTEM)->source);
}

/* ---- The command line ---- */

/* Looked for once: a hundred parameters are asked for. */
const struct record *facts_line(struct facts *f, struct str parameter) {
        if (!f->line_read) {
                f->line_read = true;
                f->line = evidence_parameter(f->evidence, parameter);
        } else if (f->evidence->asked) {
                f->seen->set |= FACET_LINE | facet_of_parameter(parameter);
        }
        return f->line;
}

/* False only in evidence that by its nature holds no command line (`-- meta command-line none`). */
void source_line_seen(struct facts *f, const struct fact_def *def, struct fact *ret) {
        const struct record *line = facts_line(f, S("mitigations")), *none = evidence_line(f->evidence, RECORD_META, S("command-line"));

        (void)def;
        if (line && line->state == FACT_KNOWN)
                answer_number(ret, true, S("/proc/cmdline"));
        else if (!line && none && none->state == FACT_KNOWN && str_eq(none->text, S("none")))
                answer_number(ret, false, S("evidence"));
}

/* Known of what is supposed alone, also where no line was read: a sysctl changes none. */
void source_line_changed(struct facts *f, const struct fact_def *def, struct fact *ret) {
        const struct record *before = f->evidence->line_before, *now;

        (void)def;
        if (!f->evidence->is_changed)
                return;
        now = facts_line(f, S("mitigations"));
        answer_number(ret, !before != !now || (now && (before->state != now->state || !str_eq(before->text, now->text))), S("/proc/cmdline"));
}

/* The last one wins; what stands behind "--" is for init. True when another one says something else: saying it again changes nothing. */
static bool read_parameter(const struct kernel_words *all, struct str wanted, struct fact *v) {
        bool unlike = false;

        v->state = FACT_ABSENT;
        for (ptrdiff_t i = 0; i < all->count; i++) {
                struct str before = v->text;

                if (!kernel_same_name(all->items[i].name, wanted))
                        continue;
                v->text = all->items[i].value.p ? all->items[i].value : (struct str){ .p = "" };
                unlike |= v->state == FACT_KNOWN && !str_eq(before, v->text);
                v->state = FACT_KNOWN;
        }
        return unlike;
}

static struct kernel_words *split_line(struct facts *f, struct str line) {
        struct kernel_words *all = arena_new(f->arena, struct kernel_words);
        struct kernel_word w;
        ptrdiff_t at = 0;

        while (kernel_word(line, &at, &w) && !kernel_word_ends(&w))
                *arena_append(f->arena, all) = w;
        return all;
}

/* The line is split once: a hundred parameters are looked for in it. */
static const struct kernel_words *words_of_line(struct facts *f, struct str line) {
        if (!f->parameters)
                f->parameters = split_line(f, line);
        return f->parameters;
}

bool facts_line_names(struct facts *f, struct str parameter) {
        const struct record *r = facts_line(f, parameter);
        const struct kernel_words *all = r && r->state == FACT_KNOWN ? words_of_line(f, r->text) : NULL;

        for (ptrdiff_t i = 0; all && i < all->count; i++)
                if (all->items[i].name.len == parameter.len && kernel_same_name(all->items[i].name, parameter))
                        return true;
        return false;
}

static bool may_be_scanned(struct facts *f, struct str name, bool *ret_has_value) {
        const struct fact *arch = facts_get(f, COMPUTED_ARCH);

        if (arch->state == FACT_KNOWN && !str_eq(arch->text, S("x86_64")) && !str_eq(arch->text, S("i686")))
                return false;
        return kernel_name_scanned(name, ret_has_value);
}

/* Of mitigations=: a list (kernel/cpu.c, mitigations_parse_cmdline). */
static bool is_list_understood(struct str value) {
        static const struct str known[] = { STR("off"), STR("auto"), STR("nosmt"), STR("no_user_kernel"), STR("no_user_user"),
                                            STR("no_guest_host"), STR("no_guest_guest"), STR("no_cross_thread") };
        struct str word;

        while (value.len > 0 && str_cut(&value, ',', &word)) {
                bool found = false;

                for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
                        found |= str_eq(word, known[i]);
                if (!found)
                        return false;
        }
        return true;
}

/* A value that the kernel does not know leaves what an earlier one said. True for what takes none, or any. */
static bool is_understood(const struct catalog *c, struct str name, struct str value) {
        const struct parameter *p = c->parameters, *end = p + c->parameter_count;
        bool found;

        if (str_eq(name, S("mitigations")))
                return is_list_understood(value);
        while (p < end && !str_eq(T(p->name), name))
                p++;
        found = p == end || p->values.count == 0;
        for (uint32_t i = 0; p < end && i < p->values.count && !found; i++)
                found = str_eq(T_AT(p->values, i), value);
        return found;
}

/* The parameter as it stands in this line, whose words are `all`. */
static void parameter_of(struct facts *f, const struct record *r, const struct kernel_words *all, const struct fact_def *def,
                         struct fact *v) {
        struct fact other = { 0 };
        bool has_value;
        bool unlike = read_parameter(all, T(def->text), v);

        if (may_be_scanned(f, T(def->text), &has_value)) {
                other.state = kernel_scan(r->text, T(def->text), has_value, &other.text) ? FACT_KNOWN : FACT_ABSENT;
                if (other.state != v->state || !str_eq(other.text, v->text))
                        v->state = FACT_UNREAD; /* which of the two readings this kernel has is not known */
        }
        if (v->state == FACT_KNOWN && (answer_is_redacted(v->text) || (unlike && !is_understood(f->catalog, T(def->text), v->text))))
                v->state = FACT_UNREAD;
        if (v->state == FACT_ABSENT && str_ends(str_trim(r->text), S(PLACE_CMDLINE_CUT))) /* it may have stood in the end that was lost */
                v->state = FACT_UNREAD;
        if (v->state != FACT_KNOWN)
                v->text = (struct str){ 0 };
}

void source_parameter(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct record *r = facts_line(f, T(def->text));

        v->source = S("/proc/cmdline");
        if (r && r->state == FACT_KNOWN)
                parameter_of(f, r, words_of_line(f, r->text), def, v);
        else
                v->state = r ? (uint8_t)r->state : FACT_UNREAD;
}

/* The line that the kernel had when it said what it says. */
void source_told(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct record *r = f->evidence->is_changed ? f->evidence->line_before : facts_line(f, T(def->text));

        v->source = S("/proc/cmdline");
        if (r && r->state == FACT_KNOWN)
                parameter_of(f, r, split_line(f, r->text), def, v);
        else
                v->state = r ? (uint8_t)r->state : FACT_UNREAD;
}

static bool is_config(struct facts *f, struct str name, struct str value) {
        const struct fact *option = facts_named(f, name);

        return option && option->state == FACT_KNOWN && str_eq(option->text, value);
}

/* Whether mitigations=`value` leaves a vector out: "off" leaves all, `word` this one. A kernel that does not know the parameter ignores
 * it, and one that was built without vectors ignores a list with one; where that was not seen, it is taken at its word. */
static enum tri is_trusted(struct facts *f, struct str value, struct str word) {
        bool off = false, vectors = false, named = false;
        struct str one;

        while (value.len > 0 && str_cut(&value, ',', &one)) {
                off |= str_eq(one, S("off"));
                vectors |= str_starts(one, S("no_"));
                named |= str_eq(one, word);
        }
        if (!off && !named)
                return TRI_FALSE;
        if (vectors && facts_tri(f, S("attack_vectors_known")) == TRI_FALSE)
                return TRI_FALSE;
        return facts_tri(f, S("mitigations_known"));
}

/* Attack vectors: who was declared trusted with mitigations= (Linux Documentation/admin-guide/hw-vuln/attack_vector_controls.rst).
 * "off" trusts everybody; "auto,no_guest_host" trusts guests towards their host. */
void source_vector(struct facts *f, const struct fact_def *def, struct fact *ret) {
        static const struct str words[] = { /* that take a vector out of the mitigations */
                [COMPUTED_VECTOR_USER_KERNEL] = STR("no_user_kernel"), [COMPUTED_VECTOR_USER_USER] = STR("no_user_user"),
                [COMPUTED_VECTOR_GUEST_HOST] = STR("no_guest_host"),   [COMPUTED_VECTOR_GUEST_GUEST] = STR("no_guest_guest"),
                [COMPUTED_VECTOR_CROSS_THREAD] = STR("no_cross_thread"),
        };
        const struct fact *asked = facts_named(f, S("cmdline.mitigations"));
        enum tri trusted;
        bool guarded;

        if (!asked)
                return;
        ret->source = asked->source;
        ret->state = asked->state == FACT_ABSENT ? FACT_KNOWN : asked->state;
        trusted = asked->state == FACT_KNOWN ? is_trusted(f, asked->text, words[def->source]) : TRI_FALSE;
        if (trusted == TRI_UNKNOWN)
                ret->state = FACT_UNREAD;
        guarded = trusted != TRI_TRUE;
        /* A kernel with attack vectors and without KVM counts guests as trusted unless it is told otherwise. */
        if (guarded && (def->source == COMPUTED_VECTOR_GUEST_HOST || def->source == COMPUTED_VECTOR_GUEST_GUEST))
                guarded = !is_config(f, S("config.attack-vectors"), S("y")) || !is_config(f, S("config.kvm"), S("n"));
        ret->number = guarded;
}

/* ---- Build options ---- */

static const struct record *config_record(struct facts *f, const struct evidence_question *q) {
        static const char *const patterns[] = { "/proc/config.gz", "/boot/config-%.*s", "/usr/lib/modules/%.*s/config",
                                                "/lib/modules/%.*s/config" };
        const struct fact *release = facts_get(f, COMPUTED_KERNEL_RELEASE);

        for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
                const char *at = strstr(patterns[i], "%.*s");
                struct str path = !at ? str_of(patterns[i])
                                      : str_fmt(f->arena, "%.*s%.*s%s", (int)(at - patterns[i]), patterns[i],
                                                STR_ARG(release->text), at + 4);
                const struct record *r = evidence_file_until(f->evidence, path, q);

                if (r && r->state == FACT_KNOWN)
                        return r;
        }
        return NULL;
}

/* "X=y" or "X is not set", without "CONFIG_"; false when it is about another option. */
static bool option_is(struct str line, bool unset, struct str option, struct str *ret) {
        if (!str_starts(line, option))
                return false;
        line = str_from(line, option.len);
        if (unset ? !str_starts(line, S(" is not set")) : !str_starts(line, S("=")))
                return false;
        *ret = unset ? S("n") : str_from(line, 1);
        return true;
}

/* "CONFIG_X=y" or "# CONFIG_X is not set" of the option, whose names (of the kernels that had it) stand apart by blanks: what is said
 * first. False when the file does not mention it. */
static bool config_option(struct str text, struct str names, struct str *ret) {
        struct str line, option[OPTION_NAMES];
        int count = 0;

        while (count < OPTION_NAMES && str_word(&names, &option[count]))
                count++;
        while (str_line(&text, &line)) {
                bool unset = str_starts(line, S("# CONFIG_"));

                if (!unset && !str_starts(line, S("CONFIG_")))
                        continue;
                line = str_from(line, unset ? 9 : 7);
                for (int i = 0; i < count; i++)
                        if (option_is(line, unset, option[i], ret))
                                return true;
        }
        return false;
}

static bool tells_option(struct str text, const void *names) {
        struct str value;

        return config_option(text, *(const struct str *)names, &value);
}

void source_config(struct facts *f, const struct fact_def *def, struct fact *v) {
        struct str names = T(def->text);
        const struct record *r = config_record(f, &(struct evidence_question){ .is_answered = tells_option, .arg = &names });

        /* An option that is not mentioned may have another name, or no say on this kernel: not known. */
        if (r && config_option(r->text, names, &v->text)) {
                v->state = FACT_KNOWN;
                v->source = r->key;
        } else if (shown_in_log(f, def, v)) {
                v->state = FACT_KNOWN;
                v->text = S("y");
        }
}

/* ---- The kernel log, also as the second source of other facts ---- */

static const struct str logs[] = { STR("/dev/kmsg"), STR("/var/log/dmesg") };

enum { LOGS = sizeof(logs) / sizeof(logs[0]) };

static bool holds_text(struct str log, const void *text) {
        return str_find(log, *(const struct str *)text) >= 0;
}

/* One of the logs, read until it holds `text`. Looked for once: many facts ask for a line of it. */
static const struct record *log_record(struct facts *f, size_t which, struct str text) {
        const struct evidence_question q = { .is_answered = holds_text, .arg = &text };

        for (size_t i = 0; !f->logs_read && i < LOGS; i++) {
                f->logs[i] = evidence_file_until(f->evidence, logs[i], &q);
                if (f->evidence->asked)
                        f->log_facets |= evidence_facet(RECORD_FILE, logs[i], 0);
        }
        f->logs_read = true;
        f->seen->set |= f->log_facets;
        if (f->logs[which] && f->logs[which]->more)
                f->logs[which] = evidence_file_until(f->evidence, logs[which], &q);
        return f->logs[which];
}

/* Which of the logs holds `text`; NULL when none does. What they do not hold may have scrolled out: that is never an answer. */
static const struct str *in_log(struct facts *f, struct str text) {
        for (size_t i = 0; i < LOGS; i++) {
                const struct record *r = log_record(f, i, text);

                if (r && r->state == FACT_KNOWN && holds_text(r->text, &text))
                        return &logs[i];
        }
        return NULL;
}

void source_log(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct str *log = in_log(f, T(def->text));

        if (log) {
                v->state = FACT_KNOWN;
                v->number = 1;
                v->source = *log;
        }
        for (size_t i = 0; !log && i < LOGS; i++) {
                const struct record *r = log_record(f, i, T(def->text));

                if (r && r->state == FACT_DENIED)
                        v->state = FACT_DENIED;
        }
}

/* Searched once for all classes of CPUs: a log is long, and the line is about all of them. */
bool shown_in_log(struct facts *f, const struct fact_def *def, struct fact *v) {
        enum { NOT_SEARCHED, NOT_THERE, THERE };
        uint8_t *logged = &(f->first ? f->first : f)->logged[def - f->catalog->facts];

        if (def->log.len == 0 || f->options.ignore_os_claims)
                return false;
        if (f->evidence->asked)
                (void)log_record(f, 0, T(def->log));
        if (*logged == NOT_SEARCHED) {
                const struct str *log = in_log(f, T(def->log));

                *logged = log ? (uint8_t)(log - logs + THERE) : NOT_THERE;
        }
        if (*logged >= THERE)
                v->source = logs[*logged - THERE];
        return *logged >= THERE;
}

/* ---- Sentences ---- */

static struct str join_means(struct facts *f, const struct parsed_sentence *s, uint16_t part, uint32_t part_count) {
        struct str all = part ? T(s->parts[part]->means) : T(s->base->means);

        for (uint32_t i = 1; !part && i < part_count; i++) {
                const struct sentence *p = s->parts[i];

                if (p && p->counts && p->means.len)
                        all = all.len ? str_fmt(f->arena, "%.*s; %.*s", STR_ARG(all), STR_ARG(T(p->means))) : T(p->means);
        }
        return all;
}

static struct str lacks_of(const struct parsed_sentence *s, uint16_t part, uint32_t part_count) {
        struct str lacks = part ? T(s->parts[part]->lacks) : T(s->base->lacks);

        for (uint32_t i = 1; !part && lacks.len == 0 && i < part_count; i++)
                if (s->parts[i] && s->parts[i]->counts)
                        lacks = T(s->parts[i]->lacks);
        return lacks;
}

static void aspect_of(struct facts *f, const struct fact_def *def, const struct parsed_sentence *s, struct fact *v) {
        uint32_t part_count = f->catalog->files[def->source].parts.count;
        enum status status;

        v->state = FACT_KNOWN;
        switch ((enum sentence_aspect)def->aspect) {
        case ASPECT_IS:
                v->text = def->part ? T(s->parts[def->part]->is) : T(s->base->is);
                break;
        case ASPECT_STATUS:
                status = sentence_status(s, def->part, part_count);
                v->state = status == STATUS_COUNT ? FACT_FAILED : FACT_KNOWN;
                v->text = status == STATUS_COUNT ? s->unknown : status_word(status);
                break;
        case ASPECT_TEXT:
                v->text = def->part ? T(s->parts[def->part]->says) : s->text;
                break;
        case ASPECT_MEANS:
                v->text = join_means(f, s, def->part, part_count);
                break;
        case ASPECT_LACKS:
                v->text = lacks_of(s, def->part, part_count);
                v->state = v->text.len ? FACT_KNOWN : FACT_ABSENT;
                break;
        case ASPECT_UNKNOWN:
                v->state = FACT_ABSENT;
                break;
        case ASPECT_ASKED:
                break;
        }
}

/* No kernel of this architecture has a word about it: nobody needs to have looked. */
static bool cannot_occur(struct facts *f, uint16_t file) {
        const struct fact *arch = facts_get(f, COMPUTED_ARCH);

        for (uint32_t i = 0; i < f->catalog->flaw_count; i++) {
                const struct flaw *flaw = &f->catalog->flaws[i];

                if (flaw->sentence_file != file + 1)
                        continue;
                if (flaw->arches.count == 0 || (arch->state != FACT_KNOWN && !facts_is_pc(f)))
                        return false;
                for (uint32_t k = 0; k < flaw->arches.count; k++) {
                        struct str one = T_AT(flaw->arches, k);

                        if (arch->state == FACT_KNOWN ? str_eq(one, arch->text) : str_eq(one, S("x86_64")) || str_eq(one, S("i686")))
                                return false;
                }
        }
        return true;
}

static void tell_sentence(struct facts *f, const struct fact_def *def, const struct parsed_sentence *s, struct fact *v) {
        v->source = T(f->catalog->files[def->source].path);
        v->state = s->state == FACT_UNREAD && cannot_occur(f, def->source) ? FACT_ABSENT : s->state;
        if (s->state != FACT_KNOWN)
                return;
        if (!def->part && def->aspect == ASPECT_TEXT) {
                v->text = s->text;
        } else if (def->aspect == ASPECT_UNKNOWN) {
                v->text = s->unknown;
                v->state = s->unknown.len && (!def->part || !s->parts[def->part]) ? FACT_KNOWN : FACT_ABSENT;
        } else if ((!s->base && !def->part) || sentence_unclear(s, def->part)) {
                v->state = FACT_FAILED;
                v->text = s->unknown;
        } else if (def->part && !s->parts[def->part]) {
                v->state = FACT_ABSENT;
        } else {
                aspect_of(f, def, s, v);
        }
}

/* A kernel's log (`-- meta kernel-answers srso spectre_v2`) speaks of some flaws, and is silent on the others whether or not the
 * processor has them: of these nobody asked. */
static bool is_told_by_log(struct facts *f, const struct fact_def *def) {
        const struct record *listed = evidence_line(f->evidence, RECORD_META, S("kernel-answers"));
        const struct sentence_file *file = &f->catalog->files[def->source];
        struct str name = def->part ? str_fmt(f->arena, "%.*s.%.*s", STR_ARG(T(file->file)), STR_ARG(T_AT(file->parts, def->part))) : T(file->file);

        if (f->options.predict || !listed || listed->state != FACT_KNOWN || str_has_word(listed->text, name))
                return true;
        if (!evidence_file(f->evidence, T(file->path)))
                return false;
        return !def->part || (facts_sentence(f, def->source)->parts && facts_sentence(f, def->source)->parts[def->part]);
}

/* The file was not read, and no kernel says of a processor of this maker that it has the flaw: whatever stands there, it need not be asked. */
static bool is_other_makers(struct facts *f, const struct fact_def *def) {
        static const struct str makers[] = { STR("intel"), STR("amd"), STR("hygon") };
        const struct fact *vendor = facts_get(f, COMPUTED_CPU_VENDOR);
        bool known = false;

        if (f->options.predict || !str_eq(facts_get(f, COMPUTED_SYSTEM)->text, S("linux")) ||
            evidence_file(f->evidence, T(f->catalog->files[def->source].path)) ||
            vendor->state != FACT_KNOWN)
                return false;
        for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++)
                known |= str_eq(makers[i], vendor->text);
        for (uint32_t i = 0; i < f->catalog->flaw_count && known; i++) {
                const struct flaw *flaw = &f->catalog->flaws[i];

                if (flaw->sentence_file != def->source + 1 || flaw->sentence_part != def->part)
                        continue;
                known = flaw->makers.count > 0;
                for (uint32_t k = 0; k < flaw->makers.count; k++)
                        known &= !str_eq(T_AT(flaw->makers, k), vendor->text);
        }
        return known;
}

static void tell_asked(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct fact *any = facts_get(f, COMPUTED_KERNEL_ANSWERS);

        if (any->state == FACT_KNOWN)
                answer_number(v, any->number && is_told_by_log(f, def) && !is_other_makers(f, def), any->source);
        else
                v->state = any->state;
}

void source_sentence(struct facts *f, const struct fact_def *def, struct fact *v) {
        bool base = !def->part && def->aspect == ASPECT_IS;

        if (def->aspect == ASPECT_ASKED)
                tell_asked(f, def, v);
        else
                tell_sentence(f, def, base ? facts_sentence_base(f, def->source) : facts_sentence(f, def->source), v);
}

/* What this kernel said, also where its sentences are predicted. */
void source_said(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct sentence_file *file = &f->catalog->files[def->source];
        struct parsed_sentence *s;

        if (!f->options.predict) {
                source_sentence(f, def, v);
        } else if (f->options.other_kernel) { /* that one said nothing yet */
                v->state = FACT_ABSENT;
        } else {
                s = arena_new(f->arena, struct parsed_sentence);
                sentence_read(f, file, s);
                tell_sentence(f, def, s, v);
        }
}
