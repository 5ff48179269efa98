// A chat-completions server on 127.0.0.1, on a port the kernel draws, for tests over a real HTTP
// client.
//
//   support::ScriptedModelServer server;
//   server.answer({.status = 429, .headers = {{"retry-after", "2"}}});
//   settings.llm_warmup.base_url = server.base_url();       // "http://127.0.0.1:PORT/openai/v1"
//   … server.requests() …
//
// Answers are given in the script's order; when it is over, every request gets a plausible answer
// (plausible_answers.h). Each connection has its own thread and carries one request. Life cycle:
// serves from the constructor to the destructor, which ends hanging requests. Limits: 64 KiB of
// headers, 4 MiB of body. Errors: std::runtime_error where no port can be had.
#pragma once
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace support {

struct ScriptedAnswer {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};  // with status 200 and no body: a plausible one
    bool hang = false;      // the request is read and never answered
    bool cut_body = false;  // half of the body leaves, then the connection closes
    bool slam = false;      // the connection closes without an answer
};

struct RecordedRequest {
    std::string line;  // "POST /openai/v1/chat/completions HTTP/1.1"
    std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
    std::string body;

    std::string header(std::string_view name) const {
        for (const auto& [key, value] : headers)
            if (key == name) return value;
        return {};
    }
};

class ScriptedModelServer {
  public:
    ScriptedModelServer();
    ~ScriptedModelServer();
    ScriptedModelServer(const ScriptedModelServer&) = delete;
    ScriptedModelServer& operator=(const ScriptedModelServer&) = delete;

    int port() const;
    std::string base_url() const;
    // Appends to the script.
    void answer(ScriptedAnswer next);
    // What requests get when the script is over; without it a plausible answer.
    void answer_always(ScriptedAnswer always);
    // In the order in which they were read completely.
    std::vector<RecordedRequest> requests() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace support
