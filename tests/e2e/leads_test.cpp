// Leads on the command line: a campaign from its file, leads from CSV files of all kinds, what is
// refused and why, basis, suppressions, and a person's data. The DNS is a server on the loopback.
#include <sys/stat.h>

#include <boost/json.hpp>

#include "net/loopback_dns.h"
#include "tests/e2e/program.h"

namespace e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Leads : public Program {
  protected:
    void SetUp() override {
        for (const char* domain : {"shop.example", "other.example", "shop.de", "gmail.com"})
            dns_.add(domain, net::LoopbackDns::mx(10, "aspmx.l.google.com"));
        dns_.add("null.example", net::LoopbackDns::mx(0, "."));
        environment["PILOTLIGHT_DNS_SERVER"] = dns_.address();
        environment["USER"] = "ann";
        set_up();
        const Outcome example = run({"campaign", "create", "--example"});
        put("shops.toml", example.out);
        must({"campaign", "create", "shops", "--file", "shops.toml"});
    }
    boost::json::object take_in(std::vector<std::string> arguments) {
        std::vector<std::string> all = {"campaign", "import-leads"};
        all.insert(all.end(), arguments.begin(), arguments.end());
        return boost::json::parse(json(all)).as_object();
    }
    std::int64_t count(const boost::json::object& document, const char* name) {
        return document.at(name).as_int64();
    }

    net::LoopbackDns dns_;
};

constexpr const char* kFile =
    "First Name;Last Name;E-Mail;Firma;Land;# Employees\n"
    "Ann;Lee;ann@shop.example;\"Shop; \"\"Best\"\" Ltd\";USA;12\n"
    "Ben;Gr\xC3\xBCn;ben@shop.example;Shop;USA;3\n"
    "Kim;Lee;ANN@shop.example;Shop;USA;\n"
    "Info;;info@shop.example;Shop;USA;\n"
    "Uwe;;uwe@shop.de;Laden;Deutschland;\n"
    "Eve;;eve@gmail.com;;;\n"
    "Nul;;nul@null.example;;USA;\n"
    "Bad;;bad;;USA;\n"
    "Own;;ann@example.com;;USA;\n"
    "Thr;;x@mailinator.com;;USA;\n";

TEST_F(Leads, ComeInWithTheirReasons) {
    put("leads.csv", kFile);
    const boost::json::object done = take_in({"shops", "leads.csv", "--report", "refused.csv"});
    EXPECT_EQ(count(done, "rows"), 10);
    EXPECT_EQ(count(done, "ready"), 2);
    EXPECT_EQ(count(done, "needs_basis"), 2);
    EXPECT_EQ(count(done, "refused"), 6);
    EXPECT_EQ(done.at("delimiter").as_string(), ";");
    EXPECT_EQ(boost::json::serialize(done.at("merge_fields")), R"(["employees"])");
    const std::string report = text("refused.csv");
    for (const char* line :
         {"line,email,reason,why\n",
          "4,ANN@shop.example,duplicate_in_file,",
          "5,info@shop.example,role_address,",
          "8,nul@null.example,no_mail_server,",
          "9,bad,malformed,",
          "10,ann@example.com,own_mailbox,",
          "11,x@mailinator.com,disposable,"})
        EXPECT_THAT(report, HasSubstr(line));
    const boost::json::value leads = boost::json::parse(json({"campaign", "leads", "shops"}));
    EXPECT_EQ(leads.at("counts").at("ready").as_int64(), 2);
    EXPECT_EQ(leads.at("leads").at(0).at("company").as_string(), "Shop; \"Best\" Ltd");
    EXPECT_EQ(leads.at("leads").at(0).at("mx_provider").as_string(), "google");
    EXPECT_EQ(leads.at("leads").at(0).at("fields").at("employees").as_string(), "12");
    EXPECT_EQ(leads.at("leads").at(1).at("name").as_string(), "Ben Gr\xC3\xBCn");
}

TEST_F(Leads, ASecondImportAddsNothing) {
    put("leads.csv", kFile);
    take_in({"shops", "leads.csv"});
    const std::string before = everything();
    const boost::json::object again = take_in({"shops", "leads.csv"});
    EXPECT_EQ(count(again, "added"), 0);
    EXPECT_EQ(count(again, "known"), 4);
    EXPECT_EQ(everything(), before);
    const boost::json::object dry = take_in({"shops", "leads.csv", "--dry-run"});
    EXPECT_EQ(count(dry, "known"), 4);
    EXPECT_EQ(everything(), before);
}

TEST_F(Leads, OneAddressIsInOneCampaignUnlessTheOwnerSaysSo) {
    put("one.csv", "email\nann@shop.example\n");
    take_in({"shops", "one.csv"});
    must({"campaign", "create", "second", "--file", "shops.toml"});
    const boost::json::object second = take_in({"second", "one.csv"});
    EXPECT_EQ(second.at("refused_rows").at(0).at("reason").as_string(), "known_elsewhere");
    EXPECT_EQ(count(take_in({"second", "one.csv", "--allow-known"}), "added"), 1);
}

