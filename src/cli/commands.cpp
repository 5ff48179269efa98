#include "cli/commands.h"

namespace cli {

namespace {

std::vector<Command> mailbox_and_warmup() {
    return {
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
    };
}

std::vector<Command> campaigns() {
    return {
        campaign_create_command(),   campaign_import_leads_command(),
        campaign_leads_command(),    campaign_basis_command(),
        campaign_generate_command(), campaign_preview_command(),
        campaign_review_command(),   campaign_test_command(),
        campaign_start_command(),    campaign_pause_command(),
        campaign_status_command(),   campaign_variants_command(),
        campaign_inbox_command(),    send_run_command(),
        watch_run_command(),         lead_export_command(),
        lead_erase_command(),        suppress_add_command(),
        suppress_list_command(),     suppress_import_command(),
        suppress_decide_command(),
    };
}

std::vector<Command> the_whole() {
    return {
        serve_command(),
        status_command(),
        stop_command(),
        resume_command(),
        verify_command(),
        why_command(),
        delivery_in_doubt_command(),
        inspect_command(),
        import_mongo_command(),
        export_command(),
    };
}

}  // namespace

const std::vector<Command>& commands() {
    static const std::vector<Command> all = [] {
        std::vector<Command> out = mailbox_and_warmup();
        for (const auto& more : {campaigns(), the_whole()})
            out.insert(out.end(), more.begin(), more.end());
        return out;
    }();
    return all;
}

}  // namespace cli
