// Watching a server that behaves oddly. The common ways are tested in the mail world
// (tests/warmup/watching_test.cpp).
#include "inbound/watcher.h"

#include "base/text.h"
#include "tests/support/manual_loop.h"
#include "tests/support/scripted_dialer.h"
#include "tests/warmup/notes_handler.h"

namespace {

using inbound::PassResult;
using tests::small_mail;

// An IMAP server that answers by the first rule whose key stands in the command; "{tag}" is the
// command's tag. A rule with nothing to say hangs up.
constexpr std::string_view kSilence = "…";
struct ImapScript {
    std::vector<std::pair<std::string, std::string>> rules;
    std::vector<std::string> commands;
};

base::Task<> serve_script(std::unique_ptr<net::Stream> stream, ImapScript* script) {
    support::Peer peer(std::move(stream));
    co_await peer.say("* OK ready\r\n");
    while (true) {
        const std::optional<std::string> line = co_await peer.line();
        if (!line) break;
        script->commands.push_back(*line);
        const std::string tag = line->substr(0, line->find(' '));
        std::string answer = "{tag} OK done\r\n";
        for (const auto& [key, said] : script->rules) {
            if (line->find(key) == std::string::npos) continue;
            answer = said;
            break;
        }
        if (answer.empty()) break;
        if (answer == kSilence) continue;
        co_await peer.say(base::replace_all(answer, "{tag}", tag));
    }
    peer.close();
}

std::string literal(const std::string& bytes) {
    return "{" + std::to_string(bytes.size()) + "}\r\n" + bytes;
}

class OddServer : public testing::Test {
  protected:
    OddServer() : db_(tests::open_in_memory(loop_)), scripted_(loop_, loop_.clock()) {
        mailbox_.id = 7;
        mailbox_.email = base::Email::parse("seed@example.com").value();
        mailbox_.login = mailbox_.email.str();
        mailbox_.password = "secret";
        mailbox_.imap = {"imap.odd.test", 993, net::Tls::implicit};
        scripted_.serve(mailbox_.imap, [this](std::unique_ptr<net::Stream> stream) {
            return serve_script(std::move(stream), &script_);
        });
        script_.rules = {
            {"CAPABILITY", "* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n"},
            {" LIST ", "* LIST () \"/\" INBOX\r\n* LIST () \"/\" Archive\r\n{tag} OK done\r\n"},
            {"EXAMINE", kOpened},
            {"SELECT", kOpened},
            {"UID SEARCH HEADER", "* SEARCH\r\n{tag} OK done\r\n"},
            {"UID SEARCH", "* SEARCH 5\r\n{tag} OK done\r\n"},
            {"HEADER.FIELDS",
             "* 1 FETCH (UID 5 BODY[HEADER.FIELDS (X-ABCDEFGH MESSAGE-ID FROM)] " +
                 literal(kHeaders) + ")\r\n{tag} OK done\r\n"},
            {"BODY.PEEK[]",
             "* 1 FETCH (UID 5 BODY[] " + literal(small_mail("one@ours")) + ")\r\n{tag} OK done\r\n"
            },
        };
        notes_.ours["one@ours"] = 1;
        fresh_watcher();
    }
    void fresh_watcher() {
        connector_ = std::make_unique<mailbox::Connector>(
            scripted_, loop_.clock(), mailbox::ConnectorSettings{}
        );
        watcher_ = std::make_unique<inbound::Watcher>(
            mailbox_,
            *connector_,
            *db_,
            loop_.clock(),
            std::vector<inbound::Handler*>{&notes_},
            inbound::WatchSettings{"X-Abcdefgh", {"Spam"}}
        );
    }
    PassResult pass() {
        const base::MonotonicTime deadline = loop_.clock().in(std::chrono::seconds(90));
        return base::run_to_end(loop_, watcher_->pass(deadline));
    }
    std::int64_t cursor(const std::string& folder) {
        const auto read = [folder](store::Connection& connection) {
            return connection.integer(
                "SELECT last_uid FROM imap_cursors WHERE folder = :folder ORDER BY folder",
                store::values(folder)
            );
        };
        return base::run_to_end(loop_, db_->read(store::Role::warmup, read));
    }
    void forget_cursors() {
        base::run_to_end(loop_, db_->run(store::Role::warmup, [](store::Connection& connection) {
            connection.execute("DELETE FROM imap_cursors");
        }));
    }
    void rule(const std::string& key, const std::string& answer) {
        script_.rules.insert(script_.rules.begin(), {key, answer});
    }
    std::int64_t searched_at() {
        const auto read = [](store::Connection& connection) {
            return connection.integer("SELECT searched_at FROM imap_cursors ORDER BY folder");
        };
        return base::run_to_end(loop_, db_->read(store::Role::warmup, read));
    }
    // The folder's mails, "Message-ID: <uid@ours>".
    static std::string headers_answer(std::uint32_t uid) {
        const std::string id = std::to_string(uid);
        return "* " + id + " FETCH (UID " + id +
               " BODY[HEADER.FIELDS (X-ABCDEFGH MESSAGE-ID FROM)] " +
               literal("Message-ID: <" + id + "@ours>\r\nFrom: <anna@co-one.test>\r\n\r\n") +
               ")\r\n{tag} OK done\r\n";
    }
    int commands_with(std::string_view text) const {
        return static_cast<int>(std::ranges::count_if(
            script_.commands,
            [&](const std::string& one) { return one.find(text) != std::string::npos; }
        ));
    }