TEST_F(Leads, AreReadInAnyEncoding) {
    put("latin.csv", "email,name\nann@shop.example,J\xF6rg \x80\n");
    EXPECT_EQ(take_in({"shops", "latin.csv"}).at("encoding").as_string(), "Windows-1252");
    std::string wide = "\xFF\xFE";
    for (const char16_t c : std::u16string(u"email\tname\r\nben@shop.example\tZo\u00EB\r\n")) {
        wide += static_cast<char>(c & 0xFF);
        wide += static_cast<char>(c >> 8);
    }
    put("wide.csv", wide);
    const boost::json::object done = take_in({"shops", "wide.csv"});
    EXPECT_EQ(done.at("encoding").as_string(), "UTF-16LE");
    const std::string leads = json({"campaign", "leads", "shops"});
    EXPECT_THAT(leads, HasSubstr("J\xC3\xB6rg \xE2\x82\xAC"));
    EXPECT_THAT(leads, HasSubstr("Zo\xC3\xAB"));
}

TEST_F(Leads, WaitForABasisUntilItIsRecorded) {
    put("leads.csv", "email\nuwe@shop.de\neve@gmail.com\nann@shop.example\n");
    take_in({"shops", "leads.csv"});
    put("agreed.csv", "email\nuwe@shop.de\nnobody@shop.de\n");
    const boost::json::value first = boost::json::parse(
        json({"campaign", "basis", "shops", "--consent", "--emails", "agreed.csv"})
    );
    EXPECT_EQ(first.at("freed").as_int64(), 1);
    EXPECT_EQ(first.at("unknown").as_int64(), 1);
    EXPECT_EQ(first.at("by").as_string(), "ann");
    const boost::json::value rest = boost::json::parse(
        json({"campaign", "basis", "shops", "--basis", "customers", "--all", "--by", "Ben"})
    );
    EXPECT_EQ(rest.at("freed").as_int64(), 1);
    const boost::json::value leads = boost::json::parse(json({"campaign", "leads", "shops"}));
    EXPECT_EQ(leads.at("counts").at("ready").as_int64(), 3);
    EXPECT_EQ(leads.at("leads").at(0).at("basis").as_string(), "consent");
    EXPECT_EQ(leads.at("leads").at(1).at("basis_by").as_string(), "Ben");
    EXPECT_EQ(run({"campaign", "basis", "shops", "--all"}).exit_code, 2);
    EXPECT_EQ(run({"campaign", "basis", "shops", "--consent"}).exit_code, 2);
}

TEST_F(Leads, WhatIsSuppressedNeverComesIn) {
    put("leads.csv", "email\nann@shop.example\nben@other.example\n");
    take_in({"shops", "leads.csv"});
    must({"suppress", "add", "ann@shop.example", "--note", "asked on the phone"});
    put("list.csv", "domain\nother.example\n");
    must({"suppress", "import", "list.csv"});
    const boost::json::value leads = boost::json::parse(json({"campaign", "leads", "shops"}));
    EXPECT_EQ(leads.at("counts").at("stopped").as_int64(), 2);
    put("more.csv", "email\nkim@mail.other.example\n");
    dns_.add("mail.other.example", net::LoopbackDns::mx(1, "m.example"));
    EXPECT_EQ(
        take_in({"shops", "more.csv"}).at("refused_rows").at(0).at("reason").as_string(),
        "suppressed"
    );
    EXPECT_THAT(json({"suppress", "list"}), HasSubstr("asked on the phone"));
    EXPECT_EQ(run({"suppress", "add", "not an address"}).exit_code, 2);
    put("bad.csv", "ann@x.example\nbroken broken\n");
    const Outcome bad = run({"suppress", "import", "bad.csv"});
    EXPECT_EQ(bad.exit_code, 2);
    EXPECT_THAT(bad.err, HasSubstr("bad.csv:2"));
}

