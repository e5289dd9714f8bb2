#include <hawser/packet/error.hpp>

#include <string>

namespace hawser::inline v0::packet {

namespace {

class packet_category_type final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "hawser.packet"; }

    std::string message(int value) const override {
        switch (static_cast<errc>(value)) {
            case errc::unknown_command: return "unknown command";
            case errc::short_body: return "packet shorter than its fields";
            case errc::trailing_bytes: return "bytes behind the last field of a packet";
            case errc::value_too_long: return "a value longer than its length field can say";
            case errc::bad_field: return "bytes that a field of a packet cannot have";
            case errc::unencodable: return "a value that its field has no bytes for";
        }
        return "unknown error";
    }

    // What is wrong with a body is the peer's doing; what cannot be written is ours.
    error_condition default_error_condition(int value) const noexcept override {
        const auto code = static_cast<errc>(value);
        const bool ours = code == errc::value_too_long || code == errc::unencodable;
        return make_error_condition(ours ? condition::misuse : condition::invalid);
    }
};

}   // namespace

const boost::system::error_category& packet_category() noexcept {
    static const packet_category_type category;
    return category;
}

}   // namespace hawser::packet
