#include "cli/policy_consent.h"

namespace cli {
namespace {

mailbox::Mailbox of(std::int64_t id, const std::string& provider) {
    mailbox::Mailbox mailbox;
    mailbox.id = id;
    mailbox.provider = provider;
    return mailbox;
}

std::vector<std::int64_t> ids(const std::vector<mailbox::Mailbox>& mailboxes) {
    std::vector<std::int64_t> ids;
    for (const mailbox::Mailbox& mailbox : mailboxes) ids.push_back(mailbox.id);
    return ids;
}

using Ids = std::vector<std::int64_t>;

// A yes that was followed by a no once was lost.
TEST(AskEachProvider, KeepsAYesBeforeTheNextQuestion) {
    std::vector<std::string> events;
    const Consent consent = ask_each_provider(
        {of(1, "zoho"), of(2, "gmail"), of(3, "zoho"), of(4, "gmail"), of(5, "outlook")},
        [&](const mailbox::Preset& preset) -> base::Result<> {
            events.push_back("ask " + preset.name);
            if (preset.name == "gmail")
                return base::fail(base::ErrorCode::cancelled, "policy", "not accepted");
            return {};
        },
        [&](const mailbox::Mailbox& mailbox) {
            events.push_back("keep " + std::to_string(mailbox.id));
        }
    );
    EXPECT_EQ(
        events,
        (std::vector<std::string>{
            "ask zoho", "keep 1", "ask gmail", "keep 3", "ask outlook", "keep 5"
        })
    );
    EXPECT_EQ(ids(consent.accepted), (Ids{1, 3, 5}));
    EXPECT_EQ(ids(consent.declined), (Ids{2, 4}));
    ASSERT_TRUE(consent.refusal);
    EXPECT_EQ(consent.refusal->code, base::ErrorCode::cancelled);
}

TEST(AskEachProvider, AsksOnceWhereNobodyAnswers) {
    int asked = 0;
    const Consent consent = ask_each_provider(
        {of(1, "zoho"), of(2, "gmail")},
        [&](const mailbox::Preset&) -> base::Result<> {
            ++asked;
            return base::fail(base::ErrorCode::invalid_input, "policy", "use --accept-policy");
        },
        [](const mailbox::Mailbox&) { ADD_FAILURE() << "nothing was accepted"; }
    );
    EXPECT_EQ(asked, 1);
    EXPECT_TRUE(consent.accepted.empty());
    ASSERT_TRUE(consent.refusal);
    EXPECT_EQ(consent.refusal->code, base::ErrorCode::invalid_input);
}

}  // namespace
}  // namespace cli
