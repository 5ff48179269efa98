#include "config/store_url.h"

#include "base/log.h"
#include "config/load.h"

namespace {

// What the log keeps of the store's address after it was loaded.
std::string logged(const std::string& url) {
    std::vector<std::string> lines;
    base::log::Sink before =
        base::log::set_sink([&](const base::log::Line& line) { lines.push_back(line.text); });
    const auto loaded = config::load_text("[store]\nurl = \"" + url + "\"\n", "/d/p.toml", {});
    if (loaded) base::log::warn("test", "{}", loaded->store.url);
    base::log::set_sink(std::move(before));
    return lines.size() == 1 ? lines[0] : "not loaded";
}

struct Case {
    const char* url;
    const char* without;  // as init writes it
    const char* hidden;   // as it is shown
};

constexpr Case kCases[] = {
    {"postgresql://u:planted1@h/db", "postgresql://u@h/db", "postgresql://u:***@h/db"},
    {"postgres://u:planted2@h/db", "postgres://u@h/db", "postgres://u:***@h/db"},
    {"postgresql://u:plan?ted3@/db?host=/tmp/a@b",
     "postgresql://u@/db?host=/tmp/a@b",
     "postgresql://u:***@/db?host=/tmp/a@b"},
    {"postgresql://u@h/db?password=planted4",
     "postgresql://u@h/db",
     "postgresql://u@h/db?password=***"},
    {"postgres://h/db?user=u&password=planted5&connect_timeout=3",
     "postgres://h/db?user=u&connect_timeout=3",
     "postgres://h/db?user=u&password=***&connect_timeout=3"},
    {"postgresql://u:planted6@h/db?password=planted7&sslmode=require",
     "postgresql://u@h/db?sslmode=require",
     "postgresql://u:***@h/db?password=***&sslmode=require"},
};

TEST(StoreUrl, APasswordIsMaskedInTheLogHoweverItIsWritten) {
    for (const Case& example : kCases)
        EXPECT_THAT(logged(example.url), testing::Not(testing::HasSubstr("ted"))) << example.url;
}

TEST(StoreUrl, IsWrittenWithoutItsPasswordAndShownWithItHidden) {
    for (const Case& example : kCases) {
        EXPECT_EQ(config::without_password(example.url), example.without);
        EXPECT_EQ(config::with_password_hidden(example.url), example.hidden);
    }
}

TEST(StoreUrl, StaysWhereThereIsNoPassword) {
    for (const char* url :
         {"sqlite:/srv/a:b@c/p.db",
          "sqlite::memory:",
          "postgresql://u@h:5432/db",
          "postgresql://h:5432/d@b",
          "postgresql://u@h/db?passfile=/etc/password=x",
          "postgresql:///db?application_name=a:b@c"}) {
        EXPECT_EQ(config::without_password(url), url);
        EXPECT_EQ(config::with_password_hidden(url), url);
    }
}

}  // namespace
