#!/usr/bin/env python3
"""Checks that the arrows between modules are those of tools/layers.txt.

Every #include "oriel/..." in oriel/ (tests and benchmarks apart), the DEPS of oriel/CMakeLists.txt, the promise that
arrows point down the rings and never in a circle, that base and core include nothing that does I/O or threads, and the
list of modules in docs/architecture.md.
"""
import pathlib
import re
import sys

RINGS = ["base", "core", "io", "app"]
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]', re.MULTILINE)
# What a pure module does not need: sockets, files, clock threads, logging.
IMPURE = re.compile(
    r"^(sys/|netinet/|arpa/|xcb/|spdlog/|prometheus/|boost/(asio|beast)|"
    r"(unistd|fcntl|poll|signal|pthread|dlfcn)\.h$|(c?stdio|iostream)$|"
    r"(thread|mutex|shared_mutex|condition_variable|future|fstream|filesystem|stop_token)$)")
# check.h prints its last words; <jpeglib.h> wants FILE to be declared; memory is asked for in large pages.
IMPURE_ALLOWED = {("oriel/base/check.h", "cstdio"), ("oriel/core/codec/jpeg_decoder.cc", "cstdio"),
                  ("oriel/base/large_block.cc", "sys/mman.h")}


def read_layers(text):
    """{module: set of the modules it may include}"""
    layers = {}
    for line in text.splitlines():
        line = line.split("#")[0].strip()
        if line:
            module, _, allowed = line.partition(":")
            layers[module.strip()] = set(allowed.split())
    return layers


def read_cmake_deps(text):
    """{module: set of DEPS} of the oriel_module(...) calls."""
    deps = {}
    text = re.sub(r"#[^\n]*", "", text)
    for call in re.findall(r"oriel_module\(([^)]*)\)", text):
        words = call.split()
        found, keyword = set(), None
        for word in words[1:]:
            if word.isupper() and ":" not in word:
                keyword = word
            elif keyword == "DEPS":
                found.add(word)
        deps[words[0]] = found
    return deps


def is_exempt(path):
    return path.stem.endswith(("_test", "_bench"))


def check_sources(root, layers):
    for path in sorted((root / "oriel").rglob("*")):
        if path.suffix not in (".h", ".cc") or is_exempt(path):
            continue
        name = path.relative_to(root).as_posix()
        module = path.parent.relative_to(root / "oriel").as_posix()
        if module not in layers:
            yield f"{name}: the module {module} is not in tools/layers.txt"
            continue
        is_pure = module == "base" or module.startswith("core/")
        for kind, included in INCLUDE.findall(path.read_text()):
            if included.startswith("oriel/"):
                target = pathlib.PurePosixPath(included).parent.relative_to("oriel").as_posix()
                if target != module and target not in layers[module]:
                    yield f"{name}: includes {included}, but {module} may not include {target}"
            elif (name, included) in IMPURE_ALLOWED:
                continue
            elif is_pure and IMPURE.match(included):
                yield f"{name}: includes <{included}>, but {module} is pure: no I/O, threads or logging"
            elif module == "base" and kind == "<" and "/" in included:
                yield f"{name}: includes <{included}>, but base uses the standard library only"


def check_arrows(layers):
    def ring(module):
        top = module.split("/")[0]
        return RINGS.index(top) if top in RINGS else len(RINGS)

    for module, allowed in layers.items():
        for target in sorted(allowed):
            if target not in layers:
                yield f"tools/layers.txt: {module} names {target}, which is no module"
            elif ring(target) > ring(module):
                yield f"tools/layers.txt: {module} -> {target} points up the rings"
    state = {}

    def visit(module, trail):
        if state.get(module) == "done" or module not in layers:
            return
        if state.get(module) == "open":
            yield "tools/layers.txt: a circle: " + " -> ".join(trail + [module])
            return
        state[module] = "open"
        for target in sorted(layers[module]):
            yield from visit(target, trail + [module])
        state[module] = "done"

    for module in layers:
        yield from visit(module, [])


def check_cmake(layers, deps):
    for module in sorted(layers.keys() | deps.keys()):
        if module not in deps:
            yield f"oriel/CMakeLists.txt: no oriel_module({module})"
        elif module not in layers:
            yield f"tools/layers.txt: no row for {module}, which oriel/CMakeLists.txt has"
        elif layers[module] != deps[module]:
            yield (f"oriel/CMakeLists.txt: DEPS of {module} are {sorted(deps[module])}, "
                   f"tools/layers.txt has {sorted(layers[module])}")


def check_document(layers, text):
    listed = re.findall(r"^\| `([a-z/]+)` \|", text.partition("## Modules")[2].partition("\n## ")[0], re.MULTILINE)
    for module in sorted(layers.keys() ^ set(listed)):
        yield f"docs/architecture.md: the list of modules and tools/layers.txt differ in {module}"


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    layers = read_layers((root / "tools/layers.txt").read_text())
    deps = read_cmake_deps((root / "oriel/CMakeLists.txt").read_text())
    mistakes = [*check_sources(root, layers), *check_arrows(layers), *check_cmake(layers, deps),
                *check_document(layers, (root / "docs/architecture.md").read_text())]
    for mistake in mistakes:
        print(mistake)
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
