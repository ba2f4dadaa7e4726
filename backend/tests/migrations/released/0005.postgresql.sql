-- Schema 0005 as the release that had it made it on PostgreSQL, with its revision. Never changed: it is what users have.
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.cards (
    id text NOT NULL,
    project_id text NOT NULL,
    number integer NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    "column" text NOT NULL,
    "position" double precision NOT NULL,
    labels text NOT NULL,
    pinned boolean NOT NULL,
    agent text,
    plan text,
    branch text,
    workspace text,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);
CREATE TABLE public.execution_log_chunks (
    execution_id bigint NOT NULL,
    first_sequence bigint NOT NULL,
    entries integer NOT NULL,
    first_timestamp timestamp with time zone NOT NULL,
    last_timestamp timestamp with time zone NOT NULL,
    raw_bytes integer NOT NULL,
    codec integer NOT NULL,
    body bytea NOT NULL
);
ALTER TABLE ONLY public.execution_log_chunks ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE TABLE public.execution_logs (
    execution_id bigint NOT NULL,
    sequence bigint NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    type text NOT NULL,
    kind text NOT NULL,
    content text NOT NULL,
    data text
);
CREATE TABLE public.executions (
    id bigint NOT NULL,
    public_id text NOT NULL,
    card_id text NOT NULL,
    command text NOT NULL,
    agent text NOT NULL,
    status text NOT NULL,
    is_active boolean NOT NULL,
    attempt_of text,
    agent_session text NOT NULL,
    prompt text,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    completed_at timestamp with time zone,
    duration double precision,
    result text,
    error text,
    exit_code integer,
    evidence text,
    head_sequence bigint NOT NULL,
    last_line text,
    journal_offset bigint NOT NULL,
    stderr_offset bigint NOT NULL,
    adapter_state text,
    owner text,
    lease_until timestamp with time zone,
    fence bigint NOT NULL,
    cancel_requested_at timestamp with time zone,
    idempotency_key text,
    sealed_at timestamp with time zone,
    indexed_at timestamp with time zone,
    log_removed_at timestamp with time zone,
    input_tokens bigint,
    output_tokens bigint,
    cache_read_tokens bigint,
    cache_write_tokens bigint,
    cost_usd double precision
);
CREATE SEQUENCE public.executions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.executions_id_seq OWNED BY public.executions.id;
CREATE TABLE public.messages (
    execution_id bigint NOT NULL,
    n integer NOT NULL,
    key text NOT NULL,
    text text NOT NULL,
    wire text NOT NULL,
    state text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    delivered_at timestamp with time zone,
    idempotency_key text
);
CREATE TABLE public.projects (
    id text NOT NULL,
    name text NOT NULL,
    path text NOT NULL,
    default_branch text NOT NULL,
    test_command text,
    agent text NOT NULL,
    last_card_number integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    retention_days integer
);
CREATE TABLE public.recoveries (
    id bigint NOT NULL,
    worker text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    completed_at timestamp with time zone,
    continued integer NOT NULL,
    caught_up bigint NOT NULL,
    settled integer NOT NULL,
    interrupted integer NOT NULL,
    runs text NOT NULL
);
CREATE SEQUENCE public.recoveries_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.recoveries_id_seq OWNED BY public.recoveries.id;
CREATE TABLE public.requests (
    execution_id bigint NOT NULL,
    n integer NOT NULL,
    key text NOT NULL,
    sequence bigint NOT NULL,
    question text NOT NULL,
    tool text,
    input text NOT NULL,
    state text NOT NULL,
    decision text,
    message text,
    created_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    delivered_at timestamp with time zone
);
CREATE TABLE public.search_blocks (
    execution_id bigint NOT NULL,
    first_sequence bigint NOT NULL,
    entries integer NOT NULL,
    earliest timestamp with time zone NOT NULL,
    latest timestamp with time zone NOT NULL,
    sorts bytea NOT NULL,
    grams bytea NOT NULL
);
ALTER TABLE ONLY public.search_blocks ALTER COLUMN grams SET STORAGE EXTERNAL;
CREATE TABLE public.sweeps (
    id bigint NOT NULL,
    worker text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    completed_at timestamp with time zone,
    report text NOT NULL
);
CREATE SEQUENCE public.sweeps_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.sweeps_id_seq OWNED BY public.sweeps.id;
CREATE TABLE public.workers (
    name text NOT NULL,
    host text NOT NULL,
    pid integer NOT NULL,
    started_at timestamp with time zone NOT NULL,
    heartbeat_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.executions ALTER COLUMN id SET DEFAULT nextval('public.executions_id_seq'::regclass);
ALTER TABLE ONLY public.recoveries ALTER COLUMN id SET DEFAULT nextval('public.recoveries_id_seq'::regclass);
ALTER TABLE ONLY public.sweeps ALTER COLUMN id SET DEFAULT nextval('public.sweeps_id_seq'::regclass);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.cards
    ADD CONSTRAINT pk_cards PRIMARY KEY (id);
ALTER TABLE ONLY public.execution_log_chunks
    ADD CONSTRAINT pk_execution_log_chunks PRIMARY KEY (execution_id, first_sequence);
ALTER TABLE ONLY public.execution_logs
    ADD CONSTRAINT pk_execution_logs PRIMARY KEY (execution_id, sequence);
ALTER TABLE ONLY public.executions
    ADD CONSTRAINT pk_executions PRIMARY KEY (id);
ALTER TABLE ONLY public.messages
    ADD CONSTRAINT pk_messages PRIMARY KEY (execution_id, n);
ALTER TABLE ONLY public.projects
    ADD CONSTRAINT pk_projects PRIMARY KEY (id);
ALTER TABLE ONLY public.recoveries
    ADD CONSTRAINT pk_recoveries PRIMARY KEY (id);
ALTER TABLE ONLY public.requests
    ADD CONSTRAINT pk_requests PRIMARY KEY (execution_id, n);
ALTER TABLE ONLY public.search_blocks
    ADD CONSTRAINT pk_search_blocks PRIMARY KEY (execution_id, first_sequence);
ALTER TABLE ONLY public.sweeps
    ADD CONSTRAINT pk_sweeps PRIMARY KEY (id);
ALTER TABLE ONLY public.workers
    ADD CONSTRAINT pk_workers PRIMARY KEY (name);
ALTER TABLE ONLY public.cards
    ADD CONSTRAINT uq_cards_project_id_number UNIQUE (project_id, number);
ALTER TABLE ONLY public.executions
    ADD CONSTRAINT uq_executions_public_id UNIQUE (public_id);
ALTER TABLE ONLY public.projects
    ADD CONSTRAINT uq_projects_path UNIQUE (path);
CREATE INDEX ix_cards_project_id_column ON public.cards USING btree (project_id, "column", "position");
CREATE INDEX ix_executions_agent_created_at_id ON public.executions USING btree (agent, created_at, id);
CREATE INDEX ix_executions_card_id_created_at_id ON public.executions USING btree (card_id, created_at, id);
CREATE INDEX ix_executions_card_id_is_active ON public.executions USING btree (card_id, is_active);
CREATE INDEX ix_executions_command_created_at_id ON public.executions USING btree (command, created_at, id);
CREATE INDEX ix_executions_created_at_id ON public.executions USING btree (created_at, id);
CREATE INDEX ix_executions_log_kept ON public.executions USING btree (completed_at) WHERE (log_removed_at IS NULL);
CREATE INDEX ix_executions_status_created_at_id ON public.executions USING btree (status, created_at, id);
CREATE INDEX ix_executions_unfinished ON public.executions USING btree (status) WHERE (status = ANY (ARRAY['queued'::text, 'running'::text, 'waiting'::text]));
CREATE INDEX ix_executions_unindexed ON public.executions USING btree (id) WHERE (indexed_at IS NULL);
CREATE INDEX ix_executions_unsealed ON public.executions USING btree (completed_at) WHERE (sealed_at IS NULL);
CREATE INDEX ix_requests_open ON public.requests USING btree (state) WHERE (state = 'open'::text);
CREATE UNIQUE INDEX ux_executions_card_id_active ON public.executions USING btree (card_id) WHERE is_active;
CREATE UNIQUE INDEX ux_executions_card_id_idempotency_key ON public.executions USING btree (card_id, idempotency_key);
CREATE UNIQUE INDEX ux_executions_card_id_unfinished ON public.executions USING btree (card_id) WHERE (status = ANY (ARRAY['queued'::text, 'running'::text, 'waiting'::text]));
CREATE UNIQUE INDEX ux_messages_execution_id_idempotency_key ON public.messages USING btree (execution_id, idempotency_key);
CREATE UNIQUE INDEX ux_messages_key ON public.messages USING btree (key);
CREATE UNIQUE INDEX ux_requests_execution_id_key ON public.requests USING btree (execution_id, key);
ALTER TABLE ONLY public.cards
    ADD CONSTRAINT fk_cards_project_id_projects FOREIGN KEY (project_id) REFERENCES public.projects(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.execution_log_chunks
    ADD CONSTRAINT fk_execution_log_chunks_execution_id_executions FOREIGN KEY (execution_id) REFERENCES public.executions(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.execution_logs
    ADD CONSTRAINT fk_execution_logs_execution_id_executions FOREIGN KEY (execution_id) REFERENCES public.executions(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.executions
    ADD CONSTRAINT fk_executions_card_id_cards FOREIGN KEY (card_id) REFERENCES public.cards(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.messages
    ADD CONSTRAINT fk_messages_execution_id_executions FOREIGN KEY (execution_id) REFERENCES public.executions(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.requests
    ADD CONSTRAINT fk_requests_execution_id_executions FOREIGN KEY (execution_id) REFERENCES public.executions(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.search_blocks
    ADD CONSTRAINT fk_search_blocks_execution_id_executions FOREIGN KEY (execution_id) REFERENCES public.executions(id) ON DELETE CASCADE;
INSERT INTO public.alembic_version VALUES ('0005');
