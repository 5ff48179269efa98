#include "net/loopback_dns.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>

#include "base/check.h"
#include "base/text.h"
#include "net/dns_answer.h"

namespace net {
namespace {

constexpr int kServFail = 2;
constexpr int kNoSuchName = 3;
constexpr int kRefused = 5;

std::string number(int value) {
    return {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)};
}

int number_at(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]) * 256 + static_cast<unsigned char>(bytes[at + 1]);
}

std::string wire_name(std::string_view name) {
    std::string out;
    for (const std::string& label : base::split(name, '.')) {
        if (label.empty()) continue;
        out += static_cast<char>(label.size());
        out += label;
    }
    return out + '\0';
}

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
}

int open_socket(int kind, int& port) {
    const int fd = ::socket(AF_INET, kind | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(port);
    socklen_t size = sizeof address;
    if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0) {
        ::close(fd);
        return -1;
    }
    CHECK(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port = ntohs(address.sin_port);
    return fd;
}

}  // namespace

struct LoopbackDns::Question {
    std::string name;
    int type = 0;
    std::string section;  // as it came

    static std::optional<Question> read(std::string_view query) {
        Question question;
        std::size_t at = 12;
        while (at < query.size() && query[at] != '\0') {
            const auto size = static_cast<unsigned char>(query[at]);
            if (at + 1 + size >= query.size()) return std::nullopt;
            if (!question.name.empty()) question.name += '.';
            question.name += query.substr(at + 1, size);
            at += 1U + size;
        }
        if (at + 5 > query.size()) return std::nullopt;
        question.name = base::to_lower(question.name);
        question.type = number_at(query, at + 1);
        question.section = std::string(query.substr(12, at + 5 - 12));
        return question;
    }
    std::string answer(std::string_view id, int code, bool cut, const std::vector<Record>& records)
        const {
        std::string out(id);
        out += number(0x8180 | code | (cut ? 0x0200 : 0));
        out += number(1) + number(static_cast<int>(records.size())) + number(0) + number(0);
        out += section;
        for (const Record& record : records)
            out += number(0xc00c) + number(record.type) + number(1) + number(0) + number(60) +
                   number(static_cast<int>(record.data.size())) + record.data;
        return out;
    }
};

LoopbackDns::Record LoopbackDns::mx(int preference, std::string_view host) {
    return {kTypeMx, number(preference) + wire_name(host)};
}

LoopbackDns::Record LoopbackDns::srv(int priority, int weight, int port, std::string_view target) {
    return {kTypeSrv, number(priority) + number(weight) + number(port) + wire_name(target)};
}

LoopbackDns::Record LoopbackDns::txt(const std::vector<std::string>& strings) {
    std::string data;
    for (const std::string& one : strings) {
        data += static_cast<char>(one.size());
        data += one;
    }
    return {kTypeTxt, data};
}

LoopbackDns::LoopbackDns() {
    CHECK(::pipe2(stop_.data(), O_CLOEXEC) == 0);
    // A port that is free for UDP may be taken for TCP: then another one.
    while (tcp_ < 0) {
        if (udp_ >= 0) ::close(udp_);
        port_ = 0;
        udp_ = open_socket(SOCK_DGRAM, port_);
        tcp_ = open_socket(SOCK_STREAM, port_);
    }
    CHECK(::listen(tcp_, 4) == 0);
    thread_ = std::jthread([this] { work(); });
}

LoopbackDns::~LoopbackDns() {
    ::close(stop_[1]);
    thread_.join();
    for (const int fd : {udp_, tcp_, stop_[0]}) ::close(fd);
}

std::string LoopbackDns::address() const { return "127.0.0.1:" + std::to_string(port_); }

void LoopbackDns::add(const std::string& name, Record record) {
    const std::lock_guard lock(mutex_);
    scripts_[name].records.push_back(std::move(record));
}

void LoopbackDns::set_manner(const std::string& name, Manner manner) {
    const std::lock_guard lock(mutex_);
    scripts_[name].manner = manner;
}

std::vector<std::string> LoopbackDns::asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
}

void LoopbackDns::work() {
    while (true) {
        std::array<pollfd, 3> polled = {
            {{stop_[0], POLLIN, 0}, {udp_, POLLIN, 0}, {tcp_, POLLIN, 0}}
        };
        ::poll(polled.data(), polled.size(), -1);
        if (polled[0].revents != 0) return;
        if (polled[1].revents != 0) serve_udp();
        if (polled[2].revents != 0) serve_tcp();
    }
}

void LoopbackDns::serve_udp() {
    std::array<char, 2048> buffer{};
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const auto got = ::recvfrom(
        udp_, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &size
    );
    if (got < 0) return;
    const std::string_view query(buffer.data(), static_cast<std::size_t>(got));
    for (const std::string& answer : answers(query, true))
        ::sendto(
            udp_, answer.data(), answer.size(), 0, reinterpret_cast<const sockaddr*>(&from), size
        );
}

void LoopbackDns::serve_tcp() {
    const int fd = ::accept(tcp_, nullptr, nullptr);
    std::string query;
    std::array<char, 2048> buffer{};
    while (query.size() < 2 || query.size() < 2U + static_cast<std::size_t>(number_at(query, 0))) {
        const auto got = ::recv(fd, buffer.data(), buffer.size(), 0);
        if (got <= 0) break;
        query.append(buffer.data(), static_cast<std::size_t>(got));
    }
    if (query.size() > 2)
        for (const std::string& answer : answers(std::string_view(query).substr(2), false)) {
            const std::string message = number(static_cast<int>(answer.size())) + answer;
            ::send(fd, message.data(), message.size(), MSG_NOSIGNAL);
        }
    ::close(fd);
}

std::vector<std::string> LoopbackDns::answers(std::string_view query, bool udp) {
    const auto question = query.size() > 12 ? Question::read(query) : std::nullopt;
    if (!question) return {};
    const std::lock_guard lock(mutex_);
    asked_.push_back(question->name + " " + std::to_string(question->type));
    const std::string_view id = query.substr(0, 2);
    const auto found = scripts_.find(question->name);
    if (found == scripts_.end()) return {question->answer(id, kNoSuchName, false, {})};
    std::vector<Record> records;
    for (const Record& record : found->second.records)
        if (record.type == question->type) records.push_back(record);
    const std::string whole = question->answer(id, 0, false, records);
    switch (found->second.manner) {
        case Manner::silent:
            return {};
        case Manner::failing:
            return {question->answer(id, kServFail, false, {})};
        case Manner::refusing:
            return {question->answer(id, kRefused, false, {})};
        case Manner::garbled:
            return {whole.substr(0, whole.size() - 3)};
        case Manner::truncated:
            return {udp ? question->answer(id, 0, true, {}) : whole};
        case Manner::forged: {
            const std::string other = {static_cast<char>(id[0] ^ 1), id[1]};
            return {question->answer(other, 0, false, {mx(0, "evil.test")}), whole};
        }
        case Manner::plain:
            break;
    }
    return {whole};
}

}  // namespace net
