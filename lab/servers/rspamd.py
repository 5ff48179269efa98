"""Rspamd: signs what accounts submit (DKIM), judges what arrives (SPF, DKIM, DMARC, a few words)."""
from servers.dns import OUTGOING, SELECTOR


def write(folder, plan):
    folder.make("rspamd", owner="_rspamd", mode=0o750)
    # The key is NSD's neighbour; Rspamd's workers read it as their own user.
    key = folder.write(
        "rspamd/dkim.key", (folder / "dns/dkim.key").read_text(), owner="_rspamd", mode=0o600
    )
    signed = "".join(
        f'    {name} {{ path = "{key}"; selector = "{SELECTOR}"; }}\n'
        for name in plan.domain_names()
        if plan.domain(name).dkim != "none"
    )
    sealed = "".join(
        f'    {a.domain} {{ path = "{key}"; selector = "{SELECTOR}"; }}\n'
        for a in {a.domain: a for a in plan.accounts}.values()
        if a.kind.seals
    )
    values = {
        "DNS_PORT": folder.port("dns"),
        "MILTER_PORT": folder.port("milter"),
        "OUTGOING": OUTGOING,
        "SIGNED_DOMAINS": signed,
        "SEALED_DOMAINS": sealed,
    }
    folder.fill_in("rspamd/rspamd.conf", "rspamd/rspamd.conf", values)
    folder.write("rspamd/suffixes", "test\ncom\n")
    folder.fill_in("rspamd/rules.lua", "rspamd/rules.lua", {})


def command(folder):
    return [
        "/usr/bin/rspamd", "-f", "-u", "_rspamd", "-g", "_rspamd",
        "-c", str(folder / "rspamd/rspamd.conf"),
    ]  # fmt: skip
