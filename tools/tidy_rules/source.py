"""A C++ file as the rules see it: text, code without comments and literals, blocks, statements.

This is no compiler. It knows brackets, and tells by the words before a brace what the brace opens;
that is enough for code that clang-format has laid out. Offsets are the same in `text` and `code`.
"""
import re
from dataclasses import dataclass, field

# Beside src/; their files include each other by paths from the root.
TEST_FOLDERS = ("tests/", "fuzz/", "bench/")

_LITERAL = re.compile(
    r"//[^\n]*"
    r"|/\*.*?\*/"
    r'|\bR"(?P<fence>[^()\\\s]{0,16})\(.*?\)(?P=fence)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|\b\d[\w.']*"  # a number, so that the quote in 1'000 opens nothing
    r"|'(?:\\.|[^'\\\n])*'",
    re.S,
)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)
_DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.M)

_CONTROL = re.compile(r"(?:else|if|for|while|do|switch|try|catch)\b")
_LABEL = re.compile(r"^(?:\s*(?:case\b[^:;{}]*(?:::[^:;{}]*)*|default|public|private|protected)\s*:(?!:))+")
_LAMBDA_END = re.compile(
    r"\[(?P<captures>[^\[\]]*)\]\s*"
    r"(?:<[^()]*>\s*)?"
    r"(?P<parameters>\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?\s*"
    r"(?:mutable\b\s*|noexcept\b\s*|constexpr\b\s*)*"
    r"(?P<result>->[^{}()=;]*)?$"
)
_MACRO = re.compile(r"\s*BOOST_DESCRIBE_\w+\s*\((?:[^()]|\([^()]*\))*\)")
_TYPE = re.compile(r"(?:typedef\s+)?(?:enum|class|struct|union)\b")
_FUNCTION_END = re.compile(
    r"\)\s*(?:(?:const|noexcept|override|final|volatile|try)\b\s*|&&?\s*|\[\[\w+\]\]\s*)*(?:->[^{}=;]*)?$"
)
_CONSTRUCTOR = re.compile(r"\)\s*(?:noexcept\s*)?:(?!:)")
_MEMBER_BRACE = re.compile(r"[:,]\s*[\w:]+(?:<[^{}]*>)?\s*$")


def _blank(match):
    """Comments become spaces, literals empty literals of the same length, numbers stay."""
    word = match.group(0)
    if word[0].isdigit():
        return word
    spaces = re.sub(r"[^\n]", " ", word)
    if word[0] == "/":
        return spaces
    quote = "'" if word[0] == "'" else '"'
    return quote + spaces[1:-1] + quote


@dataclass
class Include:
    line: int
    path: str
    angled: bool


@dataclass
class Block:
    """What a pair of braces holds. kind: namespace, type, function, lambda, control or init."""

    kind: str
    start: int  # of the words before the brace
    open: int
    parent: "Block | None"
    close: int = -1
    header: str = ""

    def encloses(self, offset):
        return self.open < offset < self.close


