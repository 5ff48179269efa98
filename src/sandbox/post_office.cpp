#include "sandbox/post_office.h"

#include "base/check.h"
#include "base/crypto.h"
#include "base/text.h"
#include "mime/message.h"
#include "sandbox/delivery_headers.h"

namespace sandbox {

namespace {

constexpr double kDkimBroken = 0.005;

// Each purpose has its own chance, so that one more draw here changes nothing there.
std::uint64_t fork_seed(std::uint64_t seed, std::string_view purpose) {
    const std::string hash = base::sha256(fmt::format("{}:{}", seed, purpose));
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < sizeof out; ++i)
        out = (out << 8) | static_cast<unsigned char>(hash[i]);
    return out;
}

std::string key_of(const base::Email& address) { return base::to_lower(address.str()); }

std::string language_of(const AccountSpec& spec, int ordinal) {
    if (!spec.language.empty()) return spec.language;
    constexpr std::array<const char*, 3> kInTurn = {"en", "de", "fr"};
    return kInTurn[static_cast<std::size_t>(ordinal) % kInTurn.size()];
}

std::vector<std::string> referenced_ids(const mime::Message& message) {
    std::vector<std::string> ids;
    for (const base::MessageId& id : message.in_reply_to) ids.push_back(id.str());
    return ids;
}

}  // namespace

PostOffice::PostOffice(WorldSettings settings, VirtualLoop& loop)
    : settings_(std::move(settings)), loop_(loop), data_(read_world_data(settings_.kind)) {
    for (const Provider& known : providers()) CHECK(data_.contains(known.name));
}

PostOffice::~PostOffice() {
    for (const Transit& transit : transit_) loop_.cancel(transit.timer);
}

