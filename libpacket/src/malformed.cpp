#include <hawser/packet/malformed.hpp>

#include <boost/system/system_error.hpp>

namespace hawser::inline v0::packet {

std::string malformed::place() const {
    std::string text(packet);
    if (!text.empty() && !field.empty()) text += '.';
    return text += field;
}

std::string malformed::message() const {
    std::string text = make_error_code(why).message();
    if (const std::string where = place(); !where.empty()) text += ": " + where;
    return text + " at offset " + std::to_string(offset);
}

void throw_exception_from_error(const malformed& error, const boost::source_location&) {
    throw boost::system::system_error(error, error.message());
}

}   // namespace hawser::packet
