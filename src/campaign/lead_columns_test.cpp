#include "campaign/lead_columns.h"

#include "base/text.h"
#include "campaign/lead_rows.h"

namespace campaign {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

LeadColumns columns_of(const std::string& heading, const ColumnWish& wish = {}) {
    const auto found = find_columns(base::split(heading, ','), wish);
    EXPECT_TRUE(found) << heading << ": " << (found ? "" : found.error().message);
    return found ? *found : LeadColumns{};
}

LeadRow row_in(const std::string& heading, const std::string& line, const ColumnWish& wish = {}) {
    LeadRecord record;
    record.line = 2;
    record.fields = base::split(line, ',');
    return row_of(columns_of(heading, wish), record);
}

TEST(LeadColumns, KnowsTheExportsOfCommonTools) {
    struct Case {
        const char* preset;
        const char* heading;
        const char* line;
    };
    const std::vector<Case> cases = {
        {"apollo",
         "First Name,Last Name,Title,Company Name,Company Name for Emails,Email,Email Status,"
         "Email Confidence,Country,Apollo Contact Id",
         "Ann,Lee,CEO,Shop Ltd,Shop,ann@shop.example,Verified,1,Germany,5f"},
        {"instantly",
         "Email,First Name,Last Name,Company Name,Job Title,Personalization,Lead Status,"
         "Interest Status,Country",
         "ann@shop.example,Ann,Lee,Shop,CEO,hello,1,0,Germany"},
        {"smartlead",
         "first_name,last_name,email,company_name,title,country,linkedin_profile,"
         "is_unsubscribed,lead_category",
         "Ann,Lee,ann@shop.example,Shop,CEO,Germany,,false,none"},
        {"lemlist",
         "email,firstName,lastName,companyName,jobTitle,icebreaker,companyDomain,country",
         "ann@shop.example,Ann,Lee,Shop,CEO,hi,shop.example,Germany"},
        {"hubspot",
         "Record ID,First Name,Last Name,Email,Job Title,Company Name,Contact owner,Lead Status,"
         "Country/Region",
         "17,Ann,Lee,ann@shop.example,CEO,Shop,me,OPEN,Germany"},
        {"sales-navigator",
         "profileUrl,fullName,firstName,lastName,companyName,title,email,isPremium,country,vmid",
         "https://l.example,Ann Lee,Ann,Lee,Shop,CEO,ann@shop.example,true,Germany,x"},
        {"generic",
         "Vorname,Nachname,E-Mail,Firma,Position,Land",
         "Ann,Lee,ann@shop.example,Shop,CEO,Deutschland"},
    };
    for (const Case& one : cases) {
        const LeadColumns columns = columns_of(one.heading);
        EXPECT_EQ(columns.preset, one.preset);
        const LeadRow row = row_in(one.heading, one.line);
        EXPECT_EQ(row.email, "ann@shop.example") << one.preset;
        EXPECT_EQ(row.name, "Ann Lee") << one.preset;
        EXPECT_EQ(row.company, "Shop") << one.preset;
        EXPECT_EQ(row.title, "CEO") << one.preset;
        EXPECT_EQ(row.country, "DE") << one.preset;
        EXPECT_EQ(row.fields.at("first_name"), "Ann") << one.preset;
        for (const auto& [field, column] : columns.own)
            EXPECT_TRUE(field.find("status") == std::string::npos) << one.preset << " " << field;
    }
}

TEST(LeadColumns, KeepsTheRestAsMergeFields) {
    const LeadColumns columns = columns_of("Email,# Employees (est.),Website,website,Domain,Größe");
    std::vector<std::string> names;
    for (const auto& [field, column] : columns.own) names.push_back(field);
    EXPECT_THAT(names, ElementsAre("employees_est", "website", "website_2", "domain_2", "größe"));
}

TEST(LeadColumns, TakesTheOwnersWord) {
    ColumnWish wish;
    wish.mapped = *read_mapping("email=Kontakt,company=Firma, Ort,pain=Notiz");
    EXPECT_EQ(wish.mapped[1].second, "Firma, Ort");
    const auto found = find_columns({"Email", "Kontakt", "Firma, Ort", "Notiz"}, wish);
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_THAT(found->meaning.at("email"), ElementsAre(1u));
    EXPECT_THAT(found->meaning.at("company"), ElementsAre(2u));
    EXPECT_THAT(found->own[0], testing::Pair("pain", 3u));
}

TEST(LeadColumns, TakesTheFirstOfTwoThatIsNotEmpty) {
    EXPECT_EQ(row_in("Email,Work Email", ",ann@shop.example").email, "ann@shop.example");
    EXPECT_EQ(row_in("Email,Work Email", "a@x.example,b@x.example").email, "a@x.example");
}

TEST(LeadColumns, ReadsAFileThatIsAddressesOnly) {
    const LeadColumns columns = columns_of("x,ann@shop.example");
    EXPECT_FALSE(columns.heading);
    EXPECT_THAT(columns.meaning.at("email"), ElementsAre(1u));
}

TEST(LeadColumns, SaysWhatIsWrong) {
    const auto none = find_columns({"Name", "Phone"}, {});
    ASSERT_FALSE(none);
    EXPECT_THAT(none.error().message, HasSubstr("--map email=COLUMN"));
    EXPECT_THAT(none.error().message, HasSubstr("Name, Phone"));
    const auto column = find_columns({"Email"}, {"", {{"company", "Firm"}}});
    ASSERT_FALSE(column);
    EXPECT_THAT(column.error().message, HasSubstr("there is no such column"));
    const auto preset = find_columns({"Email"}, {"salesforce", {}});
    ASSERT_FALSE(preset);
    EXPECT_THAT(preset.error().message, HasSubstr("apollo"));
    for (const char* map : {"", "email", "email=", "=Column"})
        EXPECT_FALSE(read_mapping(map)) << map;
}

TEST(LeadRows, CleanAddresses) {
    const std::vector<std::pair<const char*, const char*>> cases = {
        {" ann@x.example ", "ann@x.example"},
        {"mailto:ann@x.example", "ann@x.example"},
        {"Ann Lee <ann@x.example>;", "ann@x.example"},
        {"\u00A0ann@x.example\u200B", "ann@x.example"},
        {"'ann@x.example'", "ann@x.example"},
        {"ann@x.example.", "ann@x.example"},
        {"ann@x.example, ben@x.example", "ann@x.example, ben@x.example"},
        {"", ""},
        {"<>", ""},
    };
    for (const auto& [text, address] : cases) EXPECT_EQ(address_in(text), address) << text;
}

TEST(LeadRows, NameCountries) {
    const std::vector<std::pair<const char*, const char*>> cases = {
        {"de", "DE"},
        {"Germany", "DE"},
        {"DEUTSCHLAND", "DE"},
        {"Österreich", "AT"},
        {"ÖSTERREICH", "AT"},
        {"U.S.A.", "US"},
        {"UK", "GB"},
        {"Munich, Bavaria, Germany", "DE"},
        {"South Korea", "KR"},
        {"Korea", "KR"},
        {"Congo", "CG"},
        {"Atlantis", ""},
        {"", ""},
    };
    for (const auto& [text, code] : cases) EXPECT_EQ(country_code(text), code) << text;
    EXPECT_EQ(country_of_domain("shop.co.uk"), "GB");
    EXPECT_EQ(country_of_domain("shop.de"), "DE");
    for (const char* domain : {"shop.io", "shop.com", "shop.co", "shop", "shop.example"})
        EXPECT_EQ(country_of_domain(domain), "") << domain;
}

TEST(LeadRows, KeepNoLineEndsAndNoHalfCharacters) {
    EXPECT_EQ(clean_value(" a\r\n b\tc\x01 ", 100), "a b c");
    EXPECT_EQ(clean_value("\u00F6\u00F6\u00F6", 5), "\u00F6\u00F6");
    EXPECT_EQ(clean_value(std::string(5000, 'x'), 10), "xxxxxxxxxx");
}

TEST(LeadRows, TakeKnownZonesOnly) {
    EXPECT_EQ(row_in("Email,Time Zone", "a@x.example,Europe/Berlin").zone, "Europe/Berlin");
    EXPECT_EQ(row_in("Email,Time Zone", "a@x.example,CEST please").zone, "");
}

}  // namespace
}  // namespace campaign
