// A session that a Connector opened: the client, and the place it takes in its account's count.
//
// Used like a pointer. The place is given back when the session is destroyed or reset, whatever
// became of the connection; a waiting caller then takes its turn.
#pragma once
#include <memory>

#include "imap/client.h"
#include "mailbox/session_places.h"
#include "smtp/client.h"

namespace mailbox {

template <class Client>
class Session {
  public:
    Session() = default;
    Session(std::unique_ptr<Client> client, SessionPlaces::Place place)
        : place_(std::move(place)), client_(std::move(client)) {}
    Session(Session&&) noexcept = default;
    Session& operator=(Session&& other) noexcept {
        client_ = std::move(other.client_);  // the old connection ends before its place is free
        place_ = std::move(other.place_);
        return *this;
    }

    Client* operator->() const { return client_.get(); }
    Client& operator*() const { return *client_; }
    explicit operator bool() const { return client_ != nullptr; }
    void reset() {
        client_.reset();
        place_ = {};
    }

  private:
    SessionPlaces::Place place_;
    std::unique_ptr<Client> client_;
};

using SmtpSession = Session<smtp::Client>;
using ImapSession = Session<imap::Client>;

}  // namespace mailbox
