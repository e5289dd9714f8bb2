// overdue_answers: which answers of a connection may still come, although nobody waits for them any more.
//
//   overdue.add(answer);                       // its request has given up
//   if (overdue.has(answer)) ...               // so its id is better not given to another request yet
//   overdue.remove(answer);                    // it has come
//
// Bounded: twice `least`, and the last `least` are among them. Only ids of few bytes are worth it: of the
// others no number comes again while a late answer can.
#pragma once

#include <hawser/packet/outline.hpp>

#include <cstddef>
#include <new>
#include <set>
#include <utility>

namespace hawser::inline v0::client {

class overdue_answers {
public:
    static constexpr std::size_t least = 512;
    /// The size of an id that is worth it.
    static constexpr std::size_t longest_id = 7;

    /// Without memory for it, it is forgotten.
    void add(const packet::identity& answer) noexcept try {
        if (answer.id_size > longest_id) return;
        if (recent_.size() == least) older_ = std::exchange(recent_, {});
        recent_.insert(answer);
    } catch (const std::bad_alloc&) {
        return;
    }
    void remove(const packet::identity& answer) noexcept {
        recent_.erase(answer);
        older_.erase(answer);
    }
    [[nodiscard]] bool has(const packet::identity& answer) const noexcept {
        return recent_.contains(answer) || older_.contains(answer);
    }

private:
    std::set<packet::identity> recent_;
    std::set<packet::identity> older_;
};

}   // namespace hawser::client
