#include "mailbox/presets.h"

#include "mailbox/mailboxes.h"

TEST(Presets, KnowTheProvidersOfTheStory) {
    ASSERT_EQ(mailbox::presets().size(), 3U);
    const mailbox::Preset* zoho = mailbox::find_preset("zoho");
    ASSERT_NE(zoho, nullptr);
    EXPECT_EQ(mailbox::to_url(zoho->smtp, "smtp"), "smtp+starttls://smtppro.zoho.com:587");
    EXPECT_EQ(mailbox::to_url(zoho->imap, "imap"), "imaps://imappro.zoho.com:993");
    EXPECT_TRUE(mailbox::find_preset("outlook")->passwords_refused);
    EXPECT_EQ(mailbox::preset_for(*base::Email::parse("x@GMAIL.com"))->name, "gmail");
    EXPECT_EQ(mailbox::preset_for(*base::Email::parse("x@own-domain.test")), nullptr);
}

TEST(Presets, EveryPolicyLineHasADateAndASource) {
    for (const mailbox::Preset& preset : mailbox::presets())
        for (const std::string& line : preset.policy)
            EXPECT_NE(line.find("read 20"), std::string::npos) << line;
}
