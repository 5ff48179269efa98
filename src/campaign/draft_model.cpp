#include "campaign/draft_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/embedded.h"
#include "base/text.h"
#include "campaign/opt_out_words.h"
#include "inbound/fold.h"
#include "mime/utf8.h"

namespace campaign {

namespace {

constexpr std::size_t kMailBytesMax = 4000;
constexpr std::size_t kReasonsMax = 10;
constexpr std::string_view kTakenOut = "[…]";

std::string prompt(std::string_view file, const Settings& settings, const PromptMarks& marks) {
    std::string text(embedded::campaign(file));
    text = base::replace_all(std::move(text), "{language}", settings.language);
    text = base::replace_all(std::move(text), "{boundary}", marks.boundary);
    return base::replace_all(std::move(text), "{canary}", marks.canary);
}

bool is_field_allowed(std::string_view name, const Settings& settings) {
    return std::ranges::any_of(settings.model_fields, [&](const std::string& allowed) {
        return field_name(allowed) == name;
    });
}

bool is_senders(std::string_view name) { return name == "sender_name" || name == "sender_company"; }

// Where the value stands as words of its own.
std::string without_value(std::string text, std::string_view value) {
    const auto is_inside = [&](std::size_t at) {
        return at < text.size() && inbound::is_word_byte(text[at]);
    };
    for (std::size_t at = text.find(value); at != std::string::npos; at = text.find(value, at)) {
        const std::size_t end = at + value.size();
        const bool cuts_word = (at > 0 && is_inside(at - 1) && is_inside(at)) ||
                               (is_inside(end - 1) && is_inside(end));
        if (cuts_word) {
            at = end;
            continue;
        }
        text.replace(at, value.size(), kTakenOut);
        at += kTakenOut.size();
    }
    return text;
}

std::string between(const PromptMarks& marks, const std::string& text) {
    return marks.boundary + "\n" + text + "\n" + marks.boundary + "\n";
}

void add_list(std::string& out, std::string_view name, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    out += fmt::format("{}:\n", name);
    for (const std::string& line : lines) out += "- " + line + "\n";
}

void add_line(std::string& out, std::string_view name, std::string_view value) {
    if (!base::trim(value).empty()) out += fmt::format("{}: {}\n", name, base::trim(value));
}

std::string notes_of_sender(const Settings& settings) {
    std::string notes = "Notes of the sender\n";
    add_line(notes, "name", settings.sender_name);
    add_line(notes, "company", settings.sender_company);
    add_line(notes, "what is offered", settings.offer);
    add_line(notes, "what the question at the end is about", settings.call_to_action);
    add_list(notes, "facts", settings.facts);
    add_list(notes, "links", settings.links);
    add_list(notes, "forbidden list", settings.banned_phrases);
    return notes;
}

std::string fields_text(const WritingTask& task) {
    std::string text = "Recipient\n";
    for (const auto& [name, value] : fields_for_model(task.lead, task.settings))
        text += fmt::format("{}: {}\n", name, value);
    return text;
}

std::string earlier_text(const WritingTask& task) {
    std::string text;
    for (const EarlierMail& mail : task.earlier) {
        const std::string body = without_footer(mail.body, task.settings);
        text += fmt::format(
            "Mail sent before\nSubject: {}\n{}\n\n",
            mail.subject,
            mime::first_bytes(body, kMailBytesMax)
        );
    }
    return without_private_fields(std::move(text), task.lead, task.settings);
}

std::string task_text(const WritingTask& task) {
    if (task.step == 0) return "Write the first mail.\n";
    return fmt::format(
        "Write follow-up {} to the mails above; nobody has answered yet. Take up the thought, say "
        "something that they do not say, and do not reproach.{}\n",
        task.step,
        task.same_thread ? " It goes into the same thread, its subject is not used." : ""
    );
}

std::string reasons_text(const WritingTask& task) {
    if (task.reasons.empty()) return {};
    std::string text = "A first try was refused by these rules; keep to them:\n";
    for (std::size_t i = 0; i < std::min(task.reasons.size(), kReasonsMax); ++i)
        text += fmt::format("- {}: {}\n", task.reasons[i].rule, task.reasons[i].words);
    return without_private_fields(std::move(text), task.lead, task.settings);
}

std::unexpected<base::Error> nonsense(const std::string& why) {
    return base::fail(
        base::ErrorCode::protocol, "campaign.model", "the model answered nonsense: " + why
    );
}

base::Result<boost::json::object> object_of(const std::string& json, const PromptMarks& marks) {
    for (const std::string& mark : {marks.boundary, marks.canary})
        if (!mark.empty() && json.find(mark) != std::string::npos)
            return nonsense("it repeats its instructions");
    boost::system::error_code problem;
    const boost::json::value value = boost::json::parse(json, problem);
    if (problem || !value.is_object()) return nonsense("no JSON object");
    return value.get_object();
}

std::string text_of(const boost::json::object& object, std::string_view key) {
    const boost::json::value* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

// Line ends and blanks as we write them; what is wrong with the words is review's affair.
std::string tidy_lines(std::string_view text) {
    const std::string plain = base::replace_all(std::string(text), "\r\n", "\n");
    std::string out;
    int blank = 0;
    for (const std::string& line : base::split(base::trim(plain), '\n')) {
        const std::string_view kept = base::trim(line);
        blank = kept.empty() ? blank + 1 : 0;
        if (blank > 1) continue;
        out += (out.empty() ? "" : "\n") + std::string(kept);
    }
    return out;
}

std::string with_signature(std::string body, const Settings& settings) {
    for (const std::string& line : {settings.sender_name, settings.sender_company}) {
        if (line.empty() || body.ends_with("\n" + line)) continue;
        body += "\n" + line;
    }
    return body;
}

}  // namespace

PromptMarks draw_marks(base::Random& random) {
    return {"=====" + random.alphanumeric(20), random.letters(16)};
}

MergeFields fields_for_model(const Lead& lead, const Settings& settings) {
    MergeFields allowed;
    for (const auto& [name, value] : merge_fields(lead, settings))
        if (is_field_allowed(name, settings) && !is_senders(name)) allowed[name] = value;
    return allowed;
}

std::string without_private_fields(std::string text, const Lead& lead, const Settings& settings) {
    const MergeFields allowed = fields_for_model(lead, settings);
    std::vector<std::string> values;
    for (const auto& [name, value] : merge_fields(lead, settings)) {
        const bool says_allowed =
            std::ranges::any_of(allowed, [&](const auto& field) { return field.second == value; });
        if (!says_allowed && !is_senders(name)) values.push_back(value);
    }
    // The longest first: "Anna Schmidt" before "Schmidt".
    std::ranges::sort(values, std::ranges::greater(), [](const std::string& value) {
        return std::pair(value.size(), value);
    });
    for (const std::string& value : values) text = without_value(std::move(text), value);
    return text;
}

llm::Question writing_question(const WritingTask& task, const PromptMarks& marks) {
    llm::Question question;
    question.system = prompt("write_prompt.txt", task.settings, marks);
    question.user = notes_of_sender(task.settings) + "\n" +
                    between(marks, fields_text(task) + "\n" + earlier_text(task)) +
                    task_text(task) + reasons_text(task) +
                    "Answer with JSON: {\"subject\": …, \"body\": …}";
    question.schema_name = "campaign_mail";
    question.schema =
        R"({"type":"object","properties":{"subject":{"type":"string"},"body":{"type":"string"}},)"
        R"("required":["subject","body"],"additionalProperties":false})";
    question.tokens_max = 1500;
    question.temperature = 0.7;
    return question;
}

base::Result<ModelText> read_writing(
    const std::string& json, const WritingTask& task, const PromptMarks& marks
) {
    const auto object = object_of(json, marks);
    if (!object) return base::pass_on(object);
    ModelText text;
    text.subject = base::trim(text_of(*object, "subject"));
    text.body = tidy_lines(text_of(*object, "body"));
    if (text.body.empty()) return nonsense("no body");
    if (text.subject.empty() && !task.same_thread) return nonsense("no subject");
    if (!base::is_utf8(text.subject + text.body)) return nonsense("it is not UTF-8");
    text.body = with_signature(std::move(text.body), task.settings);
    return text;
}

llm::Question opinion_question(
    const std::string& subject,
    const std::string& body,
    const WritingTask& task,
    const PromptMarks& marks
) {
    llm::Question question;
    question.system = prompt("opinion_prompt.txt", task.settings, marks);
    const std::string mail =
        "Subject: " + subject + "\n\n" + std::string(mime::first_bytes(body, kMailBytesMax));
    question.user = between(marks, without_private_fields(mail, task.lead, task.settings)) +
                    "Answer with JSON: {\"score\": …, \"reasons\": […]}";
    question.schema_name = "campaign_opinion";
    question.schema = R"({"type":"object","properties":{"score":{"type":"integer"},)"
                      R"("reasons":{"type":"array","items":{"type":"string"}}},)"
                      R"("required":["score","reasons"],"additionalProperties":false})";
    question.tokens_max = 1000;
    question.temperature = 0.1;
    return question;
}

base::Result<Opinion> read_opinion(
    const std::string& json,
    const std::string& subject,
    const std::string& body,
    const PromptMarks& marks
) {
    const auto object = object_of(json, marks);
    if (!object) return base::pass_on(object);
    const boost::json::value* score = object->if_contains("score");
    if (score == nullptr || !score->is_int64() || score->get_int64() < 0 ||
        score->get_int64() > 100)
        return nonsense("no score from 0 to 100");
    Opinion opinion{opinion_hash(subject, body), static_cast<int>(score->get_int64()), {}};
    const boost::json::value* reasons = object->if_contains("reasons");
    if (reasons != nullptr && reasons->is_array())
        for (const boost::json::value& reason : reasons->get_array())
            if (const auto* words = reason.if_string();
                words != nullptr && opinion.reasons.size() < kReasonsMax)
                opinion.reasons.push_back(base::printable(*words, 200));
    return opinion;
}

}  // namespace campaign
