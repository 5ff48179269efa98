#include "mailbox/presets.h"

#include <set>

#include "mailbox/mailboxes.h"

namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

const mailbox::Preset& preset(std::string_view name) {
    const mailbox::Preset* found = mailbox::find_preset(name);
    if (found == nullptr) throw std::runtime_error("no preset " + std::string(name));
    return *found;
}
std::string name_of(const mailbox::Preset* preset) { return preset == nullptr ? "" : preset->name; }
std::string by_domain(const std::string& email) {
    return name_of(mailbox::preset_for(*base::Email::parse(email)));
}

void expect_complete(const mailbox::Preset& one) {
    SCOPED_TRACE(one.name);
    EXPECT_THAT(one.name, MatchesRegex("[a-z0-9-]+"));
    EXPECT_NE(one.title, "");
    EXPECT_THAT(one.family, MatchesRegex("gmail|outlook|zoho|yahoo|icloud|fastmail"));
    EXPECT_THAT(one.smtp.host, MatchesRegex("[a-z0-9.-]+[.](com|eu|in|au|jp|sa|ca)"));
    EXPECT_THAT(one.imap.host, MatchesRegex("[a-z0-9.-]+[.](com|eu|in|au|jp|sa|ca)"));
    EXPECT_EQ(one.smtp.port, one.smtp.tls == net::Tls::implicit ? 465 : 587);
    EXPECT_EQ(one.imap.port, 993);
    EXPECT_EQ(one.imap.tls, net::Tls::implicit);
    EXPECT_FALSE(one.domains.empty() && one.mx_suffixes.empty()) << "nothing leads to it";
    EXPECT_FALSE(one.spam_folders.empty());
    EXPECT_TRUE(one.takes_password || one.oauth) << "no way to log in";
    EXPECT_EQ(one.takes_password, !one.password_help.empty());
    EXPECT_EQ(one.passwords_refused, !one.passwords_refused_words.empty());
    EXPECT_GE(one.sessions.imap, 1);
    EXPECT_GE(one.sessions.smtp, 1);
    if (one.sessions.imap_limit != 0) EXPECT_LT(one.sessions.imap, one.sessions.imap_limit);
    const mailbox::SendLimits& limits = one.limits;
    EXPECT_GT(
        limits.mails_per_day + limits.mails_per_hour + limits.mails_per_minute +
            limits.recipients_per_day,
        0
    );
    EXPECT_NE(limits.source, "");
    EXPECT_THAT(limits.read_on, MatchesRegex("20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]"));
}

}  // namespace

TEST(Presets, AreCompleteAndNamedOnce) {
    std::set<std::string> names;
    for (const mailbox::Preset& one : mailbox::presets()) {
        expect_complete(one);
        EXPECT_TRUE(names.insert(one.name).second) << one.name;
    }
    for (const char* name :
         {"gmail", "workspace", "microsoft365", "outlook", "yahoo", "icloud", "fastmail"})
        EXPECT_TRUE(names.contains(name)) << name;
    for (const char* region : {"", "-eu", "-in", "-au", "-jp", "-sa", "-ca"}) {
        EXPECT_TRUE(names.contains(std::string("zoho") + region)) << region;
        EXPECT_TRUE(names.contains(std::string("zoho-personal") + region)) << region;
    }
}

TEST(Presets, EveryPolicyLineHasADateAndASource) {
    for (const mailbox::Preset& one : mailbox::presets()) {
        EXPECT_FALSE(one.policy.empty()) << one.name;
        for (const mailbox::PolicyLine& line : one.policy) {
            EXPECT_NE(line.text, "") << one.name;
            EXPECT_NE(line.source, "") << one.name;
            EXPECT_THAT(line.read_on, MatchesRegex("20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]"));
            EXPECT_THAT(line.str(), HasSubstr("(" + line.source + ", read " + line.read_on + ")"));
        }
    }
}

TEST(Presets, OAuthEndpointsAreWholeOnceTheTenantIsIn) {
    int with_device_code = 0;
    for (const mailbox::Preset& one : mailbox::presets()) {
        if (!one.oauth) continue;
        SCOPED_TRACE(one.name);
        const mailbox::OAuthPreset oauth = one.oauth->in_tenant();
        for (const std::string& url : {oauth.authorize_url, oauth.token_url})
            EXPECT_THAT(url, MatchesRegex("https://[a-z0-9./]+[a-zA-Z_0-9/.]*"));
        if (!oauth.device_url.empty()) ++with_device_code;
        EXPECT_EQ(oauth.device_url.find('{'), std::string::npos);
        EXPECT_FALSE(oauth.scopes.empty());
        EXPECT_NE(oauth.console, "");
    }
    EXPECT_EQ(with_device_code, 2) << "Microsoft's two";
    EXPECT_EQ(
        preset("microsoft365").oauth->in_tenant("contoso.example").token_url,
        "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token"
    );
    EXPECT_EQ(
        preset("outlook").oauth->in_tenant().device_url,
        "https://login.microsoftonline.com/consumers/oauth2/v2.0/devicecode"
    );
}

