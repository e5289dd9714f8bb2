#include <hawser/io/coroutine.hpp>

#include <array>
#include <cstddef>
#include <new>

namespace hawser::inline v0::io {

constinit thread_local chain::round* chain::running_ = nullptr;

namespace {

// Frames are kept by their size, in steps of so many bytes, up to so many steps; larger ones are rare.
constexpr std::size_t step = 16;
constexpr std::size_t steps = 128;
// Of each size a thread keeps so many: a connection has a handful, and most of what comes and goes
// does so one after the other.
constexpr unsigned most_kept = 32;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool keeps_frames = false;   // a frame that is used after its end would not be noticed
#else
constexpr bool keeps_frames = true;
#endif

// The frames that a thread has for its next coroutines.
class spare_frames {
public:
    spare_frames() noexcept = default;
    spare_frames(const spare_frames&) = delete;
    spare_frames& operator=(const spare_frames&) = delete;
    ~spare_frames() {
        is_gone_ = true;
        for (shelf& one : shelves_)
            while (one.first != nullptr) ::operator delete(one.take());
    }

    void* take(std::size_t size_class) noexcept {
        return is_gone_ || shelves_[size_class].first == nullptr ? nullptr : shelves_[size_class].take();
    }
    bool keep(std::size_t size_class, void* frame) noexcept {
        shelf& one = shelves_[size_class];
        if (is_gone_ || one.count == most_kept) return false;
        one.first = new (frame) spare{one.first};
        ++one.count;
        return true;
    }

private:
    struct spare {
        spare* next;
    };
    struct shelf {
        spare* first = nullptr;
        unsigned count = 0;
        void* take() noexcept {
            spare* const taken = first;
            first = taken->next;
            --count;
            return taken;
        }
    };

    std::array<shelf, steps + 1> shelves_{};
    bool is_gone_ = false;   // frames may outlive what a thread keeps
};

thread_local spare_frames spares;

constexpr std::size_t class_of(std::size_t size) noexcept { return (size + step - 1) / step; }

}   // namespace

void* coroutine::operator new(std::size_t size) {
    const std::size_t size_class = class_of(size);
    if (!keeps_frames || size_class > steps) return ::operator new(size);
    if (void* const kept = spares.take(size_class)) return kept;
    return ::operator new(size_class * step);
}

void coroutine::operator delete(void* frame, std::size_t size) noexcept {
    const std::size_t size_class = class_of(size);
    if (!keeps_frames || size_class > steps || !spares.keep(size_class, frame)) ::operator delete(frame);
}

}   // namespace hawser::io
