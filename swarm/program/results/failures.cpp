#include "failures.hpp"

namespace hawser::swarm_program {

std::vector<failure> failures(const swarm::counters& counters) {
    std::vector<failure> all{{"unsent", counters.unsent.sum()}, {"missing", counters.missing},
                             {"wrong", counters.wrong},         {"duplicate", counters.duplicate},
                             {"unknown", counters.unknown},     {"late", counters.late}};
    std::erase_if(all, [](const failure& one) { return one.count == 0; });
    return all;
}

}   // namespace hawser::swarm_program
