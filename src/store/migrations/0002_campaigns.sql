-- The campaigns' own tables, and the view over the mail of both sides; notation as in 0001.

-- Private to campaign -----------------------------------------------------------------------------

CREATE TABLE campaigns (
    id {{id}},
    external_id TEXT UNIQUE,
    name TEXT NOT NULL,
    target_criteria TEXT NOT NULL DEFAULT '{}',
    status TEXT NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'active', 'paused', 'finished')),
    status_reason TEXT NOT NULL DEFAULT '',
    -- campaign/settings.h as JSON, its texts apart.
    settings TEXT NOT NULL DEFAULT '{}',
    stats TEXT NOT NULL DEFAULT '{}',
    created_at BIGINT NOT NULL,
    started_at BIGINT
);
CREATE UNIQUE INDEX campaigns_name ON campaigns (lower(name));

-- What a step of a campaign says: one row for each variant (A/B), for text written by hand.
CREATE TABLE campaign_texts (
    id {{id}},
    campaign_id BIGINT NOT NULL,
    step BIGINT NOT NULL,
    variant TEXT NOT NULL DEFAULT 'a',
    share BIGINT NOT NULL DEFAULT 1,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    html_body TEXT,
    -- Canary: '' not tried, 'waiting', 'clear', 'held'.
    canary TEXT NOT NULL DEFAULT '',
    canary_reason TEXT NOT NULL DEFAULT '',
    retired_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX campaign_texts_step ON campaign_texts (campaign_id, step, variant);

CREATE TABLE leads (
    id {{id}},
    external_id TEXT UNIQUE,
    campaign_id BIGINT,
    email TEXT NOT NULL,
    -- The address as it is compared: without case, domain in ASCII.
    email_key TEXT NOT NULL,
    -- Whom the domain belongs to (registrable domain); empty at free-mail providers.
    organisation TEXT NOT NULL DEFAULT '',
    -- Who takes its mail ("google", "microsoft", "zoho", …), by MX; empty: unknown or other.
    mx_provider TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL DEFAULT '',
    company TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL DEFAULT '',
    country TEXT NOT NULL DEFAULT '',  -- ISO 3166-1 alpha-2
    zone TEXT NOT NULL DEFAULT '',     -- IANA; empty: the campaign's
    fields TEXT NOT NULL DEFAULT '{}',
    source TEXT NOT NULL DEFAULT '',
    basis TEXT NOT NULL DEFAULT '',
    basis_by TEXT NOT NULL DEFAULT '',
    basis_at BIGINT,
    status TEXT NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'needs_basis', 'ready', 'active',
        'replied', 'bounced', 'unsubscribed', 'complained', 'stopped', 'finished', 'erased')),
    status_reason TEXT NOT NULL DEFAULT '',
    email_invalid BIGINT NOT NULL DEFAULT 0,
    verified_at BIGINT,
    verifier_tries BIGINT NOT NULL DEFAULT 0,  -- how often it knew nothing of it
    -- The mailbox its first mail went from; every later one goes from there (DESIGN section 2).
    sender_mailbox_id BIGINT,
    -- The step that comes next and when; NULL: none is due.
    next_step BIGINT NOT NULL DEFAULT 0,
    next_step_at BIGINT,
    -- Nothing is sent before (an automatic reply named the date).
    wait_until BIGINT,
    created_at BIGINT NOT NULL,
    -- When an import from another system brought it; NULL: at created_at.
    came_in_at BIGINT
);
CREATE INDEX leads_email ON leads (email_key);
CREATE INDEX leads_campaign ON leads (campaign_id, status, id);
CREATE INDEX leads_organisation ON leads (organisation) WHERE organisation <> '';
-- A draft that names another lead or its company is found by these.
CREATE INDEX leads_company ON leads (campaign_id, company);
CREATE INDEX leads_name ON leads (campaign_id, name);
-- Whom to ask about next, the domain's servers or the verifier.
CREATE INDEX leads_asked ON leads (campaign_id, (COALESCE(wait_until, 0)), id)
    WHERE status = 'new';
CREATE INDEX leads_next ON leads (campaign_id, next_step_at)
    WHERE status = 'active' AND next_step_at IS NOT NULL;

