"""format=flowed (RFC 3676): soft-broken lines joined again, by quote depth, with DelSp and space-stuffing."""

from __future__ import annotations


def unflowed(text: str, *, delete_space: bool) -> str:
    r"""The text with its soft line breaks taken back. Quote marks stay, one run of ">" and a space before the words.

    >>> unflowed("one \ntwo\n> a \n> b\n-- \nme", delete_space=False)
    'one two\n> a b\n-- \nme'
    """
    out: list[str] = []
    open_depth = -1
    parts: list[str] = []
    for line in text.split("\n"):
        rest = line.lstrip(">")
        depth = len(line) - len(rest)
        rest = rest.removeprefix(" ")
        soft = rest.endswith(" ") and rest != "-- "
        if open_depth >= 0 and (open_depth != depth or rest == "-- "):
            out.append("".join(parts))
            open_depth = -1
        if open_depth < 0:
            parts = [">" * depth + " " if depth else ""]
        parts.append(rest[:-1] if soft and delete_space else rest)
        if soft:
            open_depth = depth
        else:
            out.append("".join(parts))
            open_depth = -1
    if open_depth >= 0:
        out.append("".join(parts))
    return "\n".join(out)
