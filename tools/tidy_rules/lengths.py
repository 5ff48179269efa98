"""How long functions and files may be, with a ratchet: what is longer already may only shrink.

tools/tidy_baseline.txt holds the exceptions, one a line: `function PATH NAME LINES` or
`file PATH LINES`. An entry that is too high, or needed no longer, is a finding too.
"""
import re

FUNCTION_LINES_MAX = 50
FILE_LINES_MAX = 400
BASELINE = "tools/tidy_baseline.txt"


def function_name(header):
    """`Foo::bar` of `base::Task<> Foo::bar(int a) const`, `TEST(A, B)` as it stands."""
    test = re.match(r"((?:TYPED_)?TEST(?:_[FP])?)\s*\(([^)]*)\)", header)
    if test:
        return test.group(1) + "(" + re.sub(r"\s", "", test.group(2)) + ")"
    match = re.search(r"((?:[\w~]+(?:<[^()]*>)?::)*(?:operator\s*\S+?|[\w~]+))\s*\(", header)
    return re.sub(r"\s", "", match.group(1)) if match else "?"


def function_lines(source, block):
    """From the first word to the last brace; in tests the rows of tables are not counted."""
    lines = source.line_of(block.close) - source.line_of(block.start) + 1
    if source.is_test:
        for table in source.blocks:
            if table.kind == "init" and table.parent is block:
                lines -= source.code.count("\n", table.open, table.close)
    return lines


def long_ones(sources, other_files):
    """{("function", path, name) or ("file", path): lines} of all that is over its limit."""
    found = {}
    for source in sources:
        for block in source.blocks:
            if block.kind != "function":
                continue
            lines = function_lines(source, block)
            if lines > FUNCTION_LINES_MAX:
                key = ("function", source.path, function_name(block.header))
                found[key] = max(lines, found.get(key, 0))
    for path, text in [(source.path, source.text) for source in sources] + list(other_files):
        lines = text.count("\n")
        if lines > FILE_LINES_MAX:
            found[("file", path)] = lines
    return found


def read_baseline(text):
    entries = {}
    for line in text.splitlines():
        words = line.split()
        if words and not line.startswith("#"):
            entries[tuple(words[:-1])] = int(words[-1])
    return entries


def write_baseline(entries):
    head = (
        "# What is longer than tools/tidy.py allows, with its length: these may only shrink\n"
        "# (`tools/tidy.py --shrink` takes over smaller numbers). New entries are not wanted.\n"
    )
    return head + "".join(f"{' '.join(key)} {lines}\n" for key, lines in sorted(entries.items()))


def shrunk(entries, found):
    """The baseline with every entry at its present length and without those no longer needed."""
    return {key: min(lines, found[key]) for key, lines in entries.items() if key in found}


def check(found, entries):
    """Yields (path, message)."""
    limits = {"function": FUNCTION_LINES_MAX, "file": FILE_LINES_MAX}
    for key, lines in sorted(found.items()):
        allowed = entries.get(key, limits[key[0]])
        what = f"function {key[2]}" if key[0] == "function" else "file"
        if lines > allowed:
            yield key[1], f"{what} has {lines} lines, at most {allowed}"
        elif lines < allowed:
            yield BASELINE, f"{' '.join(key)} has {lines} lines now: run tools/tidy.py --shrink"
    for key in sorted(set(entries) - set(found)):
        yield BASELINE, f"{' '.join(key)} is short enough now: run tools/tidy.py --shrink"