CREATE TABLE email_drafts (
    id {{id}},
    external_id TEXT UNIQUE,
    lead_id BIGINT,
    campaign_id BIGINT,
    to_email TEXT NOT NULL,
    to_name TEXT NOT NULL DEFAULT '',
    email_type TEXT NOT NULL DEFAULT 'initial' CHECK (email_type IN ('initial', 'followup')),
    followup_number BIGINT NOT NULL DEFAULT 0,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    html_body TEXT,
    from_account TEXT,
    in_reply_to TEXT,
    "references" TEXT,
    status TEXT NOT NULL CHECK (status IN ('generating', 'ready_to_send', 'claimed', 'sent', 'rejected',
                                           'failed', 'in_doubt', 'cancelled')),
    quality_score DOUBLE PRECISION,
    review_passed BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    error_message TEXT,
    retry_count BIGINT NOT NULL DEFAULT 0,
    claimed_by TEXT,
    -- Fencing: counts the claims of this draft; a worker with an older one has lost it.
    claim_token BIGINT NOT NULL DEFAULT 0,
    lease_until BIGINT,
    not_before BIGINT NOT NULL DEFAULT 0,
    -- Why it was put off until then, as it was last noted in the ledger.
    wait_reason TEXT NOT NULL DEFAULT '',
    message_id TEXT,
    variant TEXT NOT NULL DEFAULT '',
    text_id BIGINT,
    -- Who wrote it: 'model', 'template', 'person', 'import'.
    written_by TEXT NOT NULL DEFAULT '',
    reviewed_at BIGINT,
    -- Reasons of the last review, a JSON list of {rule, words}.
    review TEXT NOT NULL DEFAULT '[]',
    rewrites BIGINT NOT NULL DEFAULT 0,
    approved_by TEXT NOT NULL DEFAULT ''
);
-- What a claim looks for: by campaign what any sender may take, by account what is bound to one
-- (follow-ups, and first mails that were prepared for it); and what is open.
CREATE INDEX email_drafts_free ON email_drafts (campaign_id, not_before, id)
    WHERE status = 'ready_to_send' AND from_account IS NULL;
CREATE INDEX email_drafts_bound ON email_drafts (from_account, not_before, id)
    WHERE status = 'ready_to_send' AND from_account IS NOT NULL;
CREATE INDEX email_drafts_claimed ON email_drafts (lease_until) WHERE status = 'claimed';
CREATE INDEX email_drafts_under_way ON email_drafts (from_account) WHERE status = 'claimed';
CREATE INDEX email_drafts_writing ON email_drafts (id) WHERE status = 'generating';
-- How many were written today.
CREATE INDEX email_drafts_created ON email_drafts (created_at);
-- What has to be reviewed again before it may be claimed.
CREATE INDEX email_drafts_reviewed ON email_drafts (reviewed_at) WHERE status = 'ready_to_send';
CREATE INDEX email_drafts_doubt ON email_drafts (id) WHERE status = 'in_doubt';
CREATE INDEX email_drafts_campaign ON email_drafts (campaign_id, status, id);
CREATE INDEX email_drafts_lead ON email_drafts (lead_id, followup_number);

