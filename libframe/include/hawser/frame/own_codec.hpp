// own_codec: a codec that hawser does not know, as any_codec holds it. Whoever has one gives it to any_codec::own():
//
//   config.codec = frame::any_codec::own(tagged(), "tagged");
//
// A call to it is a virtual one. What it may have beyond the concept is found by itself: unwrap(), with_max_frame(n),
// and, for pages and dissectors, about() (how a frame is cut, in a sentence) and lua() (the same for Wireshark: the
// body of a function of docs/framing.md).
#pragma once

#include <hawser/frame/codec.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace hawser::inline v0::frame {

/// Whether any_codec::own() takes it. That it remembers (see remembering_codec) is for a frame::reader of its own type.
template <class Codec>
concept ownable_codec = codec<Codec> && std::copy_constructible<Codec> && std::equality_comparable<Codec> &&
                        !remembering_codec<Codec>;

// What one may have beside that.

/// Another limit.
template <class Codec>
concept relimited_codec = requires(const Codec& codec, std::size_t max_frame) {
    { codec.with_max_frame(max_frame) } -> std::convertible_to<Codec>;
};
/// How frames are cut, in a sentence.
template <class Codec>
concept explained_codec = requires(const Codec& codec) { std::string(codec.about()); };
/// The same for Wireshark.
template <class Codec>
concept dissected_codec = requires(const Codec& codec) { std::string(codec.lua()); };

class own_codec {
public:
    template <ownable_codec Codec>
    own_codec(Codec codec, std::string name)
        : held_(std::make_shared<const holder_of<Codec>>(std::move(codec))), name_(std::move(name)) {}

    [[nodiscard]] decoded decode(const window& seen) const noexcept { return held_->decode(seen); }   ///< as codec says
    [[nodiscard]] error_code encode(bytes body, byte_buffer& out) const { return held_->encode(body, out); }   ///< same
    [[nodiscard]] std::size_t max_frame() const noexcept { return held_->max_frame(); }                        ///< same
    /// As wrapping_codec says; the body itself for one that wraps nothing.
    [[nodiscard]] mutable_bytes unwrap(mutable_bytes body) const noexcept { return held_->unwrap(body); }

    /// The same with another limit; none for one that cannot have it.
    [[nodiscard]] std::optional<own_codec> with_max_frame(std::size_t max_frame) const;
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    /// How frames are cut, as text and as Lua; empty if it does not say.
    [[nodiscard]] std::string about() const { return held_->about(); }
    [[nodiscard]] std::string lua() const { return held_->lua(); }   ///< see about()

    /// Whether they are the same, by type, name and value.
    [[nodiscard]] friend bool operator==(const own_codec& one, const own_codec& other) {
        return one.name_ == other.name_ && one.held_->equals(*other.held_);
    }

private:
    class holder {
    public:
        holder() = default;
        holder(const holder&) = delete;
        holder& operator=(const holder&) = delete;
        virtual ~holder() = default;
        [[nodiscard]] virtual decoded decode(const window& seen) const noexcept = 0;
        [[nodiscard]] virtual error_code encode(bytes body, byte_buffer& out) const = 0;
        [[nodiscard]] virtual std::size_t max_frame() const noexcept = 0;
        [[nodiscard]] virtual mutable_bytes unwrap(mutable_bytes body) const noexcept = 0;
        [[nodiscard]] virtual std::shared_ptr<const holder> with_max_frame(std::size_t max_frame) const = 0;
        [[nodiscard]] virtual std::string about() const = 0;
        [[nodiscard]] virtual std::string lua() const = 0;
        [[nodiscard]] virtual bool equals(const holder& other) const = 0;
    };
    template <ownable_codec Codec>
    class holder_of;

    own_codec(std::shared_ptr<const holder> held, std::string name) : held_(std::move(held)), name_(std::move(name)) {}

    std::shared_ptr<const holder> held_;
    std::string name_;
};

/// One of a type.
template <ownable_codec Codec>
class own_codec::holder_of final : public holder {
public:
    explicit holder_of(Codec codec) : codec_(std::move(codec)) {}

    decoded decode(const window& seen) const noexcept override { return codec_.decode(seen); }
    error_code encode(bytes body, byte_buffer& out) const override { return codec_.encode(body, out); }
    std::size_t max_frame() const noexcept override { return codec_.max_frame(); }
    mutable_bytes unwrap(mutable_bytes body) const noexcept override {
        if constexpr (wrapping_codec<Codec>) return codec_.unwrap(body);
        else return body;
    }
    std::shared_ptr<const holder> with_max_frame(std::size_t max_frame) const override {
        if constexpr (relimited_codec<Codec>)
            return std::make_shared<const holder_of>(codec_.with_max_frame(max_frame));
        else return nullptr;
    }
    std::string about() const override {
        if constexpr (explained_codec<Codec>) return std::string(codec_.about());
        else return {};
    }
    std::string lua() const override {
        if constexpr (dissected_codec<Codec>) return std::string(codec_.lua());
        else return {};
    }
    bool equals(const holder& other) const override {
        const auto* const same = dynamic_cast<const holder_of*>(&other);
        return same != nullptr && same->codec_ == codec_;
    }

private:
    Codec codec_;
};

inline std::optional<own_codec> own_codec::with_max_frame(std::size_t max_frame) const {
    auto limited = held_->with_max_frame(max_frame);
    return limited ? std::optional(own_codec(std::move(limited), name_)) : std::nullopt;
}

static_assert(wrapping_codec<own_codec>);

}   // namespace hawser::frame