    static constexpr const char* kOpened =
        "* 1 EXISTS\r\n* OK [UIDVALIDITY 9] x\r\n* OK [UIDNEXT 6] x\r\n{tag} OK done\r\n";
    const std::string kHeaders = "Message-ID: <one@ours>\r\nFrom: <anna@co-one.test>\r\n\r\n";
    support::ManualLoop loop_;
    std::unique_ptr<store::Database> db_;
    ImapScript script_;
    support::ScriptedDialer scripted_;
    mailbox::Mailbox mailbox_;
    tests::NotesHandler notes_;
    std::unique_ptr<mailbox::Connector> connector_;
    std::unique_ptr<inbound::Watcher> watcher_;
};

}  // namespace

TEST_F(OddServer, ThatAnswersInOrderIsReadAsUsual) {
    const PassResult result = pass();
    EXPECT_FALSE(result.error.has_value()) << result.error->describe();
    EXPECT_EQ(result.found, 2);  // the script has one mail in each folder
    EXPECT_EQ(scripted_.problems(), std::vector<std::string>{});
}

TEST_F(OddServer, ThatYieldsTheLastMessageForAnEmptyRangeIsNotReadAgain) {
    pass();
    script_.commands.clear();
    EXPECT_EQ(pass().found, 0);
    EXPECT_EQ(commands_with("UID SEARCH UID 6:*"), 2);
    EXPECT_EQ(commands_with("FETCH"), 0);
}

TEST_F(OddServer, ThatPutsNewsOfOtherMessagesBeforeTheAnswerConfusesNobody) {
    rule(
        "BODY.PEEK[]",
        "* 3 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (UID 8 FLAGS (\\Seen))\r\n"
        "* 1 FETCH (UID 5 BODY[] " +
            literal(small_mail("one@ours")) + ")\r\n{tag} OK done\r\n"
    );
    EXPECT_EQ(pass().found, 2);
    ASSERT_EQ(notes_.handled.size(), 2U);
    EXPECT_EQ(notes_.handled[0].message.text, "Hello.\n");
}

TEST_F(OddServer, ThatGivesNoBodyAnyMoreHasExpungedIt) {
    rule("BODY.PEEK[]", "{tag} OK nothing\r\n");
    const PassResult result = pass();
    EXPECT_FALSE(result.error.has_value());
    EXPECT_TRUE(notes_.handled.empty());
    EXPECT_EQ(cursor("INBOX"), 5);
}

TEST_F(OddServer, ThatRefusesASideFolderIsSearchedInTheOthers) {
    rule("EXAMINE Archive", "{tag} NO not yours\r\n");
    rule("EXAMINE \"Archive\"", "{tag} NO not yours\r\n");
    const PassResult result = pass();
    EXPECT_FALSE(result.error.has_value());
    EXPECT_EQ(result.found, 1);
    // Unsearched: nothing there may be called missing.
    EXPECT_EQ(cursor("Archive"), 0);
}

