"""Names that stand in one place only, with what to use instead.

An exception names its file and its reason; one that is no longer used is a finding.
"""
import re
from dataclasses import dataclass, field


@dataclass
class Ban:
    name: str
    pattern: str
    instead: str
    folders: tuple = ()  # of src/; empty: all of them
    sources: bool = True  # in src/, tests apart
    tests: bool = False  # in *_test.cpp, test_*.h and tests/
    exceptions: dict = field(default_factory=dict)  # file, or folder with a slash: reason


DOMAIN = (
    "campaign", "delivery", "engine", "imap", "inbound", "ledger", "llm", "mailbox", "mime",
    "reputation", "sandbox", "smtp", "warmup",
)  # fmt: skip

# Ours is `clock.sleep_until`; a coroutine of our own may be called sleep.
SLEEPING = (
    r"\bsleep_for\b|\bthis_thread::sleep_until\b|\b(?:u|nano)sleep\s*\("
    r"|(?:^|[;{}])[ \t]*sleep\s*\(|::sleep\s*\("
)

BANS = [
    Ban(
        "system clock",
        r"\bsystem_clock\b|\bgettimeofday\b|\bclock_gettime\b|\bstd::time\b|\btime\((?:nullptr|NULL|0)\)",
        "take a base::Clock",
        tests=True,
        exceptions={
            "src/net/asio_loop.cpp": "the real clock",
            "tests/lab/process.cpp": "real servers stamp mail with their own time",
        },
    ),
    Ban(
        "local time",
        r"\b(?:std::)?(?:localtime|gmtime|mktime|strftime)(?:_r)?\s*\(",
        "use base/time.h and base/time_zone.h",
    ),
    Ban(
        "steady clock",
        r"\bsteady_clock\b|\bhigh_resolution_clock\b",
        "take a base::Clock and its monotonic()",
        exceptions={
            "src/net/asio_loop.cpp": "the real clock",
            "src/store/sqlite_database.cpp": "the writer's thread forms groups by real time",
            "src/store/sqlite_session.cpp": "waits for another process's lock on a worker thread",
            "src/store/sqlite_session.h": "waits for another process's lock on a worker thread",
        },
    ),
    Ban(
        "sleeping",
        SLEEPING,
        "await clock.sleep_until()",
        exceptions={
            "src/store/postgres_job.cpp": "a pool thread waits before it connects again",
            "src/store/sqlite_database.cpp": "the writer's thread lets a group grow",
            "src/store/sqlite_session.cpp": "waits for another process's lock on a worker thread",
        },
    ),
    Ban(
        "sleeping in a test",
        SLEEPING,
        "wait for what must happen: a line, a file, an exit",
        sources=False,
        tests=True,
        exceptions={
            "tests/store/postgres_server.cpp": "polls until a real server answers; it announces nothing",
        },
    ),
    Ban(
        "real clock in a test",
        r"\bsteady_clock\b|\bhigh_resolution_clock\b",
        "take a clock that the test moves",
        sources=False,
        tests=True,
        exceptions={
            "src/mime/hostile_mail_test.cpp": "shows that hostile mail costs linear time",
            "src/inbound/bounce_corpora_test.cpp": "prints how long the slowest mail takes",
            "src/inbound/bounce_hostile_test.cpp": "shows that hostile mail costs linear time",
            "src/inbound/reply_corpora_test.cpp": "prints how long the slowest reply takes",
            "src/mime/mime_corpus_test.cpp": "prints how long the slowest mail takes",
            "tests/lab/": "real servers and processes have only the real clock",
        },
    ),
    Ban(
        "foreign chance",
        r"\b(?:s?rand|drand48|arc4random)\s*\(|\bstd::(?:random_device|mt19937\w*|shuffle|sample"
        r"|\w+_distribution|default_random_engine)\b|\bgetrandom\s*\(",
        "take a base::Random",
        tests=True,
    ),
    Ban(
        "unordered container",
        r"\bunordered_(?:multi)?(?:map|set)\b",
        "use std::map or a sorted vector: no decision may hang on hash order",
    ),
    Ban(
        "environment",
        r"\b(?:secure_)?getenv\s*\(|\bsetenv\s*\(|\bputenv\s*\(|\benviron\b",
        "take config's Environment",
        exceptions={"src/config/environment.cpp": "the one reader of the environment"},
    ),
    Ban(
        "printing",
        r"\b(?:std::)?(?:f|v|vf)?printf\s*\(|\b(?:std::)?f?puts\s*\(|\bstd::(?:cout|cerr|clog)\b|\bfmt::print\b"
        r"|\bfwrite\s*\(",
        "return it, or log it with base/log.h; only cli/ prints",
        exceptions={
            "src/base/progress.cpp": "the one progress line",
            "src/cli/": "speaks to the user",
        },
    ),
    Ban(
        "threads and locks",
        r"\bstd::(?:jthread|thread|mutex|shared_mutex|lock_guard|unique_lock|scoped_lock|condition_variable"
        r"|async|future|promise|atomic)\b",
        "there is one event loop; hand work to the store or to net/",
        folders=DOMAIN,
    ),
    Ban(
        "detached work",
        r"(?:\.|->)detach\s*\(|\bdetached\b",
        "keep what you start, and await its end",
        tests=True,
    ),
]

# In every text file, code, comment or script alike.
REMINDER = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")


class Names:
    def __init__(self, bans=None):
        self.bans = BANS if bans is None else bans
        self.used = set()

    def check(self, source):
        """Yields (line, message)."""
        for ban in self.bans:
            if not self._concerns(ban, source):
                continue
            for match in re.finditer(ban.pattern, source.code, re.M):
                if excuse := self._excuse(ban, source.path):
                    self.used.add((ban.name, excuse))
                    break
                word = match.group(0).strip("( ")
                yield source.line_of(match.start()), f"{word}: {ban.instead} ({ban.name})"

    def check_unused(self):
        """Exceptions that no file needs, once all files were checked."""
        for ban in self.bans:
            for file in ban.exceptions:
                if (ban.name, file) not in self.used:
                    yield f"{file} no longer needs its exception from {ban.name!r}"

    @staticmethod
    def _concerns(ban, source):
        if source.is_test:
            return ban.tests and not source.path.startswith("bench/")  # which measures real time
        return ban.sources and source.folder != "" and (not ban.folders or source.folder in ban.folders)

    @staticmethod
    def _excuse(ban, path):
        for file in ban.exceptions:
            if path == file or (file.endswith("/") and path.startswith(file)):
                return file
        return None


def check_reminders(text):
    for match in REMINDER.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, f"{match.group(0)}: do it, or leave it out"
