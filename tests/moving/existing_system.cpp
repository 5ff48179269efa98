#include "tests/moving/existing_system.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "documents/test_bson.h"

namespace moving {

namespace {

using documents::Kind;
using documents::Style;
using documents::Value;

class Drawing {
  public:
    Drawing(std::uint64_t seed, int drafts) : random_(seed), drafts_(drafts) {}

    Collections draw() {
        draw_campaigns();
        draw_leads();
        draw_drafts();
        draw_warmup();
        draw_counters();
        return std::move(out_);
    }

  private:
    std::string id() {
        // The first four bytes are a time, as MongoDB draws them.
        ++next_;
        return fmt::format("{:08x}{:016x}", 0x68000000 + next_, 0xabcdef0000000000ULL + next_);
    }
    base::Timestamp time() {
        return {1'750'000'000'000'000 + random_.between(0, 30'000'000'000) * 1000};
    }
    Value date() { return Value::of_date(time()); }
    std::string text(int words) {
        static const std::vector<std::string> kWords = {
            "coffee",
            "Zoë",
            "\"quoted\"",
            "line\nbreak",
            "back\\slash",
            "tab\there",
            "ümlaut",
            "日本語",
            "🙂",
            "'single'",
            "a:b",
            "{brace}",
            "comma,",
            "</p>",
            "%s",
            "\x01",
            "plain"
        };
        std::string out;
        for (int i = 0; i < words; ++i) out += (i == 0 ? "" : " ") + random_.pick(kWords);
        return out;
    }
    Value or_null(double chance, Value value) {
        return random_.chance(chance) ? std::move(value) : Value{};
    }
    // Fields that nobody knows, of every type both formats share.
    void add_unknown(Value& document) {
        if (random_.chance(0.3))
            document.add("thread_id", Value::of_text(random_.alphanumeric(16)));
        if (random_.chance(0.1)) {
            Value list;
            list.kind = Kind::array;
            list.members = {{{}, Value::of_int(1)}, {{}, Value{}}, {{}, Value::of_text("x")}};
            document.add(
                "meta",
                Value::of_object(
                    {{"tags", list},
                     {"big", Value::of_int(random_.between(5'000'000'000, 9'000'000'000))},
                     {"ratio", Value::of_real(random_.uniform() + 0.0001)},
                     {"old", Value::of_date({-86'400'000'000})},
                     {"ref", Value::of_id(id())}}
                )
            );
        }
    }
    std::string message_id() { return "<" + random_.alphanumeric(20) + "@mail.co.example>"; }

    void draw_campaigns() {
        for (int i = 0; i < 3; ++i) {
            Value one = Value::of_object({{"_id", Value::of_id(id())}});
            campaigns_.push_back(one.members.front().value.text);
            // Two of one name: names need not be unique there.
            one.add("name", Value::of_text(i == 2 ? "Campaign 0" : fmt::format("Campaign {}", i)));
            one.add(
                "target_criteria",
                Value::of_object(
                    {{"title", Value::of_text("CTO")},
                     {"size", Value::of_object({{"$gt", Value::of_int(50)}})}}
                )
            );
            one.add(
                "stats",
                Value::of_object(
                    {{"sent", Value::of_int(40)},
                     {"replied", Value::of_int(4)},
                     {"bounced", Value::of_real(1)}}
                )
            );
            if (i > 0) one.add("status", Value::of_text("active"));
            out_["campaigns"].push_back(std::move(one));
        }
    }

    void draw_leads() {
        for (int i = 0; i < drafts_ / 2; ++i) {
            Value one = Value::of_object({{"_id", Value::of_id(id())}});
            leads_.push_back(one.members.front().value.text);
            emails_.push_back(fmt::format("Lead.{}@company-{}.example", i, i % 300));
            one.add("email", Value::of_text(emails_.back()));
            one.add("name", Value::of_text("Lead " + std::to_string(i)));
            if (random_.chance(0.8)) one.add("company", Value::of_text(text(2)));
            if (random_.chance(0.8)) one.add("title", or_null(0.9, Value::of_text("CTO")));
            if (random_.chance(0.3)) one.add("industry", Value::of_text(text(1)));
            if (random_.chance(0.3)) one.add("employees", Value::of_int(random_.between(1, 9999)));
            if (random_.chance(0.1)) one.add("email_invalid", Value::of_bool(random_.chance(0.5)));
            if (random_.chance(0.5)) one.add("created_at", date());
            add_unknown(one);
            out_["leads"].push_back(std::move(one));
        }
    }

    Value draft(std::size_t lead, int step, const std::string& status, const std::string& account) {
        const bool sent = status == "sent";
        Value one = Value::of_object({{"_id", Value::of_id(id())}});
        one.add("lead_id", Value::of_id(leads_[lead]));
        one.add("campaign_id", Value::of_id(campaigns_[lead % campaigns_.size()]));
        one.add("to_email", Value::of_text(emails_[lead]));
        one.add("to_name", Value::of_text("Lead " + std::to_string(lead)));
        one.add("email_type", Value::of_text(step == 0 ? "initial" : "followup"));
        one.add("followup_number", Value::of_int(step));
        one.add("subject", Value::of_text(text(3)));
        one.add("body", Value::of_text(text(60)));
        one.add("html_body", or_null(0.3, Value::of_text("<p>" + text(5) + "</p>")));
        one.add("from_account", sent || step > 0 ? Value::of_text(account) : Value{});
        one.add("in_reply_to", step > 0 ? Value::of_text(message_id()) : Value{});
        one.add("references", step > 0 ? Value::of_text(message_id()) : Value{});
        one.add("status", Value::of_text(status));
        const double score = static_cast<double>(random_.between(0, 100));
        one.add(
            "quality_score",
            random_.chance(0.1)   ? Value{}
            : random_.chance(0.5) ? Value::of_int(static_cast<int>(score))
                                  : Value::of_real(score + (random_.chance(0.5) ? 0.5 : 0))
        );
        one.add("review_passed", Value::of_bool(random_.chance(0.9)));
        one.add("created_at", date());
        one.add("sent_at", sent ? date() : Value{});
        one.add("error_message", status == "failed" ? Value::of_text("550 no") : Value{});
        if (random_.chance(0.9)) one.add("retry_count", Value::of_int(random_.between(0, 3)));
        add_unknown(one);
        // Order is the writer's own business.
        if (random_.chance(0.1)) std::swap(one.members[2], one.members[5]);
        return one;
    }

    // Each lead has an initial draft and one more, and the mails that went.
    void draw_drafts() {
        static const std::vector<std::string> kFirst = {
            "sent", "sent", "sent", "ready_to_send", "claimed", "generating", "failed"
        };
        for (std::size_t lead = 0; lead < leads_.size(); ++lead) {
            const std::string account = accounts()[lead % accounts().size()];
            const std::string first = random_.pick(kFirst);
            out_["email_drafts"].push_back(draft(lead, 0, first, account));
            const bool went = first == "sent";
            const std::string second = went && random_.chance(0.3) ? "sent"
                                       : went                      ? "ready_to_send"
                                                                   : "generating";
            out_["email_drafts"].push_back(draft(lead, 1, second, account));
            if (went) add_mail(lead, 0);
            if (second == "sent") add_mail(lead, 1);
        }
    }

    void add_mail(std::size_t lead, int step) {
        static const std::vector<std::string> kStatus = {
            "sent", "sent", "sent", "replied", "bounced"
        };
        Value one = Value::of_object({{"_id", Value::of_id(id())}});
        one.add("lead_id", Value::of_id(leads_[lead]));
        one.add("campaign_id", Value::of_id(campaigns_[lead % campaigns_.size()]));
        one.add("subject", Value::of_text(text(3)));
        one.add("body", Value::of_text(text(30)));
        one.add("status", Value::of_text(random_.pick(kStatus)));
        one.add("message_id", random_.chance(0.95) ? Value::of_text(message_id()) : Value{});
        one.add("followup_number", Value::of_int(step));
        one.add("sent_at", date());
        add_unknown(one);
        out_["emails"].push_back(std::move(one));
    }

    void draw_warmup() {
        for (int i = 0; i < 60; ++i) {
            Value one = Value::of_object({{"_id", Value::of_id(id())}});
            one.add("subject", Value::of_text(text(2)));
            one.add("body", Value::of_text(text(20)));
            if (i % 2 == 0) one.add("html_body", or_null(0.5, Value::of_text("<p>x</p>")));
            one.add("created_at", date());
            one.add("generated_via", Value::of_text(i % 3 == 0 ? "fallback" : "groq"));
            out_["warmup_email_drafts"].push_back(std::move(one));
        }
        for (int i = 0; i < 200; ++i) {
            const std::string original = message_id();
            Value mail = Value::of_object({{"_id", Value::of_id(id())}});
            mail.add("from_email", Value::of_text(random_.pick(accounts())));
            mail.add("to_email", Value::of_text("seed@gmail.example"));
            mail.add("subject", Value::of_text(text(2)));
            mail.add("status", Value::of_text("sent"));
            mail.add("message_id", Value::of_text(original));
            mail.add("sent_at", date());
            mail.add("created_at", date());
            mail.add("email_type", Value::of_text(i < 50 ? "warmup" : "warmup_bidirectional"));
            out_["emails"].push_back(std::move(mail));
            if (i % 2 == 0) add_thread(i % 20 == 0 ? message_id() : original);
        }
    }

    void add_thread(const std::string& original) {
        Value one = Value::of_object({{"_id", Value::of_id(id())}});
        one.add("type", Value::of_text("reply"));
        one.add("from_email", Value::of_text("seed@gmail.example"));
        one.add("to_email", Value::of_text(random_.pick(accounts())));
        one.add("original_message_id", Value::of_text(original));
        one.add("reply_message_id", Value::of_text(message_id()));
        one.add("subject", Value::of_text("Re: " + text(2)));
        one.add("received_from_folder", Value::of_text(random_.chance(0.8) ? "inbox" : "spam"));
        one.add("created_at", date());
        one.add("cycle", Value::of_text(base::to_iso(time())));
        out_["warmup_threads"].push_back(std::move(one));
    }

    void draw_counters() {
        for (int i = 0; i < 30; ++i) {
            const std::string day = fmt::format("2026-10-{:02}", i % 28 + 1);
            out_["account_reputation"].push_back(Value::of_object(
                {{"_id", Value::of_id(id())},
                 {"email", Value::of_text(accounts()[0])},
                 {"date", Value::of_text(day)},
                 {"sent", Value::of_int(i)},
                 {"spam_rate", Value::of_real(0.25)}}
            ));
            out_["llm_usage"].push_back(Value::of_object(
                {{"_id", Value::of_text("groq-" + std::to_string(i))},
                 {"day", Value::of_text(day)},
                 {"model", Value::of_text("llama")},
                 {"requests", Value::of_int(i + 1)}}
            ));
            out_["sending_stats"].push_back(
                Value::of_object({{"_id", Value::of_id(id())}, {"count", Value::of_int(i)}})
            );
            out_["do_not_contact"].push_back(Value::of_object(
                {{"_id", Value::of_id(id())},
                 i % 3 == 0
                     ? documents::Member{"domain", Value::of_text(fmt::format("no-{}.example", i))}
                     : documents::Member{"email", Value::of_text(fmt::format("no{}@x.example", i))},
                 {"reason", Value::of_text(text(1))}}
            ));
            Value odd = Value::of_object({{"_id", Value::of_int(i)}});
            add_unknown(odd);
            out_["some_plugin.cache"].push_back(std::move(odd));
        }
    }

    base::SeededRandom random_;
    int drafts_;
    std::uint64_t next_ = 1;
    Collections out_;
    std::vector<std::string> campaigns_;
    std::vector<std::string> leads_;
    std::vector<std::string> emails_;
};

// Blanks and line breaks where JSON allows them, as --pretty writes.
std::string pretty(const std::string& json) {
    std::string out;
    bool in_text = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (c == '"' && (i == 0 || json[i - 1] != '\\' || (i > 1 && json[i - 2] == '\\')))
            in_text = !in_text;
        out += c;
        if (!in_text && (c == ',' || c == '{' || c == '[')) out += "\n\t";
    }
    return out;
}

}  // namespace

Collections draw_system(std::uint64_t seed, int drafts) { return Drawing(seed, drafts).draw(); }

std::vector<std::string> accounts() {
    std::vector<std::string> all;
    for (int i = 1; i <= 8; ++i) all.push_back(fmt::format("sender{}@co.example", i));
    return all;
}

std::string to_string(Files files) {
    switch (files) {
        case Files::bson:
            return "Bson";
        case Files::bson_gzip:
            return "BsonGzip";
        case Files::canonical_lines:
            return "CanonicalLines";
        case Files::relaxed_list:
            return "RelaxedList";
        case Files::v1_lines:
            return "V1Lines";
        case Files::relaxed_pretty:
            return "RelaxedPretty";
    }
    return "";
}

void write_file(const std::vector<Value>& documents, Files files, const std::string& path) {
    const bool list = files == Files::relaxed_list;
    std::ofstream out(path, std::ios::binary);
    if (list) out << '[';
    bool first = true;
    for (const Value& document : documents) {
        if (list && !first) out << ",\n";
        first = false;
        if (files == Files::bson || files == Files::bson_gzip)
            out << documents::to_bson(document);
        else if (files == Files::canonical_lines)
            out << documents::to_json(document, Style::canonical) << '\n';
        else if (files == Files::v1_lines)
            out << documents::to_json(document, Style::v1) << '\n';
        else if (files == Files::relaxed_pretty)
            out << pretty(documents::to_json(document, Style::relaxed)) << '\n';
        else
            out << documents::to_json(document, Style::relaxed);
    }
    if (list) out << ']';
    out.close();
    if (files == Files::bson_gzip) EXPECT_EQ(std::system(("gzip -f '" + path + "'").c_str()), 0);
}

void write_files(const Collections& collections, Files files, const std::string& folder) {
    const bool dump = files == Files::bson || files == Files::bson_gzip;
    const std::string inside = dump ? folder + "/app" : folder;
    std::filesystem::create_directories(inside);
    for (const auto& [name, documents] : collections) {
        if (dump) std::ofstream(inside + "/" + name + ".metadata.json") << "{\"indexes\":[]}";
        write_file(documents, files, inside + "/" + name + (dump ? ".bson" : ".json"));
    }
}

}  // namespace moving