-- Copies of a new text that seed mailboxes get first, and where they were found.
CREATE TABLE campaign_canaries (
    id {{id}},
    text_id BIGINT NOT NULL,
    mailbox_id BIGINT NOT NULL,  -- the seed's
    provider TEXT NOT NULL DEFAULT '',
    email_id BIGINT NOT NULL UNIQUE,
    placement TEXT NOT NULL DEFAULT '' CHECK (placement IN ('', 'inbox', 'spam', 'elsewhere')),
    found_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX campaign_canaries_text ON campaign_canaries (text_id, id);

CREATE TABLE emails_campaign (
    id {{id}},
    external_id TEXT,
    -- 'answer': what a person writes back to a lead (campaign inbox).
    email_type TEXT NOT NULL CHECK (email_type IN ('initial', 'followup', 'answer')),
    lead_id BIGINT,
    campaign_id BIGINT,
    draft_id BIGINT,
    followup_number BIGINT NOT NULL DEFAULT 0,
    -- A test mail (campaign test): the lead whose values its text holds.
    written_for BIGINT,
    "from" TEXT NOT NULL,
    "to" TEXT NOT NULL,
    from_mailbox_id BIGINT NOT NULL,
    subject TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    -- The id its reader knows, and how we know: 'received', 'sent_folder', 'reply_250', 'reply'.
    provider_message_id TEXT,
    provider_id_proof TEXT NOT NULL DEFAULT '',
    -- Of the thread it lies in at its provider (Gmail: X-GM-THRID); empty: unknown.
    provider_thread_id TEXT NOT NULL DEFAULT '',
    in_reply_to TEXT,
    "references" TEXT,
    status TEXT NOT NULL CHECK (status IN ('prepared', 'intent', 'accepted', 'refused', 'cancelled',
                                           'in_doubt', 'not_accepted', 'parked')),
    outcome TEXT NOT NULL DEFAULT 'none' CHECK (outcome IN ('none', 'replied', 'bounced')),
    -- What an imported row said, word for word.
    original_status TEXT,
    send_key TEXT NOT NULL UNIQUE,
    token TEXT NOT NULL UNIQUE,
    raw_sha256 TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    not_before BIGINT,  -- put off by a server until then
    created_at BIGINT NOT NULL,
    intent_at BIGINT,
    sent_at BIGINT,
    server_reply TEXT,
    error_message TEXT,
    sent_copy TEXT NOT NULL DEFAULT 'none' CHECK (sent_copy IN ('none', 'due', 'appending',
                                                  'appended', 'provider', 'given_up'))
);
CREATE TABLE emails_campaign_raw (
    email_id {{key}},
    raw TEXT NOT NULL
);
CREATE UNIQUE INDEX emails_campaign_external ON emails_campaign (external_id)
    WHERE external_id IS NOT NULL;
CREATE INDEX emails_campaign_open ON emails_campaign (status, id)
    WHERE status = 'prepared' OR status = 'intent' OR status = 'not_accepted' OR status = 'in_doubt'
       OR status = 'parked';
CREATE INDEX emails_campaign_copies ON emails_campaign (from_mailbox_id)
    WHERE sent_copy = 'due' OR sent_copy = 'appending';
CREATE INDEX emails_campaign_lead ON emails_campaign (lead_id, id);
CREATE INDEX emails_campaign_tests ON emails_campaign (written_for)
    WHERE written_for IS NOT NULL;
CREATE INDEX emails_campaign_answers ON emails_campaign (sent_at) WHERE email_type = 'answer';
CREATE INDEX emails_campaign_sent ON emails_campaign (from_mailbox_id, sent_at)
    WHERE sent_at IS NOT NULL;
CREATE INDEX emails_campaign_thread ON emails_campaign (from_mailbox_id, provider_thread_id)
    WHERE provider_thread_id <> '';
CREATE INDEX emails_campaign_provider ON emails_campaign (provider_message_id)
    WHERE provider_message_id IS NOT NULL;

-- What came back to the senders: replies, automatic replies, bounces, complaints, opt-outs.
CREATE TABLE campaign_replies (
    id {{id}},
    mailbox_id BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('reply', 'auto_reply', 'bounce', 'complaint', 'unsubscribe')),
    -- What it belongs to, by what proof, and how sure (0 to 100); NULL and 0: nothing of ours.
    email_id BIGINT,
    lead_id BIGINT,
    campaign_id BIGINT,
    matched_by TEXT NOT NULL DEFAULT '',
    confidence BIGINT NOT NULL DEFAULT 0,
    "from" TEXT NOT NULL,
    subject TEXT NOT NULL DEFAULT '',
    message_id TEXT NOT NULL DEFAULT '',
    "references" TEXT NOT NULL DEFAULT '',
    -- Quoted text and signature removed; of a bounce, what the server said.
    text TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',  -- of a bounce (data/inbound/bounce_rules.txt)
    return_date BIGINT,               -- of an automatic reply
    received_at BIGINT NOT NULL,
    folder TEXT NOT NULL DEFAULT '',
    folder_kind TEXT NOT NULL DEFAULT '',
    class TEXT NOT NULL DEFAULT '',   -- 'interested', 'question', 'not_now', 'not_interested', …
    class_by TEXT NOT NULL DEFAULT '',
    decision TEXT NOT NULL DEFAULT '',  -- what followed, in words
    answered_at BIGINT,
    done_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX campaign_replies_message ON campaign_replies (mailbox_id, message_id)
    WHERE message_id <> '';
CREATE INDEX campaign_replies_lead ON campaign_replies (lead_id, id);
CREATE INDEX campaign_replies_open ON campaign_replies (id) WHERE done_at IS NULL;
-- How many addresses a mailbox loses in an hour.
CREATE INDEX campaign_replies_bounces ON campaign_replies (mailbox_id, created_at)
    WHERE kind = 'bounce';
-- What the model has not sorted yet.
CREATE INDEX campaign_replies_unsorted ON campaign_replies (campaign_id, id)
    WHERE kind = 'reply' AND class_by = '' AND done_at IS NULL;

CREATE TABLE suppressions (
    id {{id}},
    external_id TEXT UNIQUE,
    -- 'hash': keyed hash of an address that was erased.
    kind TEXT NOT NULL CHECK (kind IN ('address', 'domain', 'hash')),
    value TEXT NOT NULL,
    -- 'bounce', 'unsubscribe', 'complaint', 'owner', 'import', 'erased'
    reason TEXT NOT NULL DEFAULT '',
    -- 'pending': an opt-out that could not be matched; nothing is sent, the owner decides.
    state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'pending')),
    note TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    UNIQUE (kind, value)
);
-- Few of many.
CREATE INDEX suppressions_pending ON suppressions (id) WHERE state = 'pending';
CREATE INDEX suppressions_domains ON suppressions (id) WHERE kind = 'domain';

-- What an import could not place: whole documents and unknown fields, given back by export.
CREATE TABLE campaign_imported_fields (
    collection TEXT NOT NULL,
    external_id TEXT NOT NULL,
    fields TEXT NOT NULL,
    PRIMARY KEY (collection, external_id)
);

CREATE VIEW emails AS
    SELECT 'warmup' AS side, id, email_type, "from", "to", subject, message_id, provider_message_id,
           in_reply_to, "references", status, outcome, intent_at, sent_at, server_reply,
           template_id AS template_or_draft_id, send_key, created_at
      FROM emails_warmup
    UNION ALL
    SELECT 'campaign' AS side, id, email_type, "from", "to", subject, message_id, provider_message_id,
           in_reply_to, "references", status, outcome, intent_at, sent_at, server_reply,
           draft_id AS template_or_draft_id, send_key, created_at
      FROM emails_campaign;
