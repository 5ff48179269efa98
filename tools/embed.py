#!/usr/bin/env python3
"""Turns files into one C++ source: tools/embed.py OUTPUT SYMBOL FILE...

The source defines `std::string_view SYMBOL(std::string_view file_name)`; an unknown name is empty.
"""
import os
import sys


def literal(data: bytes) -> str:
    lines = [data[at:at + 24] for at in range(0, len(data), 24)]
    rows = ",\n    ".join(", ".join(str(byte) for byte in line) for line in lines)
    return rows or "0"


def main() -> int:
    output, symbol, *files = sys.argv[1:]
    parts = ["#include <string_view>\n\n#include \"base/embedded.h\"\n\nnamespace {\n"]
    for number, path in enumerate(files):
        with open(path, "rb") as handle:
            data = handle.read()
        parts.append(f"constexpr unsigned char kFile{number}[] = {{\n    {literal(data)}}};\n"
                     f"constexpr std::size_t kSize{number} = {len(data)};\n")
    parts.append("}  // namespace\n\n"
                 f"std::string_view embedded::{symbol}(std::string_view file_name) {{\n")
    for number, path in enumerate(files):
        parts.append(f"    if (file_name == \"{os.path.basename(path)}\")\n"
                     f"        return {{reinterpret_cast<const char*>(kFile{number}), kSize{number}}};\n")
    parts.append("    return {};\n}\n")
    with open(output, "w", encoding="utf-8") as handle:
        handle.write("".join(parts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
