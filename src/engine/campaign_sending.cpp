#include "engine/campaign_sending.h"

#include <fmt/format.h>
#include <unistd.h>

namespace engine {

namespace {

// Two workers must never share a name: the number of the process, and chance for other machines.
std::string draw_owner(base::Random& random) {
    return fmt::format("{}:{}", ::getpid(), random.alphanumeric(12));
}

}  // namespace

campaign::UnsubscribeHeaders unsubscribe_headers_of(
    campaign::UnsubscribeKey key, std::string base_url
) {
    return [key = std::move(key), url = std::move(base_url)](
               const base::Email& from,
               const base::Email& to,
               std::string_view token,
               std::int64_t campaign_id,
               base::Timestamp now
           ) {
        const auto link =
            url.empty() ? std::nullopt : std::optional(key.make_link(url, to, campaign_id, now));
        return campaign::unsubscribe_headers(from, token, link);
    };
}

CampaignSending::CampaignSending(Runtime& runtime, campaign::UnsubscribeKey key, Drafts drafts)
    : writer_(runtime.campaign_context()),
      worker_(
          runtime.campaign_context(),
          {unsubscribe_headers_of(std::move(key), runtime.settings().unsubscribe.url),
           drafts == Drafts::tended ? &writer_ : nullptr},
          draw_owner(runtime.random())
      ) {}

base::Task<base::Result<std::unique_ptr<CampaignSending>>> CampaignSending::make_on_loop(
    Runtime& runtime, Drafts drafts
) {
    auto key =
        co_await campaign::UnsubscribeKey::load(runtime.db(), runtime.vault(), runtime.random());
    if (!key) co_return base::pass_on(key);
    co_return std::unique_ptr<CampaignSending>(new CampaignSending(runtime, std::move(*key), drafts)
    );
}

base::Result<std::unique_ptr<CampaignSending>> CampaignSending::make(Runtime& runtime) {
    return runtime.run(make_on_loop(runtime, Drafts::tended));
}

}  // namespace engine
