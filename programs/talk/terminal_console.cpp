// The console for people: libedit edits the line, one key at a time, so that nothing waits in it; and before anything
// else is written, the line is wiped off the screen, to be drawn again below.
#include "console.hpp"
#include "standard_input.hpp"

#include <boost/asio/signal_set.hpp>

#include <histedit.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <optional>
#include <stdexcept>
#include <utility>

namespace hawser::talk {

namespace {

constexpr const char* prompt = ">>> ";
constexpr std::size_t prompt_width = 4;
constexpr const char* reply_mark = "<<< ";
constexpr const char* news_mark = "-- ";
// Of one typed line. More is dropped, and the line refused.
constexpr std::size_t longest_line = 64 * 1024;
constexpr int remembered_lines = 1000;
// How long the rest of an escape sequence may take; terminals send it in one piece.
constexpr int rest_of_key_ms = 50;

bool is_ignored(int signal) noexcept {
    struct sigaction now{};
    return ::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

class terminal_console final : public console {
public:
    explicit terminal_console(const io::executor& where)
        : input_(where),
          signals_(where, SIGWINCH),
          line_(::el_init("hawser-talk", stdin, stdout, stderr)),
          history_(::history_init()) {
        if (line_ == nullptr || history_ == nullptr) throw std::runtime_error("the terminal cannot be used");
        HistEvent ignored;
        ::history(history_, &ignored, H_SETSIZE, remembered_lines);
        ::history(history_, &ignored, H_SETUNIQUE, 1);
        ::el_set(line_, EL_CLIENTDATA, this);
        ::el_set(line_, EL_GETCFN, &terminal_console::read_key);
        ::el_set(line_, EL_PROMPT, &terminal_console::prompt_of);
        ::el_set(line_, EL_EDITOR, "emacs");
        ::el_set(line_, EL_HIST, &::history, history_);
        bind_keys();
        if (!is_ignored(SIGTSTP)) signals_.add(SIGTSTP);   // it is where there is no job control
        look_after_signals();
    }
    ~terminal_console() override {
        close();
        ::el_end(line_);
        ::history_end(history_);
    }

    io::task<result<std::string>> read_line() override {
        begin_line();
        for (;;) {
            while (standard_input::is_readable())
                if (auto line = take_key()) co_return std::move(*line);
            if (const error_code error = co_await input_.wait_readable()) co_return error;
        }
    }

    bool show(const std::string& lines) override {
        print(reply_mark + lines);
        return true;   // if the terminal is gone, read_line() says so
    }
    void tell(const std::string& line) override { print(news_mark + line + '\n'); }
    bool is_terminal() const noexcept override { return true; }

    void close() noexcept override {
        input_.cancel();
        error_code ignored;
        signals_.cancel(ignored);
        if (!editing_) return;
        wipe();
        end_line();
    }

private:
    // The line that is being typed.

    void begin_line() {
        overflow_ = false;
        editing_ = true;
        ::el_set(line_, EL_UNBUFFERED, 1);   // raw mode, an empty line, the prompt
    }
    void end_line() noexcept {
        editing_ = false;
        ::el_set(line_, EL_UNBUFFERED, 0);   // as the terminal was
        std::fflush(stdout);
    }

    // One key; the line if that was its end.
    std::optional<result<std::string>> take_key() {
        int count = 0;
        const char* text = ::el_gets(line_, &count);
        const std::string line(text == nullptr ? "" : text, text == nullptr ? 0 : static_cast<std::size_t>(count));
        if (hung_up_ || line == "\x04") {   // Ctrl-D, alone
            wipe();
            end_line();
            return errc::end_of_stream;
        }
        if (!line.ends_with('\n') && !line.ends_with('\r')) {
            if (line.size() >= longest_line) drop_last_key();
            return std::nullopt;
        }
        end_line();
        return typed(line.substr(0, line.size() - 1));
    }

    result<std::string> typed(std::string line) {
        if (overflow_) return errc::too_long;
        HistEvent ignored;
        if (line.find_first_not_of(" \t") != std::string::npos) ::history(history_, &ignored, H_ENTER, line.c_str());
        return line;
    }

    void drop_last_key() {
        ::el_deletestr(line_, 1);
        overflow_ = true;
    }

    // What libedit calls for each character. It must not wait for people: a key may be a sequence that never ends.
    static int read_key(EditLine* of, wchar_t* key) {
        void* self = nullptr;
        ::el_get(of, EL_CLIENTDATA, &self);
        return static_cast<terminal_console*>(self)->read_character(*key);
    }
    int read_character(wchar_t& key) {
        std::mbstate_t state{};
        while (standard_input::is_readable(rest_of_key_ms)) {
            char letter = 0;
            const ssize_t count = ::read(STDIN_FILENO, &letter, 1);
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) {
                hung_up_ = true;
                return 0;
            }
            const std::size_t used = std::mbrtowc(&key, &letter, 1, &state);
            if (used == static_cast<std::size_t>(-1)) state = {};   // no character: passed over
            else if (used != static_cast<std::size_t>(-2)) return 1;
        }
        return 0;
    }
    static char* prompt_of(EditLine*) { return const_cast<char*>(prompt); }   // libedit does not write there

    void bind_keys() {
        ::el_set(line_, EL_BIND, "^W", "ed-delete-prev-word", nullptr);
        ::el_set(line_, EL_BIND, "\\e[3~", "ed-delete-next-char", nullptr);
        ::el_set(line_, EL_BIND, "\\e[H", "ed-move-to-beg", nullptr);
        ::el_set(line_, EL_BIND, "\\e[F", "ed-move-to-end", nullptr);
        // These would wait for more keys, inside of libedit.
        for (const char* waiting : {"^V", "^Q", "\\ex", "\\eX"})
            ::el_set(line_, EL_BIND, waiting, "ed-unassigned", nullptr);
    }

    // The screen.

    void print(const std::string& text) {
        if (editing_) wipe();
        std::fwrite(text.data(), 1, text.size(), stdout);
        if (editing_) ::el_set(line_, EL_REFRESH);
        std::fflush(stdout);
    }

    // Up to the row where the prompt is, and everything from there on is cleared.
    void wipe() noexcept {
        std::fputs("\r", stdout);
        if (const std::size_t rows = rows_above_cursor(); rows > 0) std::fprintf(stdout, "\x1b[%zuA", rows);
        std::fputs("\x1b[J", stdout);
        std::fflush(stdout);
    }
    std::size_t rows_above_cursor() const noexcept {
        const LineInfoW* line = ::el_wline(line_);
        std::size_t columns = prompt_width;
        for (const wchar_t* at = line->buffer; at < line->cursor; ++at) {
            const int width = ::wcwidth(*at);
            columns += width < 0 ? 2U : static_cast<std::size_t>(width);   // a control character is shown as ^X
        }
        winsize size{};
        const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
        return columns / (known ? size.ws_col : 80U);
    }

    // Ctrl-Z, and a new size of the window. (main.cpp handles Ctrl-C.)
    void look_after_signals() {
        signals_.async_wait([this](const error_code& cancelled, int number) {
            if (cancelled) return;
            if (number == SIGTSTP) suspend();
            else if (editing_) redraw();
            look_after_signals();
        });
    }
    void redraw() {
        wipe();
        ::el_resize(line_);
        ::el_set(line_, EL_REFRESH);
        std::fflush(stdout);
    }
    void suspend() {
        if (editing_) {
            wipe();
            ::el_set(line_, EL_PREP_TERM, 0);
        }
        std::raise(SIGSTOP);   // until we are continued
        if (!editing_) return;
        ::el_set(line_, EL_PREP_TERM, 1);
        ::el_set(line_, EL_REFRESH);
        std::fflush(stdout);
    }

    standard_input input_;
    io::asio::basic_signal_set<io::executor> signals_;
    EditLine* line_;
    History* history_;
    bool editing_ = false;   // the prompt is on the screen
    bool overflow_ = false;
    bool hung_up_ = false;
};

}   // namespace

std::unique_ptr<console> make_terminal(const io::executor& where) {
    std::setlocale(LC_CTYPE, "");
    if (MB_CUR_MAX == 1) std::setlocale(LC_CTYPE, "C.UTF-8");   // terminals are
    return std::make_unique<terminal_console>(where);
}

}   // namespace hawser::talk
