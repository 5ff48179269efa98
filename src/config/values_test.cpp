#include "config/duration.h"
#include "config/toml_reader.h"
#include "config/url.h"

namespace config {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Duration, ReadsWhatPeopleWrite) {
    const std::pair<const char*, base::Duration> cases[] = {
        {"90s", seconds(90)},
        {"15m", minutes(15)},
        {"4h", hours(4)},
        {"2d", hours(48)},
        {"250ms", milliseconds(250)},
        {"1h30m", minutes(90)},
        {"1d2h3m4s5ms", hours(26) + minutes(3) + seconds(4) + milliseconds(5)},
        {"0s", seconds(0)},
    };
    for (const auto& [text, span] : cases) EXPECT_EQ(parse_duration(text), span) << text;
}

TEST(Duration, RefusesEverythingElse) {
    for (const char* text :
         {"",
          "4",
          "h",
          "4 h",
          "-4h",
          "4h ",
          "1.5h",
          "30m1h",
          "1h1h",
          "4H",
          "4x",
          "99999d",
          "ms5",
          "1000000000000000d",
          "9223372036854775807s"})
        EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

TEST(Duration, TextIsReadBack) {
    for (const base::Duration span :
         {base::Duration(seconds(0)),
          base::Duration(seconds(90)),
          base::Duration(hours(4)),
          base::Duration(minutes(61)),
          base::Duration(milliseconds(1500))})
        EXPECT_EQ(parse_duration(to_text(span)), span) << to_text(span);
    EXPECT_EQ(to_text(seconds(90)), "90s");
    EXPECT_EQ(to_text(hours(48)), "2d");
    EXPECT_EQ(to_text(milliseconds(1500)), "1500ms");
}

TEST(HttpUrl, ReadsItsParts) {
    const auto url = parse_http_url("https://API.Groq.com/openai/v1/");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->scheme, "https");
    EXPECT_EQ(url->host, "api.groq.com");
    EXPECT_EQ(url->port, 443);
    EXPECT_EQ(url->path, "/openai/v1");
    const auto local = parse_http_url("http://127.0.0.1:8080");
    ASSERT_TRUE(local);
    EXPECT_EQ(local->port, 8080);
    EXPECT_EQ(local->path, "");
    const auto six = parse_http_url("http://[::1]:9/v1");
    ASSERT_TRUE(six);
    EXPECT_EQ(six->host, "::1");
    EXPECT_EQ(six->port, 9);
}

TEST(HttpUrl, RefusesWhatIsNoBaseUrl) {
    for (const char* text :
         {"",
          "api.groq.com",
          "ftp://x.example.com",
          "https://",
          "https:///v1",
          "https://a b.example.com",
          "https://user:pw@x.example.com/",
          "https://x.example.com/?q=1",
          "https://x.example.com/#f",
          "https://x.example.com:0/",
          "https://x.example.com:65536",
          "https://x.example.com:a",
          "https://x.example.com:",
          "https://-x.example.com",
          "https://x..example.com",
          "https://x.example.com\\v1",
          "https://[::1",
          "https://[zz]/",
          "https://x.example.com/\r\nA: b",
          "https://\xc3\xa4.example.com"})
        EXPECT_FALSE(parse_http_url(text)) << text;
}

TEST(HttpUrl, LoopbackIsOnlyLoopback) {
    for (const char* host : {"localhost", "127.0.0.1", "127.8.9.10", "::1"})
        EXPECT_TRUE(is_loopback_host(host)) << host;
    for (const char* host :
         {"127.example.com", "127.0.0.1.example.com", "128.0.0.1", "10.0.0.1", "127.1"})
        EXPECT_FALSE(is_loopback_host(host)) << host;
}

TEST(Toml, FlattensInTheOrderOfLines) {
    const auto entries = read_toml("[llm.warmup]\nmodel = \"m\"\n\n[store]\nurl = 'x'\n[alerts]\n");
    ASSERT_TRUE(entries);
    const std::vector<TomlEntry> expected = {
        {"llm.warmup.model", "m", 2}, {"store.url", "x", 5}, {"alerts", OtherValue{"a table"}, 6}
    };
    EXPECT_EQ(*entries, expected);
}

TEST(Toml, SyntaxErrorsNameTheirLine) {
    const auto entries = read_toml("[store]\nurl = \n");
    ASSERT_FALSE(entries);
    EXPECT_TRUE(entries.error().message.starts_with("2:7: ")) << entries.error().message;
}

TEST(Toml, EveryPrefixOfATextIsReadOrRefused) {
    const std::string text =
        "[a]\nb = \"\xc3\xa9\\u00e9\" # c\nd = [\"x\", 'y']\n[[t]]\ne = 2020-01-01\nf.g = 1.5e3\n";
    int read = 0;
    for (std::size_t end = 0; end <= text.size(); ++end)
        if (read_toml(text.substr(0, end))) ++read;
    EXPECT_GT(read, 5);
    EXPECT_LT(read, static_cast<int>(text.size()));
}

TEST(Toml, DeepNestingIsRefusedAndNotFollowed) {
    EXPECT_FALSE(read_toml("a = " + std::string(100'000, '[')));
}

TEST(Toml, SpellingIsReadBack) {
    const Value values[] = {
        std::string("plain"),
        std::string("quote \" back \\ tab \t newline \n del \x7f \xc3\xa9"),
        std::int64_t{-5},
        0.4,
        3.0,
        1e300,
        true,
        std::vector<std::string>{"a", "b\"c"},
        std::vector<std::string>{},
    };
    for (const Value& value : values) {
        const auto entries = read_toml("k = " + to_toml(value) + "\n");
        ASSERT_TRUE(entries) << to_toml(value);
        ASSERT_EQ(entries->size(), 1u);
        EXPECT_EQ(entries->front().value, value) << to_toml(value);
    }
}

}  // namespace
}  // namespace config