TEST_F(Leads, APersonIsShownAndForgotten) {
    put("leads.csv", "email,name,note\nann@shop.example,Ann Onymous,private words\n");
    take_in({"shops", "leads.csv"});
    edit_store(
        "INSERT INTO email_drafts (lead_id, to_email, subject, body, status, created_at) "
        "VALUES (1, 'ann@shop.example', 'Hello', 'private words', 'ready_to_send', 1)"
    );
    edit_store(
        "INSERT INTO campaign_replies (mailbox_id, kind, \"from\", text, received_at, created_at) "
        "VALUES (1, 'reply', 'Ann@shop.example', 'private words', 1, 1)"
    );
    const boost::json::value known =
        boost::json::parse(run({"lead", "export", "ann@SHOP.example"}).out);
    EXPECT_EQ(known.at("leads").at(0).at("fields").at("note").as_string(), "private words");
    EXPECT_EQ(known.at("drafts").as_array().size(), 1u);
    EXPECT_EQ(known.at("replies").as_array().size(), 1u);
    ASSERT_THAT(everything(), HasSubstr("private words"));
    const boost::json::value erased =
        boost::json::parse(json({"lead", "erase", "ann@shop.example"}));
    EXPECT_EQ(erased.at("leads").as_int64(), 1);
    for (const char* word : {"private words", "Onymous", "ann@shop", "Ann@shop"})
        EXPECT_THAT(everything(), Not(HasSubstr(word)));
    EXPECT_EQ(
        take_in({"shops", "leads.csv"}).at("refused_rows").at(0).at("reason").as_string(),
        "suppressed"
    );
    // The hash is what is known still, and it names nobody.
    const std::string rest = run({"lead", "export", "ann@shop.example"}).out;
    EXPECT_THAT(rest, HasSubstr("\"hash\""));
    EXPECT_THAT(
        run({"lead", "export", "nobody@shop.example"}).err, HasSubstr("nothing is known of")
    );
}

TEST_F(Leads, AVerifierIsAskedBeforeTheFirstMail) {
    put("verify.sh",
        "#!/bin/sh\ncase \"$1\" in ann*) echo valid;; ben*) echo invalid;; *) echo unknown;; "
        "esac\n");
    ASSERT_EQ(::chmod(path("verify.sh").c_str(), 0700), 0);
    put("v.toml",
        "[rules]\nverifier = \"command:" + path("verify.sh") +
            "\"\n[[step]]\nsubject = \"s\"\nbody = \"b\"\n");
    must({"campaign", "create", "verified", "--file", "v.toml"});
    put("leads.csv", "email\nann@shop.example\nben@shop.example\nkim@shop.example\n");
    take_in({"verified", "leads.csv"});
    const boost::json::value done =
        boost::json::parse(json({"campaign", "leads", "verified", "--verify"}));
    EXPECT_EQ(done.at("verified").at("valid").as_int64(), 1);
    EXPECT_EQ(done.at("verified").at("invalid").as_int64(), 1);
    EXPECT_EQ(done.at("verified").at("unknown").as_int64(), 1);
    EXPECT_EQ(done.at("counts").at("stopped").as_int64(), 1);
}

TEST_F(Leads, AChangedFileChangesTheCampaign) {
    edit("shops.toml", "shall I leave it at that?", "may I ask once more?");
    const boost::json::value changed =
        boost::json::parse(json({"campaign", "create", "shops", "--file", "shops.toml"}));
    EXPECT_FALSE(changed.at("created").as_bool());
    EXPECT_EQ(changed.at("texts").at("kept").as_int64(), 3);
    EXPECT_EQ(changed.at("texts").at("added").as_int64(), 1);
    EXPECT_EQ(changed.at("texts").at("retired").as_int64(), 1);
    edit("shops.toml", "[sender]", "[sender]\nnmae = \"x\"");
    const Outcome wrong = run({"campaign", "create", "shops", "--file", "shops.toml"});
    EXPECT_EQ(wrong.exit_code, 2);
    EXPECT_THAT(wrong.err, HasSubstr("did you mean sender.name?"));
}

TEST_F(Leads, WrongOrdersAreNamed) {
    put("nothing.csv", "name,phone\nAnn,1\n");
    const Outcome columns = run({"campaign", "import-leads", "shops", "nothing.csv"});
    EXPECT_EQ(columns.exit_code, 2);
    EXPECT_THAT(columns.err, HasSubstr("--map email=COLUMN"));
    EXPECT_THAT(
        run({"campaign", "import-leads", "shop", "nothing.csv"}).err, HasSubstr("there are: shops")
    );
    EXPECT_NE(run({"campaign", "import-leads", "shops", "none.csv"}).exit_code, 0);
    put("empty.csv", "");
    EXPECT_EQ(run({"campaign", "import-leads", "shops", "empty.csv"}).exit_code, 2);
    put("leads.csv", kFile);
    const Outcome report =
        run({"campaign", "import-leads", "shops", "leads.csv", "--report", "shops.toml"});
    EXPECT_NE(report.exit_code, 0);
    EXPECT_THAT(report.err, HasSubstr("is there already"));
    EXPECT_EQ(run({"campaign", "create"}).exit_code, 2);
}

TEST_F(Leads, TextIsForPeople) {
    put("leads.csv", kFile);
    const Outcome outcome = run({"campaign", "import-leads", "shops", "leads.csv"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");  // no progress bar where there is no terminal
    for (const char* words :
         {"10 rows (UTF-8, cut by semicolon",
          "wait for a basis",
          "role_address",
          "line 9: bad",
          "{{employees}}"})
        EXPECT_THAT(outcome.out, HasSubstr(words));
}

}  // namespace
}  // namespace e2e
