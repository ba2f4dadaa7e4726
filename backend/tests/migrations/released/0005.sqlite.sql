-- Schema 0005 as the release that had it made it on SQLite, with its revision. Never changed: it is what users have.
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE cards (
	id TEXT NOT NULL, 
	project_id TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	title TEXT NOT NULL, 
	description TEXT NOT NULL, 
	"column" TEXT NOT NULL, 
	position DOUBLE NOT NULL, 
	labels TEXT NOT NULL, 
	pinned BOOLEAN NOT NULL, 
	agent TEXT, 
	"plan" TEXT, 
	branch TEXT, 
	workspace TEXT, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT pk_cards PRIMARY KEY (id), 
	CONSTRAINT fk_cards_project_id_projects FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE, 
	CONSTRAINT uq_cards_project_id_number UNIQUE (project_id, number)
);
CREATE TABLE execution_log_chunks (
	execution_id INTEGER NOT NULL, 
	first_sequence INTEGER NOT NULL, 
	entries INTEGER NOT NULL, 
	first_timestamp DATETIME NOT NULL, 
	last_timestamp DATETIME NOT NULL, 
	raw_bytes INTEGER NOT NULL, 
	codec INTEGER NOT NULL, 
	body BLOB NOT NULL, 
	CONSTRAINT pk_execution_log_chunks PRIMARY KEY (execution_id, first_sequence), 
	CONSTRAINT fk_execution_log_chunks_execution_id_executions FOREIGN KEY(execution_id) REFERENCES executions (id) ON DELETE CASCADE
);
CREATE TABLE execution_logs (
	execution_id INTEGER NOT NULL, 
	sequence INTEGER NOT NULL, 
	timestamp DATETIME NOT NULL, 
	type TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	content TEXT NOT NULL, 
	data TEXT, 
	CONSTRAINT pk_execution_logs PRIMARY KEY (execution_id, sequence), 
	CONSTRAINT fk_execution_logs_execution_id_executions FOREIGN KEY(execution_id) REFERENCES executions (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
CREATE TABLE executions (
	id INTEGER NOT NULL, 
	public_id TEXT NOT NULL, 
	card_id TEXT NOT NULL, 
	command TEXT NOT NULL, 
	agent TEXT NOT NULL, 
	status TEXT NOT NULL, 
	is_active BOOLEAN NOT NULL, 
	attempt_of TEXT, 
	agent_session TEXT NOT NULL, 
	prompt TEXT, 
	created_at DATETIME NOT NULL, 
	started_at DATETIME, 
	completed_at DATETIME, 
	duration DOUBLE, 
	result TEXT, 
	error TEXT, 
	exit_code INTEGER, 
	evidence TEXT, 
	head_sequence INTEGER NOT NULL, 
	last_line TEXT, 
	journal_offset INTEGER NOT NULL, 
	stderr_offset INTEGER NOT NULL, 
	adapter_state TEXT, 
	owner TEXT, 
	lease_until DATETIME, 
	fence INTEGER NOT NULL, 
	cancel_requested_at DATETIME, 
	idempotency_key TEXT, sealed_at DATETIME, indexed_at DATETIME, log_removed_at DATETIME, input_tokens INTEGER, output_tokens INTEGER, cache_read_tokens INTEGER, cache_write_tokens INTEGER, cost_usd DOUBLE, 
	CONSTRAINT pk_executions PRIMARY KEY (id), 
	CONSTRAINT fk_executions_card_id_cards FOREIGN KEY(card_id) REFERENCES cards (id) ON DELETE CASCADE, 
	CONSTRAINT uq_executions_public_id UNIQUE (public_id)
);
CREATE TABLE messages (
	execution_id INTEGER NOT NULL, 
	n INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	text TEXT NOT NULL, 
	wire TEXT NOT NULL, 
	state TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	delivered_at DATETIME, idempotency_key TEXT, 
	CONSTRAINT pk_messages PRIMARY KEY (execution_id, n), 
	CONSTRAINT fk_messages_execution_id_executions FOREIGN KEY(execution_id) REFERENCES executions (id) ON DELETE CASCADE
);
CREATE TABLE projects (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	path TEXT NOT NULL, 
	default_branch TEXT NOT NULL, 
	test_command TEXT, 
	agent TEXT NOT NULL, 
	last_card_number INTEGER DEFAULT '0' NOT NULL, 
	created_at DATETIME NOT NULL, retention_days INTEGER, 
	CONSTRAINT pk_projects PRIMARY KEY (id), 
	CONSTRAINT uq_projects_path UNIQUE (path)
);
CREATE TABLE recoveries (
	id INTEGER NOT NULL, 
	worker TEXT NOT NULL, 
	started_at DATETIME NOT NULL, 
	completed_at DATETIME, 
	continued INTEGER NOT NULL, 
	caught_up INTEGER NOT NULL, 
	settled INTEGER NOT NULL, 
	interrupted INTEGER NOT NULL, 
	runs TEXT NOT NULL, 
	CONSTRAINT pk_recoveries PRIMARY KEY (id)
);
CREATE TABLE requests (
	execution_id INTEGER NOT NULL, 
	n INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	sequence INTEGER NOT NULL, 
	question TEXT NOT NULL, 
	tool TEXT, 
	input TEXT NOT NULL, 
	state TEXT NOT NULL, 
	decision TEXT, 
	message TEXT, 
	created_at DATETIME NOT NULL, 
	answered_at DATETIME, 
	delivered_at DATETIME, 
	CONSTRAINT pk_requests PRIMARY KEY (execution_id, n), 
	CONSTRAINT fk_requests_execution_id_executions FOREIGN KEY(execution_id) REFERENCES executions (id) ON DELETE CASCADE
);
CREATE TABLE search_blocks (
	execution_id INTEGER NOT NULL, 
	first_sequence INTEGER NOT NULL, 
	entries INTEGER NOT NULL, 
	earliest DATETIME NOT NULL, 
	latest DATETIME NOT NULL, 
	sorts BLOB NOT NULL, 
	grams BLOB NOT NULL, 
	CONSTRAINT pk_search_blocks PRIMARY KEY (execution_id, first_sequence), 
	CONSTRAINT fk_search_blocks_execution_id_executions FOREIGN KEY(execution_id) REFERENCES executions (id) ON DELETE CASCADE
);
CREATE TABLE sweeps (
	id INTEGER NOT NULL, 
	worker TEXT NOT NULL, 
	started_at DATETIME NOT NULL, 
	completed_at DATETIME, 
	report TEXT NOT NULL, 
	CONSTRAINT pk_sweeps PRIMARY KEY (id)
);
CREATE TABLE workers (
	name TEXT NOT NULL, 
	host TEXT NOT NULL, 
	pid INTEGER NOT NULL, 
	started_at DATETIME NOT NULL, 
	heartbeat_at DATETIME NOT NULL, 
	CONSTRAINT pk_workers PRIMARY KEY (name)
);
CREATE INDEX ix_cards_project_id_column ON cards (project_id, "column", position);
CREATE UNIQUE INDEX ux_executions_card_id_active ON executions (card_id) WHERE is_active;
CREATE UNIQUE INDEX ux_executions_card_id_unfinished ON executions (card_id) WHERE status IN ('queued', 'running', 'waiting');
CREATE INDEX ix_executions_unfinished ON executions (status) WHERE status IN ('queued', 'running', 'waiting');
CREATE INDEX ix_executions_card_id_is_active ON executions (card_id, is_active);
CREATE UNIQUE INDEX ux_executions_card_id_idempotency_key ON executions (card_id, idempotency_key);
CREATE INDEX ix_executions_unsealed ON executions (completed_at) WHERE sealed_at IS NULL;
CREATE INDEX ix_executions_unindexed ON executions (id) WHERE indexed_at IS NULL;
CREATE INDEX ix_executions_log_kept ON executions (completed_at) WHERE log_removed_at IS NULL;
CREATE INDEX ix_executions_created_at_id ON executions (created_at, id);
CREATE INDEX ix_executions_status_created_at_id ON executions (status, created_at, id);
CREATE INDEX ix_executions_command_created_at_id ON executions (command, created_at, id);
CREATE INDEX ix_executions_agent_created_at_id ON executions (agent, created_at, id);
CREATE INDEX ix_executions_card_id_created_at_id ON executions (card_id, created_at, id);
CREATE UNIQUE INDEX ux_messages_key ON messages ("key");
CREATE UNIQUE INDEX ux_messages_execution_id_idempotency_key ON messages (execution_id, idempotency_key);
CREATE UNIQUE INDEX ux_requests_execution_id_key ON requests (execution_id, "key");
CREATE INDEX ix_requests_open ON requests (state) WHERE state = 'open';
INSERT INTO alembic_version VALUES ('0005');
