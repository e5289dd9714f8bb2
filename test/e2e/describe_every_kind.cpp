// describe_every_kind FORMAT [ANSWER_FORMAT]: a dissector for a protocol that has every kind of field. "netstring" is a
// format of its own. With "fields" it is the protocol of every type of field, in varint frames.
#include "support/descriptions.hpp"
#include "support/every_field.hpp"
#include "support/netstring.hpp"

#include <hawser/protocol/dissector.hpp>

#include <iostream>

using namespace hawser;

namespace {

frame::any_codec codec_of(std::string_view format) {
    return format == "netstring" ? frame::any_codec::own(test::netstring(), "netstring")
                                 : frame::any_codec::parse(format);
}

}   // namespace

int main(int argc, char** argv) {
    if (argc > 1 && std::string_view(argv[1]) == "fields") {
        std::cout << protocol::dissector(packet::describe<test::every_field::protocol>(), {.codec = codec_of("varint")},
                                         0);
        return 0;
    }
    protocol::wire_format format;
    if (argc > 1) format.codec = codec_of(argv[1]);
    if (argc > 2) format.answer_codec = codec_of(argv[2]);
    std::cout << protocol::dissector(test::every_kind(), format, 0);
}
