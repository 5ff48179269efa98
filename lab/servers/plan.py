"""What a rig shall be: accounts at modelled providers, and what their domains publish.

A plan is JSON: {"accounts": [{"email": …, "password": …, …}], "domains": {"alpha.test": {"spf": …}}}.
The fields and their defaults are those of Account and Domain below; an unknown one is an error.
"""
import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Provider:
    """How one kind of provider behaves; its Dovecot settings lie in lab/dovecot/NAME.conf."""

    name: str
    sent: str  # its folder for sent mail
    junk: str
    scores_mail: bool = True  # incoming mail passes its own MX and Rspamd
    mechanisms: str = "plain login"
    replaces_message_id: bool = False
    seals: bool = False  # what it sends bears an ARC set of its own (RFC 8617)
    all_mail: str = ""  # a second home of all mail that is no spam


# "plain" is no provider: mail goes straight into the mailbox, and no account of it needs Rspamd.
PROVIDERS = {
    "plain": Provider("plain", "Sent", "Junk", scores_mail=False),
    "zoho": Provider("zoho", "Sent", "Spam"),
    "gmail": Provider(
        "gmail", "[Gmail]/Sent Mail", "[Gmail]/Spam",
        mechanisms="plain login xoauth2 oauthbearer", all_mail="[Gmail]/All Mail",
    ),
    # A Gmail account whose owner reads Russian: the same server, other folder names.
    "gmail_ru": Provider(
        "gmail_ru", "[Gmail]/Отправленные", "[Gmail]/Спам",
        mechanisms="plain login xoauth2 oauthbearer", all_mail="[Gmail]/Вся почта",
    ),
    "outlook": Provider(
        "outlook", "Sent Items", "Junk Email", mechanisms="xoauth2", replaces_message_id=True,
        seals=True,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Account:
    email: str
    password: str = ""  # empty: no login by password
    refresh_token: str = ""  # empty: no login by OAuth2
    provider: str = "plain"
    files_sent: bool = False  # the provider keeps a copy of submitted mail itself
    filed_under: str = ""  # a rule of the owner files all mail in this folder
    slow_to_accept: bool = False  # mail to it is accepted a second after the final dot
    vacation_days: int = 0  # a vacation note (RFC 5230), at most one in so many days to a sender
    vacation_words: str = "I am out of the office and will answer when I am back."
    refuses: str = ""  # its Sieve refuses all mail in these words (RFC 5429)
    full: bool = False  # over its quota: nothing fits in any more
    redirected_to: str = ""  # its Sieve sends all mail on to this address

    @property
    def domain(self):
        return self.email.partition("@")[2]

    @property
    def kind(self):
        return PROVIDERS[self.provider]


@dataclass(frozen=True)
class Domain:
    """What DNS says of a domain, as seen from mail that this rig sends for it."""

    spf: str = "pass"  # pass, fail, or none: no record
    dkim: str = "pass"  # pass, wrong: the key of another, or none: not signed
    dmarc: str = "none"  # the policy: none, quarantine, reject; or absent


@dataclass(frozen=True)
class Plan:
    accounts: tuple
    # Domains that DNS knows and nobody can reach any more.
    lost_domains: tuple = ()
    domains: dict = field(default_factory=dict)

    def providers(self):
        """Those that have accounts, in the order of the table."""
        used = {account.provider for account in self.accounts}
        return [kind for name, kind in PROVIDERS.items() if name in used]

    def accounts_of(self, provider):
        return [account for account in self.accounts if account.provider == provider.name]

    def scores_mail(self):
        return any(kind.scores_mail for kind in self.providers())

    def uses_tokens(self):
        return any("xoauth2" in kind.mechanisms for kind in self.providers())

    def notes(self):
        """Whether any account's Sieve writes mail of its own."""
        return any(a.vacation_days or a.redirected_to for a in self.accounts)

    def domain_names(self):
        return sorted({account.domain for account in self.accounts})

    def domain(self, name):
        return self.domains.get(name, Domain())


def check(plan):
    """Raises ValueError where the plan contradicts itself."""
    homes = {}
    for account in plan.accounts:
        if account.provider not in PROVIDERS:
            raise ValueError(f"{account.email}: there is no provider {account.provider}")
        if homes.setdefault(account.domain, account.provider) != account.provider:
            raise ValueError(f"{account.domain} can have one provider only")


def read(text):
    document = json.loads(text)
    plan = Plan(
        accounts=tuple(Account(**entry) for entry in document["accounts"]),
        lost_domains=tuple(document.get("lost_domains", ())),
        domains={name: Domain(**entry) for name, entry in document.get("domains", {}).items()},
    )
    check(plan)
    return plan


def as_document(plan):
    """What `read` reads."""
    return {
        "accounts": [asdict(account) for account in plan.accounts],
        "lost_domains": list(plan.lost_domains),
        "domains": {name: asdict(domain) for name, domain in plan.domains.items()},
    }


# What `lab/rig start` gives where no plan is named: senders on one side, seed mailboxes on the other.
DEFAULT = Plan(
    accounts=(
        Account("anna@alpha.test", "anna-word", provider="zoho", files_sent=True),
        Account("ben@beta.test", "ben-word", provider="zoho"),
        Account("cora@gamma.test", "cora-word", provider="zoho"),
        Account("dora@gmail.test", "dora-word", "dora-refresh", provider="gmail", files_sent=True),
        Account("egor@gmail-ru.test", "egor-word", provider="gmail_ru", files_sent=True),
        Account("fay@outlook.test", "", "fay-refresh", provider="outlook", files_sent=True),
    ),
    domains={"gamma.test": Domain(spf="fail", dkim="none", dmarc="quarantine")},
)
