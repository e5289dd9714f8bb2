#include "conversation.hpp"

#include "hex_view.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace hawser::talk {

namespace {

constexpr std::size_t shown_to_people = 4096;
constexpr const char* help = "\\xNN is a byte; :hex 00 01 ff sends these bytes; q, quit or Ctrl-D leaves";

// The text of a reply as whole lines, safe for a terminal.
std::string text_view(bytes reply, std::size_t most, bool by_lines) {
    if (!by_lines) return escaped(reply, most) + '\n';
    std::string all;
    for (std::string_view text = as_text(reply.first(std::min(most, reply.size()))); !text.empty();) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        all += escaped(as_bytes(line.substr(0, line.size() - (line.ends_with('\r') ? 1 : 0))), most) + '\n';
    }
    if (reply.size() > most) all += "... (" + std::to_string(reply.size()) + " bytes)\n";
    return all;
}

}   // namespace

conversation::conversation(const talk::options& options, talk::console& console, const io::executor& where)
    : options_(options), console_(console), running_(where), left_(where) {}

io::task<int> conversation::run() {
    const bool connected = co_await connect();
    if (connected && !status_) {
        running_.spawn(show_replies());
        running_.spawn(take_input());
        while (!status_) co_await left_.wait();
        console_.close();
        peer_->interrupt();
        co_await running_.join();
    }
    if (peer_) co_await peer_->finish();
    console_.close();
    co_return status_.value_or(1);
}

void conversation::leave(int status) {
    if (!status_) status_ = status;
    running_.stop();
    left_.notify();
}

io::task<bool> conversation::connect() {
    auto dialled = co_await dial_peer(*options_.connect, options_.codec, options_.timeout, running_.token());
    if (!dialled) {
        if (!status_) console_.tell("cannot connect to " + options_.name + ": " + dialled.error().message());
        co_return false;
    }
    peer_ = std::move(*dialled);
    if (console_.is_terminal()) console_.tell("connected to " + options_.name + "; q leaves, :help says more");
    co_return true;
}

// What is typed.

io::task<void> conversation::take_input() {
    for (bool more = true; more && !status_;) {
        const auto typed = co_await console_.read_line();
        if (typed) {
            input_line line = parse_input_line(*typed);
            more = co_await handle(std::move(line));
        } else if (typed.error() == errc::too_long) {
            console_.tell("not sent: the line is too long to be one frame");
        } else {
            more = false;
        }
    }
    if (console_.is_terminal()) leave(0);
    else if (!status_) co_await wait_for_last_replies();
}

// Returns whether the conversation goes on.
io::task<bool> conversation::handle(input_line line) {
    if (line.kind == input_kind::quit) co_return false;
    if (line.kind == input_kind::help) console_.tell(help);
    if (line.kind == input_kind::wrong) console_.tell("not sent: " + line.data);
    if (line.kind != input_kind::text && line.kind != input_kind::exact) co_return true;
    if (!options_.codec && line.kind == input_kind::text) line.data += '\n';
    const auto sent = co_await peer_->send(as_bytes(line.data));
    if (sent) co_return true;
    const bool harmless = sent.error() == errc::too_long || sent.error() == errc::unencodable;
    std::string why = "not sent: " + sent.error().message();
    if (sent.error() == errc::too_long)
        why += " (" + std::to_string(line.data.size()) + " bytes, and one frame has " +
               std::to_string(peer_->longest()) + " at most)";
    if (!status_) console_.tell(why);
    if (!harmless) leave(1);
    co_return harmless;
}

io::task<void> conversation::wait_for_last_replies() {
    input_ended_ = true;
    co_await peer_->close_write(io::after(io::clock::now(), options_.linger));
}

// What comes back.

io::task<void> conversation::show_replies() {
    for (;;) {
        const auto reply = co_await peer_->receive();
        if (!reply) co_return end_of_replies(reply.error());
        if (!status_) show(*reply);
    }
}

void conversation::show(bytes reply) {
    std::string lines;
    if (options_.hex) {
        const bytes shown = reply.first(std::min(most_shown(), reply.size()));
        const std::string cut = shown.size() < reply.size() ? ", the first " + std::to_string(shown.size()) : "";
        lines = std::to_string(reply.size()) + " bytes" + cut + "\n" + hex_view(shown);
    } else {
        lines = text_view(reply, most_shown(), !options_.codec);
    }
    if (!console_.show(lines)) leave(1);
}

// On a terminal a long reply is cut; a file gets all of it.
std::size_t conversation::most_shown() const {
    return options_.show.value_or(console_.is_terminal() ? shown_to_people : std::numeric_limits<std::size_t>::max());
}

void conversation::end_of_replies(const error_code& why) {
    const bool done = input_ended_ && (why == condition::ended || why == errc::read_timeout);
    if (status_ || done) return leave(0);
    if (why == condition::ended) console_.tell(options_.name + " closed the connection");
    else if (why == condition::invalid || why == errc::too_long)
        console_.tell("what came is no frame of this format: " + why.message() + " (" + peer_->error_position() + ")");
    else console_.tell("the connection to " + options_.name + " is lost: " + why.message());
    leave(1);
}

}   // namespace hawser::talk
