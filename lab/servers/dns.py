"""NSD with a root zone of the rig's own: it answers for every name, and nothing asks further."""
import base64
import subprocess

from servers.plan import PROVIDERS

SELECTOR = "rig"
# The address that the rig's outgoing mail comes from; 192.0.2.1 (RFC 5737) is never ours.
OUTGOING = "127.0.0.2"
SPF = {"pass": f"v=spf1 ip4:{OUTGOING} -all", "fail": "v=spf1 ip4:192.0.2.1 -all"}


def make_key(path):
    """A private RSA key for DKIM in `path`; the public half is returned as a record's p= takes it."""
    subprocess.run(
        ["openssl", "genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
        + ["-out", str(path)],
        check=True, capture_output=True,
    )  # fmt: skip
    return public_key(path)


def public_key(path):
    der = subprocess.run(
        ["openssl", "pkey", "-in", str(path), "-pubout", "-outform", "DER"],
        check=True, capture_output=True,
    ).stdout  # fmt: skip
    return base64.b64encode(der).decode()


def text_record(name, text):
    """One TXT record; its strings hold at most 255 bytes each (RFC 1035, 3.3.14)."""
    parts = " ".join(f'"{text[i:i + 250]}"' for i in range(0, len(text), 250))
    return f"{name} IN TXT {parts}\n"


def domain_records(name, domain, ports, provider, keys):
    out = f"{name}. IN MX 10 mx.{provider.name.replace('_', '-')}.rig.test.\n"
    if domain.spf != "none":
        out += text_record(f"{name}.", SPF[domain.spf])
    if domain.dkim != "none":
        key = keys["ours" if domain.dkim == "pass" else "another"]
        out += text_record(f"{SELECTOR}._domainkey.{name}.", f"v=DKIM1; k=rsa; p={key}")
    if domain.dmarc != "absent":
        out += text_record(f"_dmarc.{name}.", f"v=DMARC1; p={domain.dmarc}")
    # RFC 6186 and RFC 8314: where a mail program finds the servers.
    for service, port in (
        ("_submission", "submission"), ("_submissions", "smtps"), ("_imap", "imap"), ("_imaps", "imaps")
    ):  # fmt: skip
        out += f"{service}._tcp.{name}. IN SRV 0 1 {ports(provider.name, port)} localhost.\n"
    return out


def zone(plan, port_of, keys):
    out = "$TTL 300\n. IN SOA ns.rig.test. hostmaster.rig.test. 1 3600 600 86400 60\n"
    out += ". IN NS ns.rig.test.\nns.rig.test. IN A 127.0.0.1\nlocalhost. IN A 127.0.0.1\n"
    out += f"out.rig.test. IN A {OUTGOING}\n"
    out += text_record("out.rig.test.", SPF["pass"])
    for provider in plan.providers():
        out += f"mx.{provider.name.replace('_', '-')}.rig.test. IN A 127.0.0.1\n"
    providers = {account.domain: PROVIDERS[account.provider] for account in plan.accounts}
    for name, provider in sorted(providers.items()):
        out += domain_records(name, plan.domain(name), port_of, provider, keys)
    for name in plan.lost_domains:
        out += f"{name}. IN MX 10 mx.{name}.\n"
    return out


def write(folder, plan):
    place = folder.make("dns", owner="nsd", mode=0o755)
    keys = {"ours": make_key(place / "dkim.key")}
    if any(plan.domain(name).dkim == "wrong" for name in plan.domain_names()):
        keys["another"] = make_key(place / "another.key")
    port_of = lambda provider, part: folder.port(f"{provider}.{part}")  # noqa: E731
    folder.write("dns/root.zone", zone(plan, port_of, keys))
    folder.fill_in("nsd/nsd.conf", "dns/nsd.conf", {"PORT": folder.port("dns")})


def command(folder):
    return ["/usr/sbin/nsd", "-d", "-c", str(folder / "dns/nsd.conf")]
