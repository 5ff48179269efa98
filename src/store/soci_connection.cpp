#include "store/soci_connection.h"

#include <fmt/format.h>
#include <soci/soci.h>

#include "base/text.h"
#include "store/sql_text.h"

namespace store {
namespace {

// More texts than this means that SQL is being pasted together; memory stays bounded all the same.
constexpr std::size_t kStatementsMax = 512;

// One variable that SOCI reads a value from or writes a column to.
struct Slot {
    Column type = Column::text;
    long long integer = 0;
    double real = 0;
    std::string text;
    soci::indicator state = soci::i_null;

    void set(const Value& value) {
        state = value.index() == 0 ? soci::i_null : soci::i_ok;
        if (const auto* number = std::get_if<std::int64_t>(&value)) integer = *number;
        if (const auto* fraction = std::get_if<double>(&value)) real = *fraction;
        if (const auto* words = std::get_if<std::string>(&value)) text = *words;
    }
    Value get() const {
        if (state == soci::i_null) return {};
        if (type == Column::integer) return static_cast<std::int64_t>(integer);
        if (type == Column::real) return real;
        return text;
    }
    // NULL fits every type.
    bool fits(const Value& value) const {
        return value.index() == 0 || value.index() == static_cast<std::size_t>(type) + 1;
    }
};

static_assert(std::is_same_v<
              std::variant_alternative_t<1 + static_cast<int>(Column::integer), Value>,
              std::int64_t>);
static_assert(std::is_same_v<
              std::variant_alternative_t<1 + static_cast<int>(Column::text), Value>,
              std::string>);

Column type_of(const Value& value) {
    return value.index() == 0 ? Column::text : static_cast<Column>(value.index() - 1);
}

template <class Bind>
void bind(Slot& slot, Bind bind_variable) {
    switch (slot.type) {
        case Column::integer:
            return bind_variable(slot.integer, slot.state);
        case Column::real:
            return bind_variable(slot.real, slot.state);
        case Column::text:
            return bind_variable(slot.text, slot.state);
    }
}

std::string shortened(std::string_view sql) { return base::printable(base::trim(sql), 200); }

}  // namespace

struct SociConnection::Prepared {
    explicit Prepared(soci::session& session) : statement(session) {}

    std::string key;
    std::vector<Slot> values;
    std::vector<Slot> columns;
    soci::statement statement;
    bool width_checked = false;

    bool fits(const Values& wanted, std::span<const Column> types) const {
        if (wanted.size() != values.size() || types.size() != columns.size()) return false;
        for (std::size_t i = 0; i < wanted.size(); ++i)
            if (!values[i].fits(wanted[i])) return false;
        for (std::size_t i = 0; i < types.size(); ++i)
            if (columns[i].type != types[i]) return false;
        return true;
    }
    void set(const Values& wanted) {
        for (std::size_t i = 0; i < wanted.size(); ++i) values[i].set(wanted[i]);
    }
    Values row() const {
        Values out;
        out.reserve(columns.size());
        for (const Slot& column : columns) out.push_back(column.get());
        return out;
    }
};

template <class Step>
auto SociConnection::attempt(Step step) {
    try {
        return step();
    } catch (const soci::soci_error& error) {
        throw failed(translate(error));
    }
}

// A statement while it runs: settled and put back however the run ends.
class SociConnection::Use {
  public:
    Use(SociConnection& connection, std::unique_ptr<Prepared> prepared)
        : connection_(connection), prepared_(std::move(prepared)) {}
    ~Use() {
        connection_.settle(prepared_->statement);
        connection_.give_back(std::move(prepared_));
    }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

    Prepared* operator->() { return prepared_.get(); }

    // Runs the statement; true where a row is there.
    bool run(const Values& values) {
        prepared_->set(values);
        const bool row = connection_.attempt([&] { return prepared_->statement.execute(true); });
        if (!prepared_->width_checked) check_width();
        return row;
    }

  private:
    // Both engines would leave a missing column NULL and pass over one too many in silence.
    void check_width() {
        const std::size_t width = connection_.width(prepared_->statement);
        const std::size_t bound = prepared_->columns.size();
        if (bound != 0 && width != bound)
            throw connection_.failed(StoreError(
                StoreError::Kind::invalid,
                fmt::format(
                    "the statement yields {} columns, {} are bound: {}",
                    width,
                    bound,
                    shortened(prepared_->key)
                )
            ));
        prepared_->width_checked = true;
    }