TEST_F(OddServer, ThatRefusesTheInboxHasFailed) {
    rule("EXAMINE", "{tag} NO [INUSE] come back later\r\n");
    const PassResult result = pass();
    ASSERT_TRUE(result.error.has_value());
    EXPECT_EQ(result.error->code, base::ErrorCode::refused);
    EXPECT_NE(result.error->server_words.find("come back later"), std::string::npos);
}

TEST_F(OddServer, ThatCannotListItsFoldersIsAskedAgain) {
    rule("LIST", "{tag} NO busy\r\n");
    EXPECT_TRUE(pass().error.has_value());
    script_.rules.erase(script_.rules.begin());
    const PassResult result = pass();
    EXPECT_FALSE(result.error.has_value());
    EXPECT_EQ(result.found, 2);
}

TEST_F(OddServer, ThatRefusesFlagsIsReadAllTheSameAndOnce) {
    rule("UID STORE", "{tag} NO read-only\r\n");
    EXPECT_EQ(pass().found, 2);
    EXPECT_EQ(pass().found, 0);
    EXPECT_EQ(notes_.handled.size(), 2U);
}

// Nothing is read twice, and until its end was reached the folder does not count as searched.
TEST_F(OddServer, ThatTakesLongerThanALookIsReadInSeveral) {
    rule(" LIST ", "* LIST () \"/\" INBOX\r\n{tag} OK done\r\n");
    std::string all;
    std::string rest;
    for (int uid = 1; uid <= 450; ++uid) (uid <= 200 ? all : rest) += " " + std::to_string(uid);
    rule("UID SEARCH SINCE", "* SEARCH" + all + rest + "\r\n{tag} OK done\r\n");
    rule("UID SEARCH UID 201:*", "* SEARCH" + rest + "\r\n{tag} OK done\r\n");
    rule("UID FETCH 1:200 ", headers_answer(7));
    rule("UID FETCH 401:450 ", headers_answer(407));
    for (const char* uid : {"7", "207", "407"}) {
        const std::string id = std::string(uid) + "@ours";
        notes_.ours[id] = 1;
        rule(
            "UID FETCH " + std::string(uid) + " ",
            "* 1 FETCH (UID " + std::string(uid) + " BODY[] " + literal(small_mail(id)) +
                ")\r\n{tag} OK done\r\n"
        );
    }
    rule("UID FETCH 201:400 ", std::string(kSilence));
    EXPECT_TRUE(pass().error.has_value());
    EXPECT_EQ(cursor("INBOX"), 200);
    EXPECT_EQ(searched_at(), 0);
    ASSERT_EQ(notes_.handled.size(), 1U);
    script_.rules.front().second = headers_answer(207);
    const PassResult result = pass();
    EXPECT_FALSE(result.error.has_value());
    EXPECT_EQ(result.found, 2);
    EXPECT_EQ(cursor("INBOX"), 450);
    EXPECT_GT(searched_at(), 0);
    ASSERT_EQ(notes_.handled.size(), 3U);
    EXPECT_EQ(notes_.handled[1].place.uid, 207U);
    EXPECT_EQ(notes_.handled[2].place.uid, 407U);
    EXPECT_EQ(commands_with("UID FETCH 1:200 "), 1);
}

TEST_F(OddServer, ThatHangsUpAtAnyCommandLosesNoMail) {
    pass();
    const std::vector<std::string> course = script_.commands;
    ASSERT_GT(course.size(), 10U);
    for (std::size_t at = 0; at < course.size(); ++at) {
        SCOPED_TRACE(course[at]);
        forget_cursors();
        notes_.handled.clear();
        fresh_watcher();
        // Tags count up, so each command's line is told from the others.
        rule(course[at], "");
        const PassResult failed = pass();
        EXPECT_TRUE(failed.error.has_value());
        script_.rules.erase(script_.rules.begin());
        const PassResult result = pass();
        EXPECT_FALSE(result.error.has_value());
        std::set<std::string> folders;
        for (const inbound::Incoming& one : notes_.handled) folders.insert(one.place.folder);
        EXPECT_EQ(folders, (std::set<std::string>{"INBOX", "Archive"}));
    }
}
