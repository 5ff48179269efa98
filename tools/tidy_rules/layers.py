"""Who may include whom: the table of DESIGN section 3, and third-party headers in named files."""
import posixpath
import re

from tidy_rules.source import TEST_FOLDERS

# docs/architecture.md shows the same table; a folder always includes itself.
MAY_INCLUDE = {
    "base": "",
    "config": "base",
    "net": "base",
    "mime": "base",
    "smtp": "base net",
    "imap": "base net",
    "store": "base config",
    "documents": "base store",
    "ledger": "base store",
    "llm": "base config net store",
    "mailbox": "base config net smtp imap store ledger",
    "delivery": "base mime smtp imap store ledger mailbox",
    "inbound": "base mime imap store ledger mailbox delivery",
    "warmup": "base mime llm store documents ledger mailbox delivery inbound",
    "campaign": "base mime llm store documents ledger mailbox delivery inbound",
    "reputation": "base net store ledger",
    "engine": "base config net mime smtp imap store documents ledger llm mailbox delivery inbound warmup "
    "campaign reputation",
    "sandbox": "base net mime smtp imap",
    "api": "base config net mime smtp imap store documents ledger llm mailbox delivery inbound warmup "
    "campaign reputation engine",
    "cli": "*",
}
# What every unit test may use beside its folder's row: real values and stores, and the test kit.
TESTS_MAY_INCLUDE = {"base", "net", "store"}

# (file, header, reason): what the tables forbid and one file may include all the same.
LAYER_EXCEPTIONS = [
    ("cmake/upper_pch.h", "boost/json.hpp", "precompiled: parsed once, not by every file"),
    ("src/mime/gmime_reader.cpp", "mutex", "call_once: GMime is initialised once in a process"),
]

# Third-party headers by prefix, and the only files that may include them.
ADAPTERS = {
    "CLI/": ["src/cli/parse.cpp"],
    "ares.h": ["src/net/ares_dns_client.cpp", "src/net/dns_answer.cpp"],
    "boost/asio": [
        "src/net/asio_impl.cpp",
        "src/net/asio_loop.cpp",
        "src/net/http_request_parser.cpp",
    ],
    "boost/beast": ["src/net/http_request_parser.cpp"],
    "bson/": ["src/documents/bson_document.cpp", "src/documents/bson_document_test.cpp"],
    "curl/": ["src/net/curl_http_client.cpp", "src/net/curl_transfer.cpp"],
    "date/": ["src/base/time_zone.cpp"],
    "gmime/": ["src/mime/gmime_reader.cpp"],
    "idn2.h": ["src/campaign/domain_name.cpp"],
    "libpq-fe.h": ["src/store/postgres_session.cpp", "tests/store/postgres_server.cpp"],
    "libpsl.h": ["src/campaign/domain_name.cpp"],
    "openssl/": [
        "src/base/crypto.cpp",
        "src/net/curl_transfer.cpp",
        "src/net/loopback_server.cpp",
        "src/net/socket_stream.cpp",
        "src/net/tls_context.cpp",
    ],
    "soci/": [
        "src/store/postgres_session.cpp",
        "src/store/soci_connection.cpp",
        "src/store/sqlite_guard.cpp",
        "src/store/sqlite_session.cpp",
    ],
    "sodium.h": ["src/base/crypto.cpp", "src/base/random.cpp"],
    "spdlog/": ["src/base/log.cpp"],
    "sqlite3.h": ["tests/e2e/program.cpp", "tests/lab/sqlite_view.cpp"],
    "toml++/": ["src/config/toml_reader.cpp"],
    "zlib.h": ["src/documents/gzip.cpp", "src/documents/document_reader_test.cpp"],
}
# Light enough for every file.
EVERYWHERE = ("boost/describe", "boost/mp11", "boost/json/fwd.hpp", "fmt/")
# In sources, and in headers of tests, but in no header of ours: they cost a second per file.
IN_SOURCES = ("boost/json",)
IN_TESTS = ("gtest/", "gmock/")
IN_BENCHMARKS = ("benchmark/",)
# The system's own, by folder: sockets are net/'s business, threads and locks no decision's.
SOCKETS = re.compile(r"(?:sys/(?:socket|un|epoll|select)|netinet/.*|arpa/.*|netdb|poll|resolv)(?:\.h)?$")
THREADS = re.compile(r"(?:thread|mutex|shared_mutex|condition_variable|future|stop_token|pthread\.h)$")
SOCKET_FOLDERS = {"net"}
THREAD_FOLDERS = {"base", "net", "store"}
SYSTEM = re.compile(
    r"(?:sys|linux)/\w+\.h|(?:unistd|fcntl|signal|pwd|grp|dirent|termios|spawn)\.h"
)

