// For tests: a DNS server on 127.0.0.1, over UDP and TCP, that answers from a script on a thread of
// its own. A name without a script does not exist.
//
// Life cycle: listens from construction on; the destructor ends the thread and joins it. Scripts
// may be given at any time.
#pragma once
#include <array>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace net {

class LoopbackDns {
  public:
    struct Record {
        int type = 0;
        std::string data;  // RDATA
    };
    static Record mx(int preference, std::string_view host);
    static Record srv(int priority, int weight, int port, std::string_view target);
    static Record txt(const std::vector<std::string>& strings);

    enum class Manner {
        plain,
        silent,     // never answers
        failing,    // SERVFAIL
        refusing,   // REFUSED
        garbled,    // an answer that is cut in its middle
        truncated,  // UDP says that there is more, TCP has it
        forged,     // first an answer to another question number, with other records
    };

    LoopbackDns();
    LoopbackDns(const LoopbackDns&) = delete;
    LoopbackDns& operator=(const LoopbackDns&) = delete;
    ~LoopbackDns();

    // "127.0.0.1:PORT".
    std::string address() const;
    void add(const std::string& name, Record record);
    void set_manner(const std::string& name, Manner manner);
    // "name type", in the order they came.
    std::vector<std::string> asked() const;

  private:
    struct Script {
        std::vector<Record> records;
        Manner manner = Manner::plain;
    };
    struct Question;

    void work();
    void serve_udp();
    void serve_tcp();
    // The messages to send, in order; none for silence.
    std::vector<std::string> answers(std::string_view query, bool udp);

    int udp_ = -1;
    int tcp_ = -1;
    int port_ = 0;
    std::array<int, 2> stop_{};
    mutable std::mutex mutex_;  // guards the two below
    std::map<std::string, Script> scripts_;
    std::vector<std::string> asked_;
    std::jthread thread_;
};

}  // namespace net
