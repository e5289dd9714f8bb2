// describe_every_kind FORMAT [ANSWER_FORMAT]: a dissector for a protocol that has every kind of field.
#include "support/descriptions.hpp"

#include <hawser/protocol/dissector.hpp>

#include <iostream>

int main(int argc, char** argv) {
    using namespace hawser;
    protocol::wire_format format;
    if (argc > 1) format.codec = frame::any_codec::parse(argv[1]);
    if (argc > 2) format.answer_codec = frame::any_codec::parse(argv[2]);
    std::cout << protocol::dissector(test::every_kind(), format, 0);
}
