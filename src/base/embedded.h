// Files from data/ that are compiled in (tools/embed.py). An unknown name gives an empty text.
#pragma once
#include <string_view>

namespace embedded {

std::string_view data(std::string_view file_name);        // mailbox: presets, refusal table
std::string_view warmup(std::string_view file_name);      // warmup: grammar, prompts, ad words
std::string_view campaign(std::string_view file_name);    // campaign: lists of domains and names
std::string_view sandbox(std::string_view file_name);     // sandbox: provider opinions
std::string_view migrations(std::string_view file_name);  // store: numbered .sql files
std::string_view inbound(std::string_view file_name);     // inbound: bounce rules, words
std::string_view api(std::string_view file_name);         // api: the unsubscribe pages

}  // namespace embedded
