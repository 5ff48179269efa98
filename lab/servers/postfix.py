"""Postfix: for each provider its submission ports and its MX; LMTP into the provider's Dovecot."""
from servers.dns import OUTGOING

QUEUE_FOLDERS = (
    "active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private",
    "saved", "trace",
)  # fmt: skip

# Client → submission (→ Message-ID filter → reinjection) → the recipient's MX → LMTP.
# A plain account has no MX: its mail goes from the submission port to LMTP.
SUBMISSION = """\
127.0.0.1:{submission} inet n - n - - smtpd
  {options}
127.0.0.1:{smtps} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
  {options}
"""
REINJECTION = """\
127.0.0.1:{reinjection} inet n - n - - smtpd
  -o smtpd_authorized_xforward_hosts=127.0.0.0/8
  -o smtpd_sasl_auth_enable=no
  -o smtpd_tls_security_level=none
  -o smtpd_client_restrictions=
  -o smtpd_sender_restrictions=
  -o smtpd_end_of_data_restrictions=
  -o smtpd_reject_unlisted_recipient=no
  -o smtpd_milters=inet:127.0.0.1:{milter}
"""
# Mail that Dovecot's Sieve writes: from this machine, without a login.
NOTES = """\
127.0.0.1:{notes} inet n - n - - smtpd
  -o smtpd_sasl_auth_enable=no
  -o smtpd_tls_security_level=none
  -o smtpd_client_restrictions=
  -o smtpd_sender_restrictions=
  -o smtpd_end_of_data_restrictions=
  -o smtpd_reject_unlisted_recipient=no
"""
MX = """\
127.0.0.1:{mx} inet n - n - - smtpd
  -o myhostname=mx.{host}.rig.test
  -o milter_macro_daemon_name=mx.{host}.rig.test
  -o smtpd_sasl_auth_enable=no
  -o smtpd_tls_security_level=none
  -o smtpd_client_restrictions=
  -o smtpd_sender_restrictions=
  -o smtpd_end_of_data_restrictions=
  -o smtpd_milters=inet:127.0.0.1:{milter}
  -o receive_override_options=no_address_mappings
  -o content_filter=lmtp:unix:{lmtp}
"""


def lmtp_socket(folder, name):
    return folder / f"dovecot/{name}/run/lmtp"


def services(folder, provider):
    """The lines of master.cf for one provider."""
    name = provider.name
    auth = folder / f"dovecot/{name}/run/auth-postfix"
    options = [f"-o smtpd_sasl_path={auth}"]
    if provider.scores_mail:
        # A provider takes mail for anybody; who does not exist is told by a delivery report later.
        options.append("-o smtpd_reject_unlisted_recipient=no")
    values = {part: folder.port(f"{name}.{part}") for part in ("submission", "smtps")}
    out = ""
    if provider.scores_mail:
        values |= {"mx": folder.port(f"{name}.mx"), "host": name.replace("_", "-")}
        values |= {"milter": folder.port("milter"), "lmtp": lmtp_socket(folder, name)}
        out += MX.format(**values)
    if provider.replaces_message_id:
        values["reinjection"] = folder.port(f"{name}.reinjection")
        out += REINJECTION.format(**values)
        options.append(f"-o smtpd_proxy_filter=127.0.0.1:{folder.port(f'{name}.filter')}")
    elif provider.scores_mail:
        options.append(f"-o smtpd_milters=inet:127.0.0.1:{values['milter']}")
    return out + SUBMISSION.format(options="\n  ".join(options), **values)


def sent_address(account):
    return account.email.replace("@", "+Sent@")


def tables(folder, plan):
    """The lookup tables of main.cf, by name."""
    texts = {"recipients": "", "logins": "", "slow": "", "sent": "", "transport": ""}
    routes = {}
    for account in plan.accounts:
        texts["recipients"] += f"{account.email} mailbox\n"
        texts["logins"] += f"{account.email} {account.email}\n"
        if account.slow_to_accept:
            texts["slow"] += f"{account.email} sleep 1\n"
        direct = f"lmtp:unix:{lmtp_socket(folder, account.provider)}"
        routes[account.domain] = direct
        if account.kind.scores_mail:
            routes[account.domain] = f"smtp:[127.0.0.1]:{folder.port(account.provider + '.mx')}"
        if account.files_sent:
            texts["sent"] += f"{account.email} {sent_address(account)}\n"
            texts["recipients"] += f"{sent_address(account)} mailbox\n"
            texts["transport"] += f"{sent_address(account)} {direct}\n"
    texts["transport"] += "".join(f"{name} {route}\n" for name, route in routes.items())
    # In Postfix's own words for a name that DNS knows no address of.
    for name in plan.lost_domains:
        lost = f"Host or domain name not found. Name service error for name=mx.{name} type=A: Host not found"
        texts["transport"] += f"{name} error:5.4.4 {lost}\n"
    return texts


def write(folder, plan):
    for part in ("", "/config", "/queue", "/queue/pid"):
        folder.make("postfix" + part)
    folder.make("postfix/data", owner="postfix", mode=0o700)
    folder.make("postfix/queue/maildrop", owner="postfix", group="postdrop", mode=0o730)
    folder.make("postfix/queue/public", owner="postfix", group="postdrop", mode=0o710)
    for name in QUEUE_FOLDERS:
        folder.make("postfix/queue/" + name, owner="postfix", mode=0o700)
    for name, text in tables(folder, plan).items():
        folder.write("postfix/" + name, text)
    domains = [*plan.domain_names(), *plan.lost_domains]
    values = {"DOMAINS": " ".join(domains), "OUTGOING": OUTGOING}
    folder.fill_in("postfix/main.cf", "postfix/config/main.cf", values)
    values["SERVICES"] = "".join(services(folder, provider) for provider in plan.providers())
    values["SERVICES"] += NOTES.format(notes=folder.port("notes")) if plan.notes() else ""
    folder.fill_in("postfix/master.cf", "postfix/config/master.cf", values)


def command(folder):
    # -d keeps it in the session that started it; its own log service writes to maillog_file.
    return ["/usr/lib/postfix/sbin/master", "-d", "-c", str(folder / "postfix/config")]