# Types of those libraries: a header that names one, even declared forward, stays in its folder.
THIRD_PARTY_TYPES = re.compile(
    r"\bboost::(?:asio|beast)\b|\bsoci::|\bCURLM?\b|\bcurl_slist\b|\bSSL(?:_CTX|_SESSION)?\b"
    r"|\bssl(?:_ctx)?_st\b|\bX509\b|\bGMime\w+"
    r"|\btoml::|\bCLI::|\bspdlog::|\bdate::|\bsqlite3(?:_\w+)?\b|\bPGconn\b|\bPGresult\b"
)


def check_includes(source, known_files):
    """Yields (line, message) for every include that the tables forbid."""
    for include in source.includes:
        if include.angled:
            problem = _third_party(source, include.path)
        else:
            problem = _ours(source, include.path, known_files)
        if problem and not _is_exception(source.path, include.path):
            yield include.line, problem


def _is_exception(path, header):
    return any((path, header) == exception[:2] for exception in LAYER_EXCEPTIONS)


def check_exposed_types(sources):
    """Yields (path, line, message): a header that names a library's type, even declared forward, is
    its folder's own affair; nobody else includes it."""
    shows = {}
    for source in sources:
        match = THIRD_PARTY_TYPES.search(source.code) if source.path.endswith(".h") else None
        if match:
            shows[source.path] = match.group(0).strip(":")
    for source in sources:
        for include in source.includes:
            header = "src/" + include.path
            inside = posixpath.dirname(header) == posixpath.dirname(source.path)
            if header in shows and not inside and not source.is_test:
                message = f'"{include.path}" shows {shows[header]} outside its folder'
                yield source.path, include.line, message


_TYPE = re.compile(r"\b(?:struct|class|union)\s+(?:alignas\([^)]*\)\s*)?(\w+)(?=\s|$|:(?!:))")


def _qualified_name(source, block):
    """ "campaign::Candidate"; nothing for what no other file can mean: nested, unnamed, out of line."""
    match = _TYPE.search(block.header or source.code[block.start : block.open])
    names = [match.group(1)] if match else []
    while match and (block := block.parent):
        space = re.search(r"\bnamespace\s+([\w:]+)", source.code[block.start : block.open])
        if block.kind != "namespace" or not space:
            return ""
        names.insert(0, space.group(1))
    return "::".join(names)


def check_one_definition(sources):
    """Yields (path, line, message): two types of one name are one to the linker, which keeps one of
    their constructors for both."""
    homes = {}
    for source in sources:
        if source.is_test or not source.path.startswith("src/"):
            continue
        for block in source.blocks:
            name = _qualified_name(source, block) if block.kind == "type" else ""
            home = homes.setdefault(name, source.path) if name else source.path
            if home != source.path:
                yield source.path, source.line_of(block.start), f"{name} is another type in {home}"


def check_header_form(source):
    if not source.path.endswith(".h"):
        return
    if not re.search(r"^#pragma once$", source.text, re.M):
        yield 1, "no #pragma once"
    if source.folder and not source.is_test and not source.text.startswith(("//", "/*")):
        yield 1, "no comment on top that says what this header is for"


