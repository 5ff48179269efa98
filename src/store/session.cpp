#include "store/session.h"

namespace store {

std::exception_ptr run_alone(
    Session& session, Role role, bool read_only, const std::function<void(Connection&)>& job
) {
    try {
        SociConnection& connection = session.begin(role, read_only);
        job(connection);
        connection.finish_job();
        session.commit();
        return nullptr;
    } catch (...) {
        const std::exception_ptr problem = std::current_exception();
        session.rollback();
        return problem;
    }
}

}  // namespace store
