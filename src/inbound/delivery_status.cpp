#include "inbound/delivery_status.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "inbound/address_scan.h"
#include "inbound/smtp_words.h"

namespace inbound {

namespace {

constexpr std::size_t kFieldMax = 8 * 1024;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// "rfc822; a@example.com" → "a@example.com"; empty for what is no address.
std::string address_of(std::string_view value) {
    const std::size_t type_end = value.find(';');
    if (type_end != std::string_view::npos) value.remove_prefix(type_end + 1);
    return std::string(first_address(value));
}

// "smtp; 550 no such user" → "550 no such user".
std::string_view without_type(std::string_view value) {
    const std::size_t end = value.find(';');
    const bool is_type =
        end != std::string_view::npos && end < 20 &&
        std::ranges::all_of(
            value.substr(0, end),
            [](char c) {
                return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || is_blank(c);
            }
        );
    return is_type ? base::trim(value.substr(end + 1)) : value;
}

class Reader {
  public:
    std::vector<RecipientStatus> read(std::string_view text) {
        while (!text.empty()) {
            const std::size_t end = std::min(text.find('\n'), text.size());
            take_line(text.substr(0, end));
            text.remove_prefix(std::min(text.size(), end + 1));
        }
        end_field();
        end_block();
        return std::move(result_);
    }

  private:
    void take_line(std::string_view line) {
        if (base::trim(line).empty()) {
            end_field();
            end_block();
            return;
        }
        if (is_blank(line.front()) && !name_.empty()) {
            if (value_.size() < kFieldMax) value_ += "\n" + std::string(base::trim(line));
            return;
        }
        const std::size_t colon = line.find(':');
        const bool is_field = colon != std::string_view::npos && colon > 0 && colon < 40 &&
                              line.substr(0, colon).find(' ') == std::string_view::npos;
        end_field();
        if (!is_field) return;
        name_ = base::to_lower(line.substr(0, colon));
        value_ = base::trim(line.substr(colon + 1));
    }

    void end_field() {
        const std::string name = std::exchange(name_, {});
        const std::string value = std::exchange(value_, {});
        if (name == "final-recipient") {
            begin_recipient(!block_.final.empty());
            block_.final = address_of(value);
        } else if (name == "original-recipient" || name == "x-original-to") {
            begin_recipient(!block_.original.empty() && name == "original-recipient");
            if (block_.original.empty()) block_.original = address_of(value);
        } else if (name == "action") {
            begin_recipient(!block_.action.empty());
            block_.action = base::to_lower(value.substr(0, value.find_first_of(" ;(\t\n")));
        } else if (name == "status") {
            block_.status = status_in(value);
            block_.comment = value.substr(std::min(value.find('('), value.size()));
            if (block_.status.empty() && value.starts_with("2.")) block_.status = "2.0.0";
        } else if (name == "diagnostic-code") {
            block_.diagnostic = value;
        } else if (name == "x-powermta-bouncecategory") {
            block_.category = value;
        } else if (name == "remote-mta") {
            block_.remote = without_type(value);
        } else {
            return;
        }
        has_field_ = has_field_ || (name != "diagnostic-code" && name != "remote-mta");
    }

    // Servers that leave the blank line out: the field that was there already opens the next one.
    void begin_recipient(bool is_next) {
        if (is_next) end_block();
    }

    void end_block() {
        RecipientStatus block = std::exchange(block_, {});
        const bool says_something =
            has_field_ && (!block.action.empty() || !block.status.empty() ||
                           !block.diagnostic.empty() || !block.address().empty());
        if (says_something && result_.size() < kRecipientsMax) result_.push_back(std::move(block));
        has_field_ = false;
    }

    std::vector<RecipientStatus> result_;
    RecipientStatus block_;
    bool has_field_ = false;
    std::string name_;
    std::string value_;
};

}  // namespace

std::vector<RecipientStatus> read_delivery_status(std::string_view text) {
    return Reader().read(text);
}

}  // namespace inbound
