"""The rig's private folder: files and folders with their owners, filled-in templates, free ports."""
import grp
import os
import pathlib
import pwd
import random
import socket

LAB = pathlib.Path(__file__).resolve().parent.parent
PARTS = ("submission", "smtps", "mx", "imap", "imaps", "reinjection", "filter")


class Folder:
    """Paths of one rig, and the ports of its servers by name ("gmail.imaps", "dns", …)."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.ports = {}

    def __truediv__(self, name):
        return self.root / name

    def port(self, name):
        """The port of that name, drawn at the first call."""
        if name not in self.ports:
            self.ports[name] = draw_port(set(self.ports.values()))
        return self.ports[name]

    def make(self, name, owner="root", group=None, mode=0o755):
        path = self.root / name
        path.mkdir(mode=mode)
        own(path, owner, group, mode)
        return path

    def write(self, name, text, owner="root", group=None, mode=0o644):
        path = self.root / name
        path.write_text(text, encoding="utf-8")
        own(path, owner, group, mode)
        return path

    def fill_in(self, template, name, values, **ownership):
        """Writes lab/TEMPLATE with its @NAMES@ replaced; what is left unreplaced is an error."""
        text = (LAB / template).read_text(encoding="utf-8")
        values = {"FOLDER": self.root, "LAB": LAB, **values}
        for key, value in values.items():
            text = text.replace(f"@{key}@", str(value))
        return self.write(name, text, **ownership)


def own(path, owner, group, mode):
    user = pwd.getpwnam(owner)
    os.chown(path, user.pw_uid, grp.getgrnam(group).gr_gid if group else user.pw_gid)
    os.chmod(path, mode)


def draw_port(taken):
    """Free for TCP and UDP, and below the range from which the kernel serves outgoing connections."""
    while True:
        port = random.SystemRandom().randrange(15000, 30000)
        if port in taken:
            continue
        try:
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                with socket.socket(socket.AF_INET, kind) as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return port
