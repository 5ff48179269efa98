#include "tests/lab/campaign_check.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace lab {

namespace {

constexpr std::size_t kMailsMax = 3;

bool opens_a_thread(const LeadMail& mail) {
    return mail.in_reply_to.empty() && mail.references.empty() &&
           !base::to_lower(mail.subject).starts_with("re:");
}

void check_answer(const LeadMail& first, const LeadMail& second, std::vector<std::string>& faults) {
    if (second.subject != "Re: " + first.subject)
        faults.push_back("the second mail's subject is '" + second.subject + "'");
    if (second.in_reply_to != first.message_id)
        faults.push_back(
            "the second mail answers " + second.in_reply_to + ", the first is " + first.message_id
        );
    if (!second.references.contains("<" + first.message_id + ">"))
        faults.push_back("the second mail's References lack the first");
}

void check_thread(const LeadStory& story, std::vector<std::string>& faults) {
    if (story.mails.size() < 2) return;
    const LeadMail& second = story.mails[1];
    if (story.thread_known)
        check_answer(story.mails[0], second, faults);
    else if (!opens_a_thread(second) || second.subject != story.mails[0].subject)
        faults.push_back("the second mail claims a thread that nobody knows: " + second.subject);
    if (story.mails.size() >= 3 && !opens_a_thread(story.mails[2]))
        faults.push_back("the third mail is in no new thread: '" + story.mails[2].subject + "'");
}

void check_count(const LeadStory& story, std::vector<std::string>& faults) {
    const Ending ending = ending_of(story.lead.way);
    if (story.mails.size() > kMailsMax)
        faults.push_back(std::to_string(story.mails.size()) + " mails came");
    if (story.sent != ending.mails)
        faults.push_back(
            std::to_string(story.sent) + " mails were sent, not " + std::to_string(ending.mails)
        );
    // Who refuses all mail or has no room keeps none.
    const bool keeps = !story.lead.mailbox.empty() && story.lead.way != Way::refuses &&
                       story.lead.way != Way::full;
    const std::size_t expected = keeps ? static_cast<std::size_t>(story.sent) : 0;
    if (story.mails.size() != expected)
        faults.push_back(
            std::to_string(story.mails.size()) + " mails lie there, not " + std::to_string(expected)
        );
}

bool holds_what_came(const std::string& folder) {
    return folder == "INBOX" || folder.contains("All Mail") || folder.contains("Junk") ||
           folder.contains("Spam");
}

}  // namespace

std::vector<std::string> faults_of(const LeadStory& story, std::chrono::microseconds grace) {
    std::vector<std::string> faults;
    check_count(story, faults);
    for (const LeadMail& mail : story.mails)
        if (mail.from != story.mails[0].from)
            faults.push_back("mails came from " + story.mails[0].from + " and " + mail.from);
    check_thread(story, faults);
    if (story.acted_micros)
        for (const LeadMail& mail : story.mails)
            if (mail.arrived_micros > *story.acted_micros + grace.count())
                faults.push_back("a mail came after the answer: '" + mail.subject + "'");
    const Ending ending = ending_of(story.lead.way);
    if (story.status != ending.status)
        faults.push_back("its status is " + story.status + ", not " + ending.status);
    if (story.suppressed != ending.suppressed)
        faults.push_back(story.suppressed ? "it is suppressed" : "it is not suppressed");
    for (std::string& fault : faults)
        fault = story.lead.email + " (" + to_string(story.lead.way) + "): " + fault;
    return faults;
}

std::vector<LeadMail> lead_mails(const std::vector<StoredMail>& mails) {
    std::vector<LeadMail> out;
    std::set<std::string> known;
    for (const StoredMail& mail : mails) {
        if (!holds_what_came(mail.folder)) continue;
        const std::string id = bare_id(mail.field("Message-ID"));
        if (mail.folder.contains("All Mail") && known.contains(id)) continue;
        // "1732489200.M115257P…": seconds and microseconds of the delivery.
        const auto seconds = base::parse_int(mail.name.substr(0, mail.name.find('.')));
        const std::size_t mark = mail.name.find(".M");
        const std::size_t end =
            mark == std::string::npos ? mark : mail.name.find_first_not_of("0123456789", mark + 2);
        const auto micros = mark == std::string::npos
                                ? std::nullopt
                                : base::parse_int(mail.name.substr(mark + 2, end - mark - 2));
        const std::string from = mail.field("From");
        const std::size_t open = from.find('<');
        LeadMail one{
            open == std::string::npos ? from : from.substr(open + 1, from.find('>') - open - 1),
            id,
            bare_id(mail.field("In-Reply-To")),
            mail.field("References"),
            mail.field("Subject"),
            seconds.value_or(0) * 1'000'000 + micros.value_or(0)
        };
        if (known.insert(id).second) out.push_back(std::move(one));
    }
    std::ranges::sort(out, {}, [](const LeadMail& mail) {
        return std::pair(mail.arrived_micros, mail.message_id);
    });
    return out;
}

}  // namespace lab
