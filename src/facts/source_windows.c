/* Facts from what only Windows has: NT answers, the registry, the Win32 API, the table of its versions. */
#include "facts/sources.h"

static bool was_asked(struct facts *f) {
        bool asked = false;

        for (uint32_t i = 0; i < f->catalog->fact_count && !asked; i++)
                asked = f->catalog->facts[i].kind == FACT_KIND_NT && evidence_nt(f->evidence, f->catalog->facts[i].leaf);
        return asked;
}

/* A system that answered was running; otherwise the collector says what it looked at. */
void source_windows_disk(struct facts *f, const struct fact_def *def, struct fact *ret) {
        const struct record *source = evidence_line(f->evidence, RECORD_WIN32, S("source"));

        (void)def;
        if (was_asked(f))
                answer_number(ret, 0, S("NtQuerySystemInformation"));
        else if (source && source->state == FACT_KNOWN)
                answer_number(ret, str_eq(str_trim(source->text), S("disk")), S("win32 source"));
}

void source_nt(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct record *r = evidence_nt(f->evidence, def->leaf);
        enum tri tells = def->gate == NO_CONDITION ? TRI_TRUE : condition_eval(f, def->gate);
        uint64_t mask;

        v->source = T(def->where);
        if (!r)
                return;
        if (r->state == FACT_FAILED && (r->value == 0xc0000003 || r->value == 0xc0000002)) {
                v->state = FACT_ABSENT; /* this Windows does not know the question: no update of January 2018 */
        } else if (r->state != FACT_KNOWN) {
                v->state = (uint8_t)r->state;
        } else if (def->word >= r->word_count || tells == TRI_FALSE) {
                v->state = FACT_ABSENT;
        } else if (tells == TRI_UNKNOWN) {
                v->state = FACT_UNREAD;
        } else {
                mask = answer_bits_of(def->word < 2 ? r->known[def->word] : UINT32_MAX, def);
                if (mask == answer_bits_of(UINT32_MAX, def))
                        answer_bits(v, r->words[def->word], def);
        }
}

void source_registry(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct record *r = evidence_registry(f->evidence, T(def->text));

        v->source = T(def->text);
        if (!r)
                return;
        v->state = (uint8_t)r->state;
        if (r->state != FACT_KNOWN)
                return;
        if (str_starts(r->text, S("sz")))
                answer_value(v, str_trim(str_from(r->text, 2)));
        else if (v->type == VALUE_TEXT)
                v->text = r->text;
        else
                answer_bits(v, r->value, def);
}

/* Without where it came from: what somebody wrote by hand with Windows' own answers, for no importer made it, is a running Windows'; without
 * any answers, but with a version, it is what people tell of a Windows. */
static void guess_source(struct facts *f, struct fact *v) {
        bool asked = was_asked(f);

        if (asked && evidence_line(f->evidence, RECORD_META, S("imported")))
                return;
        if (!asked && (!str_eq(read_uname(f, 0), S("Windows")) || facts_get(f, COMPUTED_KERNEL_RELEASE)->state != FACT_KNOWN))
                return;
        answer_value(v, asked ? S("live") : S("words"));
        v->source = asked ? S("NtQuerySystemInformation") : S("uname");
}

void source_win32(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct record *r = evidence_line(f->evidence, RECORD_WIN32, T(def->text));

        v->source = T(def->where);
        if (r && r->state == FACT_KNOWN) {
                answer_value(v, str_trim(r->text));
        } else if (r) {
                v->state = (uint8_t)r->state;
        } else if (str_eq(T(def->text), S("source"))) {
                guess_source(f, v);
        }
}

static const struct windows_version *windows_version(struct facts *f, struct str release) {
        struct str number = { 0 };
        uint64_t build;

        for (int i = 0; i < 3; i++) /* "10.0.17763" is build 17763 */
                (void)str_cut(&release, '.', &number);
        if (str_to_u64(number, &build))
                for (uint32_t i = 0; i < f->catalog->windows_count; i++)
                        if (f->catalog->windows[i].build == build)
                                return &f->catalog->windows[i];
        return NULL;
}

/* What windows/builds.yaml says of this Windows; absent for versions that are not in it. */
void source_update(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct fact *release = facts_get(f, COMPUTED_KERNEL_RELEASE), *name = facts_get(f, COMPUTED_SYSTEM);
        const struct windows_version *w;

        if (name->state != FACT_KNOWN || release->state != FACT_KNOWN)
                return;
        w = str_eq(name->text, S("windows")) ? windows_version(f, release->text) : NULL;
        v->source = release->source;
        v->state = FACT_ABSENT;
        if (!w)
                return;
        if (def->aspect == UPDATE_NONE || (def->aspect == UPDATE_FIRST && w->first)) {
                v->state = FACT_KNOWN;
                v->number = def->aspect == UPDATE_NONE ? w->none : w->first;
        } else if (def->aspect == UPDATE_FIRST) {
                v->state = w->none ? FACT_ABSENT : FACT_UNREAD; /* there is one, but its number is not known */
        } else {
                v->text = def->aspect == UPDATE_NAME ? T(w->name) : def->aspect == UPDATE_KB ? T(w->kb) : T(w->date);
                v->state = v->text.len > 0 ? FACT_KNOWN : FACT_ABSENT;
        }
}
