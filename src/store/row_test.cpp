#include "store/row.h"

namespace {

struct Sample {
    std::int64_t id = 0;
    int small = 0;
    bool yes = false;
    double part = 0;
    std::string from;
    base::Timestamp at;
    std::optional<std::string> note;
    std::optional<std::int64_t> other;
};
BOOST_DESCRIBE_STRUCT(Sample, (), (id, small, yes, part, from, at, note, other))

}  // namespace

TEST(Row, ColumnsFollowTheMembers) {
    using store::Column;
    const auto columns = store::columns_of<Sample>();
    EXPECT_THAT(
        std::vector<Column>(columns.begin(), columns.end()),
        testing::ElementsAre(
            Column::integer,
            Column::integer,
            Column::integer,
            Column::real,
            Column::text,
            Column::integer,
            Column::text,
            Column::integer
        )
    );
    EXPECT_EQ(store::column_list<Sample>(), "id, small, yes, part, \"from\", at, note, other");
}

TEST(Row, ValuesGoThereAndBackUnchanged) {
    Sample sample;
    sample.id = 9007199254740993;
    sample.small = -7;
    sample.yes = true;
    sample.part = 0.1;
    sample.from = "grüße 😀";
    sample.at = {1'763'899'200'000'001};
    sample.other = 0;
    const store::Values values = store::values_of(sample);
    EXPECT_EQ(values.at(6), store::Value{});
    const auto back = store::row_from_values<Sample>(values);
    EXPECT_EQ(store::values_of(back), values);
    EXPECT_EQ(back.note, std::nullopt);
    EXPECT_EQ(back.other, 0);
}

TEST(Row, ANullWhereNoneMayBeIsABrokenInvariant) {
    store::Values values = store::values_of(Sample{});
    values[0] = {};
    EXPECT_ANY_THROW(store::row_from_values<Sample>(values));
}
