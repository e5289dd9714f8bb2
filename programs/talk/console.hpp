// console: where typed lines come from and replies go to: a terminal, or pipes and files.
//
//   const auto typed = co_await console.read_line();
//   console.show("HELLO\n");
//
// One coroutine reads. On the thread of its executor only.
#pragma once

#include <hawser/error.hpp>
#include <hawser/io/task.hpp>

#include <memory>
#include <string>

namespace hawser::talk {

class console {
public:
    virtual ~console() = default;

    /// The next line without its end. Errors: `end_of_stream`; `too_long`, and the next line is
    /// read after it; `closed`.
    [[nodiscard]] virtual io::task<result<std::string>> read_line() = 0;
    /// Shows what the peer sent: whole lines, each with its newline and safe for a terminal. False if the output has no
    /// reader any more.
    [[nodiscard]] virtual bool show(const std::string& lines) = 0;
    /// Shows a message about the conversation itself: one line without its end.
    virtual void tell(const std::string& line) = 0;
    /// A person types there: then the end of the input ends the conversation.
    [[nodiscard]] virtual bool is_terminal() const noexcept = 0;
    /// Ends read_line(), and leaves the terminal as it was. Idempotent.
    virtual void close() noexcept = 0;
};

/// Both ends a terminal: a prompt, line editing with a history, replies that leave alone what is being typed.
[[nodiscard]] std::unique_ptr<console> make_terminal(const io::executor& where);
/// Otherwise: lines from standard input, `longest` bytes at most, replies to standard output, news to standard error.
[[nodiscard]] std::unique_ptr<console> make_piped_console(const io::executor& where, std::size_t longest);

}   // namespace hawser::talk
