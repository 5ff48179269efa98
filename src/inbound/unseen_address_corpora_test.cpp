// The failing address where a report's server family was never seen: each family's reports read
// without the rules that carry its name, and, stricter, without every rule that no report of
// another family speaks for. Mail of other projects, $PILOTLIGHT_CORPORA/bounces.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/text.h"
#include "inbound/classify.h"
#include "inbound/text_fold.h"
#include "tests/support/corpora.h"

namespace inbound {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using support::read_file;
using support::read_labels;
using support::Share;

constexpr double kUnseenAddressFloor = 0.85;

// Both collections' names of one family, and the rules' names of it.
const std::map<std::string, std::vector<std::string>>& family_names() {
    static const std::map<std::string, std::vector<std::string>> names = {
        {"microsoft",
         {"microsoft", "exchange", "exchange2003", "exchange2007", "outlook", "office365"}},
        {"yahoo", {"yahoo", "yahooinc"}},
        {"smtp32", {"smtp32", "imailserver"}},
        {"sendmail", {"sendmail", "v5sendmail"}},
        {"groupwise", {"groupwise"}},
    };
    return names;
}

bool is_of(const std::string& family, const std::string& name) {
    const auto found = family_names().find(family);
    return name == family || (found != family_names().end() &&
                              std::ranges::find(found->second, name) != found->second.end());
}

struct Labelled {
    std::string family;
    mime::Message message;
    std::set<std::string> wanted;
};

class UnseenAddressCorpora : public support::CorporaTest {
  protected:
    UnseenAddressCorpora() : CorporaTest("bounces/flufl/labels.jsonl") {}

    // The detector names the family; "simple" is a list of unlike servers, one a file.
    std::vector<Labelled> labelled() const {
        std::map<std::string, Labelled> by_file;
        for (const json::object& label : read_labels(root_ / "bounces/flufl/labels.jsonl")) {
            const json::value& addresses = label.at("addresses");
            if (!addresses.is_array() || addresses.as_array().empty()) continue;
            const std::string file(label.at("file").as_string());
            Labelled& mail = by_file[file];
            mail.family = fs::path(file).stem().string();
            if (!mail.family.starts_with("simple")) mail.family.resize(mail.family.rfind('_'));
            mail.message = mime::read_message(read_file(root_ / "bounces/flufl" / file));
            for (const json::value& address : addresses.as_array())
                mail.wanted.insert(base::to_lower(std::string_view(address.as_string())));
        }
        std::vector<Labelled> mails;
        for (auto& [file, mail] : by_file) mails.push_back(std::move(mail));
        return mails;
    }

    // By rule: the families whose reports it fits, in both collections.
    std::vector<std::set<std::string>> speakers(const std::vector<Labelled>& mails) const {
        const BounceRules& rules = BounceRules::standard();
        std::vector<std::set<std::string>> families(rules.rules().size());
        const auto note = [&](const mime::Message& message, const std::string& family) {
            for (const std::string& text : {message.text, message.subject})
                for (const RuleMatch& match : rules.scan(fold_text(text).lower))
                    families[match.order].insert(family);
        };
        for (const Labelled& mail : mails) note(mail.message, mail.family);
        for (const json::object& label : read_labels(root_ / "bounces/sisimai/labels.jsonl")) {
            const std::string file(label.at("file").as_string());
            std::string family = fs::path(file).stem().string();
            family.resize(family.rfind('-'));
            for (const char* prefix : {"lhost-", "rhost-"})
                if (family.starts_with(prefix)) family.erase(0, 6);
            note(mime::read_message(read_file(root_ / "bounces/sisimai" / file)), family);
        }
        return families;
    }
};

bool names_them(const Labelled& mail, const BounceRules& rules) {
    std::set<std::string> got;
    for (const Bounce& bounce : classify(mail.message, {}, rules).bounces)
        if (!bounce.address.empty()) got.insert(base::to_lower(bounce.address));
    return got == mail.wanted;
}

TEST_F(UnseenAddressCorpora, NameTheFailingAddress) {
    const std::vector<Labelled> mails = labelled();
    const std::vector<std::set<std::string>> spoken = speakers(mails);
    const std::vector<BounceRule>& standard = BounceRules::standard().rules();
    std::set<std::string> families;
    for (const Labelled& mail : mails) families.insert(mail.family);
    Share without_named;
    Share without_own;
    for (const std::string& family : families) {
        const auto is_own = [&](const std::string& name) { return is_of(family, name); };
        std::vector<BounceRule> unnamed;
        std::vector<BounceRule> foreign;
        for (std::size_t i = 0; i < standard.size(); ++i) {
            const BounceRule& rule = standard[i];
            if (is_own(rule.family) || std::ranges::any_of(rule.origins, is_own)) continue;
            unnamed.push_back(rule);
            if (spoken[i].empty() || !std::ranges::all_of(spoken[i], is_own))
                foreign.push_back(rule);
        }
        const BounceRules first(std::move(unnamed));
        const BounceRules second(std::move(foreign));
        for (const Labelled& mail : mails) {
            if (mail.family != family) continue;
            without_named.count(names_them(mail, first));
            without_own.count(names_them(mail, second));
        }
    }
    const auto print = [](const char* title, const Share& share) {
        std::printf(
            "  %-50s %zu of %zu, %.1f %%\n", title, share.right, share.all, 100 * share.value()
        );
    };
    std::printf("failing addresses, %zu families left out in turn\n", families.size());
    print("address, without the rules named for it", without_named);
    print("address, without the rules it alone speaks for", without_own);
    EXPECT_GT(without_named.all, 80U);
    EXPECT_GE(without_named.value(), kUnseenAddressFloor);
    EXPECT_GE(without_own.value(), kUnseenAddressFloor);
}

}  // namespace
}  // namespace inbound
