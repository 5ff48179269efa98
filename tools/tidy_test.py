#!/usr/bin/env python3
"""What tools/tidy.py finds and what it lets pass, rule by rule, on small snippets."""
import pathlib
import sys
import textwrap
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import tidy  # noqa: E402
from tidy_rules import coroutines, layers, lengths, names  # noqa: E402
from tidy_rules.source import Source  # noqa: E402

KNOWN = {
    "src/base/text.h", "src/net/stream.h", "src/store/row.h", "src/smtp/client.h",
    "src/warmup/warmup.h", "src/campaign/pool.h", "src/warmup/pairing.h", "src/llm/chat_model.h",
    "src/cli/command.h", "tests/support/dialogue.h",
}  # fmt: skip


def source(path, text):
    return Source(path, textwrap.dedent(text))


def in_function(statement):
    return source("src/warmup/cycle.cpp", f"base::Task<> Warmup::run() {{\n{statement}\n}}\n")


class Findings(unittest.TestCase):
    def assert_none(self, found):
        self.assertEqual(list(found), [])

    def assert_found(self, found, words):
        messages = [" ".join(map(str, one)) for one in found]
        self.assertEqual(len(messages), 1, messages)
        self.assertIn(words, messages[0])


class Includes(Findings):
    def check(self, path, *lines):
        return layers.check_includes(source(path, "\n".join(lines) + "\n"), KNOWN)

    def test_a_folder_includes_what_its_row_allows(self):
        self.assert_none(self.check("src/smtp/a.cpp", '#include "base/text.h"', '#include "net/stream.h"'))
        self.assert_none(self.check("src/cli/a.cpp", '#include "warmup/warmup.h"'))
        self.assert_none(self.check("src/warmup/a.cpp", '#include "warmup/pairing.h"'))

    def test_a_folder_includes_nothing_else(self):
        self.assert_found(self.check("src/smtp/a.cpp", '#include "store/row.h"'), "smtp/ may include only")
        self.assert_found(self.check("src/base/a.h", '#include "net/stream.h"'), "only: nothing")
        self.assert_found(self.check("src/warmup/a.cpp", '#include "smtp/client.h"'), "warmup/ may")

    def test_the_two_sides_never_meet(self):
        self.assert_found(self.check("src/warmup/a.cpp", '#include "campaign/pool.h"'), "warmup/ may")
        self.assert_found(self.check("src/campaign/a.cpp", '#include "warmup/warmup.h"'), "campaign/ may")
        self.assert_found(self.check("src/campaign/a_test.cpp", '#include "warmup/warmup.h"'), "campaign/")

    def test_unit_tests_may_use_base_net_store_and_the_test_kit(self):
        self.assert_none(
            self.check("src/mime/a_test.cpp", '#include "store/row.h"', '#include "tests/support/dialogue.h"')
        )
        self.assert_found(self.check("src/mime/a_test.cpp", '#include "smtp/client.h"'), "mime/ may")
        self.assert_found(self.check("src/mime/a.cpp", '#include "tests/support/dialogue.h"'), "only tests")

    def test_tests_of_the_whole_include_freely(self):
        self.assert_none(self.check("tests/lab/a.cpp", '#include "cli/command.h"'))

    def test_paths_start_at_src_and_exist(self):
        self.assert_found(self.check("src/warmup/a.cpp", '#include "pairing.h"'), "write the path from src/")
        self.assert_found(self.check("src/warmup/a.cpp", '#include "warmup/gone.h"'), "does not exist")
        self.assert_found(self.check("tests/lab/a.cpp", '#include "tests/lab/gone.h"'), "does not exist")

    def test_a_folder_without_a_row_is_refused(self):
        self.assert_found(self.check("src/extra/a.cpp", '#include "base/text.h"'), "has no row")

    def test_commented_includes_are_no_includes(self):
        self.assert_none(self.check("src/base/a.cpp", '// #include "store/row.h"', '/*\n#include "x.h"\n*/'))

    def test_spacing_hides_nothing(self):
        self.assert_found(self.check("src/base/a.cpp", ' #  include "store/row.h"'), "base/ may")

    def test_libraries_stand_in_their_adapter_only(self):
        self.assert_none(self.check("src/mime/gmime_reader.cpp", "#include <gmime/gmime.h>"))
        self.assert_found(self.check("src/mime/message.cpp", "#include <gmime/gmime.h>"), "belongs in")
        self.assert_found(self.check("src/warmup/a.cpp", "#include <boost/asio/post.hpp>"), "belongs in")
        self.assert_found(self.check("src/base/a_test.cpp", "#include <sodium.h>"), "belongs in")

    def test_json_stays_out_of_our_headers(self):
        self.assert_none(self.check("src/llm/a.cpp", "#include <boost/json.hpp>"))
        self.assert_none(self.check("src/llm/a.h", "#include <boost/json/fwd.hpp>"))
        self.assert_none(self.check("src/llm/a.h", "#include <boost/describe/class.hpp>"))
        self.assert_found(self.check("src/llm/a.h", "#include <boost/json.hpp>"), "belongs in a .cpp file")

    def test_unknown_libraries_are_refused(self):
        self.assert_found(self.check("src/base/a.cpp", "#include <boost/url.hpp>"), "unknown library")
        self.assert_found(self.check("src/base/a.cpp", "#include <unbound.h>"), "unknown library")

    def test_sockets_and_threads_have_their_folders(self):
        self.assert_none(self.check("src/net/a.cpp", "#include <sys/socket.h>", "#include <thread>"))
        self.assert_found(self.check("src/llm/a.cpp", "#include <netinet/in.h>"), "only net/ opens sockets")
        self.assert_found(self.check("src/warmup/a.cpp", "#include <mutex>"), "no threads and locks")

    def test_a_link_needs_the_row_too(self):
        good = "pilotlight_library(smtp\n    SOURCES a.cpp\n    DEPENDS base net)\n"
        self.assert_none(layers.check_cmake("src/smtp/CMakeLists.txt", good))
        bad = good.replace("base net", "base store")
        self.assert_found(layers.check_cmake("src/smtp/CMakeLists.txt", bad), "depends on store")


