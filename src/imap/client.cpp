#include "imap/client.h"

#include "imap/session.h"
#include "net/drive.h"

namespace imap {
namespace {

constexpr std::size_t kSetBytesMax = 4000;
constexpr std::chrono::seconds kIdleGrace{60};

class SessionClient : public Client {
  public:
    SessionClient(
        std::unique_ptr<net::Stream> stream,
        base::Clock& clock,
        Credentials credentials,
        net::Tls tls
    )
        : stream_(std::move(stream)),
          clock_(clock),
          session_(std::move(credentials), tls, stream_->encrypted()) {}

    // Up to Ready.
    base::Task<base::Result<>> open(base::MonotonicTime deadline) {
        (void)co_await net::drive(*stream_, session_, clock_, deadline);
        if (session_.error()) co_return std::unexpected(*session_.error());
        co_return base::Result<>();
    }

    bool has(std::string_view capability) const override { return session_.has(capability); }

    base::Task<base::Result<std::vector<Folder>>> list(base::MonotonicTime deadline) override {
        if (!usable()) co_return dead();
        session_.list();
        base::Result<Reply> reply = co_await finish(deadline);
        if (!reply) co_return base::pass_on(reply);
        co_return std::move(reply->folders);
    }

    base::Task<base::Result<Selected>> select(
        std::string name, bool read_only, base::MonotonicTime deadline
    ) override {
        if (!usable()) co_return dead();
        session_.select(name, read_only);
        base::Result<Reply> reply = co_await finish(deadline);
        if (!reply) co_return base::pass_on(reply);
        co_return reply->selected;
    }

    base::Task<base::Result<std::vector<std::uint32_t>>> uid_search(
        std::string criteria, base::MonotonicTime deadline
    ) override {
        SearchUids search{std::move(criteria)};
        base::Result<Reply> reply = co_await run(std::move(search), deadline);
        if (!reply) co_return base::pass_on(reply);
        co_return std::move(reply->uids);
    }

    base::Task<base::Result<std::vector<Fetched>>> uid_fetch(
        std::string uid_set, std::string items, base::MonotonicTime deadline
    ) override {
        std::vector<Fetched> fetched;
        const std::vector<std::string> sets = split_uid_set(uid_set, kSetBytesMax);
        for (const std::string& set : sets) {
            FetchUids fetch{set, items};
            base::Result<Reply> reply = co_await run(std::move(fetch), deadline);
            if (!reply) co_return base::pass_on(reply);
            fetched.insert(
                fetched.end(),
                std::make_move_iterator(reply->fetched.begin()),
                std::make_move_iterator(reply->fetched.end())
            );
        }
        co_return fetched;
    }

    base::Task<base::Result<>> uid_store(
        std::string uid_set, std::string change, base::MonotonicTime deadline
    ) override {
        const std::vector<std::string> sets = split_uid_set(uid_set, kSetBytesMax);
        for (const std::string& set : sets) {
            StoreFlags store{set, change};
            base::Result<Reply> reply = co_await run(std::move(store), deadline);
            if (!reply) co_return base::pass_on(reply);
        }
        co_return base::Result<>();
    }

    base::Task<base::Result<>> uid_copy(
        std::string uid_set, std::string folder, base::MonotonicTime deadline
    ) override {
        const std::string wire_name = session_.wire_name(folder);
        const std::vector<std::string> sets = split_uid_set(uid_set, kSetBytesMax);
        for (const std::string& set : sets) {
            CopyUids copy{set, wire_name};
            const base::Result<Reply> reply = co_await run(std::move(copy), deadline);
            if (!reply) co_return base::pass_on(reply);
        }
        co_return base::Result<>();
    }

    base::Task<base::Result<>> uid_move(
        std::string uid_set, std::string folder, base::MonotonicTime deadline
    ) override {
        if (usable() && !has("MOVE") && !has("UIDPLUS"))
            co_return base::fail(
                base::ErrorCode::refused,
                "imap.move",
                "the server can neither move messages (MOVE) nor remove single ones (UIDPLUS)"
            );
        const std::string wire_name = session_.wire_name(folder);
        const std::vector<std::string> sets = split_uid_set(uid_set, kSetBytesMax);
        for (const std::string& set : sets) {
            const base::Result<> moved = co_await move_set(set, wire_name, deadline);
            if (!moved) co_return moved;
        }
        co_return base::Result<>();
    }

    base::Task<base::Result<Appended>> append(
        std::string folder,
        std::string message,
        std::string flags,
        std::optional<base::Timestamp> date,
        base::MonotonicTime deadline
    ) override {
        AppendMessage append{
            session_.wire_name(folder), std::move(message), std::move(flags), date
        };
        base::Result<Reply> reply = co_await run(std::move(append), deadline);
        if (!reply) co_return base::pass_on(reply);
        co_return reply->appended;
    }

