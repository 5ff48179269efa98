"""Dovecot: one master for each provider, since its folder names hold for all its accounts."""

TOKEN_PASSDB = """passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {place}/oauth2.conf
}}
"""


# RFC 5230 answers no mail that bears List-Unsubscribe; many providers' own notes do.
VACATION = """\
require ["editheader", "vacation"];
deleteheader "List-Unsubscribe";
deleteheader "List-Unsubscribe-Post";
vacation :days {days} :subject "Out of office" {words};
"""


def quoted(text):
    """A Sieve string (RFC 5228, 2.4.2)."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def provider_filter(provider):
    """What the provider does with arriving mail before any rule of the owner."""
    lines = ['require ["fileinto", "copy", "envelope", "subaddress", "imap4flags"];']
    lines += ['if envelope :detail "to" "Sent" {']
    if provider.all_mail:
        lines += [f"    fileinto :copy {quoted(provider.all_mail)};"]
    lines += [f'    fileinto :flags "\\\\Seen" {quoted(provider.sent)};', "    stop;", "}"]
    lines += [f'if header :is "X-Spam" "Yes" {{ fileinto {quoted(provider.junk)}; stop; }}']
    if provider.all_mail:
        lines += [f"fileinto :copy {quoted(provider.all_mail)};"]
    return "\n".join(lines) + "\n"


def owner_filter(account):
    if account.filed_under and account.filed_under == account.kind.all_mail:
        # What is archived at once: the copy in All Mail stays, the one for the inbox is not made.
        return "discard;\n"
    if account.filed_under:
        return f'require ["fileinto"];\nfileinto {quoted(account.filed_under)};\n'
    if account.refuses:
        return f'require ["reject"];\nreject {quoted(account.refuses)};\n'
    if account.redirected_to:
        return f"redirect {quoted(account.redirected_to)};\n"
    if account.vacation_days:
        return VACATION.format(
            days=account.vacation_days, words=quoted(account.vacation_words)
        )
    return ""


def user_line(account):
    return f"{account.email}::::::" + (":userdb_quota_rule=*:bytes=1" if account.full else "") + "\n"


def write(folder, plan, provider):
    place = f"dovecot/{provider.name}"
    for part in ("", "/run", "/state"):
        folder.make(place + part)
    # Dovecot keeps its compiled form beside the script, as the user it delivers for.
    folder.make(place + "/sieve", owner="mail")
    folder.write(place + "/sieve/provider.sieve", provider_filter(provider), owner="mail")
    accounts = plan.accounts_of(provider)
    users = "".join(f"{a.email}:{{PLAIN}}{a.password}\n" for a in accounts if a.password)
    folder.write(place + "/users", users, group="dovecot", mode=0o640)
    folder.write(place + "/accounts", "".join(map(user_line, accounts)))
    values = {
        "PLACE": folder / place,
        "PROVIDER": provider.name,
        "HOST": provider.name.replace("_", "-"),
        "MECHANISMS": provider.mechanisms,
        "IMAP_PORT": folder.port(f"{provider.name}.imap"),
        "IMAPS_PORT": folder.port(f"{provider.name}.imaps"),
        "TOKEN_PASSDB": "",
        "NOTES_PORT": folder.port("notes"),
    }
    if "xoauth2" in provider.mechanisms:
        values["TOKEN_PASSDB"] = TOKEN_PASSDB.format(place=folder / place)
        folder.fill_in(
            "dovecot/oauth2.conf", place + "/oauth2.conf", {"TOKEN_PORT": folder.port("token")},
            group="dovecot", mode=0o640,
        )  # fmt: skip
    folder.fill_in("dovecot/dovecot.conf", place + "/dovecot.conf", values)
    for account in accounts:
        write_home(folder, account)


def write_home(folder, account):
    home = f"mail/{account.email}"
    for part in ("", "/Maildir", "/Maildir/tmp", "/Maildir/new", "/Maildir/cur"):
        folder.make(home + part, owner="mail", mode=0o700)
    if rule := owner_filter(account):
        folder.write(home + "/filter.sieve", rule, owner="mail", mode=0o600)


def command(folder, provider):
    return ["/usr/sbin/dovecot", "-F", "-c", str(folder / f"dovecot/{provider.name}/dovecot.conf")]
