// The pool of templates: warmup_email_drafts, and nothing else. All functions run inside a job on
// the warmup role.
#pragma once
#include <map>
#include <vector>

#include "store/connection.h"
#include "warmup/pairing.h"
#include "warmup/types.h"

namespace warmup {

// Which templates went to which seed mailbox: template id → seed ids.
using TemplateUse = std::map<std::int64_t, std::vector<std::int64_t>>;

// Stores a checked text and returns its row; nothing where a template with this body is there,
// however old.
std::optional<Template> add_template(
    store::Connection& connection,
    const std::string& subject,
    const std::string& body,
    const std::optional<std::string>& html_body,
    const std::string& generated_via,
    base::Timestamp now
);
// Templates made since `day_start` and not retired, in order of id.
std::vector<Template> templates_since(store::Connection& connection, base::Timestamp day_start);
// The last `count` templates, newest first.
std::vector<Template> latest_templates(store::Connection& connection, int count);
// Who has had which of these templates.
TemplateUse template_use(store::Connection& connection, const std::vector<Template>& templates);
void count_uses(
    store::Connection& connection, std::int64_t template_id, std::int64_t count, base::Timestamp now
);

// Gives every pair a template that its seed has not had, the least used first. A pair for which
// there is none stays without (nullptr): more templates are needed. Pure.
std::vector<const Template*> choose_templates(
    const std::vector<Pair>& pairs, const std::vector<Template>& templates, const TemplateUse& use
);
// How many templates more `pairs` need so that everyone gets one.
int missing_templates(
    const std::vector<Pair>& pairs, const std::vector<Template>& templates, const TemplateUse& use
);

}  // namespace warmup
