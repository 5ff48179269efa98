#!/usr/bin/env python3
"""What README.md and docs/ tell people to type exists: commands, options, make targets, links. What README.md
shows of the demo is what it prints.

    readme_test.py PILOTLIGHT [unittest arguments…]

Every `pilotlight …` in a shell block or between backticks is compared with the program's own --help: the
words lead to a command, each option is one of its own or of all commands, and a value is one of the
choices. In a block, where it can be copied from, as many positionals stand there as it takes.
"""

import functools
import pathlib
import re
import shlex
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = None  # set by main()

OPTION = re.compile(r"^  (?:-\w,)?(--[a-z][a-z-]*)(?: ([^ :]+)(?::\{([^}]*)\})?)?")
POSITIONAL = re.compile(r"^  ([A-Z][A-Z_-]*) (.*)")
SUBCOMMAND = re.compile(r"^  ([a-z][a-z-]*)  ")


def left_column(line):
    """A list's words start in column 30, or in the next line where the left side is longer."""
    return line[:30] if line[29:30] == " " and line[30:31] != " " else line


class Page:
    """One help page, read."""

    def __init__(self, text):
        self.options = {}  # "--role" → None for a flag, else the list of choices (empty: any value)
        self.subcommands = []
        self.required = 0
        self.positionals_max = 0
        section = ""
        for line in text.splitlines():
            if re.match(r"^[A-Z][a-z]+:$", line):
                section = line
            elif line and not line.startswith(" "):
                section = ""  # the words below the lists, with examples
            elif section == "Options:" and (found := OPTION.match(left_column(line))):
                name, value, choices = found.groups()
                self.options[name] = None if value is None else choices.split(",") if choices else []
            elif section == "Positionals:" and (found := POSITIONAL.match(line)):
                self.required += "REQUIRED" in found[2]
                self.positionals_max += sys.maxsize if "..." in found[2] else 1
            elif section == "Subcommands:" and (found := SUBCOMMAND.match(line)):
                self.subcommands.append(found[1])


@functools.cache
def page(*path):
    done = subprocess.run(
        [PROGRAM, *path, "--help"], capture_output=True, text=True, timeout=60, check=True
    )
    return Page(done.stdout)


def find_command(words):
    """The page, its path, and the words that are not part of the path. ValueError where there is none."""
    path = []
    rest = []
    words = list(words)
    while words:
        word = words.pop(0)
        at = page(*path)
        if word.startswith("-"):
            rest.append(word)
            if at.options.get(word.split("=")[0]) is not None and "=" not in word and words:
                rest.append(words.pop(0))
        elif word in at.subcommands:
            path.append(word)
        elif at.subcommands:
            raise ValueError(f"no command '{' '.join([*path, word])}'")
        else:
            return at, path, rest + [word] + words
    if page(*path).subcommands and "--help" not in rest and "--version" not in rest:
        raise ValueError(f"'{' '.join(['pilotlight', *path])}' is no whole command")
    return page(*path), path, rest


def check_option(name, value, at):
    known = {**page().options, **at.options}
    if name not in known:
        raise ValueError(f"no option {name}")
    choices = known[name]
    if choices is None and value is not None:
        raise ValueError(f"{name} takes no value")
    if choices and value not in choices:
        raise ValueError(f"{name} {value}: one of {', '.join(choices)}")


def check_command(words, whole=True):
    """Raises ValueError, with the reason, where the program would not take `words`."""
    at, path, rest = find_command(words)
    known = {**page().options, **at.options}
    positionals = 0
    while rest:
        word = rest.pop(0)
        if not word.startswith("--"):
            positionals += 1
            continue
        name, equals, value = word.partition("=")
        takes_value = known.get(name) is not None
        if takes_value and not equals:
            if not rest:
                raise ValueError(f"{name} without its value")
            value = rest.pop(0)
        check_option(name, value if takes_value or equals else None, at)
    if "--help" in words or not whole:
        return
    if not at.required <= positionals <= at.positionals_max:
        raise ValueError(f"'{' '.join(path)}' with {positionals} positionals")


