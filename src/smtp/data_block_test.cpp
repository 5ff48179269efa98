#include "smtp/data_block.h"

#include "smtp/commands.h"

namespace smtp {
namespace {

using namespace std::string_literals;

TEST(DataBlock, DoublesLeadingDotsAndEndsTheLastLine) {
    const std::pair<std::string, std::string> cases[] = {
        {"a\r\n", "a\r\n"},
        {"a", "a\r\n"},
        {".\r\n", "..\r\n"},
        {".", "..\r\n"},
        {"..a\r\n", "...a\r\n"},
        {"a.\r\n.b\r\nc.d\r\n", "a.\r\n..b\r\nc.d\r\n"},
        {"\r\n.\r\n", "\r\n..\r\n"},
        {"\r\n\r\n", "\r\n\r\n"},
        {"a\r\n.\r\nMAIL FROM:<x@example.com>\r\n", "a\r\n..\r\nMAIL FROM:<x@example.com>\r\n"},
    };
    for (const auto& [message, expected] : cases) {
        const base::Result<DataBlock> block = make_data_block(message);
        ASSERT_TRUE(block.has_value()) << message;
        EXPECT_EQ(block->bytes, expected);
        const bool ended = message.ends_with("\r\n");
        EXPECT_EQ(block->size_bytes, message.size() + (ended ? 0 : 2));
    }
}

TEST(DataBlock, KnowsEightBitText) {
    EXPECT_FALSE(make_data_block("plain\r\n")->eight_bit);
    EXPECT_TRUE(make_data_block("caf\xc3\xa9\r\n")->eight_bit);
}

TEST(DataBlock, RefusesBareLineEndsAndNul) {
    const std::string bad[] = {
        "",
        "\r",
        "\n",
        "a\n",
        "a\r",
        "a\rb\r\n",
        "a\nb\r\n",
        "a\r\r\n",
        "a\n\r\n",
        "a\r\n\n",
        "a\r\n\r",
        "\n\r",
        "a\0b\r\n"s,
        "\0"s,
        "a\r\0\n"s,
        "\r\n.\r",
        "\r\n.\n",
    };
    for (const std::string& message : bad) {
        const base::Result<DataBlock> block = make_data_block(message);
        ASSERT_FALSE(block.has_value()) << testing::PrintToString(message);
        EXPECT_EQ(block.error().code, base::ErrorCode::invalid_input);
    }
}

// Every text of up to 7 of these pieces: either refused, or there is one end of data on the wire,
// at its end, however lax the reader.
TEST(DataBlock, LeavesOneEndOfDataWhateverTheText) {
    const std::string pieces[] = {"\r", "\n", ".", "\0"s, "a"};
    const std::string lax[] = {
        "\n.\n",
        "\n.\r",
        "\r.\r",
        "\r.\n",
        "\r\n.\n",
        "\r\n.\r\r",
        "\r\r\n.\r\n",
        "\r\n\0.\r\n"s,
        "\r\n.\0\r\n"s,
        "\r.\r\n"
    };
    std::size_t sent = 0;
    for (std::size_t length = 1; length <= 7; ++length) {
        std::size_t total = 1;
        for (std::size_t i = 0; i < length; ++i) total *= std::size(pieces);
        for (std::size_t number = 0; number < total; ++number) {
            std::string message;
            for (std::size_t i = 0, rest = number; i < length; ++i, rest /= std::size(pieces))
                message += pieces[rest % std::size(pieces)];
            const base::Result<DataBlock> block = make_data_block(message);
            if (!block) continue;
            ++sent;
            const std::string wire = "\r\n" + block->bytes + ".\r\n";
            const std::size_t end = wire.size() - 5;
            ASSERT_EQ(wire.find("\r\n.\r\n"), end) << testing::PrintToString(message);
            for (const std::string& other : lax)
                ASSERT_GE(wire.find(other), end) << testing::PrintToString(message);
        }
    }
    EXPECT_GT(sent, 100U);
}

base::Email email(std::string_view text) { return base::Email::parse(text).value(); }

TEST(Commands, NameWhatIsNeededAndOffered) {
    const Envelope envelope{email("a@example.com"), email("b@example.org")};
    const DataBlock plain = make_data_block("x\r\n").value();
    const DataBlock eight = make_data_block("\xc3\xa9\r\n").value();
    Capabilities all;
    all.size = all.eight_bit_mime = all.smtputf8 = true;
    EXPECT_EQ(mail_command(envelope, plain, {}).value(), "MAIL FROM:<a@example.com>\r\n");
    EXPECT_EQ(mail_command(envelope, plain, all).value(), "MAIL FROM:<a@example.com> SIZE=3\r\n");
    EXPECT_EQ(
        mail_command(envelope, eight, all).value(),
        "MAIL FROM:<a@example.com> SIZE=4 BODY=8BITMIME\r\n"
    );
    EXPECT_EQ(rcpt_command(envelope).value(), "RCPT TO:<b@example.org>\r\n");
    EXPECT_EQ(mail_command(envelope, eight, {}).error().code, base::ErrorCode::unsupported);
}

TEST(Commands, NeedSmtputf8ForEitherAddress) {
    const DataBlock block = make_data_block("x\r\n").value();
    Capabilities with;
    with.smtputf8 = true;
    for (const Envelope& envelope :
         {Envelope{email("jos\xc3\xa9@example.com"), email("b@example.com")},
          Envelope{
              email("a@example.com"),
              email("b@b\xc3\xbc"
                    "cher.example.com")
          }}) {
        EXPECT_TRUE(mail_command(envelope, block, with)->ends_with(" SMTPUTF8\r\n"));
        EXPECT_EQ(mail_command(envelope, block, {}).error().code, base::ErrorCode::unsupported);
    }
}

TEST(Commands, KeepToTheServersSize) {
    const Envelope envelope{email("a@example.com"), email("b@example.com")};
    Capabilities small;
    small.size = true;
    small.size_bytes_max = 10;
    const DataBlock fits = make_data_block("12345678\r\n").value();
    EXPECT_TRUE(mail_command(envelope, fits, small).has_value());
    const DataBlock over = make_data_block("123456789\r\n").value();
    EXPECT_EQ(mail_command(envelope, over, small).error().code, base::ErrorCode::limit_exceeded);
}

TEST(Commands, RefuseEmptyAddresses) {
    const DataBlock block = make_data_block("x\r\n").value();
    EXPECT_EQ(mail_command({}, block, {}).error().code, base::ErrorCode::invalid_input);
    EXPECT_EQ(rcpt_command({}).error().code, base::ErrorCode::invalid_input);
}

TEST(Commands, RefuseBadNamesForEhlo) {
    for (const std::string& name :
         {""s,
          "localhost"s,
          "LocalHost"s,
          "a b"s,
          "a\r\nMAIL FROM:<x@example.com>"s,
          "a\0b"s,
          "a\x7f"s})
        EXPECT_FALSE(check_ehlo_name(name).has_value()) << name;
    for (const char* name : {"[127.0.0.1]", "[IPv6:::1]", "mail.example.com"})
        EXPECT_TRUE(check_ehlo_name(name).has_value()) << name;
}

TEST(Commands, WriteTheLoginAsPlainWantsIt) {
    EXPECT_EQ(plain_response({"tim", "tanstaaftanstaaf"}), "AHRpbQB0YW5zdGFhZnRhbnN0YWFm");
    EXPECT_TRUE(check_credentials({"tim", "x"}).has_value());
    EXPECT_FALSE(check_credentials({"", "x"}).has_value());
    EXPECT_FALSE(check_credentials({"tim", ""}).has_value());
    EXPECT_FALSE(check_credentials({"tim\0joe"s, "x"}).has_value());
}

}  // namespace
}  // namespace smtp
