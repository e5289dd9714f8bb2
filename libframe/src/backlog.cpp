#include <hawser/frame/backlog.hpp>

#include <boost/multi_index/composite_key.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index/ordered_index.hpp>
#include <boost/multi_index/sequenced_index.hpp>
#include <boost/multi_index_container.hpp>

#include <array>
#include <utility>

namespace hawser::inline v0::frame {

namespace {

namespace index = boost::multi_index;

struct entry {
    std::uint64_t number;   // in the order of arrival
    std::uint32_t message_class;
    std::uint64_t key;
    shared_frame frame;
};

struct in_order;
struct oldest_of_class;
struct by_label;

using class_and_number = index::composite_key<entry, index::member<entry, std::uint32_t, &entry::message_class>,
                                              index::member<entry, std::uint64_t, &entry::number>>;
using class_and_key = index::composite_key<entry, index::member<entry, std::uint32_t, &entry::message_class>,
                                           index::member<entry, std::uint64_t, &entry::key>>;
using table = index::multi_index_container<
    entry, index::indexed_by<index::sequenced<index::tag<in_order>>,
                             index::ordered_unique<index::tag<oldest_of_class>, class_and_number>,
                             index::ordered_non_unique<index::tag<by_label>, class_and_key>>>;

std::size_t cost(const shared_frame& frame) noexcept { return frame->size() + backlog::entry_cost; }

}   // namespace

std::optional<slow_consumer> parse_slow_consumer(std::string_view text) noexcept {
    constexpr std::array<std::pair<std::string_view, slow_consumer>, 5> names{
        {{"wait", slow_consumer::wait},
         {"drop-newest", slow_consumer::drop_newest},
         {"drop-oldest", slow_consumer::drop_oldest},
         {"coalesce", slow_consumer::coalesce},
         {"close", slow_consumer::close}}};
    for (const auto& [name, policy] : names)
        if (name == text) return policy;
    return std::nullopt;
}

push_counts& push_counts::operator+=(const push_counts& more) noexcept {
    waited += more.waited;
    dropped_newest += more.dropped_newest;
    dropped_oldest += more.dropped_oldest;
    coalesced += more.coalesced;
    timed_out += more.timed_out;
    closed += more.closed;
    return *this;
}

std::string push_counts::text() const {
    const std::array<std::pair<std::uint64_t, std::string_view>, 6> counts{{{waited, " waited"},
                                                                            {timed_out, " timed out"},
                                                                            {dropped_newest, " newest dropped"},
                                                                            {dropped_oldest, " oldest dropped"},
                                                                            {coalesced, " coalesced"},
                                                                            {closed, " closed"}}};
    std::string line;
    for (const auto& [count, what] : counts) {
        if (count == 0) continue;
        if (!line.empty()) line += ", ";
        line.append(std::to_string(count)).append(what);
    }
    return line;
}

struct backlog::entries {
    table all;
    std::uint64_t next_number = 0;
    push_counts counts;
};

backlog::backlog() noexcept = default;
backlog::backlog(backlog&&) noexcept = default;
backlog& backlog::operator=(backlog&&) noexcept = default;
backlog::~backlog() = default;

backlog::placed backlog::put(shared_frame frame, const label& as, slow_consumer policy, std::size_t room) {
    if (policy == slow_consumer::coalesce && replace(frame, as, room)) return placed::kept;
    const std::size_t wanted = cost(frame);
    const bool waits = policy == slow_consumer::wait || policy == slow_consumer::close;
    const bool displaces = policy == slow_consumer::drop_oldest || policy == slow_consumer::coalesce;
    if (waits && bytes_ + wanted > room) return placed::no_room;
    while (bytes_ + wanted > room) {
        if (displaces && wanted <= room && drop_oldest(as.message_class)) continue;
        ++kept().counts.dropped_newest;
        return placed::dropped;
    }
    entries& mine = kept();
    mine.all.push_back({mine.next_number++, as.message_class, as.key, std::move(frame)});
    bytes_ += wanted;
    return placed::kept;
}

// In the place of the older one: a message that is renewed all the time still gets its turn. One that is too long for
// that place goes to the end, but the older one leaves in any case: else it would be replaced later, ahead of this one.
bool backlog::replace(const shared_frame& frame, const label& as, std::size_t room) {
    if (!entries_) return false;
    auto& labels = entries_->all.get<by_label>();
    const auto older = labels.find(std::make_tuple(as.message_class, as.key));
    if (older == labels.end()) return false;
    const std::size_t others = bytes_ - cost(older->frame);
    if (cost(frame) > room) return false;   // never fits: it is the one that is dropped
    ++entries_->counts.coalesced;
    const bool fits = others + cost(frame) <= room;
    bytes_ = fits ? others + cost(frame) : others;
    if (fits) labels.modify(older, [&](entry& which) { which.frame = frame; });
    else labels.erase(older);
    return fits;
}

bool backlog::drop_oldest(std::uint32_t message_class) {
    if (!entries_) return false;
    auto& ages = entries_->all.get<oldest_of_class>();
    const auto oldest = ages.lower_bound(message_class);
    if (oldest == ages.end() || oldest->message_class != message_class) return false;
    bytes_ -= cost(oldest->frame);
    ages.erase(oldest);
    ++entries_->counts.dropped_oldest;
    return true;
}

const shared_frame& backlog::first() const noexcept { return entries_->all.get<in_order>().front().frame; }

shared_frame backlog::take() noexcept {
    if (empty()) return nullptr;
    auto& order = entries_->all.get<in_order>();
    shared_frame first = order.front().frame;
    order.pop_front();
    bytes_ -= cost(first);
    return first;
}

void backlog::clear() noexcept {
    if (entries_) entries_->all.clear();
    bytes_ = 0;
}

backlog::entries& backlog::kept() {
    if (!entries_) entries_ = std::make_unique<entries>();
    return *entries_;
}

void backlog::note_waited() { ++kept().counts.waited; }

void backlog::note_timed_out() { ++kept().counts.timed_out; }

push_counts backlog::counts() const noexcept { return entries_ ? entries_->counts : push_counts(); }

std::size_t backlog::size() const noexcept { return entries_ ? entries_->all.size() : 0; }

}   // namespace hawser::frame