def calls_in(line):
    """The words after `pilotlight` of each call of it in a shell line."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.commenters = "#"
    lexer.whitespace_split = True
    calls = []
    current = None
    for word in lexer:
        if set(word) <= set("();<>|&"):
            current = None
        elif current is not None:
            current.append(word)
        elif pathlib.PurePath(word).name == "pilotlight":
            current = []
            calls.append(current)
    return calls


def shell_lines(text):
    """The lines of ```sh blocks, continued ones joined."""
    for block in re.findall(r"^```sh\n(.*?)^```", text, re.S | re.M):
        yield from block.replace("\\\n", " ").splitlines()


def code_spans(text):
    """What stands between backticks outside of blocks; a span may run over a line's end."""
    without_blocks = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", without_blocks)]


def commands_in(text):
    """(as it stands there, words, in a block?) of every call, in blocks and between backticks."""
    for line in shell_lines(text):
        for words in calls_in(line):
            yield line.strip(), words, True
    for span in code_spans(text):
        first, _, more = span.partition(" ")
        # `mailbox import .env` speaks of a command as well; `warmup` alone may be a folder.
        if more and (first in page().subcommands or pathlib.PurePath(first).name == "pilotlight"):
            for words in calls_in(span if first.endswith("pilotlight") else "pilotlight " + span):
                yield span, words, False


def make_targets_in(text):
    lines = [line.split("#")[0].split() for line in shell_lines(text)]
    lines += [span.split() for span in code_spans(text)]
    for words in lines:
        if words[:1] == ["make"]:
            yield from (word for word in words[1:] if "=" not in word)


def documents():
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


class Documents(unittest.TestCase):
    def test_every_command_exists_with_its_options(self):
        found = 0
        for document in documents():
            for shown, words, whole in commands_in(document.read_text(encoding="utf-8")):
                found += 1
                with self.subTest(document=document.name, command=shown):
                    try:
                        check_command(words, whole)
                    except ValueError as problem:
                        self.fail(f"{document.name}: {shown}: {problem}")
        self.assertGreater(found, 8, "the documents name the commands")

    def test_every_make_target_exists(self):
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        found = set()
        for document in documents():
            for target in make_targets_in(document.read_text(encoding="utf-8")):
                found.add(target)
                with self.subTest(document=document.name, target=target):
                    self.assertRegex(makefile, rf"(?m)^{re.escape(target)}:")
        self.assertLessEqual({"demo", "test"}, found, "README.md starts with these")

    def test_every_link_leads_somewhere(self):
        for document in documents():
            text = document.read_text(encoding="utf-8")
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
                with self.subTest(document=document.name, link=target):
                    self.assertTrue((document.parent / target).exists(), f"{target} is not there")


def missing_line(shown, printed):
    """The first line of `shown` that does not come in `printed`, in this order. A last `…` cuts a line, and
    one alone leaves lines out; any other has to follow the line before it."""
    at = -1
    anywhere = True
    for line in shown:
        if line == "…":
            anywhere = True
            continue
        start = line.removesuffix("…")
        fits = [
            place
            for place in range(at + 1, len(printed) if anywhere else min(at + 2, len(printed)))
            if printed[place] == line or (start != line and printed[place].startswith(start))
        ]
        if not fits:
            return line
        at = fits[0]
        anywhere = False
    return None


class Demo(unittest.TestCase):
    def test_the_readme_shows_what_the_demo_prints(self):
        text = (ROOT / "README.md").read_text(encoding="utf-8")
        (block,) = re.findall(r"^```\n(By day of sending:\n.*?)^```", text, re.S | re.M)
        done = subprocess.run(
            [PROGRAM, "demo"], capture_output=True, text=True, timeout=60, check=True
        )
        line = missing_line(block.splitlines(), done.stdout.splitlines())
        self.assertIsNone(line, "README.md shows a line that `pilotlight demo` does not print")

    def test_a_line_that_is_not_printed_is_named(self):
        printed = ["one", "two", "three and more", "four"]
        self.assertIsNone(missing_line(["one", "two", "…", "four"], printed))
        self.assertIsNone(missing_line(["two", "three…"], printed))
        self.assertEqual(missing_line(["one", "four"], printed), "four")
        self.assertEqual(missing_line(["…", "five"], printed), "five")


class Reading(unittest.TestCase):
    """The check itself notices what is wrong."""

    def refused(self, line):
        (words,) = calls_in(line)
        with self.assertRaises(ValueError) as caught:
            check_command(words)
        return str(caught.exception)

    def test_good_lines_pass(self):
        for line in (
            "pilotlight demo --days 7 --world=kind # a comment",
            "X=1 build/release/pilotlight --json mailbox list | jq .",
            "pilotlight --config other.toml verify --json",
            "pilotlight mailbox add --role seed a@example.com --password-env VAR",
            "pilotlight why '<k2p9@example.com>'",
            "pilotlight --version",
            "pilotlight mailbox --help",
        ):
            with self.subTest(line=line):
                (words,) = calls_in(line)
                check_command(words)

    def test_wrong_words_are_named(self):
        self.assertEqual(self.refused("pilotlight fly"), "no command 'fly'")
        self.assertEqual(self.refused("pilotlight mailbox fly"), "no command 'mailbox fly'")
        self.assertIn("no whole command", self.refused("pilotlight mailbox"))
        self.assertEqual(self.refused("pilotlight verify --fast"), "no option --fast")
        self.assertIn("one of", self.refused("pilotlight demo --world flat"))
        self.assertIn("--days", self.refused("pilotlight demo --days"))
        self.assertIn("1 positionals", self.refused("pilotlight verify now"))
        self.assertIn("0 positionals", self.refused("pilotlight why"))

    def test_commands_are_found_in_blocks_and_between_backticks(self):
        text = (
            "Say `pilotlight\nverify`, `mailbox list`, `warmup` or `make demo`.\n\n"
            "```sh\nmake test LAB=0 # all\npilotlight why \\\n    a@b.c | cat\n```\n"
            "```\npilotlight says this\n```\n"
        )
        self.assertEqual(
            [words for _, words, _ in commands_in(text)],
            [["why", "a@b.c"], ["verify"], ["mailbox", "list"]],
        )
        self.assertEqual(list(make_targets_in(text)), ["test", "demo"])


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: readme_test.py PILOTLIGHT [unittest arguments…]")
    PROGRAM = sys.argv.pop(1)
    unittest.main()
