#include <hawser/client/error.hpp>

#include <string>

namespace hawser::client {

namespace {

class client_category_type final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "hawser.client"; }

    std::string message(int value) const override {
        switch (static_cast<errc>(value)) {
            case errc::request_timeout: return "no answer in time";
            case errc::id_in_flight: return "a request with this id is under way";
            case errc::other_protocol: return "a packet of another protocol than the client's options say";
        }
        return "unknown error";
    }

    error_condition default_error_condition(int value) const noexcept override {
        const bool late = static_cast<errc>(value) == errc::request_timeout;
        return make_error_condition(late ? condition::timeout : condition::misuse);
    }
};

}  // namespace

const boost::system::error_category& client_category() noexcept {
    static const client_category_type category;
    return category;
}

}  // namespace hawser::client
