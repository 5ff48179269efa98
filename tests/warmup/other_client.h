// The owner of a mailbox at work in it with a mail client of his own, while ours is at work too.
//
// A deed is done over a connection of its own, from login to logout; deeds of one OtherClient are
// done one after another. Outlived by world and loop.
#pragma once
#include "base/text.h"
#include "sandbox/world.h"
#include "tests/support/scripted_dialer.h"

namespace tests {

struct Deed {
    std::string account;
    std::string provider;
    std::string message_id;
    std::string folder;  // where the message lies
    enum class Kind { mark, unmark, move, expunge } kind = Kind::mark;
    std::string detail;  // the flag, or the folder it goes to
};

class OtherClient {
  public:
    OtherClient(sandbox::World& world, sandbox::VirtualLoop& loop, std::string password)
        : world_(world), loop_(loop), password_(std::move(password)) {}

    void do_now(const Deed& deed) { base::run_to_end(loop_, perform(deed)); }
    // Begins the deed and lets it go on beside whatever else happens; false while one goes on.
    bool begin(const Deed& deed) {
        if (busy_) return false;
        busy_ = true;
        base::start(perform(deed), [this](std::exception_ptr problem) {
            CHECK(!problem);
            busy_ = false;
        });
        return true;
    }
    bool busy() const { return busy_; }

  private:
    std::uint32_t uid_of(const Deed& deed) const {
        const auto account = base::Email::parse(deed.account).value();
        for (const sandbox::StoredMessage& mail : world_.messages(account))
            if (mail.folder == deed.folder && mail.message_id == deed.message_id) return mail.uid;
        return 0;
    }
    static std::string command_of(const Deed& deed, std::uint32_t uid) {
        const std::string of = "c UID STORE " + std::to_string(uid);
        switch (deed.kind) {
            case Deed::Kind::mark:
                return of + " +FLAGS (" + deed.detail + ")";
            case Deed::Kind::unmark:
                return of + " -FLAGS (" + deed.detail + ")";
            case Deed::Kind::move:
                return "c UID MOVE " + std::to_string(uid) + " \"" + deed.detail + "\"";
            case Deed::Kind::expunge:
                return of + " +FLAGS (\\Deleted)\r\nd UID EXPUNGE " + std::to_string(uid);
        }
        return {};
    }
    base::Task<> perform(Deed deed) {
        const std::uint32_t uid = uid_of(deed);
        CHECK(uid != 0);
        const base::MonotonicTime deadline = loop_.in(std::chrono::minutes(1));
        const net::Endpoint endpoint = sandbox::imap_endpoint(deed.provider);
        auto stream = co_await world_.dialer().dial(endpoint, deadline);
        CHECK(stream.has_value());
        support::Peer peer(std::move(*stream));
        const std::vector<std::string> commands = {
            "a LOGIN " + deed.account + " \"" + password_ + "\"",
            "b SELECT \"" + deed.folder + "\"",
            command_of(deed, uid),
            "e LOGOUT",
        };
        std::string all = base::join(commands, "\r\n") + "\r\n";
        co_await peer.say(std::move(all));
        const std::string answers = co_await peer.rest();
        CHECK(answers.find("\r\nc OK") != std::string::npos);
    }

    sandbox::World& world_;
    sandbox::VirtualLoop& loop_;
    std::string password_;
    bool busy_ = false;
};

}  // namespace tests
