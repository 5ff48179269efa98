#include "inbound/return_date.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/text.h"
#include "inbound/auto_reply_words.h"
#include "inbound/fold.h"
#include "inbound/phrases.h"

namespace inbound {

namespace {

// Words between "back on" and the day: "the", a weekday, a time.
constexpr std::size_t kSkippedMax = 4;
// A day this far in the past, without a year, is meant in the next year.
constexpr std::int64_t kPastDaysMax = 30;
constexpr std::int64_t kMicrosPerDay = 86'400'000'000;

using Words = std::vector<std::string_view>;

std::map<std::string, int, std::less<>> numbered(std::string_view list) {
    std::map<std::string, int, std::less<>> numbers;
    for (const std::string& entry : auto_reply_words().of(list)) {
        const std::vector<std::string_view> words = words_of(entry);
        const auto number = base::parse_int(words.front());
        for (std::size_t i = 1; i < words.size(); ++i)
            numbers.emplace(words[i], static_cast<int>(number.value_or(0)));
    }
    return numbers;
}

int month_named(std::string_view word) {
    static const auto months = numbered("months");
    const auto found = months.find(word);
    return found == months.end() ? 0 : found->second;
}

// 1 is Monday.
int weekday_named(std::string_view word) {
    static const auto weekdays = numbered("weekdays");
    const auto found = weekdays.find(word);
    return found == weekdays.end() ? 0 : found->second;
}

int number_of(std::string_view word) {
    if (word.empty() || word.size() > 4) return -1;
    return static_cast<int>(base::parse_int(word).value_or(-1));
}

bool is_valid(base::Date date) {
    return date.year >= 1990 && date.year <= 2100 && date.month >= 1 && date.month <= 12 &&
           date.day >= 1 && date.day <= 31 &&
           base::date_from_days(base::days_from_date(date)) == date;
}

int full_year(int year, std::size_t digits) { return digits <= 2 ? 2000 + year : year; }

class DayReader {
  public:
    DayReader(std::string_view text, const Words& words, std::optional<std::int64_t> today)
        : text_(text), words_(words), today_(today) {}

    // The day that words from `at` on name; nothing where they name none.
    std::optional<std::int64_t> read(std::size_t at) const {
        static const Phrases tomorrow(auto_reply_words().of("tomorrow"));
        int weekday = 0;
        for (std::size_t i = at; i < words_.size() && i <= at + kSkippedMax; ++i) {
            if (i > at && ends_sentence(i - 1)) break;
            if (const auto day = day_at(i)) return day;
            if (today_ && tomorrow.words_at(words_, i) > 0) return *today_ + 1;
            if (weekday == 0) weekday = weekday_named(words_[i]);
        }
        if (weekday == 0 || !today_) return std::nullopt;
        // 1970-01-01 was a Thursday.
        const std::int64_t now = (*today_ + 3) % 7 + 1;
        const std::int64_t ahead = (weekday - now + 7) % 7;
        return *today_ + (ahead == 0 ? 7 : ahead);
    }

    // The day named nearest before word `at`: "ab 4. Januar wieder da".
    std::optional<std::int64_t> read_before(std::size_t at) const {
        for (std::size_t back = 1; back <= kSkippedMax && back <= at; ++back)
            if (const auto day = day_at(at - back)) return day;
        return std::nullopt;
    }

    // The last "2027年1月4日" of the text: the words around it have no blanks to find them by.
    std::optional<std::int64_t> last_asian() const {
        std::optional<std::int64_t> last;
        for (std::size_t i = 0; i + 2 < words_.size(); ++i) {
            if (number_of(words_[i]) < 0 || !is_asian_unit(words_[i + 1])) continue;
            const auto day = day_at(i);
            if (!day) continue;
            last = day;
            i += 3;
        }
        return last;
    }

    // The end of the first span: "22 December - 4 January", "December 22-31".
    std::optional<std::int64_t> span_end() const {
        for (std::size_t i = 0; i + 1 < words_.size(); ++i) {
            const std::string_view joint = base::trim(gap(i));
            if (!joint.ends_with('-') || joint.find_first_not_of(" .-") != joint.npos) continue;
            const int first = number_of(word(i));
            if (first < 0 && month_named(word(i)) == 0) continue;
            if (const auto day = day_at(i + 1)) return day;
            const int month = i > 0 ? month_named(word(i - 1)) : 0;
            const int last = number_of(word(i + 1));
            if (month > 0 && first > 0 && last > first && last <= 31)
                return with_year(month, last, i + 2);
        }
        return std::nullopt;
    }

  private:
    static bool is_asian_unit(std::string_view text) {
        return text == "年" || text == "년" || text == "月" || text == "월";
    }
    std::string_view word(std::size_t at) const {
        return at < words_.size() ? words_[at] : std::string_view();
    }
    // The text between a word and the next one, or the end.
    std::string_view gap(std::size_t at) const {
        if (at >= words_.size()) return {};
        const char* from = words_[at].data() + words_[at].size();
        const char* to =
            at + 1 < words_.size() ? words_[at + 1].data() : text_.data() + text_.size();
        return {from, static_cast<std::size_t>(to - from)};
    }
    // A point behind a short word may be an abbreviation ("Mo. 5. Januar").
    bool ends_sentence(std::size_t at) const {
        return gap(at).find_first_of("!?;") != std::string_view::npos ||
               (gap(at).starts_with(". ") && word(at).size() > 4);
    }

    std::optional<std::int64_t> day_at(std::size_t at) const {
        const int first = number_of(word(at));
        if (first < 0) return month_first(at);
        if (const auto day = month_after(at, first)) return day;
        return in_digits(at, first);
    }