def _ours(source, path, known_files):
    if source.path.startswith("cmake/"):
        return None
    if path.startswith(TEST_FOLDERS):
        if not source.is_test:
            return f'"{path}": only tests include tests'
        return None if path in known_files else f'"{path}" does not exist'
    if "src/" + path not in known_files:
        if posixpath.dirname(source.path) + "/" + path in known_files:
            return f'"{path}": write the path from src/'
        return f'"{path}" does not exist below src/'
    folder, wanted = source.folder, path.split("/", maxsplit=1)[0]
    if not folder or wanted == folder:
        return None
    if folder not in MAY_INCLUDE:
        return f"folder {folder} has no row in tools/tidy_rules/layers.py"
    row = MAY_INCLUDE[folder]
    if row == "*" or wanted in row.split() or (source.is_test and wanted in TESTS_MAY_INCLUDE):
        return None
    return f'"{path}": {folder}/ may include only: {row or "nothing"}'


def _third_party(source, path):
    for prefix, files in ADAPTERS.items():
        if path.startswith(prefix):
            allowed = ", ".join(files) or "no file yet (name its adapter in tools/tidy_rules/layers.py)"
            return None if source.path in files else f"<{path}> belongs in {allowed}"
    if path.startswith(EVERYWHERE):
        return None
    if path.startswith(IN_SOURCES):
        bad = source.path.endswith(".h") and not source.is_test
        return f"<{path}> belongs in a .cpp file; headers take <boost/json/fwd.hpp>" if bad else None
    if path.startswith(IN_TESTS):
        return None if source.is_test else f"<{path}> belongs in tests"
    if path.startswith(IN_BENCHMARKS):
        return None if source.path.startswith("bench/") else f"<{path}> belongs in bench/"
    return _system(source, path)


def _system(source, path):
    if SOCKETS.match(path):
        bad = source.folder and not source.is_test and source.folder not in SOCKET_FOLDERS
        return f"<{path}>: only net/ opens sockets; take a net::Dialer" if bad else None
    if THREADS.match(path):
        bad = source.folder and not source.is_test and source.folder not in THREAD_FOLDERS
        return f"<{path}>: no threads and locks here, there is one event loop" if bad else None
    if "." in path and not SYSTEM.match(path):
        return f"<{path}>: unknown library; name it in tools/tidy_rules/layers.py if it earns its place"
    return None


def check_cmake(path, text):
    """A folder's library links only what its row allows."""
    match = re.match(r"src/(\w+)/CMakeLists\.txt$", path)
    if not match:
        return
    row = MAY_INCLUDE.get(match.group(1))
    for library in re.finditer(r"pilotlight_library\(\s*(\w+)\b([^)]*)\)", text):
        depends = re.search(r"\bDEPENDS\b((?:\s+[a-z_]+)+)", library.group(2))
        for wanted in depends.group(1).split() if depends else []:
            if row is None or (row != "*" and wanted not in row.split()):
                line = text.count("\n", 0, library.start()) + 1
                yield line, f"library {library.group(1)} depends on {wanted}; its row allows: {row}"


def check_dead_files(sources, cmake_texts):
    """Every .cpp stands in its folder's CMakeLists.txt, every header of ours is included."""
    included = {include.path for source in sources for include in source.includes}
    for source in sources:
        path = source.path
        if path.endswith(".cpp"):
            lists = posixpath.dirname(path) + "/CMakeLists.txt"
            if path == "cmake/pch.cpp" or lists not in cmake_texts:
                continue
            if not re.search(rf"(?<![\w/]){re.escape(posixpath.basename(path))}\b", cmake_texts[lists]):
                yield path, f"not built: {lists} does not name it"
        elif path.startswith("src/") or path.startswith(TEST_FOLDERS):
            if path.removeprefix("src/") not in included:
                yield path, "nobody includes this header"
