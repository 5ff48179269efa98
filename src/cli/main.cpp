#include "cli/command.h"

int main(int argc, char** argv) {
    return cli::run_command_line(argc, argv, config::environment_of_process());
}
