#!/usr/bin/env python3
"""Prepares symbol graphs for DocC.

usage: docs.py FOLDER-OF-GRAPHS MODULE

What `import MODULE` brings is of one module there, whichever it is declared in, so that links lead from each to each. And
where a name has several forms, a link means the first of them: one that blocks rather than one that suspends, then one that
takes a KeyRange, or a FilePath. The others have behind their name what they are.
"""

import json
import pathlib
import sys


def is_async(symbol):
    return any(fragment["spelling"] == "async" for fragment in symbol.get("declarationFragments", []))


def takes_expression(symbol):
    return any(fragment["spelling"] == "KeyRangeExpression" for fragment in symbol.get("declarationFragments", []))


def takes_text(symbol):
    return any(fragment["spelling"] == "String" for fragment in symbol.get("declarationFragments", []))


def distinguish(symbols, is_other, mark):
    first = {tuple(symbol["pathComponents"]) for symbol in symbols if not is_other(symbol)}
    for symbol in symbols:
        if is_other(symbol) and tuple(symbol["pathComponents"]) in first:
            symbol["pathComponents"][-1] += mark
            symbol["names"]["title"] += mark


def main(folder, module):
    paths = sorted(pathlib.Path(folder).glob("*.symbols.json"))
    graphs = [json.loads(path.read_text()) for path in paths]
    symbols = [symbol for graph in graphs for symbol in graph["symbols"]]
    distinguish(symbols, is_async, " async")
    distinguish(symbols, takes_expression, " of an expression")
    distinguish(symbols, takes_text, " of text")
    for path, graph in zip(paths, graphs):
        graph["module"]["name"] = module
        path.write_text(json.dumps(graph))


if __name__ == "__main__":
    main(*sys.argv[1:])
