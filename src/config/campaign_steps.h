// The [[step]] tables of a campaign file: when each mail of the sequence leaves and what it says.
// Used by campaign_file.cpp.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/campaign_file.h"
#include "config/toml_reader.h"

namespace config {

struct CampaignStep {
    int after_days = 0;
    bool same_thread = true;
};

class CampaignSteps {
  public:
    // Takes an entry "step[0].…" ; false where it is none. What is wrong goes to `problems`, with
    // the line before it.
    bool take(const TomlEntry& entry, std::vector<std::string>& problems);
    // What only the whole shows. `texts_needed`: no model writes the mails.
    void check(bool texts_needed, std::vector<std::string>& problems) const;

    std::vector<CampaignStep> steps() const;
    std::vector<CampaignText> texts() const;

  private:
    struct Words {
        int line = 0;
        std::optional<std::string> name;
        std::optional<int> share;
        std::optional<std::string> subject;
        std::optional<std::string> body;
        std::optional<std::string> html_body;
        bool said() const { return subject || body || html_body; }
    };
    struct Step {
        int line = 0;
        std::optional<int> after_days;
        std::optional<bool> same_thread;
        Words own;
        std::map<int, Words> variants;
    };

    void take_step(Step& step, std::string_view key, const TomlEntry& entry, std::string& problem);
    static void take_words(
        Words& words, std::string_view key, const TomlEntry& entry, std::string& problem
    );
    static void check_words(
        int number,
        const Words& words,
        bool in_thread,
        bool needed,
        std::vector<std::string>& problems
    );
    static void check_variants(const Step& step, std::vector<std::string>& problems);
    static bool in_thread(int number, const Step& step);

    std::map<int, Step> steps_;
};

}  // namespace config
