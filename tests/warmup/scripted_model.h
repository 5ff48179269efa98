// A chat model that does what the test says, and keeps every question.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "llm/chat_model.h"

namespace tests {

class ScriptedModel : public llm::ChatModel {
  public:
    enum class Mood { writes, refuses, times_out, talks_nonsense, not_configured };

    explicit ScriptedModel(base::Clock& clock) : clock_(clock) {}

    // How it answers. Writing, it never gives the same text twice.
    Mood mood = Mood::writes;
    // Instead of a text of its own, the JSON of this (while it writes).
    std::function<std::string(const llm::Question&)> answer;
    std::vector<llm::Question> questions;

    std::vector<llm::Question> questions_about(std::string_view schema_name) const;
    base::Task<base::Result<llm::Answer>> ask(llm::Question question) override;
    bool configured() const override { return mood != Mood::not_configured; }
    std::string provider() const override { return "groq"; }
    std::string base_url() const override { return "https://api.groq.com/openai/v1"; }

  private:
    std::string text_for(const llm::Question& question);

    base::Clock& clock_;
    int count_ = 0;
};

}  // namespace tests