class Headers(Findings):
    def test_a_header_is_guarded_and_says_what_it_is(self):
        self.assert_none(layers.check_header_form(source("src/base/a.h", "// What.\n#pragma once\n")))
        self.assert_found(layers.check_header_form(source("src/base/a.h", "// What.\nint a();\n")), "once")
        self.assert_found(layers.check_header_form(source("src/base/a.h", "#pragma once\n")), "no comment")

    def test_a_librarys_type_stays_in_its_folder(self):
        inside = source("src/store/low.h", "// Low.\nnamespace soci { class session; }\nsoci::session* s();\n")
        friend = source("src/store/a.cpp", '#include "store/low.h"\n')
        self.assert_none(layers.check_exposed_types([inside, friend]))
        stranger = source("src/ledger/a.cpp", '#include "store/low.h"\n')
        self.assert_found(layers.check_exposed_types([inside, stranger]), "shows soci")

    def test_a_comment_shows_no_type(self):
        quiet = source("src/store/quiet.h", "// Not a soci::session.\nint a();\n")
        self.assert_none(layers.check_exposed_types([quiet, source("src/cli/a.cpp", '#include "store/quiet.h"\n')]))


class OneDefinition(Findings):
    def test_two_files_define_no_type_of_one_name(self):
        one = source("src/campaign/a.h", "namespace campaign {\nstruct Row {\n    int a;\n};\n}\n")
        two = source("src/campaign/b.h", "namespace campaign {\nclass Row final : Base {\n};\n}\n")
        self.assert_found(layers.check_one_definition([one, two]), "campaign::Row is another type in src/campaign/a.h")

    def test_private_nested_and_foreign_ones_may_be_alike(self):
        one = source("src/campaign/a.h", "namespace campaign {\nstruct Row {\n    int a;\n};\n}\n")
        private = source("src/campaign/c.cpp", "namespace campaign {\nnamespace {\nstruct Row {\n};\n}\n}\n")
        nested = source("src/campaign/d.h", "namespace campaign {\nstruct Table {\n    struct Row {\n    };\n};\n}\n")
        out_of_line = source("src/campaign/d.cpp", "namespace campaign {\nstruct Table::Row {\n};\n}\n")
        foreign = source("src/warmup/a.h", "namespace warmup {\nstruct Row {\n};\n}\n")
        self.assert_none(layers.check_one_definition([one, private, nested, out_of_line, foreign]))


