// What a reply is about, and what to do next. A person says it, or, where a campaign is set so
// (model_classes), the campaigns' model; without either a reply has no class.
//
// Threats, row 14: what was received is text between marks that are drawn for each call; the model
// has no tools and no secrets, and of its answer one word of the list is taken, nothing else.
// Addresses are taken out before the text leaves.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "campaign/context.h"
#include "campaign/reply_store.h"

namespace campaign {

struct ReplyClass {
    std::string_view name;
    std::string_view meaning;    // for the model and for help
    std::string_view next_step;  // for the owner
};
std::span<const ReplyClass> reply_classes();
bool is_reply_class(std::string_view name);

// What the owner does best about it, in a sentence.
std::string_view next_step_for(const Reply& reply);

llm::Question class_question(const Reply& reply, std::string_view mark);
// The class in a model's answer; nothing where it is none of the list.
std::optional<std::string> read_class(std::string_view json);

// Asks the model about open replies of campaigns that are set so; at most `count_max`. How many got
// a class. A model that is silent is no failure: the next look asks again, as it does about those
// left when `wanted` said no before a question.
base::Task<int> classify_replies(
    Context& context, int count_max = 20, std::function<bool()> wanted = [] { return true; }
);

}  // namespace campaign
