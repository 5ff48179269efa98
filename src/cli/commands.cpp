#include "cli/commands.h"

namespace cli {

const std::vector<Command>& commands() {
    static const std::vector<Command> all = {
        demo_command(),
        init_command(),
        mailbox_add_command(),
        mailbox_authorize_command(),
        mailbox_list_command(),
        mailbox_check_command(),
        mailbox_pause_command(),
        mailbox_resume_command(),
        mailbox_rescue_command(),
        mailbox_import_command(),
        mailbox_accept_command(),
        mailbox_mode_command(),
        mailbox_password_command(),
        mailbox_remove_command(),
        warmup_run_command(),
        warmup_status_command(),
        warmup_templates_list_command(),
        warmup_templates_generate_command(),
        campaign_start_command(),
        campaign_pause_command(),
        campaign_status_command(),
        send_run_command(),
        campaign_inbox_command(),
        watch_run_command(),
        campaign_create_command(),
        campaign_import_leads_command(),
        campaign_leads_command(),
        campaign_basis_command(),
        lead_export_command(),
        lead_erase_command(),
        suppress_add_command(),
        suppress_list_command(),
        suppress_import_command(),
        suppress_decide_command(),
        import_mongo_command(),
        export_command(),
        verify_command(),
        why_command(),
        serve_command(),
        status_command(),
        stop_command(),
        resume_command(),
        delivery_in_doubt_command(),
        inspect_command(),
    };
    return all;
}

}  // namespace cli
