#include "row.hpp"

#include "../view/readable.hpp"

#include <algorithm>
#include <chrono>

namespace hawser::swarm_program {

namespace {

using std::chrono_literals::operator""ms;

// A server that has a queue of attackers before everybody else makes an honest client wait for hundreds of milliseconds;
// one that only shares its processors with them, and on one machine with this program too, for some of a scheduler's time slices.
constexpr io::duration unnoticed = 50ms;
// Where the network alone takes longer than that: ten times its usual is no longer its own doing.
constexpr int times_slower = 10;

// An allocator keeps some of what it was given. glibc's, of a buffer that doubles, all of its sizes up to 64 KiB and those of
// a second buffer: 256 KiB for each attacker. And a quarter of the rest, and a mebibyte or two for each of a few threads.
constexpr std::size_t kept_of_each = 256 * 1024;
constexpr std::size_t kept = 8 * 1024 * 1024;

double mebibytes(std::size_t size) { return static_cast<double>(size) / (1024 * 1024); }

std::string count_of(std::uint64_t part, std::uint64_t whole) { return std::to_string(part) + " of " + std::to_string(whole); }

// About the attackers.
std::string complaint(const row& of) {
    const tally& all = of.attackers;
    if (all.connected == 0) return "no attacker could connect";
    if (of.server_must == duty::close && all.closed < all.connected)
        return count_of(all.connected - all.closed, all.connected) + " attackers were not closed within " +
               readable(of.closed_within);
    if (of.server_must == duty::answer && (all.answered < all.asked || all.asked == 0))
        return "only " + count_of(all.answered, all.asked) + " legal requests of the attackers were answered";
    return {};
}

}  // namespace

std::string good_clients::trouble() const {
    std::string text;
    const auto add = [&text](std::uint64_t count, const std::string& what) {
        if (count > 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + what;
    };
    add(report.missing, "answers missing");
    add(report.wrong, "wrong");
    add(report.duplicate + report.unknown, "to nothing that was asked");
    add(report.late, "late");
    add(report.errors, "connections lost or refused");
    add(newcomers - served, "newcomers not served");
    if (!report.first_error.empty()) text += " (" + report.first_error + ")";
    if (text.empty() && report.acked == 0) return "no request was answered";
    return text;
}

io::duration good_clients::longest_unsent() const noexcept {
    const auto unsent = static_cast<double>(report.unsent.by_server);
    const auto planned = static_cast<double>(report.sent + report.unsent.sum());
    const std::chrono::duration<double> waited(planned > 0 ? report.planned_seconds * unsent / planned : 0);
    return std::chrono::duration_cast<io::duration>(waited);
}

// All attacks together may leave no more than one. But if one has left more, those after it are not blamed for that.
std::size_t baseline::memory_bound(std::optional<std::size_t> before) const noexcept {
    const std::size_t bound = memory.value_or(0) + memory.value_or(0) / 4 + kept + attackers * kept_of_each;
    return before.value_or(0) > bound ? *before + kept : bound;
}

io::duration baseline::p99_bound() const noexcept { return p99_within.value_or(std::max(times_slower * p99, unnoticed)); }

std::string_view text_of(verdict which) noexcept {
    switch (which) {
        case verdict::not_run: return "not run";
        case verdict::not_applicable: return "n.a.";
        case verdict::interrupted: return "interrupted";
        case verdict::failed: return "FAIL";
        case verdict::passed: return "pass";
    }
    return "";
}

void judge(row& one, const baseline& alone) {
    if (const std::string bad = complaint(one); !bad.empty()) one.why.push_back(bad);
    if (const std::string bad = one.good.trouble(); !bad.empty()) one.why.push_back("good clients: " + bad);
    const io::duration p99 = one.good.p99();
    if (p99 > alone.p99_bound())
        one.why.push_back("good clients waited: p99 " + readable(p99) + ", " + readable(alone.p99) + " without the attack, and " +
                          readable(alone.p99_bound()) + " would pass; the good clients' own thread was up to " +
                          readable(one.own_pause) + " late");
    if (const io::duration waited = one.good.longest_unsent(); waited > alone.p99_bound())
        one.why.push_back("good clients could not send " + std::to_string(one.good.report.unsent.by_server) + " requests, the first " +
                          readable(waited) + " late, and " + readable(alone.p99_bound()) + " would pass");
    if (!one.is_up) one.why.push_back("the server does not serve a new client afterwards: " + one.trouble);
    const std::size_t bound = alone.memory_bound(one.before);
    if (one.after && *one.after > bound)
        one.why.push_back("memory does not return: " + readable(mebibytes(*one.after)) + " MiB, " +
                          readable(mebibytes(*alone.memory)) + " before the first attack, and " + readable(mebibytes(bound)) +
                          " would pass");
    one.is = one.why.empty() ? verdict::passed : verdict::failed;
}

}  // namespace hawser::swarm_program
