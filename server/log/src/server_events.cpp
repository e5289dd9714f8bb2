// What a server tells, as lines. A line that there is no memory for is lost like others: the
// end of a connection goes on.
#include <hawser/log/log.hpp>

#include "losses.hpp"

#include <hawser/server/server.hpp>

#include <algorithm>
#include <chrono>
#include <iomanip>
#include <locale>
#include <new>
#include <sstream>
#include <utility>

namespace hawser::inline v0::log {

namespace {

level level_of(const error_code& why) {
    if (!why || why == condition::ended || why == condition::stopped) return level::info;
    return why == condition::broken ? level::info : level::warning;
}

// Why a connection ended, of few words; its own line has the details.
std::string reason_of(const error_code& why) { return why ? why.message() : "served"; }

template <class Write>
void without_throwing(const Write& write_line) noexcept {
    try {
        write_line();
    } catch (const std::bad_alloc&) {
        note_lost(1);
    }
}

std::string end_line(const server::peer& who, const server::ending& how) {
    std::ostringstream line;
    line.imbue(std::locale::classic());
    line << "connection " << who.number << " from " << who.address.text() << " ended: " << how.text() << "; ";
    if (how.bytes_in + how.bytes_out > 0) line << how.bytes_in << " bytes in, " << how.bytes_out << " out, ";
    else line << how.frames_in << " frames in, " << how.frames_out << " out, ";
    if (how.skips > 0) line << how.skips << " times dropped, ";
    if (const std::string slow = how.pushes.text(); !slow.empty()) line << "pushes: " << slow << ", ";
    line << std::fixed << std::setprecision(1) << std::chrono::duration<double>(how.lasted).count() << " s";
    return std::move(line).str();
}

}   // namespace

void server_events::planned(const server::memory_plan& plan) { write(level::info, "memory: " + plan.text()); }

void server_events::listening(const std::vector<std::string>& addresses, const std::vector<std::uint16_t>&) {
    for (const std::string& address : addresses) write(level::info, "server start ok (on " + address + ")");
}

void server_events::opened(const server::peer& who) {
    if (!may_write(level::debug, "connections opened")) return;
    without_throwing([&] {
        write(level::debug, "connection " + std::to_string(who.number) + " from " + who.address.text() + " opened");
    });
}

void server_events::closed(const server::peer& who, const server::ending& how) {
    const level of = level_of(how.why);
    if (!enabled(of)) return;
    without_throwing([&] {
        const bool is_told = may_write(of, "connections ended: " + reason_of(how.why));
        note_end(how.why, is_told);
        if (is_told) write(of, end_line(who, how));
    });
}

void server_events::refused(const io::endpoint& who, const error_code& why) {
    if (!enabled(level::warning)) return;
    without_throwing([&] {
        const std::string reason = why.message();
        if (may_write(level::warning, "connections refused: " + reason))
            write(level::warning, "connection from " + who.text() + " refused: " + reason);
    });
}

void server_events::datagram_failed(const io::endpoint& from, const std::string& why) {
    if (!enabled(level::warning)) return;
    without_throwing([&] {
        if (may_write(level::warning, "handlers of datagrams failed"))
            write(level::warning,
                  "the handler of a datagram from " + from.text() + " failed: " + escaped(as_bytes(why), 200));
    });
}

void server_events::accept_failed(const error_code& why, io::duration pause) {
    if (!enabled(level::warning)) return;
    without_throwing([&] {
        const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(pause).count();
        const std::string reason = "cannot accept: " + why.message();
        if (may_write(level::warning, reason))
            write(level::warning, reason + "; trying again in " + std::to_string(wait) + " ms");
    });
}

void server_events::stopping(std::size_t connections) {
    write_left_out();
    without_throwing([&] { write(level::info, "stopping: " + std::to_string(connections) + " connections to drain"); });
}

void server_events::stuck(const std::string& what) {
    without_throwing([&] { write(level::error, "still runs after the grace, and is not waited for: " + what); });
}

void server_events::stopped(const server::report& done) {
    write_left_out();
    without_throwing([&] {
        write_ends();
        write(done.forced + done.datagrams.cut > 0 ? level::warning : level::info, "server stopped: " + done.text());
    });
}

// Errors are few, so these are.
void server_events::note_end(const error_code& why, bool is_told) {
    const std::scoped_lock lock(mutex_);
    left_some_out_ = left_some_out_ || !is_told;
    const auto known = std::ranges::find(ends_, why, &count::why);
    if (known != ends_.end()) ++known->times;
    else ends_.push_back({why, 1});
}

void server_events::write_ends() {
    const std::scoped_lock lock(mutex_);
    if (!left_some_out_) return;
    std::string line = "connections ended: ";
    level of = level::info;
    for (const count& one : ends_) {
        if (&one != &ends_.front()) line += ", ";
        line += std::to_string(one.times) + " " + reason_of(one.why);
        of = std::max(of, level_of(one.why));
    }
    write(of, line);
}

}   // namespace hawser::log
