// hawser-talk: talks to a server by hand, or from a pipe.
#include "conversation.hpp"

#include <hawser/io/run.hpp>
#include <hawser/io/signal_watch.hpp>
#include <hawser/io/stop_signals.hpp>

#include <tools/command_line.hpp>

#include <unistd.h>

#include <exception>

namespace {

using namespace hawser;

tools::command_line describe(talk::options& options) {
    tools::command_line line(
        "hawser-talk", "--connect ADDR [options]", "Sends what you type, a frame a line, and shows what comes back.",
        "A line is sent as it is, but for \\xNN (a byte), \\n, \\r, \\t and \\\\; `:hex 00 01` sends these bytes. "
        "Blank lines are ignored; `q`, `quit`, Ctrl-D or Ctrl-C leaves, and so do SIGTERM and SIGHUP. What a server "
        "says is shown the same way, and never harms the terminal. With --format raw a line goes out with a newline, "
        "and what comes back is shown as it comes. Over udp: a line is a datagram.\n\n"
        "When standard input or output is no terminal there is no prompt: replies go to standard output, one a line, "
        "and after the end of the input they are waited for as long as --linger says.\n\n"
        "Exit status: 0 you left, 1 no connection, or it was lost, 2 bad options.\n\n"
        "Examples: lines of text, as echo-server speaks them; the default protocol, where :hex 03 3030303030303031 is "
        "a ping; any bytes.\n"
        "  hawser-talk --connect :7000\n"
        "  hawser-talk --connect :8888 --format prefix-self --hex\n"
        "  printf 'GET / HTTP/1.0\\\\r\\n\\\\r\\n' | \\\n"
        "      hawser-talk --connect example.com:80 --format raw\n");
    line.add("connect", "ADDR", "HOST:PORT, [V6]:PORT, :PORT (loopback), unix:PATH or udp:HOST:PORT",
             [&options](const std::string& text) {
                 options.name = text;
                 return tools::into_address(options.connect)(text);
             });
    line.add("format", "SPEC", "how frames are cut (see docs/framing.md), or raw for bytes as they come; default lines",
             [&options](const std::string& text) {
                 options.codec.reset();
                 if (text != "raw") options.codec = frame::any_codec::parse(text);
                 return true;
             });
    line.add_switch("hex", "show replies as offset, hex and text", options.hex);
    line.add("show", "SIZE", "bytes of a reply that are shown; default 4KiB in a terminal, else all",
             tools::into_size(options.show));
    line.add("timeout", "TIME", "to connect; default 5s", tools::into_duration(options.timeout));
    line.add("linger", "TIME", "how long replies are waited for after the end of the input; default 1s",
             tools::into_duration(options.linger));
    return line;
}

io::task<int> run(talk::conversation& talking, io::signal_watch& signals) {
    const int status = co_await talking.run();
    signals.end();   // or it would be waited for
    co_return status;
}

int talk_to(const talk::options& options) {
    io::asio::io_context context(1);
    const io::executor here = context.get_executor();
    const bool people = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
    // \xNN takes four letters for a byte; without frames any line will do.
    const std::size_t longest = options.codec ? 4 * options.codec->max_frame() : std::size_t{1024 * 1024};
    const auto console = people ? talk::make_terminal(here) : talk::make_piped_console(here, longest);
    talk::conversation talking(options, *console, here);
    const io::stop_signals caught(io::stop_signals::also::hang_up);
    const io::stop_signals::obeyed by_the_watch;
    io::signal_watch signals(here, [&talking, people](io::stop_signals::wish) { talking.leave(people ? 0 : 1); });
    return io::run(context, run(talking, signals));
}

}   // namespace

int main(int argc, char** argv) {
    talk::options options;
    const tools::command_line line = describe(options);
    if (const auto status = line.parse(argc, argv)) return *status;
    if (!options.connect) return line.refuse("--connect ADDR is missing");
    try {
        return talk_to(options);
    } catch (const std::exception& error) {
        return line.fail(error.what());
    }
}
