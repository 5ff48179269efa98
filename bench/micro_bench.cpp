// Single parts, without network: MIME, tokens, parsers. The store's jobs are in store_bench.cpp.
#include <benchmark/benchmark.h>

#include "bench/sample_mail.h"
#include "delivery/token.h"
#include "imap/parser.h"
#include "inbound/classify.h"
#include "mime/message.h"
#include "smtp/reply_parser.h"

namespace {

constexpr std::size_t kSmall = 80;

void set_bytes(benchmark::State& state, std::size_t bytes) {
    state.SetItemsProcessed(state.iterations());
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

void compose_mail(benchmark::State& state) {
    base::SystemRandom random;
    const mime::Outgoing mail = bench::sample_mail(1, static_cast<std::size_t>(state.range(0)));
    std::size_t bytes = 0;
    for (auto step : state) {
        const auto composed = mime::compose(mail, random);
        bytes = composed->size();
        benchmark::DoNotOptimize(composed);
    }
    set_bytes(state, bytes);
}
BENCHMARK(compose_mail)->ArgName("text")->Arg(kSmall)->Arg(bench::kBodyBytes);

void read_mail(benchmark::State& state) {
    base::SystemRandom random;
    const auto size = static_cast<std::size_t>(state.range(0));
    const std::string bytes = *mime::compose(bench::sample_mail(1, size), random);
    for (auto step : state) benchmark::DoNotOptimize(mime::read_message(bytes));
    set_bytes(state, bytes.size());
}
BENCHMARK(read_mail)->ArgName("text")->Arg(kSmall)->Arg(bench::kBodyBytes);

// A delivery report from its bytes to its reason, the message's parse included.
void read_bounce(benchmark::State& state) {
    constexpr std::string_view kReport =
        "Return-Path: <>\r\nFrom: Mail Delivery System <mailer-daemon@mx.example.net>\r\n"
        "To: ada@example.org\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\n\r\nI'm sorry to have to inform you that your message could not be delivered.\r\n"
        "\r\n<bob@example.com>: host mx.example.com[192.0.2.1] said: 550 5.1.1 no such user\r\n"
        "    (in reply to RCPT TO command)\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example.net\r\n\r\nFinal-Recipient: rfc822; bob@example.com\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n"
        "\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        "Message-ID: <one@example.org>\r\nTo: bob@example.com\r\n\r\n--b--\r\n";
    for (auto step : state)
        benchmark::DoNotOptimize(inbound::classify(mime::read_message(kReport)));
    set_bytes(state, kReport.size());
}
BENCHMARK(read_bounce);

void mint_token(benchmark::State& state) {
    const delivery::TokenMint mint("a key of thirty-two bytes, more or less");
    for (auto step : state)
        benchmark::DoNotOptimize(mint.mint(delivery::Side::warmup, "abcdefghij012345"));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(mint_token);

void check_token(benchmark::State& state) {
    const delivery::TokenMint mint("a key of thirty-two bytes, more or less");
    const std::string token = mint.mint(delivery::Side::warmup, "abcdefghij012345");
    for (auto step : state) benchmark::DoNotOptimize(mint.check(token));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(check_token);

void read_smtp_replies(benchmark::State& state) {
    constexpr std::string_view kReplies =
        "250-mail.example.com at your service, [127.0.0.1]\r\n250-SIZE 35882577\r\n"
        "250-8BITMIME\r\n250-STARTTLS\r\n250-ENHANCEDSTATUSCODES\r\n250-PIPELINING\r\n"
        "250 SMTPUTF8\r\n"
        "250 2.1.0 OK abc123def456 - gsmtp\r\n"
        "250 2.1.5 OK abc123def456 - gsmtp\r\n"
        "354 Go ahead abc123def456 - gsmtp\r\n"
        "250 2.0.0 OK 1795435620 abc123def456 - gsmtp\r\n";
    smtp::ReplyParser parser;
    std::int64_t replies = 0;
    for (auto step : state) {
        for (std::string_view rest = kReplies; !rest.empty();) {
            rest.remove_prefix(*parser.eat(rest));
            benchmark::DoNotOptimize(parser.take(smtp::Command::dot));
            ++replies;
        }
    }
    state.SetItemsProcessed(replies);
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kReplies.size()));
}
BENCHMARK(read_smtp_replies);

// What a look into an inbox answers: SEARCH, flags, and one message in full.
std::string imap_answer() {
    base::SystemRandom random;
    const std::string mail = *mime::compose(bench::sample_mail(1, bench::kBodyBytes), random);
    std::string answer = "* SEARCH 4301 4302 4303 4307 4311 4315\r\n";
    for (int i = 1; i <= 10; ++i) {
        const std::string number = std::to_string(i);
        answer +=
            "* " + number + " FETCH (UID 43" + number +
            " FLAGS (\\Seen $Forwarded) RFC822.SIZE 2286 X-GM-LABELS (\"\\\\Inbox\" news))\r\n";
    }
    answer += "* 11 FETCH (UID 4311 BODY[] {" + std::to_string(mail.size()) + "}\r\n" + mail;
    return answer + ")\r\nA007 OK UID FETCH completed\r\n";
}

void read_imap_responses(benchmark::State& state) {
    const std::string answer = imap_answer();
    imap::ResponseReader reader;
    std::int64_t responses = 0;
    for (auto step : state) {
        std::string_view rest = answer;
        while (auto frame = *reader.next(rest)) {
            benchmark::DoNotOptimize(imap::parse_response(std::move(*frame)));
            ++responses;
        }
    }
    state.SetItemsProcessed(responses);
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(answer.size()));
}
BENCHMARK(read_imap_responses);

}  // namespace

BENCHMARK_MAIN();
