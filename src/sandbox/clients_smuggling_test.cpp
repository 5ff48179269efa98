// Ends of data that lax servers take (SMTP smuggling: bare CR or LF around a lone dot, NUL beside
// it), composed and sent by us: each arrives as one message, and no server can see two.
#include "mime/compose.h"
#include "mime/message.h"
#include "sandbox/test_wire.h"
#include "smtp/client.h"
#include "tests/warmup/recording_dialer.h"

namespace sandbox {
namespace {

using namespace std::chrono_literals;
using test::kGmail;
using test::kSender;
using test::TestWorld;

const std::string kNul(1, '\0');
const std::string kSmuggled =
    "MAIL FROM:<eve@example.com>\r\nRCPT TO:<x@example.com>\r\nDATA\r\nSubject: evil\r\n\r\nevil";

// With a NUL a message is refused when it is composed; the others have their line ends mended.
std::vector<std::string> end_forms() {
    return {
        "\n.\n",
        "\n.\r",
        "\n.\r\n",
        "\r.\n",
        "\r.\r",
        "\r.\r\n",
        "\r\n.\n",
        "\r\n.\r",
        "\r\n.\r\n",
        "\r\n.\r\r\n",
        "\r\r\n.\r\r\n",
        "\r\n" + kNul + ".\r\n",
        "\r\n." + kNul + "\r\n",
    };
}

mime::Outgoing usual() {
    mime::Outgoing message;
    message.from = {"Anna", kSender};
    message.to = {"", kGmail};
    message.subject = "A walk on Sunday?";
    message.text = "Shall we go?\n";
    message.message_id = *base::MessageId::parse("one@co-one.test");
    message.date = test::kStart;
    return message;
}

base::Result<std::string> composed(const mime::Outgoing& message) {
    base::SeededRandom random(1);
    return mime::compose(message, random);
}

bool has_bare_line_end(std::string_view wire) {
    for (std::size_t i = 0; i < wire.size(); ++i) {
        if (wire[i] == '\n' && (i == 0 || wire[i - 1] != '\r')) return true;
        if (wire[i] == '\r' && (i + 1 == wire.size() || wire[i + 1] != '\n')) return true;
    }
    return false;
}

base::Task<base::Result<>> allow() { co_return base::Result<>{}; }

void expect_one_arrives(const std::string& bytes) {
    TestWorld test;
    tests::RecordingDialer dialer(test.world.dialer());
    smtp::SessionSettings settings;
    settings.credentials = smtp::Credentials{kSender.str(), "secret"};
    auto client = base::run_to_end(
        test.loop,
        smtp::Client::connect(dialer, test.loop, smtp_endpoint("zoho"), settings, test.loop.in(60s))
    );
    ASSERT_TRUE(client) << client.error().describe();
    const smtp::SendResult sent = base::run_to_end(
        test.loop, (*client)->send({kSender, kGmail}, bytes, allow, test.loop.in(60s))
    );
    EXPECT_EQ(sent.outcome, smtp::Outcome::accepted) << sent.error.describe();
    base::run_to_end(test.loop, (*client)->quit(test.loop.in(60s)));
    ASSERT_EQ(test.world.delivered().size(), 1U);
    EXPECT_EQ(test.world.delivered().front().from, kSender);
    const std::string wire = dialer.written(smtp_endpoint("zoho").host);
    EXPECT_FALSE(has_bare_line_end(wire));
    const std::size_t end = wire.find("\r\n.\r\n");
    ASSERT_NE(end, std::string::npos);
    EXPECT_EQ(wire.substr(end), "\r\n.\r\nQUIT\r\n");
}

TEST(Smuggling, EachFormInABodyArrivesAsOneMessage) {
    for (const std::string& form : end_forms()) {
        SCOPED_TRACE(testing::PrintToString(form));
        for (const std::string& body : {form, "text" + form, "text" + form + kSmuggled + form}) {
            mime::Outgoing in_text = usual();
            in_text.text = body;
            mime::Outgoing in_html = usual();
            in_html.html = "<p>" + body + "</p>";
            for (const mime::Outgoing& message : {in_text, in_html}) {
                const base::Result<std::string> bytes = composed(message);
                const bool has_nul = body.find('\0') != std::string::npos;
                ASSERT_EQ(bytes.has_value(), !has_nul);
                if (bytes) expect_one_arrives(*bytes);
            }
        }
    }
}

TEST(Smuggling, NoFormGetsIntoAHeader) {
    for (const std::string& form : end_forms()) {
        const std::string value = "x" + form + kSmuggled;
        mime::Outgoing subject = usual();
        subject.subject = value;
        mime::Outgoing name = usual();
        name.from.name = value;
        mime::Outgoing extra = usual();
        extra.extra_headers = {{"X-Token", value}};
        for (const mime::Outgoing& message : {subject, name, extra}) {
            const base::Result<std::string> bytes = composed(message);
            ASSERT_FALSE(bytes) << testing::PrintToString(form);
            EXPECT_EQ(bytes.error().code, base::ErrorCode::invalid_input);
        }
    }
}

TEST(Smuggling, NoUncomposedFormLeavesTheClient) {
    for (const std::string& form : end_forms()) {
        if (form == "\r\n.\r\n") continue;  // what any message may hold: its dot is doubled
        TestWorld test;
        smtp::SessionSettings settings;
        settings.credentials = smtp::Credentials{kSender.str(), "secret"};
        auto client = base::run_to_end(
            test.loop,
            smtp::Client::connect(
                test.world.dialer(), test.loop, smtp_endpoint("zoho"), settings, test.loop.in(60s)
            )
        );
        ASSERT_TRUE(client) << client.error().describe();
        const std::string raw = "Subject: x\r\n\r\ntext" + form + kSmuggled;
        const smtp::SendResult sent = base::run_to_end(
            test.loop, (*client)->send({kSender, kGmail}, raw, allow, test.loop.in(60s))
        );
        EXPECT_EQ(sent.outcome, smtp::Outcome::not_sent) << testing::PrintToString(form);
        EXPECT_EQ(sent.error.code, base::ErrorCode::invalid_input);
        EXPECT_TRUE(test.world.delivered().empty());
    }
}

}  // namespace
}  // namespace sandbox
