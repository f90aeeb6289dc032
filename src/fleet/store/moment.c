#include "fleet/store/moment.h"

#include "base/date.h"

/* Two digits at `at`, less than `limit`; -1 when they are none. */
static int64_t two(struct str s, ptrdiff_t at, int64_t limit) {
        uint64_t v;

        return at + 2 <= s.len && str_to_u64(str_sub(s, at, 2), &v) && (int64_t)v < limit ? (int64_t)v : -1;
}

/* What stands behind the seconds: a fraction, which is left out; then nothing, "Z" or " UTC", or how far that clock is ahead of UTC. */
static bool zone(struct str s, int64_t *ret) {
        ptrdiff_t n = str_starts(s, S(".")) ? 1 : 0;
        int64_t hours, minutes;
        bool behind;

        while (n > 0 && n < s.len && s.p[n] >= '0' && s.p[n] <= '9')
                n++;
        if (n == 1)
                return false;
        s = str_from(s, n);
        behind = str_starts(s, S("-"));
        *ret = 0;
        if (s.len == 0 || str_eq(s, S("Z")) || str_eq(s, S("z")) || str_eq(s, S(" UTC")))
                return true;
        if (!behind && !str_starts(s, S("+")))
                return false;
        hours = two(s, 1, 24);
        minutes = s.len == 3 ? 0 : two(s, s.len == 6 && s.p[3] == ':' ? 4 : 3, 60);
        *ret = (hours * 3600 + minutes * 60) * (behind ? -1 : 1);
        return hours >= 0 && minutes >= 0 && (s.len == 3 || s.len == 5 || (s.len == 6 && s.p[3] == ':'));
}

bool moment_parse(struct str text, int64_t *ret) {
        int64_t hours = 0, minutes = 0, seconds = 0, ahead = 0;
        int32_t days;

        if (!date_days(str_sub(text, 0, 10), &days))
                return false;
        if (text.len > 10) {
                hours = two(text, 11, 24);
                minutes = two(text, 14, 60);
                seconds = two(text, 17, 61);
                if (hours < 0 || minutes < 0 || seconds < 0 || (text.p[10] != 'T' && text.p[10] != ' ') || text.p[13] != ':' || text.p[16] != ':' ||
                    !zone(str_from(text, 19), &ahead))
                        return false;
        }
        *ret = (int64_t)days * MOMENT_DAY + hours * 3600 + minutes * 60 + seconds - ahead;
        return true;
}

/* The day of the calendar, from the number of days since 1970 (H. Hinnant's civil_from_days: years begin in March, in eras of 400). */
struct str moment_day(struct arena *a, int64_t moment) {
        int64_t days = moment / MOMENT_DAY - (moment % MOMENT_DAY < 0) + 719468, era = (days >= 0 ? days : days - 146096) / 146097,
                of_era = days - era * 146097, year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365,
                of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;

        return str_fmt(a, "%04d-%02d-%02d", (int)(year + era * 400 + (month >= 10)), (int)(month < 10 ? month + 3 : month - 9),
                       (int)(of_year - (153 * month + 2) / 5 + 1));
}

struct str moment_text(struct arena *a, int64_t moment) {
        int64_t second = moment % MOMENT_DAY + (moment % MOMENT_DAY < 0 ? MOMENT_DAY : 0);

        return str_fmt(a, "%.*sT%02d:%02d:%02dZ", STR_ARG(moment_day(a, moment)), (int)(second / 3600), (int)(second / 60 % 60),
                       (int)(second % 60));
}
