// The commands, each defined in its own file NAME_command.cpp.
#pragma once
#include "cli/command.h"

namespace cli {

Command demo_command();
Command init_command();
Command mailbox_add_command();
Command mailbox_authorize_command();
Command mailbox_list_command();
Command mailbox_check_command();
Command mailbox_pause_command();
Command mailbox_resume_command();
Command mailbox_rescue_command();
Command mailbox_import_command();
Command mailbox_accept_command();
Command mailbox_mode_command();
Command mailbox_password_command();
Command mailbox_remove_command();
Command campaign_start_command();
Command campaign_pause_command();
Command campaign_status_command();
Command send_run_command();
Command warmup_run_command();
Command warmup_status_command();
Command warmup_templates_list_command();
Command warmup_templates_generate_command();
Command campaign_inbox_command();
Command watch_run_command();
Command campaign_create_command();
Command campaign_import_leads_command();
Command campaign_generate_command();
Command campaign_preview_command();
Command campaign_review_command();
Command campaign_test_command();
Command campaign_variants_command();
Command campaign_leads_command();
Command campaign_basis_command();
Command lead_export_command();
Command lead_erase_command();
Command suppress_add_command();
Command suppress_list_command();
Command suppress_import_command();
Command suppress_decide_command();
Command import_mongo_command();
Command export_command();
Command verify_command();
Command why_command();
Command serve_command();
Command status_command();
Command stop_command();
Command resume_command();
Command delivery_in_doubt_command();
Command inspect_command();

}  // namespace cli
