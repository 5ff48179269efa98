-- What both sides share, and warmup's own; the campaigns' tables are in 0002. {{id}} becomes the engine's own primary key, {{key}} one that names a
-- row of another table (store/dialect.cpp).
-- Times are BIGINT microseconds UTC; binary values base64 TEXT; booleans BIGINT 0/1.

CREATE TABLE store_meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE mailboxes (
    id {{id}},
    external_id TEXT UNIQUE,
    email TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('sender', 'seed')),
    name TEXT NOT NULL DEFAULT '',
    zone TEXT NOT NULL DEFAULT '',
    provider TEXT NOT NULL DEFAULT '',
    smtp_url TEXT NOT NULL,
    imap_url TEXT NOT NULL,
    login TEXT NOT NULL,
    -- Sealed with the key file, bound to the address; NULL: no password known, watching impossible.
    secret TEXT,
    login_method TEXT NOT NULL DEFAULT 'password' CHECK (login_method IN ('password', 'oauth2')),
    key_id TEXT NOT NULL DEFAULT '',
    -- Gmail folders that are not shown in IMAP: while there are some, what is not found is unknown.
    hidden_folders TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'removed')),
    status_reason TEXT NOT NULL DEFAULT '',
    -- Who paused it: the owner; we, since its login was refused; we, since its account was.
    paused_by TEXT NOT NULL DEFAULT '' CHECK (paused_by IN ('', 'owner', 'login', 'refusal')),
    paused_until BIGINT,  -- NULL: until the owner acts
    resumes BIGINT NOT NULL DEFAULT 0,
    mode TEXT NOT NULL DEFAULT 'warmup' CHECK (mode IN ('warmup', 'measure')),
    policy_accepted_at BIGINT,
    -- The owner's own consent to moving warmup mail out of spam; NULL: none.
    rescue_accepted_at BIGINT,
    created_at BIGINT NOT NULL
);

-- What an OAuth2 login stands on (RFC 6749), written by `mailbox authorize` and by each refresh.
-- Tokens are sealed with the key file and bound to mailbox, address and column.
CREATE TABLE mailbox_tokens (
    mailbox_id BIGINT PRIMARY KEY,
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    refresh_token TEXT NOT NULL,
    refresh_expires_at BIGINT,
    access_token TEXT NOT NULL,
    access_expires_at BIGINT NOT NULL,
    -- From when on the next login fetches a new access token.
    refresh_from BIGINT NOT NULL,
    consented_at BIGINT NOT NULL,
    -- Counts the writes of tokens: whoever exchanged an older one has lost the race.
    generation BIGINT NOT NULL DEFAULT 1,
    -- Not empty: the provider refused the refresh token; the words say why and what to do.
    dead_reason TEXT NOT NULL DEFAULT '',
    -- The lease of the one worker that may exchange; it ends by itself when its holder crashed.
    lease_holder TEXT NOT NULL DEFAULT '',
    lease_until BIGINT NOT NULL DEFAULT 0,
    -- Exchanges begun since the last that gave a token, and when the next may begin.
    attempts BIGINT NOT NULL DEFAULT 0,
    not_before BIGINT NOT NULL DEFAULT 0,
    -- Set before a refresh token leaves, cleared by any answer: one that stays means that a new
    -- token may have been given out that we have not.
    unanswered_since BIGINT
);

CREATE TABLE mailbox_usage (
    mailbox_id BIGINT NOT NULL,
    hour BIGINT NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('warmup', 'campaign')),
    count BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (mailbox_id, hour, side)
);

-- What a person sent by hand, as the Sent folder shows it, by hour; it counts in the same budget.
CREATE TABLE mailbox_human_mail (
    mailbox_id BIGINT NOT NULL,
    hour BIGINT NOT NULL,
    count BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (mailbox_id, hour)
);

-- The one gap clock of a mailbox: when it last sent, and when campaign mail may follow.
CREATE TABLE mailbox_gaps (
    mailbox_id BIGINT PRIMARY KEY,
    last_mail_at BIGINT NOT NULL,
    next_campaign_at BIGINT NOT NULL DEFAULT 0,
    -- Why campaigns send nothing from it at present, as it was last noted in the ledger.
    campaign_hold TEXT NOT NULL DEFAULT ''
);

-- Private to warmup -------------------------------------------------------------------------------

