// What a chat model is asked for a draft, and what of its answer is used. Pure.
//
// Only lead fields that the campaign allows (Settings::model_fields) stand in a question; in texts
// that go with it (earlier mails, reasons of a review, the draft to be judged) the values of all
// other fields are taken out. Lead data and mails stand between two lines drawn by chance; an
// answer that repeats a mark of the prompt is refused.
#pragma once
#include <string>
#include <vector>

#include "base/random.h"
#include "campaign/merge_fields.h"
#include "campaign/review.h"
#include "llm/chat_model.h"

namespace campaign {

struct EarlierMail {
    std::string subject;
    std::string body;  // without its footer
};

struct WritingTask {
    Lead lead;
    Settings settings;
    int step = 0;
    bool same_thread = false;
    std::vector<EarlierMail> earlier;  // to this lead, oldest first
    std::vector<Finding> reasons;      // why the last text was refused; empty: it is the first
};

struct PromptMarks {
    std::string boundary;
    std::string canary;
};
PromptMarks draw_marks(base::Random& random);

// Fields that may leave, in order of name.
MergeFields fields_for_model(const Lead& lead, const Settings& settings);
// The text without the values of fields that may not leave.
std::string without_private_fields(std::string text, const Lead& lead, const Settings& settings);

llm::Question writing_question(const WritingTask& task, const PromptMarks& marks);

struct ModelText {
    std::string subject;
    std::string body;  // with the writer's signature, without footer
};
// protocol where the answer is of no use; whether it may be sent is review's decision.
base::Result<ModelText> read_writing(
    const std::string& json, const WritingTask& task, const PromptMarks& marks
);

llm::Question opinion_question(
    const std::string& subject,
    const std::string& body,
    const WritingTask& task,
    const PromptMarks& marks
);
// `subject` and `body` as they were judged.
base::Result<Opinion> read_opinion(
    const std::string& json,
    const std::string& subject,
    const std::string& body,
    const PromptMarks& marks
);

}  // namespace campaign