    // "January 5th, 2027"
    std::optional<std::int64_t> month_first(std::size_t at) const {
        const int month = month_named(word(at));
        if (month == 0) return std::nullopt;
        const int day = number_of(word(at + 1));
        if (day < 1 || day > 31) return std::nullopt;
        const bool suffix = is_suffix(word(at + 2));
        return with_year(month, day, at + (suffix ? 3 : 2));
    }

    static bool is_suffix(std::string_view text) {
        constexpr std::array<std::string_view, 9> kSuffixes = {
            "st", "nd", "rd", "th", "er", "º", "de", "of", "ª"
        };
        return std::ranges::find(kSuffixes, text) != kSuffixes.end();
    }

    // "5 January", "5. Januar 2027", "5th of January", "5 de enero de 2027"
    std::optional<std::int64_t> month_after(std::size_t at, int day) const {
        std::size_t i = at + 1;
        while (i < at + 3 && is_suffix(word(i))) ++i;
        const int month = month_named(word(i));
        if (month == 0 || day < 1 || day > 31) return std::nullopt;
        std::size_t year = i + 1;
        if (is_suffix(word(year)) || word(year) == "del") ++year;
        return with_year(month, day, year);
    }

    std::optional<std::int64_t> with_year(int month, int day, std::size_t at) const {
        const int year = number_of(word(at));
        if (word(at).size() == 4 && year > 1990) return in_days({year, month, day});
        return without_year(month, day);
    }

    std::optional<std::int64_t> without_year(int month, int day) const {
        if (!today_) return std::nullopt;
        const int year = base::date_from_days(*today_).year;
        const auto days = in_days({year, month, day});
        if (days && *days >= *today_ - kPastDaysMax) return days;
        return in_days({year + 1, month, day});
    }

    static std::optional<std::int64_t> in_days(base::Date date) {
        if (!is_valid(date)) return std::nullopt;
        return base::days_from_date(date);
    }

    // "2027-01-05", "5.1.2027", "05/01/27", "5.1.", "1月5日"
    std::optional<std::int64_t> in_digits(std::size_t at, int first) const {
        const std::string_view joint = gap(at);
        if (word(at + 1) == "年" || word(at + 1) == "년") return asian(at + 2, first);
        if (word(at + 1) == "月" || word(at + 1) == "월") return asian(at, 0);
        const bool dots = joint == "." || joint == ". ";
        if (!dots && joint != "/" && joint != "-") return std::nullopt;
        const int second = number_of(word(at + 1));
        const std::string_view last_joint = gap(at + 1);
        const int third = number_of(word(at + 2));
        const bool three = third >= 0 && base::trim(last_joint) == base::trim(joint);
        if (three && word(at).size() == 4) return in_days({first, second, third});
        if (three && (word(at + 2).size() == 4 || word(at + 2).size() == 2)) {
            const int year = full_year(third, word(at + 2).size());
            if (joint == "/") return nearer(year, first, second);
            return in_days({year, second, first});
        }
        if (dots && last_joint.starts_with('.')) return without_year(second, first);
        if (joint == "/" && first >= 1 && second >= 1) return nearer(0, first, second);
        return std::nullopt;
    }

    std::optional<std::int64_t> asian(std::size_t at, int year) const {
        const int month = number_of(word(at));
        const int day = number_of(word(at + 2));
        return year > 0 ? in_days({year, month, day}) : without_year(month, day);
    }

    // Day and month in either order: the one that is possible, or nearer behind today.
    std::optional<std::int64_t> nearer(int year, int first, int second) const {
        const auto day_first =
            year > 0 ? in_days({year, second, first}) : without_year(second, first);
        const auto month_first =
            year > 0 ? in_days({year, first, second}) : without_year(first, second);
        if (!day_first || !month_first) return day_first ? day_first : month_first;
        if (!today_) return day_first;
        if (*day_first < *today_) return month_first;
        if (*month_first < *today_) return day_first;
        return std::min(*day_first, *month_first);
    }

    std::string_view text_;
    const Words& words_;
    std::optional<std::int64_t> today_;
};

std::optional<std::int64_t> day_before(
    const Phrases& phrases, const Words& words, const DayReader& reader
) {
    for (std::size_t at = 1; at < words.size(); ++at) {
        if (phrases.words_at(words, at) == 0) continue;
        if (const auto day = reader.read_before(at)) return day;
    }
    return std::nullopt;
}

std::optional<std::int64_t> day_behind(
    const Phrases& phrases, const Words& words, const DayReader& reader
) {
    for (std::size_t at = 0; at < words.size(); ++at) {
        const std::size_t length = phrases.words_at(words, at);
        if (length == 0) continue;
        if (const auto day = reader.read(at + length)) return day;
    }
    return std::nullopt;
}

}  // namespace

std::optional<base::Timestamp> return_date(
    std::string_view text, std::optional<base::Timestamp> sent
) {
    static const Phrases back(auto_reply_words().of("back"));
    static const Phrases until(auto_reply_words().of("until"));
    const std::string folded = fold(text.substr(0, kReturnBytesMax));
    const Words words = words_of(folded);
    std::optional<std::int64_t> today;
    if (sent) today = sent->micros / kMicrosPerDay;
    const DayReader reader(folded, words, today);
    auto day = day_behind(back, words, reader);
    if (!day) day = day_before(back, words, reader);
    if (!day) day = day_behind(until, words, reader);
    if (!day) day = reader.last_asian();
    if (!day) day = reader.span_end();
    if (!day) return std::nullopt;
    return base::Timestamp{*day * kMicrosPerDay};
}

}  // namespace inbound
