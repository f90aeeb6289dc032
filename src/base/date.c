#include "base/date.h"

enum { HALF_A_YEAR = 183, DAY = 24 * 60 * 60 };

static bool digits(struct str s, ptrdiff_t from, ptrdiff_t n, int32_t *ret) {
        *ret = 0;
        for (ptrdiff_t i = from; i < from + n; i++) {
                if (s.p[i] < '0' || s.p[i] > '9')
                        return false;
                *ret = *ret * 10 + (s.p[i] - '0');
        }
        return true;
}

static int32_t days_of(int32_t year, int32_t month) {
        static const int8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

        return days[month - 1] + (month == 2 && leap);
}

bool date_days(struct str s, int32_t *ret) {
        int32_t year, month, day, before;

        if (s.len != 10 || s.p[4] != '-' || s.p[7] != '-' || !digits(s, 0, 4, &year) || !digits(s, 5, 2, &month) ||
            !digits(s, 8, 2, &day))
                return false;
        if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_of(year, month))
                return false;
        before = year - 1; /* whole years since the day before 0001-01-01 */
        *ret = before * 365 + before / 4 - before / 100 + before / 400 + day - 719163;
        for (int32_t m = 1; m < month; m++)
                *ret += days_of(year, m);
        return true;
}

bool date_valid(struct str s) {
        int32_t days;

        return date_days(s, &days);
}

bool date_seconds(struct str moment, int64_t *ret) {
        int32_t days, hour = 0, minute = 0, second = 0;

        if ((moment.len != 10 && moment.len != 20) || !date_days(str_sub(moment, 0, 10), &days))
                return false;
        if (moment.len == 20 && (moment.p[10] != 'T' || moment.p[13] != ':' || moment.p[16] != ':' || moment.p[19] != 'Z' ||
                                 !digits(moment, 11, 2, &hour) || !digits(moment, 14, 2, &minute) || !digits(moment, 17, 2, &second) ||
                                 hour > 23 || minute > 59 || second > 60))
                return false;
        *ret = (int64_t)days * DAY + hour * 3600 + minute * 60 + second;
        return true;
}

bool date_is_moment(struct str s) {
        int64_t seconds;

        return date_seconds(s, &seconds);
}

struct str date_moment(struct str s) {
        struct str day = str_sub(s, 0, s.len < 10 ? s.len : 10);

        return date_is_moment(s) ? s : date_valid(day) ? day : (struct str){ 0 };
}

static void put(char *to, int digit_count, int32_t number) {
        for (int i = digit_count; i-- > 0; number /= 10)
                to[i] = (char)('0' + number % 10);
}

void date_of_seconds(int64_t seconds, char ret[21]) {
        const int64_t last = INT64_C(253402300799); /* 9999-12-31T23:59:59Z */
        int64_t now = seconds < 0 ? 0 : seconds > last ? last : seconds;
        int32_t days = (int32_t)(now / DAY), rest = (int32_t)(now % DAY), year = 1970, month = 1;

        while (days >= 365 + (days_of(year, 2) == 29)) {
                days -= 365 + (days_of(year, 2) == 29);
                year++;
        }
        for (; days >= days_of(year, month); month++)
                days -= days_of(year, month);
        memcpy(ret, "0000-00-00T00:00:00Z", 21);
        put(ret, 4, year);
        put(ret + 5, 2, month);
        put(ret + 8, 2, days + 1);
        put(ret + 11, 2, rest / 3600);
        put(ret + 14, 2, rest / 60 % 60);
        put(ret + 17, 2, rest % 60);
}

bool date_stale(struct str list, struct str day) {
        char whole[10];
        int32_t from, to, month;

        if (list.len == 7 && digits(list, 5, 2, &month) && month >= 1 && month <= 12) {
                int32_t last = days_of(2000 /* a day more or less in February */, month);

                memcpy(whole, list.p, 7);
                whole[7] = '-';
                whole[8] = (char)('0' + last / 10);
                whole[9] = (char)('0' + last % 10);
                if (month == 2)
                        whole[9] = '8';
                list = str_n(whole, 10);
        }
        return date_days(list, &from) && date_days(day, &to) && to - from > HALF_A_YEAR;
}
