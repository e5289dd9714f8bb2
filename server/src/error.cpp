#include <hawser/server/error.hpp>

#include <string>

namespace hawser::inline v0::server {

namespace {

class server_category_type final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "hawser.server"; }

    std::string message(int value) const override {
        switch (static_cast<errc>(value)) {
            case errc::no_handler: return "packet without a handler";
            case errc::handler_failed: return "a handler threw";
            case errc::refused: return "client refused";
            case errc::too_early: return "packet before the one that has to come first";
            case errc::answer_too_long: return "an answer longer than the limit on a frame";
            case errc::denied: return "address not allowed";
            case errc::too_many_connections: return "too many connections";
            case errc::too_many_from_address: return "too many connections from one address";
            case errc::accept_rate_exceeded: return "connections too often from one address";
            case errc::out_of_descriptors: return "no descriptor left";
            case errc::request_timeout: return "a handler has not answered in time";
            case errc::lifetime_over: return "as old as a connection may get";
            case errc::peer_lost: return "peer answers no ping";
            case errc::nothing_to_answer: return "an answer where none is awaited";
            case errc::too_many_children: return "as many tasks as a connection may have";
            case errc::entry_timeout: return "peer has not said in time who it is";
            case errc::breach: return "packet against the protocol";
        }
        return "unknown error";
    }

    error_condition default_error_condition(int value) const noexcept override {
        switch (static_cast<errc>(value)) {
            case errc::no_handler:
            case errc::too_early:
            case errc::breach: return condition::invalid;
            case errc::handler_failed:
            case errc::answer_too_long:
            case errc::nothing_to_answer: return condition::misuse;
            case errc::refused:
            case errc::denied:
            case errc::too_many_connections:
            case errc::too_many_from_address:
            case errc::accept_rate_exceeded:
            case errc::out_of_descriptors:
            case errc::too_many_children: return condition::limit;
            case errc::request_timeout:
            case errc::entry_timeout:
            case errc::peer_lost: return condition::timeout;
            case errc::lifetime_over: return condition::stopped;
        }
        return condition::misuse;
    }
};

}   // namespace

const boost::system::error_category& server_category() noexcept {
    static const server_category_type category;
    return category;
}

}   // namespace hawser::server
