#!/usr/bin/env python3
"""The rules that run: layers, adapters, coroutines, lengths, banned names, dead files.

    tools/tidy.py            check the whole tree; one line per finding, exit 1 when there is one
    tools/tidy.py --shrink   take smaller lengths over into tools/tidy_baseline.txt

The tables lie in tools/tidy_rules/: layers.py (who includes whom, which file may see which
library), coroutines.py, lengths.py, names.py. Each finding says what to do instead. Runs as the
test `tidy` and in `make lint`; tools/tidy_test.py shows what each rule finds.
"""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from tidy_rules import coroutines, layers, lengths, names  # noqa: E402
from tidy_rules.source import Source  # noqa: E402

CODE_FOLDERS = ("src/", "tests/", "bench/", "fuzz/", "cmake/")
CODE = (".h", ".cpp")
TEXT = (".py", ".sh", ".cmake", ".txt", ".sql", ".toml", ".json", ".md", ".yml")
# The words of the rules themselves.
OWN_WORDS = ("tools/tidy.py", "tools/tidy_test.py", "tools/tidy_rules/")
LINES_ARE_DATA = ("data/", "docs/", "README.md")


def list_files(root):
    """What git knows or would add; without git, all but build folders."""
    listing = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode == 0:
        paths = listing.stdout.split("\0")
    else:
        paths = [str(path.relative_to(root)) for path in root.rglob("*")]
        paths = [path for path in paths if not path.startswith(("build/", "."))]
    return sorted({path for path in paths if path and (root / path).is_file()})


def read_texts(root, files):
    """The text of every file that the rules read: code, scripts and build files."""
    texts = {}
    for path in files:
        file = root / path
        is_script = "." not in file.name and path.startswith(("tools/", "lab/", ".ci/"))
        if path.endswith(CODE + TEXT) or file.name in ("Makefile",) or is_script:
            texts[path] = file.read_text(encoding="utf-8", errors="replace")
    return texts


def check_source(source, known_files, banned):
    """Yields (line, message) of all rules that look at one C++ file."""
    yield from layers.check_includes(source, known_files)
    yield from layers.check_header_form(source)
    yield from coroutines.check_awaits(source)
    yield from coroutines.check_lambdas(source)
    yield from coroutines.check_catches(source)
    yield from banned.check(source)


def check_tree(texts, known_files):
    """Yields (path, line, message); line 0 stands for the whole file."""
    sources = [
        Source(path, text)
        for path, text in texts.items()
        if path.endswith(CODE) and path.startswith(CODE_FOLDERS)
    ]
    banned = names.Names()
    for source in sources:
        for line, message in check_source(source, known_files, banned):
            yield source.path, line, message
    yield from layers.check_exposed_types(sources)
    yield from layers.check_one_definition(sources)
    for message in banned.check_unused():
        yield "tools/tidy_rules/names.py", 0, message
    cmake_texts = {path: text for path, text in texts.items() if path.endswith("CMakeLists.txt")}
    for path, text in cmake_texts.items():
        for line, message in layers.check_cmake(path, text):
            yield path, line, message
    for path, message in layers.check_dead_files(sources, cmake_texts):
        yield path, 0, message
    for path, text in texts.items():
        if not path.startswith(OWN_WORDS):
            for line, message in names.check_reminders(text):
                yield path, line, message
    for path, message in lengths.check(find_long(sources, texts), baseline_of(texts)):
        yield path, 0, message


def find_long(sources, texts):
    known = {source.path for source in sources}
    others = [
        (path, text)
        for path, text in texts.items()
        if path not in known and not path.startswith(LINES_ARE_DATA)
    ]
    return lengths.long_ones(sources, others)


def baseline_of(texts):
    return lengths.read_baseline(texts.get(lengths.BASELINE, ""))


def shrink(root, texts):
    sources = [Source(path, text) for path, text in texts.items() if path.endswith(CODE)]
    entries = lengths.shrunk(baseline_of(texts), find_long(sources, texts))
    (root / lengths.BASELINE).write_text(lengths.write_baseline(entries), encoding="utf-8")
    print(f"{lengths.BASELINE}: {len(entries)} entries")


def main(arguments):
    root = pathlib.Path(__file__).resolve().parent.parent
    if arguments not in ([], ["--shrink"]):
        print("usage: tools/tidy.py [--shrink]", file=sys.stderr)
        return 2
    files = list_files(root)
    texts = read_texts(root, files)
    if arguments:
        shrink(root, texts)
        return 0
    findings = list(check_tree(texts, set(files)))
    for path, line, message in findings:
        print(f"{path}:{line}: {message}" if line else f"{path}: {message}")
    print(f"tidy: {len(findings)} findings in {len(texts)} files")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
