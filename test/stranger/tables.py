"""What the tables of how-to pages say in C++, as a program: it does not compile, or says what is not so."""
import re

_BEGIN = """#include <hawser/frame/any_codec.hpp>
#include <hawser/packet/protocol.hpp>

#include <iostream>
#include <vector>

using namespace hawser;
using namespace boost::endian;

enum class E : std::uint16_t { one };
BOOST_DESCRIBE_ENUM(E, one)
enum class bits : std::uint8_t { will = 0x04 };
BOOST_DESCRIBE_ENUM(bits, will)
using T = big_uint16_t;
"""
_PACKET = """
struct {name} {{
    static constexpr packet::command<std::uint8_t> code{{0x20}};
    packet::flags<bits> flags;
    {type} it;
}};
BOOST_DESCRIBE_STRUCT({name}, (), (flags, it))
static_assert(packet::packet<{name}>);
"""
_FORMAT = """    if (frame::any_codec({code}).text() != frame::any_codec::parse("{text}").text()) std::cout << "{text} is another format\\n";
"""


def rows(text, heading):
    """The code in each cell of each row of the table whose first column is headed like that."""
    table = re.search(rf"^\| {heading} \|.*\n\|---.*\n((?:\|.*\n)+)", text, re.M)
    return [[re.findall(r"`([^`]+)`", cell) for cell in row.strip("| ").split(" | ")] for row in table[1].splitlines()]


def program(packets, formats):
    """Of fields.md: each type can be a field, and owns what it holds or not. Of frame-format.md: text and C++ are the same format."""
    views = [one for row in rows(packets, "instead of the view") for one in row[0]]
    owners = [one for row in rows(packets, "instead of the view") for one in row[1]]
    fields = [one for row in rows(packets, "type") for one in row[0]]
    made = [(row[1][0], row[2][0]) for row in rows(formats, "the stream")]
    assert len(views) >= 4 and len(owners) >= 6 and len(fields) >= 12 and len(made) >= 5
    text = _BEGIN
    for number, kind in enumerate(views + owners + fields):
        text += _PACKET.format(name=f"p{number}", type=kind.replace("bits, big", "E, big").replace("connect::", f"p{number}::"))
        if number < len(views) + len(owners):
            text += f"static_assert({'!' if number < len(views) else ''}packet::owning<p{number}>);\n"
    return text + "\nint main() {\n" + "".join(_FORMAT.format(text=one, code=code) for one, code in made) + "}\n"
