#include "bench/sample_mail.h"

#include <fmt/format.h>

#include "base/text.h"

namespace bench {

namespace {

constexpr std::string_view kSentences[] = {
    "I went through the notes of last week and found two things that we have not settled yet.",
    "Could you tell me which of the two drafts you would rather read aloud?",
    "The room on the second floor is free in the morning, the small one only after lunch.",
    "It would help to know how many people are coming, so that there are chairs for everyone.",
    "Nothing of this is urgent; an answer by the end of the week is early enough.",
    "We could also walk over and look at it together, if the weather stays as it is.",
    "The printer has been mended and the paper lies where it used to lie.",
};

}  // namespace

std::string sample_text(std::size_t number, std::size_t bytes) {
    std::string text = fmt::format("Hello number {},\n\n", number);
    for (std::size_t i = number; text.size() < bytes; ++i) {
        text += kSentences[i % std::size(kSentences)];
        text += i % 3 == 2 ? "\n\n" : "\n";
    }
    return text + "\nKind regards\n";
}

std::string sample_html(const std::string& text) {
    return "<html><body><p>" + base::replace_all(text, "\n\n", "</p>\n<p>") + "</p></body></html>";
}

mime::Outgoing sample_mail(std::size_t number, std::size_t body_bytes) {
    mime::Outgoing mail;
    mail.from = {"Ada Example", *base::Email::parse("ada@sender.test")};
    mail.to = {"Charles Example", *base::Email::parse("charles@seed.test")};
    mail.subject = fmt::format("Notes of last week, number {}", number);
    mail.text = sample_text(number, body_bytes);
    mail.html = sample_html(mail.text);
    mail.message_id = *base::MessageId::parse(fmt::format("<sample{}@sender.test>", number));
    mail.date = {1'795'435'620'000'000};
    mail.zone_offset = std::chrono::minutes(60);
    return mail;
}

}  // namespace bench