    base::Task<base::Result<>> create(std::string folder, base::MonotonicTime deadline) override {
        const std::string wire_name = session_.wire_name(folder);
        CreateFolder create{wire_name};
        const base::Result<Reply> created = co_await run(std::move(create), deadline);
        if (created) co_return base::Result<>();
        const base::Result<> refused = base::pass_on(created);
        if (refused.error().code != base::ErrorCode::refused) co_return refused;
        // Many servers don't say ALREADYEXISTS: look whether that is why.
        ListFolders look{false, wire_name};
        const base::Result<Reply> listed = co_await run(std::move(look), deadline);
        if (!listed) co_return base::pass_on(listed);
        for (const Folder& found : listed->folders)
            if (found.name == folder && !found.has("\\NonExistent")) co_return base::Result<>();
        co_return refused;
    }

    base::Task<base::Result<>> noop(base::MonotonicTime deadline) override {
        const Noop command;
        const base::Result<Reply> reply = co_await run(command, deadline);
        if (!reply) co_return base::pass_on(reply);
        co_return base::Result<>();
    }

    base::Task<base::Result<Idled>> idle(Waker& waker, base::MonotonicTime deadline) override {
        if (!usable()) co_return dead();
        if (!has("IDLE"))
            co_return base::fail(
                base::ErrorCode::unsupported, "imap.idle", "the server does not offer IDLE"
            );
        session_.command(Idle{deadline});
        // The answer to DONE may come after the deadline.
        const base::MonotonicTime end = deadline + kIdleGrace;
        (void)co_await net::drive(*stream_, session_, clock_, end, &waker);
        const base::Result<Reply> reply = session_.take_reply();
        if (!reply) co_return base::pass_on(reply);
        co_return reply->idled;
    }

    bool usable() const override { return session_.usable(); }

    base::Task<> logout(base::MonotonicTime deadline) override {
        if (usable()) {
            session_.command(Logout{});
            (void)co_await net::drive(*stream_, session_, clock_, deadline);
        }
        stream_->close();
    }

  private:
    base::Task<base::Result<>> move_set(
        std::string set, std::string wire_name, base::MonotonicTime deadline
    ) {
        if (has("MOVE")) {
            MoveUids move{set, std::move(wire_name)};
            const base::Result<Reply> moved = co_await run(std::move(move), deadline);
            if (!moved) co_return base::pass_on(moved);
            co_return base::Result<>();
        }
        CopyUids copy{set, std::move(wire_name)};
        const base::Result<Reply> copied = co_await run(std::move(copy), deadline);
        if (!copied) co_return base::pass_on(copied);
        // Only what was copied: with a "*" in the set a mail may have come in meanwhile.
        if (!copied->copied) {
            const base::Result<> nothing = co_await expect_none(std::move(set), deadline);
            co_return nothing;
        }
        StoreFlags remove{copied->copied->from, "+FLAGS.SILENT (\\Deleted)"};
        const base::Result<Reply> removed = co_await run(std::move(remove), deadline);
        if (!removed) co_return base::pass_on(removed);
        ExpungeUids expunge{copied->copied->from};
        const base::Result<Reply> expunged = co_await run(std::move(expunge), deadline);
        if (!expunged) co_return base::pass_on(expunged);
        co_return base::Result<>();
    }

    // A copy of nothing has no COPYUID; a server that keeps silent about more can't be trusted with
    // a removal.
    base::Task<base::Result<>> expect_none(std::string set, base::MonotonicTime deadline) {
        SearchUids search{"UID " + set};
        const base::Result<Reply> found = co_await run(std::move(search), deadline);
        if (!found) co_return base::pass_on(found);
        if (found->uids.empty()) co_return base::Result<>();
        co_return base::fail(
            base::ErrorCode::refused,
            "imap.move",
            "the server did not say what it copied (COPYUID): nothing was removed"
        );
    }

    base::Task<base::Result<Reply>> run(Command command, base::MonotonicTime deadline) {
        if (!usable()) co_return dead();
        session_.command(std::move(command));
        base::Result<Reply> reply = co_await finish(deadline);
        co_return reply;
    }

    base::Task<base::Result<Reply>> finish(base::MonotonicTime deadline) {
        (void)co_await net::drive(*stream_, session_, clock_, deadline);
        co_return session_.take_reply();
    }

    std::unexpected<base::Error> dead() const {
        if (session_.error()) return std::unexpected(*session_.error());
        return base::fail(
            base::ErrorCode::closed, "imap", "the connection has ended: connect again"
        );
    }

    std::unique_ptr<net::Stream> stream_;
    base::Clock& clock_;
    Session session_;
};

}  // namespace

base::Task<base::Result<std::unique_ptr<Client>>> Client::connect(
    net::Dialer& dialer,
    base::Clock& clock,
    net::Endpoint endpoint,
    Credentials credentials,
    base::MonotonicTime deadline
) {
    base::Result<std::unique_ptr<net::Stream>> stream = co_await dialer.dial(endpoint, deadline);
    if (!stream) {
        base::Error error = stream.error();
        error.stage = error.code == base::ErrorCode::tls ? "imap.tls"
                      : error.stage == "net.resolve"     ? "imap.dns"
                                                         : "imap.connect";
        co_return std::unexpected(std::move(error));
    }
    auto client = std::make_unique<SessionClient>(
        std::move(*stream), clock, std::move(credentials), endpoint.tls
    );
    const base::Result<> opened = co_await client->open(deadline);
    if (!opened) co_return base::pass_on(opened);
    co_return std::unique_ptr<Client>(std::move(client));
}

}  // namespace imap
