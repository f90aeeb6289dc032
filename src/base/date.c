#include "base/date.h"

enum { HALF_A_YEAR = 183 };

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