class DeadFiles(Findings):
    def check(self, *sources, **lists):
        return layers.check_dead_files(sources, {"src/base/CMakeLists.txt": lists.get("base", "")})

    def test_a_source_is_built(self):
        text = source("src/base/text.cpp", "int a;\n")
        self.assert_none(self.check(text, base="SOURCES text.cpp"))
        self.assert_found(self.check(text, base="SOURCES plain_text.cpp"), "not built")

    def test_a_header_is_included(self):
        header = source("src/base/text.h", "// Text.\n")
        self.assert_found(self.check(header), "nobody includes")
        user = source("src/base/a.cpp", '#include "base/text.h"\n')
        self.assert_none(self.check(header, user, base="SOURCES a.cpp"))


class Awaits(Findings):
    def good(self, statement):
        self.assert_none(coroutines.check_awaits(in_function(statement)))

    def bad(self, statement, words):
        self.assert_found(coroutines.check_awaits(in_function(statement)), words)

    def test_plain_awaits_pass(self):
        self.good("co_await clock.sleep_until(end);")
        self.good("(void)co_await peer.rest();")
        self.good("auto&& got = co_await stream->read_some(buffer, base::MonotonicTime::max());")
        self.good("co_return co_await (*client)->send(std::move(mail), *email.raw, !last, -1);")
        self.good('co_await peer.say("220 hi; there {" "\\r\\n");')
        self.good("co_await run(static_cast<int>(count), std::span<const char>(buffer), 24h);")
        self.good("if (!results.empty()) co_await all;")
        self.good("if (a && b) co_await all;")
        self.good("for (auto& one : many) co_await one.close(deadline);")
        self.good("while (more) more = co_await fill();")
        self.good("switch (kind) { case Kind::a: co_await one(); break; default: co_await two(); }")

    def test_one_await_per_statement(self):
        self.bad("const int sum = add(co_await one(), co_await two());", "two co_await")
        self.bad("co_await one(), co_await two();", "two co_await")

    def test_no_await_in_conditions(self):
        self.bad("if (co_await ready()) return;", "in a condition")
        self.bad("if (a &&\n    co_await ready()) { act(); }", "in a condition")
        self.bad("while (co_await more()) {}", "in a condition")
        self.bad("for (auto& one : co_await all()) use(one);", "in a condition")
        self.bad("switch (co_await kind()) { default: break; }", "in a condition")

    def test_no_await_beside_choices(self):
        self.bad("const int a = b ? co_await one() : 2;", "ternary")
        self.bad("const bool a = b && co_await one();", "&& or ||")
        self.bad("const bool a = co_await one() || b;", "&& or ||")

    def test_arguments_are_plain(self):
        self.bad("co_await run(SearchUids{criteria}, deadline);", "a braced value")
        self.bad("co_await run({1, 2}, deadline);", "a braced value")
        self.bad('co_await say("you said " + line);', "operator `+`")
        self.bad("co_await wait(clock.in(24h * 7));", "operator `*`")

    def test_the_result_gets_a_name(self):
        self.bad("const int a = (co_await one()).size();", "used at once")
        self.bad("(co_await one())->stop();", "used at once")
        self.good("out.emplace(co_await std::move(inner));")
        self.good("count = static_cast<int>(co_await one());")

    def test_a_lambda_is_looked_at_by_itself(self):
        self.good("co_await db.run(role, [id](store::Connection& c) { return a ? c.x(id) : 0; });")
        self.bad("start([](Peer p) -> base::Task<> { if (co_await p.a()) co_return; });", "in a condition")
        self.good("start([](Peer p) -> base::Task<> { co_await p.a(); co_await p.b(); });")

    def test_no_lock_is_held(self):
        self.bad("const std::lock_guard lock(mutex);\nco_await one();", "std::lock_guard is held")
        self.good("{ const std::lock_guard lock(mutex); }\nco_await one();")

    def test_words_in_comments_and_texts_are_no_awaits(self):
        self.good('log("co_await a, co_await b");  // if (co_await x)\n/* co_await y + co_await z */')

    def test_the_operator_itself_may_be_named(self):
        self.good("auto awaiter = std::move(reader).operator co_await();")


