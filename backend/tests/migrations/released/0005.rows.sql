-- What a board with schema 0005 held in the middle of its work, for both databases: runs that are queued, running, waiting and over,
-- a message that is being sent, an answer that was not delivered, an open question; a sealed log, a removed one, a search index. Never changed.
INSERT INTO projects ("id", "name", "path", "default_branch", "test_command", "agent", "last_card_number", "created_at") VALUES ('project1', 'A project – with ünïcode', '/repositories/one', 'main', 'make test', 'claude-code', 8, '2026-11-24 09:00:00.123000');
INSERT INTO projects ("id", "name", "path", "default_branch", "test_command", "agent", "last_card_number", "created_at") VALUES ('project2', 'Empty', '/repositories/two', 'trunk', NULL, 'rehearsal', 0, '2026-11-24 09:00:01.123000');
INSERT INTO cards ("id", "project_id", "number", "title", "description", "column", "position", "labels", "pinned", "agent", "plan", "branch", "workspace", "created_at", "updated_at") VALUES ('card-idle', 'project1', 1, 'The idle one', 'What is to be done.

```rehearsal
say it''s "quoted"
```', 'backlog', 1024.0, '["one","two"]', FALSE, NULL, NULL, NULL, NULL, '2026-11-24 09:00:01.123000', '2026-11-24 09:01:41.123000');
INSERT INTO cards ("id", "project_id", "number", "title", "description", "column", "position", "labels", "pinned", "agent", "plan", "branch", "workspace", "created_at", "updated_at") VALUES ('card-queued', 'project1', 2, 'The queued one', 'What is to be done.

```rehearsal
say it''s "quoted"
```', 'plan', 2048.0, '["one","two"]', FALSE, 'rehearsal', '# The plan

1. One step', NULL, NULL, '2026-11-24 09:00:02.123000', '2026-11-24 09:01:42.123000');
INSERT INTO cards ("id", "project_id", "number", "title", "description", "column", "position", "labels", "pinned", "agent", "plan", "branch", "workspace", "created_at", "updated_at") VALUES ('card-running', 'project1', 3, 'The running one', 'What is to be done.

```rehearsal
say it''s "quoted"
```', 'implement', 3072.0, '["one","two"]', TRUE, NULL, '# The plan

1. One step', 'retoma/3-running', '/data/workspaces/card-running', '2026-11-24 09:00:03.123000', '2026-11-24 09:01:43.123000');
INSERT INTO cards ("id", "project_id", "number", "title", "description", "column", "position", "labels", "pinned", "agent", "plan", "branch", "workspace", "created_at", "updated_at") VALUES ('card-waiting', 'project1', 4, 'The waiting one', 'What is to be done.

```rehearsal
say it''s "quoted"
```', 'implement', 4096.0, '["one","two"]', FALSE, NULL, '# The plan

1. One step', 'retoma/4-waiting', '/data/workspaces/card-waiting', '2026-11-24 09:00:04.123000', '2026-11-24 09:01:44.123000');
INSERT INTO cards ("id", "project_id", "number", "title", "description", "column", "position", "labels", "pinned", "agent", "plan", "branch", "workspace", "created_at", "updated_at") VALUES ('card-success', 'project1', 5, 'The success one', 'What is to be done.

```rehearsal
say it''s "quoted"
```', 'done', 5120.0, '["one","two"]', FALSE, NULL, '# The plan

1. One step', 'retoma/5-success', '/data/workspaces/card-success', '2026-11-24 09:00:05.123000', '2026-11-24 09:01:45.123000');
INSERT INTO cards ("id", "project_id", "number", "title", "description", "column", "position", "labels", "pinned", "agent", "plan", "branch", "workspace", "created_at", "updated_at") VALUES ('card-error', 'project1', 6, 'The error one', 'What is to be done.

```rehearsal
say it''s "quoted"
```', 'test', 6144.0, '["one","two"]', FALSE, NULL, '# The plan

1. One step', 'retoma/6-error', '/data/workspaces/card-error', '2026-11-24 09:00:06.123000', '2026-11-24 09:01:46.123000');
INSERT INTO cards ("id", "project_id", "number", "title", "description", "column", "position", "labels", "pinned", "agent", "plan", "branch", "workspace", "created_at", "updated_at") VALUES ('card-cancelled', 'project1', 7, 'The cancelled one', 'What is to be done.

```rehearsal
say it''s "quoted"
```', 'review', 7168.0, '["one","two"]', FALSE, NULL, '# The plan

1. One step', 'retoma/7-cancelled', '/data/workspaces/card-cancelled', '2026-11-24 09:00:07.123000', '2026-11-24 09:01:47.123000');
INSERT INTO cards ("id", "project_id", "number", "title", "description", "column", "position", "labels", "pinned", "agent", "plan", "branch", "workspace", "created_at", "updated_at") VALUES ('card-interrupted', 'project1', 8, 'The interrupted one', 'What is to be done.

```rehearsal
say it''s "quoted"
```', 'implement', 8192.0, '["one","two"]', FALSE, NULL, '# The plan

1. One step', 'retoma/8-interrupted', '/data/workspaces/card-interrupted', '2026-11-24 09:00:08.123000', '2026-11-24 09:01:48.123000');
INSERT INTO executions ("id", "public_id", "card_id", "command", "agent", "status", "is_active", "attempt_of", "agent_session", "prompt", "created_at", "started_at", "completed_at", "duration", "result", "error", "exit_code", "evidence", "head_sequence", "last_line", "journal_offset", "stderr_offset", "adapter_state", "owner", "lease_until", "fence", "cancel_requested_at", "idempotency_key", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cost_usd") VALUES (1, 'execution-queued-1', 'card-queued', '/plan', 'rehearsal', 'queued', TRUE, NULL, '00000000-0000-4000-8000-000000000001', 'Be brief.', '2026-11-24 09:16:41.123000', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, 0, NULL, NULL, NULL, 0, NULL, 'click-1', NULL, NULL, NULL, NULL, NULL);
INSERT INTO executions ("id", "public_id", "card_id", "command", "agent", "status", "is_active", "attempt_of", "agent_session", "prompt", "created_at", "started_at", "completed_at", "duration", "result", "error", "exit_code", "evidence", "head_sequence", "last_line", "journal_offset", "stderr_offset", "adapter_state", "owner", "lease_until", "fence", "cancel_requested_at", "idempotency_key", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cost_usd") VALUES (2, 'execution-running-2', 'card-running', '/implement', 'rehearsal', 'running', TRUE, NULL, '00000000-0000-4000-8000-000000000003', NULL, '2026-11-24 09:16:42.123000', '2026-11-24 09:18:22.123000', NULL, NULL, NULL, NULL, NULL, NULL, 5, 'line 5', 210, 17, '{"adapter":{"outcome":""},"parts":[0,0],"requests":0,"plan":null,"closedByUs":false}', 'local', '2026-11-24 09:20:00.123000', 3, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO executions ("id", "public_id", "card_id", "command", "agent", "status", "is_active", "attempt_of", "agent_session", "prompt", "created_at", "started_at", "completed_at", "duration", "result", "error", "exit_code", "evidence", "head_sequence", "last_line", "journal_offset", "stderr_offset", "adapter_state", "owner", "lease_until", "fence", "cancel_requested_at", "idempotency_key", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cost_usd") VALUES (3, 'execution-waiting-3', 'card-waiting', '/implement', 'rehearsal', 'waiting', TRUE, NULL, '00000000-0000-4000-8000-000000000003', NULL, '2026-11-24 09:16:43.123000', '2026-11-24 09:18:23.123000', NULL, NULL, NULL, NULL, NULL, NULL, 4, 'May I?', 180, 0, '{"adapter":{"outcome":""},"parts":[0,0],"requests":2,"plan":null,"closedByUs":false}', 'local', '2026-11-24 09:20:00.123000', 1, '2026-11-24 09:19:10.123000', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO executions ("id", "public_id", "card_id", "command", "agent", "status", "is_active", "attempt_of", "agent_session", "prompt", "created_at", "started_at", "completed_at", "duration", "result", "error", "exit_code", "evidence", "head_sequence", "last_line", "journal_offset", "stderr_offset", "adapter_state", "owner", "lease_until", "fence", "cancel_requested_at", "idempotency_key", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cost_usd") VALUES (4, 'execution-success-4', 'card-success', '/implement', 'rehearsal', 'error', FALSE, NULL, '00000000-0000-4000-8000-000000000004', NULL, '2026-11-24 09:16:44.123000', '2026-11-24 09:18:24.123000', '2026-11-24 09:18:30.123000', 5.875, NULL, 'The first try failed.', 1, '{"exitCode":1,"lastSequence":2}', 2, NULL, 90, 0, NULL, 'local', '2026-11-24 09:20:00.123000', 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO executions ("id", "public_id", "card_id", "command", "agent", "status", "is_active", "attempt_of", "agent_session", "prompt", "created_at", "started_at", "completed_at", "duration", "result", "error", "exit_code", "evidence", "head_sequence", "last_line", "journal_offset", "stderr_offset", "adapter_state", "owner", "lease_until", "fence", "cancel_requested_at", "idempotency_key", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cost_usd") VALUES (5, 'execution-success-5', 'card-success', '/implement', 'rehearsal', 'success', TRUE, 'execution-success-4', '00000000-0000-4000-8000-000000000005', NULL, '2026-11-24 09:16:45.123000', '2026-11-24 09:18:24.123000', '2026-11-24 09:18:30.123000', 5.875, 'Done – all green.', NULL, 0, '{"exitCode":0,"lastSequence":3}', 3, NULL, 90, 0, '{"adapter":{"outcome":"success"},"parts":[0,0],"requests":1,"plan":null,"closedByUs":false}', 'local', '2026-11-24 09:20:00.123000', 2, NULL, NULL, 10, 20, NULL, NULL, 0.0123);
INSERT INTO executions ("id", "public_id", "card_id", "command", "agent", "status", "is_active", "attempt_of", "agent_session", "prompt", "created_at", "started_at", "completed_at", "duration", "result", "error", "exit_code", "evidence", "head_sequence", "last_line", "journal_offset", "stderr_offset", "adapter_state", "owner", "lease_until", "fence", "cancel_requested_at", "idempotency_key", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cost_usd") VALUES (6, 'execution-error-6', 'card-error', '/implement', 'rehearsal', 'error', TRUE, NULL, '00000000-0000-4000-8000-000000000006', NULL, '2026-11-24 09:16:46.123000', '2026-11-24 09:18:24.123000', '2026-11-24 09:18:30.123000', 5.875, NULL, 'The rehearsal exited with code 3.', 3, '{"exitCode":3,"lastSequence":1}', 1, NULL, 90, 0, NULL, 'local', '2026-11-24 09:20:00.123000', 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO executions ("id", "public_id", "card_id", "command", "agent", "status", "is_active", "attempt_of", "agent_session", "prompt", "created_at", "started_at", "completed_at", "duration", "result", "error", "exit_code", "evidence", "head_sequence", "last_line", "journal_offset", "stderr_offset", "adapter_state", "owner", "lease_until", "fence", "cancel_requested_at", "idempotency_key", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cost_usd") VALUES (7, 'execution-cancelled-7', 'card-cancelled', '/implement', 'rehearsal', 'cancelled', TRUE, NULL, '00000000-0000-4000-8000-000000000007', NULL, '2026-11-24 09:16:47.123000', '2026-11-24 09:18:24.123000', '2026-11-24 09:18:30.123000', 5.875, NULL, 'Cancelled by the user.', NULL, '{"signal":15,"lastSequence":1}', 1, NULL, 90, 0, NULL, 'local', '2026-11-24 09:20:00.123000', 2, '2026-11-24 09:18:29.123000', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO executions ("id", "public_id", "card_id", "command", "agent", "status", "is_active", "attempt_of", "agent_session", "prompt", "created_at", "started_at", "completed_at", "duration", "result", "error", "exit_code", "evidence", "head_sequence", "last_line", "journal_offset", "stderr_offset", "adapter_state", "owner", "lease_until", "fence", "cancel_requested_at", "idempotency_key", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cost_usd") VALUES (8, 'execution-interrupted-8', 'card-interrupted', '/implement', 'rehearsal', 'interrupted', TRUE, NULL, '00000000-0000-4000-8000-000000000008', NULL, '2026-11-24 09:16:48.123000', '2026-11-24 09:18:24.123000', '2026-11-24 09:18:30.123000', 5.875, NULL, 'The machine was gone.', NULL, '{"lastSequence":1}', 1, NULL, 90, 0, NULL, 'local', '2026-11-24 09:20:00.123000', 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO execution_logs ("execution_id", "sequence", "timestamp", "type", "kind", "content", "data") VALUES (2, 1, '2026-11-24 09:18:22.223000', 'info', 'message', 'line 1
with a second one – ✓ ''quoted''', NULL);
INSERT INTO execution_logs ("execution_id", "sequence", "timestamp", "type", "kind", "content", "data") VALUES (2, 2, '2026-11-24 09:18:22.323000', 'info', 'message', 'line 2
with a second one – ✓ ''quoted''', '{"tool":"Bash","input":{"command":"make"}}');
INSERT INTO execution_logs ("execution_id", "sequence", "timestamp", "type", "kind", "content", "data") VALUES (2, 3, '2026-11-24 09:18:22.423000', 'command', 'tool', 'line 3
with a second one – ✓ ''quoted''', NULL);
INSERT INTO execution_logs ("execution_id", "sequence", "timestamp", "type", "kind", "content", "data") VALUES (2, 4, '2026-11-24 09:18:22.523000', 'info', 'message', 'line 4
with a second one – ✓ ''quoted''', '{"tool":"Bash","input":{"command":"make"}}');
INSERT INTO execution_logs ("execution_id", "sequence", "timestamp", "type", "kind", "content", "data") VALUES (2, 5, '2026-11-24 09:18:22.623000', 'info', 'message', 'line 5
with a second one – ✓ ''quoted''', NULL);
INSERT INTO execution_logs ("execution_id", "sequence", "timestamp", "type", "kind", "content", "data") VALUES (3, 1, '2026-11-24 09:18:23.223000', 'info', 'message', 'line 1
with a second one – ✓ ''quoted''', NULL);
INSERT INTO execution_logs ("execution_id", "sequence", "timestamp", "type", "kind", "content", "data") VALUES (3, 2, '2026-11-24 09:18:23.323000', 'info', 'message', 'line 2
with a second one – ✓ ''quoted''', '{"tool":"Bash","input":{"command":"make"}}');
INSERT INTO execution_logs ("execution_id", "sequence", "timestamp", "type", "kind", "content", "data") VALUES (3, 3, '2026-11-24 09:18:23.423000', 'command', 'tool', 'line 3
with a second one – ✓ ''quoted''', NULL);
INSERT INTO execution_logs ("execution_id", "sequence", "timestamp", "type", "kind", "content", "data") VALUES (3, 4, '2026-11-24 09:18:23.523000', 'info', 'message', 'line 4
with a second one – ✓ ''quoted''', '{"tool":"Bash","input":{"command":"make"}}');
INSERT INTO execution_logs ("execution_id", "sequence", "timestamp", "type", "kind", "content", "data") VALUES (4, 1, '2026-11-24 09:18:24.223000', 'info', 'message', 'line 1
with a second one – ✓ ''quoted''', NULL);
INSERT INTO execution_logs ("execution_id", "sequence", "timestamp", "type", "kind", "content", "data") VALUES (4, 2, '2026-11-24 09:18:24.323000', 'info', 'message', 'line 2
with a second one – ✓ ''quoted''', '{"tool":"Bash","input":{"command":"make"}}');
INSERT INTO execution_logs ("execution_id", "sequence", "timestamp", "type", "kind", "content", "data") VALUES (5, 1, '2026-11-24 09:18:25.223000', 'info', 'message', 'line 1
with a second one – ✓ ''quoted''', NULL);
INSERT INTO execution_logs ("execution_id", "sequence", "timestamp", "type", "kind", "content", "data") VALUES (5, 2, '2026-11-24 09:18:25.323000', 'info', 'message', 'line 2
with a second one – ✓ ''quoted''', '{"tool":"Bash","input":{"command":"make"}}');
INSERT INTO execution_logs ("execution_id", "sequence", "timestamp", "type", "kind", "content", "data") VALUES (5, 3, '2026-11-24 09:18:25.423000', 'command', 'tool', 'line 3
with a second one – ✓ ''quoted''', NULL);
INSERT INTO execution_logs ("execution_id", "sequence", "timestamp", "type", "kind", "content", "data") VALUES (6, 1, '2026-11-24 09:18:26.223000', 'info', 'message', 'line 1
with a second one – ✓ ''quoted''', NULL);
INSERT INTO execution_logs ("execution_id", "sequence", "timestamp", "type", "kind", "content", "data") VALUES (7, 1, '2026-11-24 09:18:27.223000', 'info', 'message', 'line 1
with a second one – ✓ ''quoted''', NULL);
INSERT INTO execution_logs ("execution_id", "sequence", "timestamp", "type", "kind", "content", "data") VALUES (8, 1, '2026-11-24 09:18:28.223000', 'info', 'message', 'line 1
with a second one – ✓ ''quoted''', NULL);
INSERT INTO requests ("execution_id", "n", "key", "sequence", "question", "tool", "input", "state", "decision", "message", "created_at", "answered_at", "delivered_at") VALUES (3, 1, 'question-answered', 2, 'May I read?', 'Read', '{"file":"a.txt"}', 'answered', 'deny', 'No.', '2026-11-24 09:18:24.123000', '2026-11-24 09:18:25.123000', NULL);
INSERT INTO requests ("execution_id", "n", "key", "sequence", "question", "tool", "input", "state", "decision", "message", "created_at", "answered_at", "delivered_at") VALUES (3, 2, 'question-open', 4, 'May I write?', NULL, '{}', 'open', NULL, NULL, '2026-11-24 09:18:26.123000', NULL, NULL);
INSERT INTO requests ("execution_id", "n", "key", "sequence", "question", "tool", "input", "state", "decision", "message", "created_at", "answered_at", "delivered_at") VALUES (5, 1, 'question-withdrawn', 1, 'May I?', 'Bash', '{"command":"make"}', 'withdrawn', NULL, NULL, '2026-11-24 09:18:25.123000', NULL, NULL);
INSERT INTO messages ("execution_id", "n", "key", "text", "wire", "state", "created_at", "delivered_at") VALUES (2, 1, 'message-delivered', 'Begin.', '{"type":"prompt"}
', 'delivered', '2026-11-24 09:18:22.123000', '2026-11-24 09:18:23.123000');
INSERT INTO messages ("execution_id", "n", "key", "text", "wire", "state", "created_at", "delivered_at") VALUES (3, 1, 'message-sending', 'Begin – now.', '{"type":"prompt"}
', 'sending', '2026-11-24 09:18:23.123000', NULL);
UPDATE messages SET "idempotency_key" = 'click-2' WHERE "key" = 'message-sending';
INSERT INTO recoveries ("id", "worker", "started_at", "completed_at", "continued", "caught_up", "settled", "interrupted", "runs") VALUES (1, 'local', '2026-11-24 09:10:00.123000', '2026-11-24 09:10:01.123000', 0, 0, 0, 0, '[]');
INSERT INTO recoveries ("id", "worker", "started_at", "completed_at", "continued", "caught_up", "settled", "interrupted", "runs") VALUES (2, 'local', '2026-11-24 09:19:00.123000', NULL, 1, 5, 0, 0, '[{"execution":"execution-running-2","card_id":"card-running","command":"/implement","outcome":"continued","caught_up":5,"reason":null}]');
INSERT INTO workers ("name", "host", "pid", "started_at", "heartbeat_at") VALUES ('local', 'a-machine', 4711, '2026-11-24 09:19:00.123000', '2026-11-24 09:19:58.123000');
UPDATE projects SET "retention_days" = 7;
DELETE FROM execution_logs WHERE "execution_id" IN (5, 7);
INSERT INTO execution_log_chunks ("execution_id", "first_sequence", "entries", "first_timestamp", "last_timestamp", "raw_bytes", "codec", "body") VALUES (5, 1, 3, '2026-11-24 09:18:25.223000', '2026-11-24 09:18:25.423000', 281, 1, X'28b52ffd641900dd040082c81e23a0a56dffff3fd804273667b177b136533268c45a52c0c4fef68cb466124b5025fe610dadbd379d9f67dbe0e0264eb2721e98e8049b38fcde74c6cd58bcc5d2f227a2502820520820d2f6d7c55fe9a84e19d9247ca0b4bd79ef5ff276c1c5d870177710bec2fb046f96714b49714ac958eb488852c781041463010b0052ab02b55b366638e0b98061840a35502db7c4e9c9387888e0d2040a292ea4');
UPDATE executions SET "sealed_at" = '2026-11-24 09:19:00.123000' WHERE "id" = 5;
UPDATE executions SET "log_removed_at" = '2026-11-24 09:19:02.123000' WHERE "id" = 7;
INSERT INTO sweeps ("id", "worker", "started_at", "completed_at", "report") VALUES (1, 'local', '2026-11-24 09:19:00.123000', '2026-11-24 09:19:03.123000', '{"sealed":1,"removed":1}');
INSERT INTO search_blocks ("execution_id", "first_sequence", "entries", "earliest", "latest", "sorts", "grams") VALUES (4, 1, 2, '2026-11-24 09:18:24.223000', '2026-11-24 09:18:24.323000', X'0000', X'031418014428222142');
INSERT INTO search_blocks ("execution_id", "first_sequence", "entries", "earliest", "latest", "sorts", "grams") VALUES (5, 1, 3, '2026-11-24 09:18:25.223000', '2026-11-24 09:18:25.423000', X'000042', X'031418014428222142');
INSERT INTO search_blocks ("execution_id", "first_sequence", "entries", "earliest", "latest", "sorts", "grams") VALUES (6, 1, 1, '2026-11-24 09:18:26.223000', '2026-11-24 09:18:26.223000', X'00', X'0430a008470488a2');
INSERT INTO search_blocks ("execution_id", "first_sequence", "entries", "earliest", "latest", "sorts", "grams") VALUES (8, 1, 1, '2026-11-24 09:18:28.223000', '2026-11-24 09:18:28.223000', X'00', X'0430a008470488a2');
UPDATE executions SET "indexed_at" = '2026-11-24 09:19:01.123000' WHERE "id" IN (4, 5, 6, 7, 8);
