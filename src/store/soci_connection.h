// Connection over a SOCI session, for both engines. Values and columns bind to typed variables
// (SOCI's own `row` cuts 64-bit integers short); statements are prepared once per connection, text
// and types.
//
// Life cycle: start_job(), statements, finish_job(). After the first StoreError every further
// statement of the job is refused and finish_job() throws that first error again, so that a job
// which swallowed it can't be committed. Not thread-safe. forget_statements() comes before the
// session is closed.
#pragma once
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "store/connection.h"

namespace soci {
class session;
class soci_error;
class statement;
}  // namespace soci

namespace store {

class SociConnection : public Connection {
  public:
    SociConnection(soci::session& session, Role role);
    ~SociConnection() override;
    SociConnection(const SociConnection&) = delete;
    SociConnection& operator=(const SociConnection&) = delete;

    std::int64_t execute(std::string_view sql, const Values& values = {}) override;
    std::int64_t insert(std::string_view sql, const Values& values = {}) override;
    void query(
        std::string_view sql,
        const Values& values,
        std::span<const Column> columns,
        const std::function<void(const Values&)>& each
    ) override;
    std::vector<std::string> column_names(std::string_view table) override;
    Role role() const override { return role_; }

    void start_job() { failure_ = nullptr; }
    void finish_job();
    void forget_statements();

  protected:
    // What the engine said, as ours.
    virtual StoreError translate(const soci::soci_error& error) = 0;
    // Ends a statement, so that no cursor stays open beyond it.
    virtual void settle(soci::statement& statement) = 0;
    // How many columns the executed statement yields.
    virtual std::size_t width(soci::statement& statement) = 0;
    // The names of the columns of `SELECT * FROM table LIMIT 0`.
    virtual std::vector<std::string> describe(const std::string& table) = 0;

    // Remembers the job's first failure and gives it back to be thrown.
    StoreError failed(StoreError error);

  private:
    struct Prepared;
    class Use;

    std::unique_ptr<Prepared> prepare(
        std::string_view sql, const Values& values, std::span<const Column> columns
    );
    std::unique_ptr<Prepared> take(
        std::string_view sql, const Values& values, std::span<const Column> columns
    );
    void give_back(std::unique_ptr<Prepared> prepared);
    void check(const Values& values);
    template <class Step>
    auto attempt(Step step);

    soci::session& session_;
    Role role_;
    std::exception_ptr failure_;
    // By SQL text; one per combination of types. A statement in use is not in the map.
    std::map<std::string, std::vector<std::unique_ptr<Prepared>>, std::less<>> statements_;
    std::size_t statement_count_ = 0;
};

}  // namespace store
