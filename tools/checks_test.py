"""The checks of the house find the mistakes that they are for."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import check_coverage
import check_layers
import test_summary


class CheckLayers(unittest.TestCase):
    LAYERS = check_layers.read_layers("# comment\nbase:\ncore/a: base\ncore/b: base core/a\nio/c: base\n")

    def mistakes_in(self, path, text):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, path)
            file.parent.mkdir(parents=True)
            file.write_text(text)
            return list(check_layers.check_sources(pathlib.Path(folder), self.LAYERS))

    def test_allows_the_arrows_of_the_file(self):
        self.assertEqual(self.mistakes_in("oriel/core/b/x.cc", '#include "oriel/core/a/y.h"\n#include <vector>'), [])

    def test_finds_an_arrow_that_is_not_there(self):
        self.assertEqual(len(self.mistakes_in("oriel/core/a/x.cc", '#  include "oriel/core/b/y.h"')), 1)

    def test_lets_tests_include_what_they_like(self):
        self.assertEqual(self.mistakes_in("oriel/core/a/x_test.cc", '#include "oriel/core/b/y.h"'), [])

    def test_finds_a_module_that_is_not_listed(self):
        self.assertEqual(len(self.mistakes_in("oriel/core/new/x.cc", "")), 1)

    def test_finds_threads_and_sockets_in_core(self):
        for header in ("thread", "mutex", "sys/socket.h", "boost/asio.hpp", "fstream"):
            self.assertEqual(len(self.mistakes_in("oriel/core/a/x.h", f"#include <{header}>")), 1, header)
        self.assertEqual(self.mistakes_in("oriel/io/c/x.h", "#include <sys/socket.h>"), [])

    def test_finds_circles_and_arrows_that_point_up(self):
        circle = check_layers.read_layers("core/a: core/b\ncore/b: core/a")
        self.assertTrue(any("circle" in m for m in check_layers.check_arrows(circle)))
        up = check_layers.read_layers("core/a: io/c\nio/c:")
        self.assertTrue(any("up" in m for m in check_layers.check_arrows(up)))
        self.assertEqual(list(check_layers.check_arrows(self.LAYERS)), [])

    def test_compares_the_build_files(self):
        deps = check_layers.read_cmake_deps(
            "oriel_module(base)\noriel_module(core/a DEPS base LIBRARIES fmt::fmt)  # text\n"
            "oriel_module(core/b DEPS base\n   core/a)\noriel_module(io/c)")
        mistakes = list(check_layers.check_cmake(self.LAYERS, deps))
        self.assertEqual(len(mistakes), 1)
        self.assertIn("io/c", mistakes[0])

    def test_compares_the_list_of_modules_in_the_documents(self):
        text = "## Modules\n\n| `base` | x |\n| `core/a` | x |\n| `core/b` | x |\n\n## Next\n| `other` | x |\n"
        mistakes = list(check_layers.check_document(self.LAYERS, text))
        self.assertEqual(len(mistakes), 1)
        self.assertIn("io/c", mistakes[0])


class CheckCoverage(unittest.TestCase):
    def mistakes_in(self, *rows, names=(), titles=()):
        rows = check_coverage.read_rows("\n".join(rows))
        return list(check_coverage.check_rows(rows, set(names), set(titles)))

    def test_accepts_rows_whose_tests_are_there(self):
        self.assertEqual(self.mistakes_in(
            "| P001 | seed | a \\| b | done | x | `A.B`, `T/E.F/*`, `page: A b 3` |", "| P002 | src | a | open | | |",
            names=["A.B", "T/E.F/1"], titles=["A b *"]), [])

    def test_finds_a_test_that_is_not_there(self):
        for test in ("`A.C`", "`T/X.F/*`", "`page: other`", ""):
            row = f"| P001 | seed | a | done | x | {test} |"
            self.assertEqual(len(self.mistakes_in(row, names=["A.B"], titles=["A b *"])), 1, test)

    def test_finds_a_seed_row_that_is_left_out_and_a_row_twice(self):
        self.assertEqual(len(self.mistakes_in("| P001 | seed | a | left out | why | |")), 1)
        self.assertEqual(self.mistakes_in("| P001 | src | a | left out | why | |"), [])
        self.assertEqual(len(self.mistakes_in("| P001 | src | a | open | | |", "| P001 | src | a | open | | |")), 1)

    def test_finds_an_unknown_status_and_an_empty_file(self):
        self.assertEqual(len(self.mistakes_in("| P001 | src | a | maybe | | |")), 1)
        self.assertEqual(len(self.mistakes_in("")), 1)


class TestSummary(unittest.TestCase):
    def results_of(self, **files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                pathlib.Path(folder, name.replace("__", ".")).write_text(text)
            results = test_summary.Results()
            for status in sorted(pathlib.Path(folder).glob("*.status")):
                test_summary.add_stage(results, status)
            return results

    def summary_of(self, **files):
        results = self.results_of(**files)
        return results.passed, results.failed, results.skipped

    def test_counts_junit(self):
        xml = ('<testsuite><testcase name="a" time="1" status="run"/>'
               '<testcase name="b" time="1" status="fail"><failure/></testcase>'
               '<testcase name="c" time="0" status="notrun"><skipped message="x"/>'
               "<system-out>f.cc:1: Skipped\nno X server\n</system-out></testcase></testsuite>")
        self.assertEqual(self.summary_of(t__status="8", t__log="", t__xml=xml),
                         (1, ["b"], [("c", "no X server")]))

    def test_counts_a_runner_by_its_closing_line(self):
        log = "passed   one (1.0 s)\nFAILED   two (2.0 s)\nskipped  three: no Chromium\n1 passed, 1 failed, 1 skipped\n"
        self.assertEqual(self.summary_of(t__status="1", t__log=log),
                         (1, ["two (2.0 s)"], [("three", "no Chromium")]))
        self.assertEqual(self.summary_of(t__status="0", t__log="7 passed, 0 failed, 0 skipped\n"), (7, [], []))

    def test_says_why(self):
        xml = ('<testsuite><testcase name="b" time="1" status="fail"><failure/><system-out>[ RUN      ] b\n'
               "x_test.cc:1: Failure\nExpected: 1\n</system-out></testcase></testsuite>")
        self.assertEqual(self.results_of(t__status="8", t__log="", t__xml=xml).reasons,
                         {"b": ["x_test.cc:1: Failure", "Expected: 1"]})
        log = "FAILED   two (2.0 s)\nError: late\n    at x.mjs:1\npassed   one (1.0 s)\n1 passed, 1 failed, 0 skipped\n"
        self.assertEqual(self.results_of(t__status="1", t__log=log).reasons,
                         {"two (2.0 s)": ["Error: late", "    at x.mjs:1"]})

    def test_counts_several_tests_in_one_process(self):
        output = ("[ RUN      ] A.one\n[       OK ] A.one (3 ms)\n[ RUN      ] A.two\nx.cc:1: Skipped\nno display\n"
                  "[  SKIPPED ] A.two (0 ms)\n[ RUN      ] T/B.three/x\nx.cc:2: Failure\nValue of: y\n"
                  "[  FAILED  ] T/B.three/x, where GetParam() = x (1 ms)\n[----------] 3 tests from A\n"
                  "[ RUN      ] A.dies\n==1==ERROR: AddressSanitizer: SEGV\n")
        xml = ('<testsuite><testcase name="Quarter/1/a_test" time="1" status="fail"><failure/>'
               f"<system-out>{output}</system-out></testcase>"
               '<testcase name="Quarter/2/a_test" time="1" status="fail"><failure/>'
               "<system-out>cannot start</system-out></testcase></testsuite>")
        results = self.results_of(t__status="8", t__log="", t__xml=xml)
        self.assertEqual((results.passed, results.failed, results.skipped),
                         (1, ["T/B.three/x", "A.dies", "Quarter/2/a_test"], [("A.two", "no display")]))
        self.assertEqual(results.reasons["T/B.three/x"][:2], ["x.cc:2: Failure", "Value of: y"])
        self.assertEqual(results.reasons["A.dies"], ["==1==ERROR: AddressSanitizer: SEGV"])

    def test_a_stage_that_fails_without_a_test_is_a_failure(self):
        self.assertEqual(self.summary_of(b__status="2", b__log="error: x"), (0, ["stage b (exit code 2)"], []))
        self.assertEqual(self.summary_of(b__status="0", b__log="fine"), (0, [], []))


if __name__ == "__main__":
    unittest.main()
