// What goes in comes out, on both engines.
#include <boost/describe/class.hpp>
#include <limits>

#include "tests/store/store_fixture.h"

namespace tests {
namespace {

using store::Connection;
using store::Role;
using store::StoreError;
using store::values;

struct Template {
    std::int64_t id = 0;
    std::string subject;
    std::string body;
    std::optional<std::string> html_body;
    base::Timestamp created_at;
    std::string generated_via;
    int use_count = 0;
    std::optional<base::Timestamp> retired_at;
};
BOOST_DESCRIBE_STRUCT(
    Template, (), (id, subject, body, html_body, created_at, generated_via, use_count, retired_at)
)

struct Scored {
    std::optional<double> quality_score;
    bool review_passed = false;
};
BOOST_DESCRIBE_STRUCT(Scored, (), (quality_score, review_passed))

class StoreValues : public StoreTest {
  protected:
    std::int64_t add(const std::string& body) {
        return run(Role::warmup, [body](Connection& connection) {
            return connection.insert(
                "INSERT INTO warmup_email_drafts (subject, body, created_at, generated_via) "
                "VALUES (:subject, :body, :created, :via)",
                values("s", body, 1, "fallback")
            );
        });
    }
    std::optional<std::string> body(std::int64_t id) {
        return read(Role::warmup, [id](Connection& connection) {
            return connection.text(
                "SELECT body FROM warmup_email_drafts WHERE id = :id", values(id)
            );
        });
    }
};

TEST_P(StoreValues, KeepWholeNumbersOf64Bits) {
    for (const std::int64_t number :
         {std::int64_t{9007199254740993},
          std::int64_t{-1},
          std::int64_t{0},
          std::int64_t{1} << 40,
          std::numeric_limits<std::int64_t>::max(),
          std::numeric_limits<std::int64_t>::min() + 1}) {
        execute(Role::warmup, "DELETE FROM warmup_cycles");
        execute(
            Role::warmup,
            "INSERT INTO warmup_cycles (id, started_at) VALUES (:id, :started)",
            values(7, number)
        );
        EXPECT_EQ(count(Role::warmup, "SELECT started_at FROM warmup_cycles ORDER BY id"), number);
        EXPECT_EQ(count(Role::warmup, "SELECT MAX(started_at) FROM warmup_cycles"), number);
        EXPECT_EQ(
            count(
                Role::warmup,
                "SELECT COUNT(*) FROM warmup_cycles WHERE started_at = :n",
                values(number)
            ),
            1
        );
    }
}

TEST_P(StoreValues, KeepIdsBeyond32And53Bits) {
    for (const std::int64_t id : {std::int64_t{1} << 33, std::int64_t{9007199254740993}}) {
        const std::int64_t drawn = run(Role::warmup, [id](Connection& connection) {
            return connection.insert(
                "INSERT INTO warmup_cycles (id, started_at) VALUES (:id, 1)", values(id)
            );
        });
        EXPECT_EQ(drawn, id);
        EXPECT_EQ(
            count(Role::warmup, "SELECT id FROM warmup_cycles WHERE id = :id", values(id)), id
        );
    }
}

TEST_P(StoreValues, KeepTextsExactly) {
    const std::string texts[] = {
        "",
        " ",
        "😀 grüße \xE2\x80\xAE",
        "a'b\"c\\d:e%f_g",
        "line\r\nline\n\ttab\x01",
        std::string(1'000'000, 'x') + "€",
        "\xEF\xBF\xBD",
        "NULL",
        "9007199254740993",
    };
    for (const std::string& text : texts) EXPECT_EQ(body(add(text)), text);
}

TEST_P(StoreValues, RefuseNulAndBytesThatAreNotUtf8) {
    for (const std::string& text :
         {std::string("a\0b", 3), std::string("\0", 1), std::string("a\xff")}) {
        try {
            add(text);
            ADD_FAILURE() << "accepted";
        } catch (const StoreError& error) {
            EXPECT_EQ(error.kind, StoreError::Kind::invalid) << error.what();
            EXPECT_THAT(error.what(), testing::HasSubstr("value 2"));
        }
    }
    EXPECT_EQ(count(Role::warmup, "SELECT COUNT(*) FROM warmup_email_drafts"), 0);
}

TEST_P(StoreValues, KeepNullApartFromEmpty) {
    const auto insert = [&](store::Values html) {
        execute(
            Role::warmup,
            "INSERT INTO warmup_email_drafts (subject, body, html_body, created_at, generated_via) "
            "VALUES ('s', 'b', :html, 1, 'groq')",
            std::move(html)
        );
    };
    insert(values(std::optional<std::string>{}));
    insert(values(""));
    insert(values(std::optional<std::string>{}));
    const std::vector<Template> rows = read(Role::warmup, [](Connection& connection) {
        return connection.select<Template>(
            "SELECT " + store::column_list<Template>() + " FROM warmup_email_drafts ORDER BY id"
        );
    });
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].html_body, std::nullopt);
    EXPECT_EQ(rows[1].html_body, "");
    EXPECT_EQ(rows[2].html_body, std::nullopt);
    EXPECT_EQ(rows[0].retired_at, std::nullopt);
    EXPECT_EQ(count(Role::warmup, "SELECT MAX(retired_at) FROM warmup_email_drafts"), 0);
}