TEST(Presets, LeadEveryZohoRegionToItsOwnServers) {
    struct Case {
        const char* suffix;
        const char* host;
    };
    for (const auto& [suffix, host] : std::vector<Case>{
             {"", "zoho.com"},
             {"-eu", "zoho.eu"},
             {"-in", "zoho.in"},
             {"-au", "zoho.com.au"},
             {"-jp", "zoho.jp"},
             {"-sa", "zoho.sa"},
             {"-ca", "zohocloud.ca"}
         }) {
        const std::string end = suffix;
        const mailbox::Preset& own = preset("zoho" + end);
        EXPECT_EQ(
            mailbox::to_url(own.smtp, "smtp"), fmt::format("smtp+starttls://smtppro.{}:587", host)
        );
        EXPECT_EQ(mailbox::to_url(own.imap, "imap"), fmt::format("imaps://imappro.{}:993", host));
        const mailbox::Preset& personal = preset("zoho-personal" + end);
        EXPECT_EQ(personal.smtp.host, fmt::format("smtp.{}", host));
        EXPECT_EQ(personal.imap.host, fmt::format("imap.{}", host));
        EXPECT_EQ(own.family, "zoho");
        EXPECT_EQ(name_of(mailbox::preset_for_mx({fmt::format("mx2.{}.", host)})), own.name);
    }
}

TEST(Presets, AreFoundByTheDomainOfTheAddress) {
    EXPECT_EQ(by_domain("x@GMAIL.com"), "gmail");
    EXPECT_EQ(by_domain("x@hotmail.co.uk"), "outlook");
    EXPECT_EQ(by_domain("x@zohomail.eu"), "zoho-personal-eu");
    EXPECT_EQ(by_domain("x@me.com"), "icloud");
    EXPECT_EQ(by_domain("x@own-domain.test"), "");
    EXPECT_EQ(by_domain("x@notgmail.com"), "");
}

TEST(Presets, AreFoundByTheHostsOfTheMxRecords) {
    struct Case {
        std::vector<std::string> hosts;
        const char* name;
    };
    for (const Case& one : std::vector<Case>{
             {{"ASPMX.L.GOOGLE.COM."}, "workspace"},
             {{"smtp.google.com"}, "workspace"},
             {{"co-example.mail.protection.outlook.com"}, "microsoft365"},
             {{"co-example.k-v1.mx.microsoft"}, "microsoft365"},
             {{"outlook-com.olc.protection.outlook.com"}, "outlook"},
             {{"mx.zoho.com"}, "zoho"},
             {{"mx3.zoho.com.au"}, "zoho-au"},
             {{"in1-smtp.messagingengine.com"}, "fastmail"},
             {{"mx01.mail.icloud.com"}, "icloud"},
             {{"mta5.am0.yahoodns.net"}, "yahoo"},
             {{"mx.filter.example", "mx.zoho.eu"}, "zoho-eu"},
             {{"mx.zoho.in", "aspmx.l.google.com"}, "zoho-in"},
             {{"notgoogle.com"}, ""},
             {{"google.com.evil.test"}, ""},
             {{}, ""}
         })
        EXPECT_EQ(name_of(mailbox::preset_for_mx(one.hosts)), one.name)
            << (one.hosts.empty() ? "none" : one.hosts[0]);
}

TEST(Presets, SayWhoseServersSpeakAndWhoLogsIn) {
    EXPECT_EQ(mailbox::family_of("zoho-personal-sa"), "zoho");
    EXPECT_EQ(mailbox::family_of("workspace"), "gmail");
    EXPECT_EQ(mailbox::family_of("microsoft365"), "outlook");
    EXPECT_EQ(mailbox::family_of("own"), "own");
    EXPECT_EQ(mailbox::family_of(""), "");
    EXPECT_EQ(mailbox::imap_login("icloud", "ann@icloud.com"), "ann");
    EXPECT_EQ(mailbox::imap_login("icloud", "ann"), "ann");
    EXPECT_EQ(mailbox::imap_login("gmail", "ann@gmail.com"), "ann@gmail.com");
    EXPECT_EQ(mailbox::imap_login("", "ann@own.test"), "ann@own.test");
}

TEST(Presets, KeepTheNumbersThatProvidersPublish) {
    EXPECT_EQ(preset("zoho").sessions.imap, 1);
    EXPECT_EQ(preset("zoho").sessions.imap_limit, 3);
    EXPECT_EQ(preset("zoho").limits.mails_per_hour, 50);
    EXPECT_EQ(preset("gmail").sessions.imap_limit, 15);
    EXPECT_EQ(preset("gmail").limits.mails_per_day, 500);
    EXPECT_EQ(preset("workspace").limits.mails_per_day, 2000);
    EXPECT_EQ(preset("microsoft365").limits.mails_per_minute, 30);
    EXPECT_EQ(preset("yahoo").sessions.mails_per_smtp_session, 20);
    EXPECT_EQ(preset("icloud").imap_login, mailbox::ImapLogin::local_part);
    EXPECT_EQ(preset("fastmail").sent_copy, mailbox::SentCopy::files_itself);
    EXPECT_EQ(preset("yahoo").sent_copy, mailbox::SentCopy::unknown);
    EXPECT_TRUE(preset("outlook").passwords_refused);
}
