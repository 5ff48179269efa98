// The one thing that `serve` shows to the world: `/u/TOKEN`, where recipients unsubscribe (RFC
// 8058). GET shows a page with a button and changes nothing, so that scanners which follow links
// harm nobody; HEAD answers likewise; POST acts, without login, cookie or question, whoever sends
// it as often as he likes. Everything else, and a token that is none of ours, is 404 and looks the
// same. Plain HTTP: a proxy with the public https address stands in front of it.
//
//   api::UnsubscribeListener listener({db, clock, key, vault});
//   net::HttpServer server(loop, {}, [&](net::ServerRequest request) {
//       return listener.answer(std::move(request));
//   });
//
// Errors: a lost store is thrown (the server answers 503, and mail programs try again).
#pragma once
#include "api/unsubscribe_pages.h"
#include "base/clock.h"
#include "campaign/unsubscribe.h"
#include "store/database.h"

namespace api {

class UnsubscribeListener {
  public:
    struct Parts {
        store::Database& db;
        base::Clock& clock;
        campaign::UnsubscribeKey key;
        const mailbox::Vault& vault;
    };
    explicit UnsubscribeListener(Parts parts);

    base::Task<net::ServerReply> answer(net::ServerRequest request);

  private:
    Parts parts_;
};

// The token of "/u/TOKEN", perhaps with a query that a mail gateway has added; "" for others.
std::string_view token_of(std::string_view target);

// Whether a body says `List-Unsubscribe=One-Click`, as a form of either kind.
bool is_one_click(std::string_view content_type, std::string_view body);

}  // namespace api