@dataclass
class Source:
    path: str
    text: str
    code: str = ""
    includes: list = field(default_factory=list)
    blocks: list = field(default_factory=list)
    statements: list = field(default_factory=list)  # (start, end), bodies of lambdas apart

    def __post_init__(self):
        if not self.path.endswith((".h", ".cpp")):
            return
        plain = _LITERAL.sub(_blank, self.text)
        # Include paths look like literals, so they are read from the text, where no comment hides them.
        for match in _INCLUDE.finditer(self.text):
            if plain[match.start() : match.end()].strip():
                self.includes.append(
                    Include(self.line_of(match.start(1)), match.group(2), match.group(1) == "<")
                )
        self.code = _DIRECTIVE.sub(lambda found: re.sub(r"[^\n]", " ", found.group(0)), plain)
        _Scan(self).run()

    @property
    def is_test(self):
        """Tests and what only tests use: x_test.cpp, test_x.h, all of tests/, fuzz/ and bench/."""
        name = self.path.rsplit("/", 1)[-1]
        return (
            name.endswith("_test.cpp")
            or name.startswith("test_")
            or self.path.startswith(TEST_FOLDERS)
        )

    @property
    def folder(self):
        """The folder below src/, or empty."""
        parts = self.path.split("/")
        return parts[1] if parts[0] == "src" and len(parts) > 2 else ""

    def line_of(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def innermost(self, offset, kinds):
        found = None
        for block in self.blocks:
            if block.kind in kinds and block.encloses(offset):
                if found is None or block.open > found.open:
                    found = block
        return found

    def own_code(self, start, end):
        """The code between two offsets with the bodies of lambdas inside blanked."""
        out = self.code[start:end]
        for block in self.blocks:
            if block.kind == "lambda" and start <= block.open and block.close <= end:
                width = block.close - block.open - 1
                at = block.open - start + 1
                out = out[:at] + " " * width + out[at + width :]
        return out


class _Scan:
    """One pass over the brackets of a file."""

    def __init__(self, source):
        self.source = source
        self.code = source.code
        self.open = []  # Block for a brace, offset for a parenthesis
        self.start = 0  # of the statement that is being read
        self.starts = []  # of the statements around it

    def run(self):
        for match in re.finditer(r"[(){};]", self.code):
            at, sign = match.start(), match.group(0)
            if sign == "(":
                self.open.append(at)
            elif sign == ")":
                if self.open and isinstance(self.open[-1], int):
                    self.open.pop()
            elif sign == "{":
                self.enter(at)
            elif sign == "}":
                self.leave(at)
            elif not self.open or isinstance(self.open[-1], Block):
                self.end_statement(at)

    def end_statement(self, at):
        self.source.statements.append((self.start, at))
        self.start = at + 1

    def enter(self, at):
        in_parentheses = bool(self.open) and isinstance(self.open[-1], int)
        begin = self.open[-1] + 1 if in_parentheses else self.start
        if macro := _MACRO.match(self.code, begin, at):  # a statement without a semicolon
            self.start = begin = macro.end()
        parent = next((entry for entry in reversed(self.open) if isinstance(entry, Block)), None)
        words = _LABEL.sub("", self.code[begin:at]).strip()
        kind = self.classify(words, parent, in_parentheses)
        if kind in ("control", "function"):
            self.source.statements.append((self.start, at))
        block = Block(kind, self.first_word(begin), at, parent, header=words)
        self.starts.append(self.start)
        self.open.append(block)
        self.source.blocks.append(block)
        self.start = at + 1

    def leave(self, at):
        while self.open and isinstance(self.open[-1], int):
            self.open.pop()
        if not self.open:
            return
        block = self.open.pop()
        block.close = at
        outer = self.starts.pop()
        self.start = outer if block.kind in ("init", "lambda") else at + 1

    def first_word(self, begin):
        while begin < len(self.code) and self.code[begin].isspace():
            begin += 1
        return begin

    @staticmethod
    def classify(words, parent, in_parentheses):
        if _LAMBDA_END.search(words):
            return "lambda"
        if in_parentheses or (parent is not None and parent.kind == "init"):
            return "init"
        plain = _without_template(words)
        if re.match(r"(?:inline\s+)?namespace\b|extern\s+\"", plain):
            return "namespace"
        if _TYPE.match(plain) and "(" not in plain.split(":")[0]:
            return "type"
        if parent is None or parent.kind in ("namespace", "type"):
            return _classify_in_scope(plain)
        return "control" if not plain or _CONTROL.match(plain) else "init"


def _classify_in_scope(words):
    if _CONSTRUCTOR.search(words):
        return "init" if _MEMBER_BRACE.search(words) else "function"
    if re.search(r"[^=!<>]=\s*$", words):
        return "init"
    return "function" if _FUNCTION_END.search(words) else "init"


def _without_template(words):
    while words.startswith("template"):
        at = words.find("<")
        depth = 0
        for offset in range(at, len(words)):
            depth += {"<": 1, ">": -1}.get(words[offset], 0)
            if depth == 0:
                break
        words = words[offset + 1 :].strip()
        words = re.sub(r"^requires\b[^{};]*?(?=\b(?:class|struct|auto|void)\b)", "", words)
    return words


def matching(code, at):
    """The offset of the bracket that closes the one at `at`."""
    pairs = {"(": ")", "{": "}", "[": "]"}
    opening, closing, depth = code[at], pairs[code[at]], 0
    for offset in range(at, len(code)):
        depth += (code[offset] == opening) - (code[offset] == closing)
        if depth == 0:
            return offset
    return len(code)