void PostOffice::add_account(AccountSpec spec) {
    const Provider& home = provider(spec.provider);
    const std::string key = key_of(spec.email);
    CHECK(!accounts_.contains(key));
    const int ordinal = accounts_by_provider_[home.name]++;
    // Every second Outlook-like account tells no folder's use: its junk is found by name.
    auto folders = folder_layout(home, language_of(spec, ordinal), ordinal % 2 == 0);
    const auto seconds = settings_.start.micros / 1'000'000;
    const auto uidvalidity = static_cast<std::uint32_t>(seconds % 4'000'000'000) + 1 +
                             static_cast<std::uint32_t>(accounts_.size()) * 16;
    base::SeededRandom fate(fork_seed(settings_.seed, "fate of " + key));
    auto account = std::make_unique<Account>(Account{
        std::move(spec), &home, MailStore(std::move(folders), home.labels, uidvalidity), fate
    });
    accounts_.emplace(key, std::move(account));
}

Account* PostOffice::find(const base::Email& address) {
    const auto found = accounts_.find(key_of(address));
    return found == accounts_.end() ? nullptr : found->second.get();
}

const Account* PostOffice::find(const base::Email& address) const {
    const auto found = accounts_.find(key_of(address));
    return found == accounts_.end() ? nullptr : found->second.get();
}

PostOffice::Login PostOffice::welcome(
    const Provider& provider,
    std::string_view login,
    const std::function<bool(const AccountSpec&)>& proven
) {
    const base::Result<base::Email> address = base::Email::parse(login);
    Account* account = address ? find(*address) : nullptr;
    if (account == nullptr || account->provider != &provider) return {};
    if (account->fault.hang) return {LoginVerdict::hang, account};
    if (account->fault.refuse_login || !proven(account->spec)) return {};
    return {LoginVerdict::welcome, account};
}

PostOffice::Login PostOffice::log_in(
    const Provider& provider, std::string_view login, std::string_view password
) {
    return welcome(provider, login, [&](const AccountSpec& spec) {
        return spec.takes_password && spec.password == password;
    });
}

PostOffice::Login PostOffice::log_in_by_token(
    const Provider& provider, std::string_view login, std::string_view access_token
) {
    return welcome(provider, login, [&](const AccountSpec& spec) {
        return !spec.access_token.empty() && spec.access_token == access_token;
    });
}

void PostOffice::accept(
    Account& from, const std::vector<base::Email>& to, std::string raw, std::string ehlo_name
) {
    const mime::Message message = mime::read_message(raw);
    const std::vector<std::string> referenced = referenced_ids(message);
    note_answers(from, referenced);
    const std::string text_hash = base::sha256(base::trim(message.text));
    for (const base::Email& recipient : to) {
        const std::size_t index = delivered_.size();
        Delivered delivered;
        if (message.message_id) delivered.message_id = message.message_id->str();
        delivered.from = from.spec.email;
        delivered.to = recipient;
        delivered.raw = raw;
        delivered.accepted_at = now();
        Transit transit;
        transit.text_hash = text_hash;
        transit.ehlo_name = ehlo_name;
        if (!message.from.empty())
            transit.header_from_domain = std::string(message.from.front().email.domain());
        transit.answers_receiver = answers(from, recipient, referenced);
        const base::Duration delay =
            data_.at(find(recipient)->provider->name).delay.draw(from.fate);
        transit.timer = loop_.call_at(loop_.in(delay), [this, index] { file(index); });
        by_message_id_[delivered.message_id].push_back(index);
        delivered_.push_back(std::move(delivered));
        transit_.push_back(std::move(transit));
    }
    if (!from.files_sent) return;
    auto sent = make_mail(std::move(raw), now());
    sent->flags.insert("\\Seen");
    from.mail.file(*from.mail.by_use(Use::sent), std::move(sent));
}

// An answer speaks for the mail it answers, once.
void PostOffice::note_answers(const Account& from, const std::vector<std::string>& referenced) {
    for (const std::string& id : referenced) {
        const auto found = by_message_id_.find(id);
        if (found == by_message_id_.end()) continue;
        for (const std::size_t index : found->second)
            if (delivered_[index].to.same_mailbox(from.spec.email)) note_engagement(index);
    }
}

void PostOffice::note_engagement(std::size_t index) {
    Transit& transit = transit_[index];
    const Delivered& mail = delivered_[index];
    if (transit.engaged || !mail.filed_at) return;
    transit.engaged = true;
    record(find(mail.to)->provider->name, *find(mail.from)).note_engagement();
}

void PostOffice::note_rescue(const Account& receiver, const Mail& mail) {
    const auto found = by_message_id_.find(mail.message_id);
    if (found == by_message_id_.end()) return;
    for (const std::size_t index : found->second)
        if (delivered_[index].to.same_mailbox(receiver.spec.email)) note_engagement(index);
}

bool PostOffice::answers(
    const Account& from, const base::Email& to, const std::vector<std::string>& referenced
) {
    for (const std::string& id : referenced) {
        const auto found = by_message_id_.find(id);
        if (found == by_message_id_.end()) continue;
        for (const std::size_t index : found->second) {
            const Delivered& mail = delivered_[index];
            if (mail.from.same_mailbox(to) && mail.to.same_mailbox(from.spec.email)) return true;
        }
    }
    return false;
}

SenderRecord& PostOffice::record(const std::string& provider, const Account& sender) {
    const auto key = std::pair(provider, key_of(sender.spec.email));
    return records_.try_emplace(key, sender.spec.created_at).first->second;
}

void PostOffice::file(std::size_t index) {
    Delivered& mail = delivered_[index];
    Transit& transit = transit_[index];
    transit.timer = 0;
    Account& from = *find(mail.from);
    Account& to = *find(mail.to);
    SenderRecord& sender = record(to.provider->name, from);
    MessageFeatures features;
    features.same_text_before = sender.same_text_before(transit.text_hash, now());
    features.answers_receiver = transit.answers_receiver;
    features.authenticated = transit.header_from_domain == mail.from.domain();
    const OpinionParameters& parameters = data_.at(to.provider->name).opinion;
    const Opinion opinion = judge(parameters, sender.history(now()), features, now());
    const Filing filing = draw(opinion, from.fate);
    sender.note_mail(transit.text_hash, now());
    if (filing == Filing::vanished) {
        mail.vanished = true;
        return;
    }
    put(index, from, to, filing);
}

std::string PostOffice::with_headers(std::size_t index, Account& from, const Account& to) {
    const Delivered& mail = delivered_[index];
    const Transit& transit = transit_[index];
    Hop hop{*from.provider, *to.provider, mail.from, mail.to};
    hop.header_from_domain = transit.header_from_domain;
    hop.ehlo_name = transit.ehlo_name;
    hop.accepted_at = mail.accepted_at;
    hop.filed_at = now();
    hop.dkim_broken = from.fate.chance(kDkimBroken);
    return delivery_headers(hop, from.fate) + mail.raw;
}

void PostOffice::put(std::size_t index, Account& from, Account& to, Filing filing) {
    auto copy = make_mail(with_headers(index, from, to), now());
    Use use = Use::inbox;
    if (filing == Filing::spam) use = Use::junk;
    if (filing == Filing::elsewhere) use = to.provider->labels ? Use::all : Use::archive;
    if (to.provider->labels && use == Use::inbox)
        copy->category = filing == Filing::promotions ? "promotions" : "primary";
    StoreFolder& folder = *to.mail.by_use(use);
    Delivered& mail = delivered_[index];
    mail.folder = folder.layout.name;
    mail.filed_at = now();
    mail.category = copy->category;
    mail.spam = filing == Filing::spam;
    to.mail.file(folder, std::move(copy));
}

void PostOffice::deliver_from_outside(
    const base::Email& to, std::string raw, std::string_view folder
) {
    Account* account = find(to);
    CHECK(account != nullptr);
    StoreFolder* target = account->mail.by_name(folder);
    CHECK(target != nullptr);
    auto mail = make_mail(std::move(raw), now());
    if (account->provider->labels && target->layout.use == Use::inbox) mail->category = "primary";
    account->mail.file(*target, std::move(mail));
}

}  // namespace sandbox
