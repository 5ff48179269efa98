// The words of servers and what they mean: data/inbound/bounce_rules.txt, compiled in.
//
// Parsed once (`standard()`), then read-only and safe to share. `parse` names the line that is
// wrong. One scan of a folded text finds every rule that fits; who asks takes the kind of rule it
// needs.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "inbound/phrase_matcher.h"

namespace inbound {

enum class RuleKind {
    reason,     // why a mail was refused
    last,       // the same, in words that say little
    phase,      // at which SMTP command
    notice,     // only a delivery report says so
    subject,    // so a delivery report is called
    original,   // the returned message follows
    complaint,  // a provider's report of a complaint says so, in its subject
    trying,     // the server goes on trying
    gave_up,    // it does not
};

struct BounceRule {
    RuleKind kind = RuleKind::reason;
    std::string answer;                // "mailboxfull", "rcpt"
    std::string family;                // the one server family that says so; empty for any
    std::vector<std::string> origins;  // the families in whose reports it was met first
    std::string sample;                // a line it must fit
    PhraseMatcher::Phrase pieces;      // folded
};

struct RuleMatch {
    const BounceRule* rule = nullptr;
    std::uint32_t order = 0;  // its place in the file: the lower one decides
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

class BounceRules {
  public:
    static const BounceRules& standard();
    static base::Result<BounceRules> parse(std::string_view text);
    explicit BounceRules(std::vector<BounceRule> rules);

    const std::vector<BounceRule>& rules() const { return rules_; }
    // In the order of their ends. `folded` is FoldedText::lower.
    std::vector<RuleMatch> scan(std::string_view folded) const;

  private:
    std::vector<BounceRule> rules_;
    PhraseMatcher matcher_;
};

}  // namespace inbound
