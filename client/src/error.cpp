#include <hawser/client/error.hpp>

#include <string>

namespace hawser::inline v0::client {

namespace {

condition meaning_of(errc value) noexcept {
    switch (value) {
        case errc::request_timeout:
        case errc::heartbeat_lost:
        case errc::no_connection: return condition::timeout;
        case errc::refused:
        case errc::too_many_waiting: return condition::limit;
        case errc::id_in_flight:
        case errc::other_protocol:
        case errc::hook_failed: return condition::misuse;
    }
    return condition::misuse;
}

class client_category_type final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "hawser.client"; }

    std::string message(int value) const override {
        switch (static_cast<errc>(value)) {
            case errc::request_timeout: return "no answer in time";
            case errc::id_in_flight: return "a request with this id is under way";
            case errc::other_protocol: return "a packet of another protocol than the client's options say";
            case errc::heartbeat_lost: return "no sign of life: pings went unanswered";
            case errc::refused: return "the server refused the hello";
            case errc::no_connection: return "no connection in time, nothing was sent";
            case errc::too_many_waiting: return "too many requests wait for a connection";
            case errc::hook_failed: return "the hook on a new connection threw";
        }
        return "unknown error";
    }

    error_condition default_error_condition(int value) const noexcept override {
        return make_error_condition(meaning_of(static_cast<errc>(value)));
    }
};

}   // namespace

const boost::system::error_category& client_category() noexcept {
    static const client_category_type category;
    return category;
}

}   // namespace hawser::client
