// Any server: imap::Session, with the response reader and the parser under it.
#include "fuzz/play.h"
#include "imap/session.h"

namespace {

imap::Command command(unsigned kind) {
    switch (kind) {
        case 0:
            return imap::SearchUids{"UID 1:*"};
        case 1:
            return imap::FetchUids{"1:*", "UID FLAGS X-GM-LABELS BODY.PEEK[]"};
        case 2:
            return imap::StoreFlags{"1:9", "+FLAGS (\\Seen)"};
        case 3:
            return imap::MoveUids{"1:9", "Pilotlight"};
        case 4:
            return imap::AppendMessage{"Sent", "Subject: hi\r\n\r\ntext\r\n", "\\Seen", {}};
        case 5:
            return imap::CreateFolder{"Pilotlight"};
        case 6:
            return imap::Idle{base::MonotonicTime::max()};
        default:
            return imap::Noop{};
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const bool starttls = input.below(2) == 0;
    const auto method = input.below(2) == 0 ? imap::Login::password : imap::Login::bearer;
    const net::Tls tls = starttls ? net::Tls::starttls : net::Tls::implicit;
    const std::string secret(fuzz::kSecret);
    imap::Session session({"me@example.com", secret, method}, tls, !starttls);
    const std::string in_clear = imap::sasl_plain("me@example.com", secret);
    bool asked = false;
    fuzz::play(session, input, !starttls, in_clear, [&] {
        if (asked) (void)session.take_reply();
        if (input.empty() || !session.usable()) return false;
        asked = true;
        const unsigned kind = input.below(10);
        if (kind == 8)
            session.list();
        else if (kind == 9)
            session.select("INBOX", input.below(2) == 0);
        else
            session.command(command(kind));
        return true;
    });
    if (session.error()) CHECK(!session.error()->describe().contains(fuzz::kSecret));
    return 0;
}