CREATE TABLE warmup_email_drafts (
    id {{id}},
    external_id TEXT UNIQUE,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    html_body TEXT,
    created_at BIGINT NOT NULL,
    generated_via TEXT NOT NULL,
    prompt_variant TEXT NOT NULL DEFAULT '',
    use_count BIGINT NOT NULL DEFAULT 0,
    last_used_at BIGINT,
    retired_at BIGINT
);
CREATE INDEX warmup_email_drafts_created ON warmup_email_drafts (created_at);

CREATE TABLE warmup_cycles (
    id {{id}},
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    sent BIGINT NOT NULL DEFAULT 0,
    replies BIGINT NOT NULL DEFAULT 0,
    inbox BIGINT NOT NULL DEFAULT 0,
    spam BIGINT NOT NULL DEFAULT 0,
    elsewhere BIGINT NOT NULL DEFAULT 0,
    result TEXT NOT NULL DEFAULT '{}'
);

CREATE TABLE emails_warmup (
    id {{id}},
    external_id TEXT,
    email_type TEXT NOT NULL CHECK (email_type IN ('warmup_bidirectional', 'warmup_reply')),
    "from" TEXT NOT NULL,
    "to" TEXT NOT NULL,
    from_mailbox_id BIGINT NOT NULL,
    to_mailbox_id BIGINT NOT NULL,
    subject TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    provider_message_id TEXT,
    in_reply_to TEXT,
    "references" TEXT,
    status TEXT NOT NULL CHECK (status IN ('prepared', 'intent', 'accepted', 'refused', 'cancelled',
                                           'in_doubt', 'not_accepted', 'parked')),
    outcome TEXT NOT NULL DEFAULT 'none' CHECK (outcome IN ('none', 'replied', 'bounced')),
    -- What an imported row said, word for word.
    original_status TEXT,
    original_type TEXT,
    template_id BIGINT,
    cycle BIGINT,
    depth BIGINT NOT NULL DEFAULT 0,
    send_key TEXT NOT NULL UNIQUE,
    token TEXT NOT NULL UNIQUE,
    -- The text of a mail that was not made from a template.
    body TEXT,
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
-- The bytes that go on the wire (ASCII: 7bit or quoted-printable), fixed when prepared and kept until
-- the server has them. Apart from their row, so that a new status does not write them again.
CREATE TABLE emails_warmup_raw (
    email_id {{key}},
    raw TEXT NOT NULL
);
CREATE UNIQUE INDEX emails_warmup_external ON emails_warmup (external_id)
    WHERE external_id IS NOT NULL;
-- What is not at its end: few rows, and all that anything looks for by status. (OR, not IN: SQLite
-- sees then that `status = 'prepared'` may use it.)
CREATE INDEX emails_warmup_open ON emails_warmup (status, id)
    WHERE status = 'prepared' OR status = 'intent' OR status = 'not_accepted' OR status = 'in_doubt'
       OR status = 'parked';
CREATE INDEX emails_warmup_pair ON emails_warmup (from_mailbox_id, to_mailbox_id, created_at);
CREATE INDEX emails_warmup_sent ON emails_warmup (sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX emails_warmup_copies ON emails_warmup (from_mailbox_id)
    WHERE sent_copy = 'due' OR sent_copy = 'appending';

CREATE TABLE warmup_threads (
    id {{id}},
    external_id TEXT UNIQUE,
    email_id BIGINT NOT NULL UNIQUE,
    original_message_id TEXT NOT NULL,
    reply_message_id TEXT,
    "from" TEXT NOT NULL,
    "to" TEXT NOT NULL,
    subject TEXT NOT NULL,
    received_from_folder TEXT NOT NULL,
    folder_name TEXT NOT NULL DEFAULT '',
    uidvalidity BIGINT NOT NULL DEFAULT 0,
    uid BIGINT NOT NULL DEFAULT 0,
    -- Flags and labels it had then, one a line: what is added later, a person has added.
    marks TEXT NOT NULL DEFAULT '',
    tab TEXT NOT NULL DEFAULT '',
    placement TEXT NOT NULL,
    found_at BIGINT NOT NULL,
    depth BIGINT NOT NULL DEFAULT 0,
    spf TEXT NOT NULL DEFAULT '',
    dkim TEXT NOT NULL DEFAULT '',
    dmarc TEXT NOT NULL DEFAULT '',
    arc TEXT NOT NULL DEFAULT '',
    -- The text that was found is the one that was sent.
    proven BIGINT NOT NULL DEFAULT 0,
    reply_decision TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    cycle BIGINT
);
CREATE INDEX warmup_threads_found ON warmup_threads (found_at);
CREATE INDEX warmup_threads_open ON warmup_threads (reply_decision, id)
    WHERE reply_decision = 'due' OR reply_decision = 'prepared';

-- What is to be moved in a mailbox, and when: one row per mail and copy of it.
CREATE TABLE warmup_filings (
    id {{id}},
    mailbox_id BIGINT NOT NULL,
    email_id BIGINT NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('received', 'sent', 'rescue')),
    due_at BIGINT NOT NULL,
    done_at BIGINT,
    attempts BIGINT NOT NULL DEFAULT 0,
    result TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    UNIQUE (email_id, what)
);
CREATE INDEX warmup_filings_due ON warmup_filings (mailbox_id, done_at, due_at);

-- What an import could not place: whole documents and unknown fields, given back by export.
CREATE TABLE warmup_imported_fields (
    collection TEXT NOT NULL,
    external_id TEXT NOT NULL,
    fields TEXT NOT NULL,
    PRIMARY KEY (collection, external_id)
);

-- Shared ------------------------------------------------------------------------------------------

CREATE TABLE account_reputation (
    id {{id}},
    mailbox_id BIGINT NOT NULL,
    day TEXT NOT NULL,
    numbers TEXT NOT NULL DEFAULT '{}',
    UNIQUE (mailbox_id, day)
);

-- A role writes rows of its own purpose only (row rule, store/roles.cpp).
CREATE TABLE llm_usage (
    day TEXT NOT NULL,
    purpose TEXT NOT NULL,
    model TEXT NOT NULL,
    requests BIGINT NOT NULL DEFAULT 0,
    failures BIGINT NOT NULL DEFAULT 0,
    tokens_in BIGINT NOT NULL DEFAULT 0,
    tokens_out BIGINT NOT NULL DEFAULT 0,
    blocked_until BIGINT NOT NULL DEFAULT 0,
    -- No request of this purpose before, so that it keeps its pace in all processes together.
    next_at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (day, purpose, model)
);

-- Append-only: every decision with its reason and numbers; ids only, never addresses or texts.
CREATE TABLE ledger (
    id {{id}},
    at BIGINT NOT NULL,
    side TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    decision TEXT NOT NULL,
    reason TEXT NOT NULL,
    numbers TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX ledger_subject ON ledger (subject_kind, subject_id, id);

CREATE TABLE inbound_seen (
    mailbox_id BIGINT NOT NULL,
    folder TEXT NOT NULL,
    uidvalidity BIGINT NOT NULL,
    uid BIGINT NOT NULL,
    side TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (mailbox_id, folder, side, uidvalidity, uid)
);

-- How far each side has read a folder. One look serves both; a side that was not served (a command
-- that runs it alone) catches up later.
CREATE TABLE imap_cursors (
    mailbox_id BIGINT NOT NULL,
    folder TEXT NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('warmup', 'campaign')),
    kind TEXT NOT NULL DEFAULT '',  -- inbound::FolderKind
    uidvalidity BIGINT NOT NULL,
    last_uid BIGINT NOT NULL,
    searched_at BIGINT NOT NULL,
    PRIMARY KEY (mailbox_id, folder, side)
);

-- Switches of the whole store; `halted` is there while nothing may leave (`stop --all`).
CREATE TABLE service_flags (
    name TEXT PRIMARY KEY,
    reason TEXT NOT NULL DEFAULT '',
    set_at BIGINT NOT NULL
);

-- What `serve` has begun: one row for each time a task was due, so that a restart neither repeats
-- nor forgets one. Only the latest of each task are kept.
CREATE TABLE service_runs (
    task TEXT NOT NULL,
    due BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    result TEXT NOT NULL DEFAULT '' CHECK (result IN ('', 'done', 'failed', 'interrupted')),
    words TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (task, due)
);

-- Whether a provider files what is sent by SMTP in the Sent folder itself, learned by looking.
CREATE TABLE sent_folders (
    mailbox_id BIGINT PRIMARY KEY,
    filed_by TEXT NOT NULL CHECK (filed_by IN ('provider', 'nobody')),
    learned_at BIGINT NOT NULL
);
