// After cycles with everything on, every message that is not ours is as it would be without us:
// same folder, flags, order and bytes; while the owners' own clients mark, move and expunge.
#include <map>

#include "tests/warmup/other_client.h"
#include "tests/warmup/warmup_world.h"

namespace {

using tests::Deed;
using tests::WarmupWorld;

constexpr const char* kTheirText = "We look forward to the harbour tour on Friday.";

struct Owner {
    std::string email;
    std::string provider;
    mailbox::Role role;
    std::vector<std::string> folders;  // where strangers' mail lies
};

std::vector<Owner> owners() {
    const std::vector<std::string> gmail = {"INBOX", "[Gmail]/Spam", "[Gmail]/All Mail"};
    return {
        {"anna@co-one.test", "zoho", mailbox::Role::sender, {"INBOX", "Spam", "Sent", "Archive"}},
        {"bert@gmail-like.test", "gmail", mailbox::Role::sender, gmail},
        {"cleo@gmail-like.test", "gmail", mailbox::Role::seed, gmail},
        {"dora@outlook-like.test",
         "outlook",
         mailbox::Role::seed,
         {"INBOX", "Junk Email", "Archive", "Sent Items"}},
    };
}

std::string strangers_mail(const std::string& id) {
    return "From: Eve <eve@example.com>\r\nTo: you@example.com\r\nSubject: " + id +
           "\r\nMessage-ID: <" + id + ">\r\nDate: Mon, 01 Jun 2026 08:00:00 +0000\r\n\r\n" +
           kTheirText + "\r\n";
}

struct Strangers {
    std::map<std::string, std::string> folder_of;  // by Message-ID
    std::map<std::string, const Owner*> owner_of;
};

// A message moves between folders of one account as its owner likes.
Deed next_deed(Strangers& strangers, base::Random& random) {
    auto at = strangers.folder_of.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(random.below(strangers.folder_of.size())));
    const Owner& owner = *strangers.owner_of.at(at->first);
    Deed deed;
    deed.account = owner.email;
    deed.provider = owner.provider;
    deed.message_id = at->first;
    deed.folder = at->second;
    const std::uint64_t what = random.below(10);
    const std::vector<std::string> flags = {"\\Seen", "\\Flagged", "\\Answered", "Later"};
    if (what < 5) {
        deed.kind = Deed::Kind::mark;
        deed.detail = random.pick(flags);
    } else if (what < 7) {
        deed.kind = Deed::Kind::unmark;
        deed.detail = random.pick(flags);
    } else if (what < 9) {
        deed.kind = Deed::Kind::move;
        deed.detail = random.pick(owner.folders);
        if (deed.detail == deed.folder) deed.detail = owner.folders.front();
        if (deed.detail == deed.folder) deed.detail = owner.folders.back();
        at->second = deed.detail;
    } else {
        deed.kind = Deed::Kind::expunge;
        // At Gmail only the label goes where it does not lie in the trash.
        strangers.folder_of.erase(at);
    }
    return deed;
}

struct Story {
    std::vector<Owner> all = owners();
    std::vector<std::pair<std::string, std::string>> mails;  // Message-ID, folder
    std::vector<const Owner*> of;
    std::vector<Deed> deeds;
};

std::unique_ptr<Story> tell(std::uint64_t seed) {
    auto story = std::make_unique<Story>();
    base::SeededRandom random(seed);
    Strangers strangers;
    int number = 0;
    for (const Owner& owner : story->all)
        for (const std::string& folder : owner.folders)
            for (int i = 0; i < 6; ++i) {
                const std::string id = fmt::format("eve{}@example.com", ++number);
                story->mails.emplace_back(id, folder);
                story->of.push_back(&owner);
                strangers.folder_of[id] = folder;
                strangers.owner_of[id] = &owner;
            }
    for (int i = 0; i < 60; ++i) story->deeds.push_back(next_deed(strangers, random));
    return story;
}

std::unique_ptr<WarmupWorld> world_of(const Story& story) {
    auto world = std::make_unique<WarmupWorld>(
        WarmupWorld::Options{.seed = 6, .kind = "harsh", .senders = 0, .gmail = 0, .outlook = 0}
    );
    for (const Owner& owner : story.all) world->add(owner.email, owner.role, owner.provider);
    for (std::size_t i = 0; i < story.mails.size(); ++i)
        world->world.deliver_from_outside(
            tests::address(story.of[i]->email),
            strangers_mail(story.mails[i].first),
            story.mails[i].second
        );
    world->settings.answer_back_rate = 1.0;
    world->settings.file_in_seeds = true;
    world->settings.rescue = true;
    world->settings.sends_per_cycle = 2;
    world->change("UPDATE mailboxes SET rescue_accepted_at = 1 WHERE role = 'seed'");
    return world;
}

// Strangers' messages by folder in order, with flags and bytes.
std::vector<std::string> theirs_in(WarmupWorld& world, const Story& story) {
    std::vector<std::string> lines;
    for (const Owner& owner : story.all)
        for (const auto& mail : world.world.messages(tests::address(owner.email))) {
            if (mail.raw.find(kTheirText) == std::string::npos) continue;
            std::string line = owner.email + " " + mail.folder + " " + mail.message_id;
            for (const std::string& flag : mail.flags) line += " " + flag;
            lines.push_back(line + " " + std::to_string(mail.raw.size()));
        }
    return lines;
}

}  // namespace

TEST(WholeMailboxes, AreAsTheirOwnersLeftThemWhateverWeDoBeside) {
    int filed = 0;
    int rescued = 0;
    int replies_found = 0;
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        SCOPED_TRACE(seed);
        const auto story = tell(seed);
        // What the owners alone make of it.
        const auto without_us = world_of(*story);
        tests::OtherClient alone(without_us->world, without_us->loop, "app password");
        for (const Deed& deed : story->deeds) alone.do_now(deed);

        const auto world = world_of(*story);
        tests::OtherClient owner(world->world, world->loop, "app password");
        base::SeededRandom random(seed);
        std::size_t next = 0;
        world->dialer.on_write = [&](const std::string& host) {
            if (!host.starts_with("imap.") || next == story->deeds.size()) return;
            if (random.chance(0.1) && owner.begin(story->deeds[next])) ++next;
        };
        for (int cycle = 0; cycle < 6; ++cycle) {
            const warmup::CycleResult result = world->cycle();
            EXPECT_EQ(result.mailboxes_failed, 0);
            EXPECT_TRUE(result.failures.empty()) << result.failures.front().error.describe();
            filed += result.filed;
            rescued += result.rescued;
            replies_found += result.reply_placement.inbox + result.reply_placement.spam;
            world->pass(std::chrono::hours(4));
        }
        EXPECT_EQ(next, story->deeds.size()) << "the owners were at work all the time";
        world->dialer.on_write = {};
        world->pass(std::chrono::minutes(1));
        EXPECT_FALSE(owner.busy());
        EXPECT_EQ(theirs_in(*world, *story), theirs_in(*without_us, *story));
        EXPECT_EQ(world->broken_promise(), "");
    }
    // Everything that moves messages has moved some.
    EXPECT_GT(filed, 100);
    EXPECT_GT(rescued, 3);
    EXPECT_GT(replies_found, 50);
}