class Lambdas(Findings):
    def test_a_capturing_coroutine_is_not_called_on_a_temporary(self):
        bad = in_function("start([&x]() -> base::Task<> { co_await x.run(); }());")
        self.assert_found(coroutines.check_lambdas(bad), "called on a temporary")

    def test_parameters_instead_of_captures_pass(self):
        self.assert_none(coroutines.check_lambdas(in_function("start([](X x) -> base::Task<> { co_return; }(x));")))

    def test_a_plain_lambda_may_be_called(self):
        self.assert_none(coroutines.check_lambdas(in_function("const int a = [&] { return x; }();")))

    def test_a_named_one_passes(self):
        named = in_function("auto run = [&x]() -> base::Task<> { co_await x.run(); };\nstart(run());")
        self.assert_none(coroutines.check_lambdas(named))


class Catches(Findings):
    def check(self, body):
        return coroutines.check_catches(in_function(f"try {{ a(); }} {body}"))

    def test_empty(self):
        self.assert_found(self.check("catch (const Refused&) {}"), "empty catch")
        self.assert_found(self.check("catch (...) { /* never mind */ }"), "empty catch")

    def test_swallowed(self):
        self.assert_found(self.check("catch (...) { log(); }"), "swallows")

    def test_kept_or_thrown_on(self):
        self.assert_none(self.check("catch (...) { problem = std::current_exception(); }"))
        self.assert_none(self.check("catch (...) { undo(); throw; }"))
        self.assert_none(self.check("catch (const std::exception& error) { log(error.what()); }"))


class Lengths(Findings):
    def function(self, lines, path="src/base/a.cpp", head="int Foo::bar(int a) const"):
        return source(path, f"namespace base {{\n{head} {{\n" + "    a();\n" * (lines - 2) + "}\n}\n")

    def test_fifty_lines_pass_and_one_more_does_not(self):
        self.assertEqual(lengths.long_ones([self.function(50)], []), {})
        key = ("function", "src/base/a.cpp", "Foo::bar")
        self.assertEqual(lengths.long_ones([self.function(51)], []), {key: 51})

    def test_functions_of_every_form_are_seen(self):
        heads = {
            "Foo::Foo(int a) : a_(a), b_{a}, c_(b_)": "Foo::Foo",
            "template <class T>\nrequires std::integral<T>\nT twice(T a)": "twice",
            "BOOST_DESCRIBE_STRUCT(Row, (), (a, b))\nbase::Task<int> run()": "run",
            "TEST(Parser, Splits)": "TEST(Parser,Splits)",
            "auto find() -> std::map<int, int>": "find",
            "bool operator==(const A& a, const B& b) noexcept": "operator==",
        }
        for head, name in heads.items():
            found = lengths.long_ones([self.function(60, head=head)], [])
            self.assertEqual([key[2] for key in found], [name], head)

    def test_types_and_tables_are_no_functions(self):
        for head in ("struct Foo final : Bar<int>", "enum class Kind : int", "const int kTable[] ="):
            self.assertEqual(lengths.long_ones([self.function(60, head=head)], []), {}, head)

    def test_rows_of_a_tests_table_do_not_count(self):
        table = "const Row rows[] = {\n" + "    {1, 2},\n" * 80 + "};"
        text = f"TEST(A, B) {{\n{table}\n    use(rows);\n}}\n"
        self.assertEqual(lengths.long_ones([source("src/base/a_test.cpp", text)], []), {})
        self.assertEqual(len(lengths.long_ones([source("src/base/a.cpp", text)], [])), 1)

    def test_files_end_at_four_hundred_lines(self):
        self.assertEqual(lengths.long_ones([], [("tools/a.py", "a\n" * 400)]), {})
        self.assertEqual(lengths.long_ones([], [("tools/a.py", "a\n" * 401)]), {("file", "tools/a.py"): 401})

    def test_the_ratchet_turns_one_way(self):
        key = ("function", "src/a.cpp", "f")
        self.assert_none(lengths.check({key: 60}, {key: 60}))
        self.assert_found(lengths.check({key: 61}, {key: 60}), "has 61 lines, at most 60")
        self.assert_found(lengths.check({key: 59}, {key: 60}), "has 59 lines now")
        self.assert_found(lengths.check({}, {key: 60}), "short enough now")
        self.assertEqual(lengths.shrunk({key: 60}, {key: 59}), {key: 59})
        self.assertEqual(lengths.shrunk({key: 60}, {key: 61}), {key: 60})
        self.assertEqual(lengths.shrunk({key: 60}, {}), {})

    def test_the_baseline_reads_what_it_wrote(self):
        entries = {("function", "src/a.cpp", "TEST(A,B)"): 60, ("file", "src/b.cpp"): 401}
        self.assertEqual(lengths.read_baseline(lengths.write_baseline(entries)), entries)


