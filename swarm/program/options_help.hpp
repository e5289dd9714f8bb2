// options_help: what --help of hawser-swarm says behind its options, in two parts: what is of attacks is between.
#pragma once

#include <string_view>

namespace hawser::swarm_program {

inline constexpr std::string_view more_help =
    "A LOAD is a number of submits a second; FROM..TO:TIME if it changes evenly, RATE:TIME if it lasts so long; and "
    "more of them after commas. The swarm ends with it. So 1000:10s,5000:10s are two steps, and 0..5000:30s,5000 is a "
    "ramp whose end goes on: until --duration or --count, or on a terminal until Ctrl-C. What is overdue at the end of "
    "the last TIME, or of --duration, is sent for one more --timeout.\n\n"
    "On a terminal a picture shows how it goes. Elsewhere each step is a line on standard output, and with --quiet "
    "there is the summary only. NO_COLOR turns colours off, TERM=dumb the picture, too.\n\n"
    "An ack that is not there within --timeout is missing and frees its place; after that it is late.\n\n"
    "A TEMPLATE is the body of a message of your own protocol, instead of a submit: hex digits and \"text\", with "
    "fields {counter:SIZE} (the number of the message on its connection, which begins again where it is full; then "
    ":le, or :decimal, if it is not big-endian), {length:SIZE} (of the whole body, in bytes; :le and :decimal as "
    "well), {random:SIZE} or {random:LEAST-MOST}, and {letters:SIZE}; or @FILE, whose bytes are the body. Several are "
    "sent in turn. Their answers come in order, unless --match says where an answer has the number of its message. A "
    "message without a {counter} gets it written there, too. What comes by itself, a heartbeat, say, is no answer if "
    "--ignore says so. --first is a login: it is sent once a connection, before anything else; its {counter} is the "
    "number of the client. Neither it nor its answer, which is waited for, is measured.\n\n"
    "Ctrl-C (SIGINT, and SIGTERM and SIGHUP) ends it: what is in flight is waited for, and the results are written. A "
    "second one, half a second later or more, does not wait; a third ends the program on the spot, with status 3 and "
    "no results.\n\n"
    "Exit status: 0 every submit of the plan was sent, and acked exactly once on its connection, with its own id and "
    "result 0, and every --expect was kept; 1 anything else, and if nothing was measured; 2 bad options.\n\n"
    "--expect takes a name, one of < <= == != >= > and a value, and knows sent unsent acked missing duplicate wrong "
    "unknown late ignored errors, rate (acks a second), and the latencies p50 p90 p99 p999 p9999 max, with --rate from "
    "when a submit should have been sent. Unsent is what the --rate or --count had and what was never sent; it is no "
    "failure by itself if an --expect names it. Of less than ten acks there is no rate, and no --expect is kept that "
    "is of what was not measured.\n\n"
    "--json writes the keys sent acked missing duplicate wrong unknown late errors unsent seconds requests_per_second "
    "load_busy (the share of the time for which this program had a processor: from 0.95 on it was itself the limit) "
    "latency_us{p50,p90,p99,p999,p9999,max}, and with --rate latency_from_schedule_us, on every exit. And: connections "
    "measured measured_from_seconds interrupted first_error errors_by_kind processes (options, plan, machine, start) "
    "latency_histogram timeline: docs/swarm-results.md. --html writes a page of it, for looking at. A file that cannot "
    "be written is refused before anything is sent.\n\n";

inline constexpr std::string_view examples =
    "Examples:\n"
    "  hawser-swarm --connect :8888\n"
    "  hawser-swarm --connect :8888 --clients 100 --count 2000 --interval 0 \\\n"
    "      --window 32 --quiet\n"
    "  hawser-swarm --connect :8888 --clients 50 --rate 20000 --window 64 \\\n"
    "      --duration 10s --json result.json\n"
    "  hawser-swarm --connect :8888 --clients 50 --rate 0..20000:30s,20000:1m \\\n"
    "      --arrivals poisson --window 1000\n"
    "  hawser-swarm --connect :7 --message '{counter:4} \"ping\" {random:32}' \\\n"
    "      --match 0:4 --echo --format prefix-body:width=2\n"
    "  hawser-swarm --connect :8888 --clients 20000 --threads 2 --connect-rate 2000 \\\n"
    "      --life 30s --source 127.0.1.0/24\n"
    "  hawser-swarm --connect :8888 --attack all --pid $(pidof hawser-server)\n";

}   // namespace hawser::swarm_program
