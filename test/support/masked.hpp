// masked: a carrier that the library does not know, as one that encrypts is: each byte goes over another transport as
// its complement, and what is read of that comes in records, of which it holds back what nobody has taken yet.
#pragma once

#include <hawser/io/next_turn.hpp>
#include <hawser/io/operation_memory.hpp>
#include <hawser/io/transport.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace hawser::test {

class masked final : public io::carrier {
public:
    explicit masked(io::transport over) noexcept : over_(std::move(over)) {}

    [[nodiscard]] io::executor get_executor() noexcept override { return over_.get_executor(); }
    [[nodiscard]] result<std::size_t> try_read(mutable_bytes into) override {
        if (held_back_.empty()) {
            const result<std::size_t> count = over_.try_read(held_back_.prepare(longest_record).first(longest_record));
            if (!count) return count.error();
            held_back_.commit(*count);
            complement(held_back_.edit());
        }
        const std::size_t count = std::min(into.size(), held_back_.size());
        std::ranges::copy(held_back_.view().first(count), into.begin());
        held_back_.consume(count);
        return count;
    }
    [[nodiscard]] result<std::size_t> try_write(bytes data) override {
        const bytes some = data.first(std::min(data.size(), longest_record));
        std::vector<std::byte> hidden(some.begin(), some.end());
        complement(hidden);
        return over_.try_write(hidden);
    }
    [[nodiscard]] io::task<error_code> wait_readable() override {
        return held_back_.empty() ? over_.wait_readable() : others_turn();
    }
    [[nodiscard]] io::task<error_code> wait_writable() override { return over_.wait_writable(); }
    [[nodiscard]] io::socket* waits_on() noexcept override { return held_back_.empty() ? over_.waits_on() : nullptr; }
    void wake() noexcept override { over_.wake(); }
    [[nodiscard]] std::size_t available() const noexcept override { return held_back_.size() + over_.available(); }
    [[nodiscard]] std::size_t unsent() noexcept override { return over_.unsent(); }
    bool close_write() noexcept override { return over_.close_write(); }
    void close_read() noexcept override { over_.close_read(); }
    void close() noexcept override { over_.close(); }
    void reset() noexcept override { over_.reset(); }
    [[nodiscard]] int descriptor() noexcept override { return over_.descriptor(); }
    [[nodiscard]] io::endpoint local() const noexcept override { return over_.local(); }
    [[nodiscard]] io::endpoint remote() const noexcept override { return over_.remote(); }

private:
    static constexpr std::size_t longest_record = 16 * 1024;

    static void complement(mutable_bytes data) {
        std::ranges::transform(data, data.begin(), [](std::byte one) { return ~one; });
    }
    [[nodiscard]] io::task<error_code> others_turn() {
        io::operation_memory posted;
        co_await io::next_turn(get_executor(), posted);
        co_return error_code();
    }

    io::transport over_;
    byte_buffer held_back_;
};

}   // namespace hawser::test