class Names(Findings):
    def check(self, code, path="src/warmup/cycle.cpp"):
        return names.Names().check(source(path, code))

    def test_what_is_handed_in_is_not_taken_elsewhere(self):
        bad = {
            "auto a = std::chrono::system_clock::now();": "system clock",
            "auto a = std::chrono::steady_clock::now();": "steady clock",
            "std::this_thread::sleep_for(a);": "sleeping",
            "void f() {\n    sleep(1);\n}": "sleeping",
            "::usleep(5);": "sleeping",
            "int a = rand();": "foreign chance",
            "std::mt19937 a;": "foreign chance",
            "std::random_device a;": "foreign chance",
            "std::shuffle(a, b, c);": "foreign chance",
            "std::uniform_int_distribution<int> a;": "foreign chance",
            "std::unordered_map<int, int> a;": "unordered container",
            'auto a = std::getenv("A");': "environment",
            'std::printf("a");': "printing",
            "std::cout << a;": "printing",
            "auto a = localtime(&b);": "local time",
            "std::mutex a;": "threads and locks",
            "worker.detach();": "detached work",
        }
        for code, words in bad.items():
            self.assert_found(self.check(code), words)

    def test_our_own_words_pass(self):
        for code in (
            "co_await clock.sleep_until(a);",
            "Sleep sleep(clock);",
            "use(sleep(loop));",
            "base::SeededRandom random(seed);",
            "random.shuffle(values);",
            "// std::this_thread::sleep_for and rand() are out",
            'log("printf(getenv())");',
            "int brand(int a);",
        ):
            self.assert_none(self.check(code))

    def test_each_has_its_one_place(self):
        self.assert_none(self.check('std::getenv("A");', "src/config/environment.cpp"))
        self.assert_none(self.check("std::cout << a;", "src/cli/output.cpp"))
        self.assert_none(self.check("std::mutex a;", "src/store/a.cpp"))

    def test_tests_do_not_sleep_nor_ask_the_clock(self):
        for path in ("src/warmup/cycle_test.cpp", "tests/e2e/a.cpp", "src/imap/test_wire.h"):
            self.assert_found(self.check("std::this_thread::sleep_for(a);", path), "sleeping in a test")
            self.assert_found(self.check("std::chrono::steady_clock::now();", path), "real clock in a test")
        self.assert_none(self.check("std::chrono::steady_clock::now();", "tests/lab/a.cpp"))
        self.assert_none(self.check('std::printf("share");', "src/mime/corpus_test.cpp"))

    def test_an_exception_that_nobody_needs_is_found(self):
        ban = names.Ban("x", r"\bx\b", "use y", exceptions={"src/base/a.cpp": "why"})
        rules = names.Names([ban])
        self.assert_none(rules.check(source("src/base/b.cpp", "int z;")))
        self.assertEqual(len(list(rules.check_unused())), 1)
        self.assert_none(rules.check(source("src/base/a.cpp", "int x;")))
        self.assert_none(rules.check_unused())

    def test_reminders(self):
        for word in ("TODO", "FIXME", "XXX"):
            self.assert_found(names.check_reminders(f"// {word}: later\n"), word)
        self.assert_none(names.check_reminders('std::string name = "lock-XXXXXX";\n'))


class Lexer(unittest.TestCase):
    def test_offsets_stay_and_literals_go(self):
        text = 'auto a = R"sql(SELECT "{" ;)sql"; int b = 1\'000; char c = \'{\'; // }\n'
        code = source("src/base/a.cpp", text).code
        self.assertEqual(len(code), len(text))
        self.assertNotIn("{", code)
        self.assertNotIn("}", code)
        self.assertIn("1'000;", code)

    def test_macro_bodies_are_not_code(self):
        self.assertNotIn("{", source("src/base/a.h", "#define A(x) \\\n    do { x; \\\n    } while (0)\n").code)


class Tree(unittest.TestCase):
    def test_findings_name_file_and_line(self):
        texts = {"src/base/a.cpp": "int a;\nint b = rand();\n", "src/base/CMakeLists.txt": "a.cpp"}
        found = [one for one in tidy.check_tree(texts, set(texts)) if one[0] == "src/base/a.cpp"]
        self.assertEqual([(path, line) for path, line, _ in found], [("src/base/a.cpp", 2)])


if __name__ == "__main__":
    unittest.main()
