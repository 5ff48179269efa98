// Any server: smtp::Session, with the reply parser and the capabilities under it.
#include "fuzz/play.h"
#include "smtp/commands.h"
#include "smtp/session.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const bool starttls = input.below(2) == 0;
    const auto method = input.below(2) == 0 ? smtp::Login::password : smtp::Login::bearer;
    const smtp::Credentials credentials{"ann@example.com", std::string(fuzz::kSecret), method};
    const net::Tls tls = starttls ? net::Tls::starttls : net::Tls::implicit;
    smtp::Session session({"[192.0.2.1]", credentials}, tls, !starttls);
    int messages = 3;
    fuzz::play(session, input, !starttls, smtp::secrets_of(credentials).front(), [&] {
        CHECK(session.encrypted());
        if (messages-- == 0) return false;
        const smtp::Envelope envelope{
            *base::Email::parse("ann@example.com"), *base::Email::parse("ben@example.org")
        };
        session.send(envelope, "Subject: hi\r\n\r\n.\r\ntext\r\n");
        return true;
    });
    const smtp::Transaction& last = session.last();
    CHECK(last.ending != smtp::Transaction::Ending::accepted || last.dot_begun);
    if (session.error()) CHECK(!session.error()->describe().contains(fuzz::kSecret));
    return 0;
}
