#include <hawser/packet/error.hpp>

#include <string>

namespace hawser::packet {

namespace {

class packet_category_type final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "hawser.packet"; }

    std::string message(int value) const override {
        switch (static_cast<errc>(value)) {
            case errc::unknown_command: return "unknown command";
            case errc::short_body: return "packet shorter than its fields";
            case errc::trailing_bytes: return "bytes behind the last field of a packet";
        }
        return "unknown error";
    }

    // Whatever the code: the peer broke the protocol.
    error_condition default_error_condition(int) const noexcept override {
        return make_error_condition(condition::invalid);
    }
};

}  // namespace

const boost::system::error_category& packet_category() noexcept {
    static const packet_category_type category;
    return category;
}

}  // namespace hawser::packet
