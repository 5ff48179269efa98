"""Statements that await, and handlers that catch (STYLE, "Coroutines" and "Errors").

One co_await per statement; its arguments are names, literals, moves, plain calls, or a lambda that
stands alone: what is built on the way lives in the coroutine's frame, where compilers err and
readers lose count of lifetimes.
"""
import re

from tidy_rules.source import matching

_AWAIT = re.compile(r"(?<!operator )\bco_await\b")
_CONDITION = re.compile(r"\b(?:if|while|switch|for)\s*(?:constexpr\s*)?\(")
_LOCK = re.compile(r"\bstd::(?:lock_guard|scoped_lock|unique_lock|shared_lock)\b")
_TOKEN = re.compile(
    r"\s*(?P<token>[A-Za-z_]\w*|\d[\w.']*|\"[^\"]*\"|'[^']*'|::|->|&&|\|\||[-+*/%<>=!?&|^~,.:;(){}\[\]])"
)
_CAST = {"static_cast", "dynamic_cast", "reinterpret_cast", "const_cast"}


def check_awaits(source):
    for start, end in source.statements:
        code = source.own_code(start, end)
        awaits = list(_AWAIT.finditer(code))
        if not awaits:
            continue
        line = source.line_of(start + awaits[0].start())
        if len(awaits) > 1:
            yield line, "two co_await in one statement; give each its own"
            continue
        at = awaits[0].start()
        problem = _in_condition(code, at) or _operator_around(code) or _operand(code, awaits[0].end())
        if problem:
            yield line, problem
        if lock := _lock_before(source, start + at):
            yield line, f"{lock} is held across this co_await"


def check_lambdas(source):
    """The captures of a lambda die with it, before the coroutine that uses them ends."""
    for block in source.blocks:
        if block.kind != "lambda":
            continue
        captures = re.search(r"\[([^\[\]]*)\](?=[^\[\]]*$)", block.header)
        body = source.own_code(block.open + 1, block.close)
        coroutine = re.search(r"\bco_(?:await|return|yield)\b", body) or "Task<" in block.header.split("->")[-1]
        called = re.match(r"\s*\(", source.code[block.close + 1 :])
        if coroutine and called and captures and captures.group(1).strip():
            yield (
                source.line_of(block.open),
                "a lambda coroutine with captures is called on a temporary; name it, or pass parameters",
            )


def check_catches(source):
    for block in source.blocks:
        match = re.match(r"catch\s*\((.*)\)$", block.header, re.S)
        if block.kind != "control" or not match:
            continue
        body = source.code[block.open + 1 : block.close]
        line = source.line_of(block.start)
        if not body.strip():
            yield line, "empty catch; return, retry or record the error"
        elif match.group(1).strip() == "..." and not re.search(
            r"\bthrow\b|\bstd::(?:current_exception|rethrow_exception)\b", body
        ):
            yield line, "catch (...) swallows; throw on, or keep std::current_exception()"


def _in_condition(code, at):
    for match in _CONDITION.finditer(code):
        opening = match.end() - 1
        if opening < at < matching(code, opening):
            return "co_await in a condition; await into a name first"
    return None


def _operator_around(code):
    if re.search(r"\?(?!\?)", code):
        return "co_await beside a ternary; decide first, then await"
    # An `if (a && b)` in front decides before it awaits; only what follows it counts.
    condition = _CONDITION.search(code)
    rest = code[matching(code, condition.end() - 1) :] if condition else code
    if re.search(r"\|\|| && ", rest):
        return "co_await beside && or ||; decide first, then await"
    return None


def _operand(code, at):
    reader = _Operand(code[at:])
    try:
        reader.expression()
    except _NotPlain as problem:
        return f"co_await with {problem}; arguments are names, literals, moves or plain calls"
    while reader.peek() == ")":
        reader.take()
    if reader.peek() in (".", "->"):
        return "the result of co_await is used at once; give it a name"
    return None


def _lock_before(source, at):
    """A lock that stands in a block around the co_await, before it."""
    block = source.innermost(at, ("control", "function", "lambda"))
    while block is not None:
        before = source.code[block.open + 1 : at]
        before = _without_closed_blocks(before)
        if match := _LOCK.search(before):
            return match.group(0)
        if block.kind != "control":
            return None
        block = block.parent
    return None


def _without_closed_blocks(code):
    while True:
        shorter = re.sub(r"\{[^{}]*\}", "", code)
        if shorter == code:
            return code
        code = shorter


class _NotPlain(Exception):
    pass


class _Operand:
    """Reads `*chain.of(names, and(calls))` and refuses everything else."""

    def __init__(self, code):
        self.code = code
        self.at = 0

    def peek(self):
        match = _TOKEN.match(self.code, self.at)
        return match.group("token") if match else ""

    def take(self):
        match = _TOKEN.match(self.code, self.at)
        if not match:
            raise _NotPlain("something cut off")
        self.at = match.end()
        return match.group("token")

    def expression(self):
        while self.peek() in ("*", "&", "!", "-"):
            self.take()
        self.primary()
        while self.postfix():
            pass

    def primary(self):
        token = self.take()
        if token == "[":
            self.lambda_rest()
        elif token == "(":
            self.expression()
            if self.take() != ")":
                raise _NotPlain("an operator")
        elif token in _CAST:
            self.template_arguments()
        elif token == "::" or re.match(r"[A-Za-z_]", token):
            self.name_rest(token)
        elif token[0] in "\"'":
            while self.peek()[:1] == '"':
                self.take()
        elif not token[0].isdigit():
            raise _NotPlain("a braced value" if token == "{" else f"`{token}`")

    def name_rest(self, token):
        if token == "::":
            self.take()
        while True:
            if self.peek() == "<" and self.is_template():
                self.template_arguments()
            if self.peek() != "::":
                return
            self.take()
            self.take()

    def is_template(self):
        return re.match(r"\s*<[\w:\s,*&<>]*>\s*(?:\(|::|\{)", self.code[self.at :]) is not None

    def template_arguments(self):
        depth = 0
        while True:
            depth += {"<": 1, ">": -1}.get(self.take(), 0)
            if depth == 0:
                return

    def lambda_rest(self):
        self.skip("[", "]")
        if self.peek() == "(":
            self.take()
            self.skip("(", ")")
        while self.peek() not in ("{", ""):
            self.take()
        self.take()
        self.skip("{", "}")

    def skip(self, opening, closing):
        depth = 1
        while depth:
            token = self.take()
            depth += (token == opening) - (token == closing)

    def postfix(self):
        token = self.peek()
        if token in (".", "->"):
            self.take()
            self.name_rest(self.take())
        elif token == "(":
            self.take()
            self.arguments()
        elif token == "[":
            self.take()
            self.skip("[", "]")
        elif token == "{":
            raise _NotPlain("a braced value")
        else:
            return False
        return True

    def arguments(self):
        if self.peek() == ")":
            self.take()
            return
        while True:
            self.expression()
            token = self.take()
            if token == ")":
                return
            if token != ",":
                raise _NotPlain(f"operator `{token}` in an argument")
