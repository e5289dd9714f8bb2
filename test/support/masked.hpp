// masked: a carrier that the library does not know, as one that encrypts is: each byte goes over another
// transport as its complement.
#pragma once

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
        const result<std::size_t> count = over_.try_read(into);
        if (count) complement(into.first(*count));
        return count;
    }
    [[nodiscard]] result<std::size_t> try_write(bytes data) override {
        const bytes some = data.first(std::min(data.size(), most_a_write));
        std::vector<std::byte> hidden(some.begin(), some.end());
        complement(hidden);
        return over_.try_write(hidden);
    }
    [[nodiscard]] io::task<error_code> wait_readable() override { return over_.wait_readable(); }
    [[nodiscard]] io::task<error_code> wait_writable() override { return over_.wait_writable(); }
    [[nodiscard]] io::socket* waits_on() noexcept override { return over_.waits_on(); }
    void wake() noexcept override { over_.wake(); }
    [[nodiscard]] std::size_t available() const noexcept override { return over_.available(); }
    [[nodiscard]] std::size_t unsent() noexcept override { return over_.unsent(); }
    bool close_write() noexcept override { return over_.close_write(); }
    void close_read() noexcept override { over_.close_read(); }
    void close() noexcept override { over_.close(); }
    void reset() noexcept override { over_.reset(); }
    [[nodiscard]] int descriptor() noexcept override { return over_.descriptor(); }
    [[nodiscard]] io::endpoint local() const noexcept override { return over_.local(); }
    [[nodiscard]] io::endpoint remote() const noexcept override { return over_.remote(); }

private:
    // Or a long write would be hidden anew for each part that is taken.
    static constexpr std::size_t most_a_write = 16 * 1024;

    static void complement(mutable_bytes data) {
        std::ranges::transform(data, data.begin(), [](std::byte one) { return ~one; });
    }

    io::transport over_;
};

}   // namespace hawser::test