    SociConnection& connection_;
    std::unique_ptr<Prepared> prepared_;
};

SociConnection::SociConnection(soci::session& session, Role role)
    : session_(session), role_(role) {}
SociConnection::~SociConnection() = default;

void SociConnection::forget_statements() {
    statements_.clear();
    statement_count_ = 0;
}

StoreError SociConnection::failed(StoreError error) {
    if (!failure_) failure_ = std::make_exception_ptr(error);
    return error;
}

void SociConnection::finish_job() {
    if (failure_) std::rethrow_exception(failure_);
}

void SociConnection::check(const Values& values) {
    if (failure_)
        throw StoreError(
            StoreError::Kind::invalid, "the job goes on after a StoreError: let the error end it"
        );
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto* text = std::get_if<std::string>(&values[i]);
        if (!text) continue;
        if (text->find('\0') != std::string::npos)
            throw failed(StoreError(
                StoreError::Kind::invalid, fmt::format("value {} holds a NUL: encode it", i + 1)
            ));
        if (!base::is_utf8(*text))
            throw failed(StoreError(
                StoreError::Kind::invalid,
                fmt::format("value {} is not UTF-8: convert or encode it", i + 1)
            ));
    }
}

std::unique_ptr<SociConnection::Prepared> SociConnection::prepare(
    std::string_view sql, const Values& values, std::span<const Column> columns
) {
    const SqlShape shape = read_sql(sql);
    std::string problem = objection(shape);
    if (problem.empty() && shape.placeholders.size() != values.size())
        problem =
            fmt::format("{} placeholders, {} values", shape.placeholders.size(), values.size());
    if (!problem.empty())
        throw failed(StoreError(StoreError::Kind::invalid, problem + ": " + shortened(sql)));

    auto prepared = std::make_unique<Prepared>(session_);
    prepared->key = sql;
    prepared->values.resize(values.size());
    prepared->columns.resize(columns.size());
    for (std::size_t i = 0; i < values.size(); ++i) prepared->values[i].type = type_of(values[i]);
    for (std::size_t i = 0; i < columns.size(); ++i) prepared->columns[i].type = columns[i];
    attempt([&] {
        soci::statement& statement = prepared->statement;
        for (Slot& slot : prepared->values)
            bind(slot, [&](auto& variable, auto& state) {
                statement.exchange(soci::use(variable, state));
            });
        for (Slot& slot : prepared->columns)
            bind(slot, [&](auto& variable, auto& state) {
                statement.exchange(soci::into(variable, state));
            });
        statement.alloc();
        statement.prepare(shape.text);
        statement.define_and_bind();
    });
    return prepared;
}

std::unique_ptr<SociConnection::Prepared> SociConnection::take(
    std::string_view sql, const Values& values, std::span<const Column> columns
) {
    check(values);
    const auto found = statements_.find(sql);
    if (found == statements_.end()) return prepare(sql, values, columns);
    for (auto& candidate : found->second) {
        if (!candidate->fits(values, columns)) continue;
        std::swap(candidate, found->second.back());
        auto prepared = std::move(found->second.back());
        found->second.pop_back();
        --statement_count_;
        return prepared;
    }
    return prepare(sql, values, columns);
}

void SociConnection::give_back(std::unique_ptr<Prepared> prepared) {
    if (statement_count_ >= kStatementsMax) forget_statements();
    auto found = statements_.find(prepared->key);
    if (found == statements_.end()) found = statements_.try_emplace(prepared->key).first;
    found->second.push_back(std::move(prepared));
    ++statement_count_;
}

std::int64_t SociConnection::execute(std::string_view sql, const Values& values) {
    Use use(*this, take(sql, values, {}));
    use.run(values);
    return attempt([&] { return use->statement.get_affected_rows(); });
}

std::int64_t SociConnection::insert(std::string_view sql, const Values& values) {
    static constexpr Column columns[] = {Column::integer};
    Use use(*this, take(fmt::format("{} RETURNING id", sql), values, columns));
    if (!use.run(values)) return 0;
    const std::int64_t id = use->columns.front().integer;
    // SQLite has done the whole INSERT only when the statement says that there is no further row.
    attempt([&] { return use->statement.fetch(); });
    return id;
}

void SociConnection::query(
    std::string_view sql,
    const Values& values,
    std::span<const Column> columns,
    const std::function<void(const Values&)>& each
) {
    Use use(*this, take(sql, values, columns));
    bool row = use.run(values);
    while (row) {
        each(use->row());
        row = attempt([&] { return use->statement.fetch(); });
    }
}

std::vector<std::string> SociConnection::column_names(std::string_view table) {
    const SqlShape shape = read_sql(table);
    check({});
    if (shape.verb.size() != table.size())
        throw failed(
            StoreError(StoreError::Kind::invalid, "not a table's name: " + shortened(table))
        );
    return describe(std::string(table));
}

}  // namespace store