TEST_P(StoreValues, CarryEveryTypeThroughDescribedStructs) {
    Template made;
    made.id = 12;
    made.subject = "Grüße";
    made.body = "b";
    made.html_body = "<p>b</p>";
    made.created_at = {1'763'899'620'000'001};
    made.generated_via = "groq";
    made.use_count = -3;
    made.retired_at = base::Timestamp{0};
    execute(
        Role::warmup,
        "INSERT INTO warmup_email_drafts (" + store::column_list<Template>() +
            ") VALUES (:a, :b, :c, :d, :e, :f, :g, :h)",
        store::values_of(made)
    );
    const auto found = read(Role::warmup, [](Connection& connection) {
        return connection.select_one<Template>(
            "SELECT " + store::column_list<Template>() + " FROM warmup_email_drafts WHERE id = :id",
            values(12)
        );
    });
    ASSERT_TRUE(found);
    EXPECT_EQ(store::values_of(*found), store::values_of(made));
}

TEST_P(StoreValues, KeepFractionsToTheLastBit) {
    for (const double number : {0.1, 1.0 / 3, -1e300, 5e-324, 0.0}) {
        execute(Role::campaign, "DELETE FROM email_drafts");
        execute(
            Role::campaign,
            "INSERT INTO email_drafts (to_email, subject, body, status, quality_score, "
            "review_passed, created_at) "
            "VALUES ('a@example.com', 's', 'b', 'ready_to_send', :score, :passed, 1)",
            values(number, true)
        );
        const auto row = read(Role::campaign, [](Connection& connection) {
            return connection.select_one<Scored>(
                "SELECT quality_score, review_passed FROM email_drafts ORDER BY id"
            );
        });
        ASSERT_TRUE(row);
        EXPECT_EQ(row->quality_score, number);
        EXPECT_TRUE(row->review_passed);
    }
}

TEST_P(StoreValues, TellAUniqueViolationApart) {
    const std::string insert =
        "INSERT INTO mailboxes (email, role, smtp_url, imap_url, login, created_at) "
        "VALUES (:email, 'sender', '', '', '', 1)";
    EXPECT_EQ(refusal(Role::operator_, insert, values("a@example.com")), std::nullopt);
    EXPECT_EQ(refusal(Role::operator_, insert, values("a@example.com")), StoreError::Kind::unique);
    EXPECT_THAT(last_error_, testing::HasSubstr("email"));
    EXPECT_THAT(last_error_, testing::Not(testing::HasSubstr("a@example.com")));
    const std::string primary =
        "INSERT INTO llm_usage (day, purpose, model) VALUES ('d', 'warmup', 'm')";
    EXPECT_EQ(refusal(Role::warmup, primary), std::nullopt);
    EXPECT_EQ(refusal(Role::warmup, primary), StoreError::Kind::unique);
    // Other constraints are not taken for it.
    EXPECT_EQ(
        refusal(
            Role::operator_,
            "INSERT INTO mailboxes (email, role, smtp_url, imap_url, login, created_at) "
            "VALUES ('b@example.com', 'nonsense', '', '', '', 1)"
        ),
        StoreError::Kind::other
    );
    EXPECT_EQ(count(Role::operator_, "SELECT COUNT(*) FROM mailboxes"), 1);
}

TEST_P(StoreValues, SayHowManyRowsChanged) {
    const auto changed = run(Role::warmup, [](Connection& connection) {
        std::vector<std::int64_t> counts;
        for (int i = 1; i <= 3; ++i)
            counts.push_back(
                connection.execute("INSERT INTO warmup_cycles (started_at) VALUES (:at)", values(i))
            );
        counts.push_back(connection.execute(
            "UPDATE warmup_cycles SET sent = 1 WHERE started_at > :at", values(1)
        ));
        counts.push_back(connection.execute(
            "UPDATE warmup_cycles SET sent = 1 WHERE started_at > :at", values(9)
        ));
        counts.push_back(connection.execute("DELETE FROM warmup_cycles"));
        return counts;
    });
    EXPECT_THAT(changed, testing::ElementsAre(1, 1, 1, 2, 0, 3));
}

TEST_P(StoreValues, AnInsertThatOnConflictLeftOutHasNoId) {
    const auto ids = run(Role::campaign, [](Connection& connection) {
        const std::string sql =
            "INSERT INTO suppressions (kind, value, created_at) VALUES ('address', :v, 1) ON "
            "CONFLICT (kind, value) DO NOTHING";
        const std::int64_t first = connection.insert(sql, values("x"));
        const std::int64_t second = connection.insert(sql, values("x"));
        return std::vector<std::int64_t>{first, second};
    });
    EXPECT_GT(ids[0], 0);
    EXPECT_EQ(ids[1], 0);
}

TEST_P(StoreValues, RefuseWrongNumbersOfValuesAndColumns) {
    const auto invalid = StoreError::Kind::invalid;
    EXPECT_EQ(refusal(Role::warmup, "DELETE FROM warmup_cycles WHERE id = :id"), invalid);
    EXPECT_EQ(refusal(Role::warmup, "DELETE FROM warmup_cycles", values(1)), invalid);
    EXPECT_EQ(
        refusal(Role::warmup, "DELETE FROM warmup_cycles WHERE id = :a OR id = :a", values(1)),
        invalid
    );
    EXPECT_EQ(refusal(Role::warmup, "NONSENSE"), invalid);
    EXPECT_EQ(refusal(Role::warmup, "COMMIT"), invalid);
    EXPECT_EQ(
        refusal(Role::warmup, "DELETE FROM warmup_cycles; DELETE FROM warmup_threads"), invalid
    );
    EXPECT_THROW(
        read(
            Role::warmup, [](Connection& connection) { return connection.integer("SELECT 1, 2"); }
        ),
        StoreError
    );
}

TEST_P(StoreValues, QueriesMayNestEvenWithTheSameStatement) {
    const std::int64_t seen = run(Role::warmup, [](Connection& connection) {
        for (int i = 0; i < 3; ++i)
            connection.execute("INSERT INTO warmup_cycles (started_at) VALUES (1)");
        static constexpr store::Column columns[] = {store::Column::integer};
        const std::string sql = "SELECT id FROM warmup_cycles ORDER BY id";
        std::int64_t rows = 0;
        connection.query(sql, {}, columns, [&](const store::Values&) {
            connection.query(sql, {}, columns, [&](const store::Values&) { ++rows; });
        });
        return rows;
    });
    EXPECT_EQ(seen, 9);
}

TEST_P(StoreValues, NameTheColumnsOfATable) {
    const auto names = read(Role::warmup, [](Connection& connection) {
        return connection.column_names("warmup_cycles");
    });
    EXPECT_THAT(
        names,
        testing::ElementsAre(
            "id",
            "started_at",
            "finished_at",
            "sent",
            "replies",
            "inbox",
            "spam",
            "elsewhere",
            "result"
        )
    );
    EXPECT_THROW(
        read(
            Role::warmup,
            [](Connection& connection) { return connection.column_names("email_drafts"); }
        ),
        StoreError
    );
    EXPECT_THROW(
        read(
            Role::warmup,
            [](Connection& connection) { return connection.column_names("warmup_cycles, leads"); }
        ),
        StoreError
    );
}

INSTANTIATE_TEST_SUITE_P(
    Engines,
    StoreValues,
    testing::Values(Kind::sqlite_file, Kind::sqlite_memory_inline, Kind::postgresql),
    [](const auto& info) { return name_of(info.param); }
);

}  // namespace
}  // namespace tests
