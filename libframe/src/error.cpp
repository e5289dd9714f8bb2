#include <hawser/error.hpp>

#include <boost/system/errc.hpp>

#include <algorithm>
#include <initializer_list>
#include <string>

namespace hawser::inline v0 {

namespace {

namespace sys = boost::system;

class condition_category_type final : public sys::error_category {
public:
    const char* name() const noexcept override { return "hawser.condition"; }

    std::string message(int value) const override {
        switch (static_cast<condition>(value)) {
            case condition::ended: return "ended by the peer";
            case condition::broken: return "connection broken";
            case condition::invalid: return "protocol broken by the peer";
            case condition::misuse: return "misuse";
            case condition::limit: return "limit reached";
            case condition::timeout: return "timeout";
            case condition::stopped: return "stopped";
        }
        return "unknown condition";
    }

    bool equivalent(const error_code& error, int value) const noexcept override {
        return error.failed() && condition_of(error) == static_cast<condition>(value);
    }
};

condition meaning_of(errc value) noexcept {
    switch (value) {
        case errc::end_of_stream: return condition::ended;
        case errc::truncated: return condition::broken;
        case errc::too_short:
        case errc::corrupt: return condition::invalid;
        case errc::too_long:
        case errc::outbox_full:
        case errc::slow_consumer:
        case errc::memory_short: return condition::limit;
        case errc::closed:
        case errc::stopping: return condition::stopped;
        case errc::read_timeout:
        case errc::write_timeout:
        case errc::torn_frame:
        case errc::first_frame_timeout:
        case errc::frame_timeout:
        case errc::idle_timeout:
        case errc::write_stalled:
        case errc::connect_timeout: return condition::timeout;
        case errc::concurrent_read:
        case errc::unencodable:
        case errc::bad_address:
        case errc::address_in_use:
        case errc::path_locked:
        case errc::wrong_network: return condition::misuse;
    }
    return condition::broken;
}

class frame_category_type final : public sys::error_category {
public:
    const char* name() const noexcept override { return "hawser.frame"; }

    std::string message(int value) const override {
        switch (static_cast<errc>(value)) {
            case errc::end_of_stream: return "peer closed";
            case errc::truncated: return "peer closed inside a frame";
            case errc::too_long: return "frame longer than the limit";
            case errc::too_short: return "length smaller than its own header";
            case errc::closed: return "closed by this side";
            case errc::read_timeout: return "read deadline passed";
            case errc::write_timeout: return "write deadline passed";
            case errc::first_frame_timeout: return "first frame not complete in time";
            case errc::frame_timeout: return "frame not complete in time";
            case errc::idle_timeout: return "idle for too long";
            case errc::write_stalled: return "peer takes too little of what waits for it";
            case errc::outbox_full: return "outbox full";
            case errc::concurrent_read: return "a second read while one waits";
            case errc::stopping: return "draining";
            case errc::bad_address:
                return "not an address: HOST:PORT, [V6]:PORT, :PORT, unix:PATH, or tcp4:HOST:PORT and the like";
            case errc::address_in_use: return "path in use, or not a socket that could be replaced";
            case errc::connect_timeout: return "no connection in time";
            case errc::corrupt: return "bytes that are no frame";
            case errc::unencodable: return "a body that no frame of this format can carry";
            case errc::wrong_network: return "a udp address for a stream, or another one for datagrams";
            case errc::torn_frame: return "write deadline passed inside a frame: nothing more can be sent";
            case errc::slow_consumer: return "peer too slow for what is pushed to it";
            case errc::memory_short: return "memory was short, and this connection held most of it";
            case errc::path_locked: return "the folder of this path is locked by somebody else (flock)";
        }
        return "unknown error";
    }

    error_condition default_error_condition(int value) const noexcept override {
        return make_error_condition(meaning_of(static_cast<errc>(value)));
    }
};

bool is_one_of(const error_code& error, std::initializer_list<sys::errc::errc_t> those) noexcept {
    return std::ranges::any_of(those, [&](sys::errc::errc_t each) { return error == each; });
}

// What the system's codes say about one connection. Everything that is not named is a lost connection.
condition condition_of_system(const error_code& error) noexcept {
    namespace e = sys::errc;
    if (error == e::timed_out) return condition::timeout;
    if (error == e::operation_canceled) return condition::stopped;
    if (is_one_of(error,
                  {e::too_many_files_open, e::too_many_files_open_in_system, e::no_buffer_space, e::not_enough_memory}))
        return condition::limit;
    if (is_one_of(error, {e::bad_file_descriptor, e::invalid_argument, e::not_connected, e::address_in_use,
                          e::address_not_available, e::permission_denied, e::message_size}))
        return condition::misuse;
    return condition::broken;
}

}   // namespace

const sys::error_category& condition_category() noexcept {
    static const condition_category_type category;
    return category;
}

const sys::error_category& frame_category() noexcept {
    static const frame_category_type category;
    return category;
}

condition condition_of(const error_code& error) noexcept {
    const error_condition meaning = error.default_error_condition();
    if (meaning.category() == condition_category()) return static_cast<condition>(meaning.value());
    return condition_of_system(error);
}

bool is_timeout(const error_code& error) noexcept { return error == condition::timeout; }

bool is_temporary(const error_code& error) noexcept {
    namespace e = sys::errc;
    return error == errc::outbox_full ||
           is_one_of(error, {e::too_many_files_open, e::too_many_files_open_in_system, e::no_buffer_space,
                             e::not_enough_memory, e::resource_unavailable_try_again, e::operation_would_block,
                             e::interrupted, e::connection_aborted});
}

bool is_clean_end(const error_code& error) noexcept { return error == condition::ended; }

bool is_unexpected_end(const error_code& error) noexcept { return error == errc::truncated; }

bool is_reset(const error_code& error) noexcept {
    namespace e = sys::errc;
    return is_one_of(error, {e::connection_reset, e::broken_pipe, e::connection_aborted, e::network_reset});
}

bool is_refused(const error_code& error) noexcept { return error == sys::errc::connection_refused; }

bool is_closed_here(const error_code& error) noexcept { return error == condition::stopped; }

}   // namespace hawser
