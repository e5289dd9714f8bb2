"""A header, or a page of docs/, as Doxygen reads it: each line stays where it was, and documentation is added behind the last.

The top of a header says what it is for. That is the documentation of the file, and of the class, struct or concept whose name it begins with
("stream: ...") unless that has a comment of its own. In a class a comment with an empty line below it is a heading. Comments are plain text:
nothing in them is a command of Doxygen, what is indented at the top is code.
"""
import re

_MARKS = re.compile(r"`[^`]*`|[\\@<>#&%]")
_VERSION = re.compile(r"^(namespace hawser)::inline \w+", re.M)   # nobody writes it
_FOREIGN = re.compile(r"^template <>\n(?:struct|void\*?) boost::", re.M)   # what Boost is told of ours


def _plain(text):
    """The text without commands, tags and links for Doxygen; what is in `backquotes` is none anyway."""
    return _MARKS.sub(lambda found: found[0] if len(found[0]) > 1 else "\\" + found[0], text)


def _top_of(lines):
    """The comment at the beginning, without its slashes."""
    top = []
    for line in lines:
        if not line.startswith("//"):
            break
        top.append(line[2:].removeprefix(" "))
    return top


def _paragraphs(top):
    """Documentation of a comment: its text, its lists, and code where it is indented."""
    out, in_code = [], False
    for line in top:
        is_code = line.startswith("  ") and (in_code or not line.startswith("  - "))
        if is_code and not in_code:
            out.append("@code{.cpp}")
        elif in_code and line and not is_code:
            out.append("@endcode")
        in_code = is_code or in_code and not line
        out.append(line[2:] if in_code else _plain(line))
    return out + (["@endcode"] if in_code else [])


def _with_headings(lines):
    """A heading is for what follows it, up to the next one or the end of what is public."""
    made, is_open, is_public = list(lines), False, True
    for start, line in enumerate(lines):
        access = re.match(r"(?:(private|protected|public):|\};)", line)
        end = start
        while lines[end].startswith("    // "):
            end += 1
        begins = is_public and end > start and not lines[end] and not lines[start - 1].startswith("    //")
        if is_open and (begins or access):
            made[start], is_open = "/** @} */ " + line, False
        if access:
            is_public = access[1] != "private"
        if begins:
            said = " ".join(one.strip(" /") for one in lines[start:end])
            title = re.match(r"[^.:,;]*", said)[0]
            made[start] = made[start].removesuffix(line) + f"/** @name {title}"
            made[start + 1:end] = [""] * (end - start - 1)
            made[end] = (_plain(said) if len(said) > len(title) + 1 else "") + " @{ */"
            is_open = True
    return made


def _namesake(text, name):
    """What the class, struct or concept of this name is to Doxygen: "class hawser::io::stream". None if it has a comment of its own."""
    declared = re.search(rf"^((?:template <.*>\n(?:    requires .*\n)?)?)(class|struct|concept) (?:\[\[\w+\]\] )?{name}\b[^;]*?[{{=]", text, re.M)
    if not declared:
        return None
    before = text[:declared.start()]
    inside = re.findall(r"^namespace (hawser\S*) \{", before, re.M)
    if not inside or before.splitlines()[-1].startswith("///"):
        return None
    return f"{'concept' if declared[2] == 'concept' else 'class'} {inside[-1]}::{name}"


def of_header(text):
    text = _VERSION.sub(r"\1", text)
    lines = _FOREIGN.sub("// template <>\n// boost::", text).splitlines()
    top = _top_of(lines)
    kept = []
    for line in _with_headings(lines):
        code, mark, comment = re.match(r"(.*?)(?:(///<?)(.*))?$", line).groups("")
        kept.append(code + mark + _plain(comment))
    if top:
        named = re.match(r"(\w+): ", top[0])
        whose = _namesake(text, named[1]) if named else None
        if whose:
            kept += ["/**", f"@{whose}", *_paragraphs(top), "*/", "/**", "@file", _plain(top[0]), "*/"]
        else:
            kept += ["/**", "@file", *_paragraphs(top), "*/"]
    return "\n".join(kept) + "\n"


def of_page(text):
    """Without links to its neighbours, which are no part of the reference; the headers that it names become links."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"`(hawser/[\w/]+\.hpp)`", r"\1", text)
