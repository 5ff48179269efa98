#include "warmup/template_pool.h"

#include <algorithm>

namespace warmup {

namespace {

bool has_had(const TemplateUse& use, std::int64_t template_id, std::int64_t seed) {
    const auto found = use.find(template_id);
    return found != use.end() && std::ranges::find(found->second, seed) != found->second.end();
}

struct UseRow {
    std::int64_t template_id = 0;
    std::int64_t to_mailbox_id = 0;
};
BOOST_DESCRIBE_STRUCT(UseRow, (), (template_id, to_mailbox_id))

}  // namespace

std::optional<Template> add_template(
    store::Connection& connection,
    const std::string& subject,
    const std::string& body,
    const std::optional<std::string>& html_body,
    const std::string& generated_via,
    base::Timestamp now
) {
    const std::int64_t known = connection.integer(
        "SELECT COUNT(*) FROM warmup_email_drafts WHERE body = :body", store::values(body)
    );
    if (known > 0) return std::nullopt;
    Template added{0, subject, body, html_body, now, generated_via, 0};
    added.id = connection.insert(
        "INSERT INTO warmup_email_drafts (subject, body, html_body, created_at, generated_via) "
        "VALUES (:subject, :body, :html, :now, :via)",
        store::values(subject, body, html_body, now, generated_via)
    );
    return added;
}

std::vector<Template> templates_since(store::Connection& connection, base::Timestamp day_start) {
    return connection.select<Template>(
        "SELECT " + store::column_list<Template>() +
            " FROM warmup_email_drafts WHERE created_at >= :start AND retired_at IS NULL ORDER BY "
            "id",
        store::values(day_start)
    );
}

std::vector<Template> latest_templates(store::Connection& connection, int count) {
    return connection.select<Template>(
        "SELECT " + store::column_list<Template>() +
            " FROM warmup_email_drafts ORDER BY id DESC LIMIT :count",
        store::values(count)
    );
}

TemplateUse template_use(store::Connection& connection, const std::vector<Template>& templates) {
    TemplateUse use;
    if (templates.empty()) return use;
    const auto rows = connection.select<UseRow>(
        "SELECT template_id, to_mailbox_id FROM emails_warmup "
        "WHERE template_id >= :first AND email_type = 'warmup_bidirectional' AND status <> "
        "'cancelled' "
        "ORDER BY id",
        store::values(templates.front().id)
    );
    for (const UseRow& row : rows) use[row.template_id].push_back(row.to_mailbox_id);
    return use;
}

void count_uses(
    store::Connection& connection, std::int64_t template_id, std::int64_t count, base::Timestamp now
) {
    connection.execute(
        "UPDATE warmup_email_drafts SET use_count = use_count + :count, last_used_at = :now "
        "WHERE id = :id",
        store::values(count, now, template_id)
    );
}

std::vector<const Template*> choose_templates(
    const std::vector<Pair>& pairs, const std::vector<Template>& templates, const TemplateUse& use
) {
    TemplateUse after = use;
    std::vector<std::int64_t> counts;
    for (const Template& one : templates) counts.push_back(one.use_count);
    std::vector<const Template*> chosen;
    for (const Pair& pair : pairs) {
        std::size_t best = templates.size();
        for (std::size_t i = 0; i < templates.size(); ++i)
            if ((best == templates.size() || counts[i] < counts[best]) &&
                !has_had(after, templates[i].id, pair.seed))
                best = i;
        chosen.push_back(best == templates.size() ? nullptr : &templates[best]);
        if (best == templates.size()) continue;
        ++counts[best];
        after[templates[best].id].push_back(pair.seed);
    }
    return chosen;
}

int missing_templates(
    const std::vector<Pair>& pairs, const std::vector<Template>& templates, const TemplateUse& use
) {
    std::map<std::int64_t, int> wanted;
    for (const Pair& pair : pairs) ++wanted[pair.seed];
    int missing = 0;
    for (const auto& [seed, count] : wanted) {
        int fresh = 0;
        for (const Template& one : templates) fresh += has_had(use, one.id, seed) ? 0 : 1;
        missing = std::max(missing, count - fresh);
    }
    return missing;
}

}  // namespace warmup
