#include "measurement.hpp"

#include <boost/json.hpp>

#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <string>

namespace bench {

namespace {

double micros(hawser::io::duration time) { return std::chrono::duration<double, std::micro>(time).count(); }

boost::json::object latency_json(const hawser::swarm::histogram& latency) {
    return {{"p50", micros(latency.percentile(0.5))},
            {"p90", micros(latency.percentile(0.9))},
            {"p99", micros(latency.percentile(0.99))},
            {"p99_9", micros(latency.percentile(0.999))},
            {"max", micros(latency.max())}};
}

}   // namespace

std::string measurement::json(std::size_t frame_size) const {
    const double rate = static_cast<double>(acks) / seconds;
    boost::json::object object{{"requests", requests},
                               {"acks", acks},
                               {"wrong", wrong},
                               {"missing", missing},
                               {"errors", errors},
                               {"seconds", seconds},
                               {"rate", rate},
                               {"mb_per_second", rate * static_cast<double>(frame_size) / 1e6},
                               {"latency_us", latency_json(latency)},
                               {"load_cpu_seconds", load_cpu_seconds}};
    if (server_cpu_seconds) object["server_cpu_seconds"] = *server_cpu_seconds;
    return boost::json::serialize(object);
}

std::optional<double> cpu_seconds(int process) {
    std::ifstream file("/proc/" + std::to_string(process) + "/stat");
    std::string text;
    std::getline(file, text);
    const std::size_t name_end = text.rfind(')');   // the name may have spaces and brackets
    if (name_end == std::string::npos) return std::nullopt;
    std::istringstream fields(text.substr(name_end + 1));
    std::string skipped;
    for (int i = 0; i < 11; ++i) fields >> skipped;   // from the state to the major faults of the children
    double user = 0;
    double system = 0;
    if (!(fields >> user >> system)) return std::nullopt;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}   // namespace bench
