"""MLflow 3.18's schema, its traces, evaluation, webhooks and reviews, as MLflow creates it."""

TRACES_SQL = """
CREATE TABLE "trace_tags" (
    "key" VARCHAR(250) NOT NULL,
    value VARCHAR(8000),
    request_id VARCHAR(50) NOT NULL,
    CONSTRAINT trace_tag_pk PRIMARY KEY ("key", request_id),
    CONSTRAINT fk_trace_tags_request_id FOREIGN KEY(request_id) REFERENCES trace_info
        (request_id) ON DELETE CASCADE
);
CREATE TABLE "trace_request_metadata" (
    "key" VARCHAR(250) NOT NULL,
    value VARCHAR(8000),
    request_id VARCHAR(50) NOT NULL,
    CONSTRAINT trace_request_metadata_pk PRIMARY KEY ("key", request_id),
    CONSTRAINT fk_trace_request_metadata_request_id FOREIGN KEY(request_id) REFERENCES
        trace_info (request_id) ON DELETE CASCADE
);
CREATE TABLE entity_associations (
    association_id VARCHAR(36) NOT NULL,
    source_type VARCHAR(36) NOT NULL,
    source_id VARCHAR(36) NOT NULL,
    destination_type VARCHAR(36) NOT NULL,
    destination_id VARCHAR(36) NOT NULL,
    created_time BIGINT,
    CONSTRAINT entity_associations_pk PRIMARY KEY (source_type, source_id, destination_type,
        destination_id)
);
CREATE TABLE webhook_events (
    webhook_id VARCHAR(256) NOT NULL,
    entity VARCHAR(50) NOT NULL,
    action VARCHAR(50) NOT NULL,
    CONSTRAINT webhook_event_pk PRIMARY KEY (webhook_id, entity, action),
    FOREIGN KEY(webhook_id) REFERENCES webhooks (webhook_id) ON DELETE cascade
);
CREATE TABLE scorers (
    experiment_id INTEGER NOT NULL,
    scorer_name VARCHAR(256) NOT NULL,
    scorer_id VARCHAR(36) NOT NULL,
    CONSTRAINT scorer_pk PRIMARY KEY (scorer_id),
    CONSTRAINT fk_scorers_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments
        (experiment_id) ON DELETE CASCADE
);
CREATE TABLE scorer_versions (
    scorer_id VARCHAR(36) NOT NULL,
    scorer_version INTEGER NOT NULL,
    serialized_scorer TEXT NOT NULL,
    creation_time BIGINT,
    CONSTRAINT scorer_version_pk PRIMARY KEY (scorer_id, scorer_version),
    CONSTRAINT fk_scorer_versions_scorer_id FOREIGN KEY(scorer_id) REFERENCES scorers
        (scorer_id) ON DELETE CASCADE
);
CREATE TABLE evaluation_dataset_tags (
    dataset_id VARCHAR(36) NOT NULL,
    "key" VARCHAR(255) NOT NULL,
    value VARCHAR(5000),
    CONSTRAINT evaluation_dataset_tags_pk PRIMARY KEY (dataset_id, "key"),
    CONSTRAINT fk_evaluation_dataset_tags_dataset_id FOREIGN KEY(dataset_id) REFERENCES
        evaluation_datasets (dataset_id) ON DELETE CASCADE
);
CREATE TABLE "evaluation_dataset_records" (
    dataset_record_id VARCHAR(36) NOT NULL,
    dataset_id VARCHAR(36) NOT NULL,
    inputs JSON NOT NULL,
    expectations JSON,
    tags JSON,
    source JSON,
    source_id VARCHAR(36),
    source_type VARCHAR(255),
    created_time BIGINT,
    last_update_time BIGINT,
    created_by VARCHAR(255),
    last_updated_by VARCHAR(255),
    input_hash VARCHAR(64) NOT NULL, outputs JSON,
    CONSTRAINT evaluation_dataset_records_pk PRIMARY KEY (dataset_record_id),
    CONSTRAINT fk_evaluation_dataset_records_dataset_id FOREIGN KEY(dataset_id) REFERENCES
        evaluation_datasets (dataset_id) ON DELETE CASCADE,
    CONSTRAINT unique_dataset_input UNIQUE (dataset_id, input_hash)
);
CREATE TABLE trace_metrics (
    request_id VARCHAR(50) NOT NULL,
    "key" VARCHAR(250) NOT NULL,
    value FLOAT,
    CONSTRAINT trace_metrics_pk PRIMARY KEY (request_id, "key"),
    CONSTRAINT fk_trace_metrics_request_id FOREIGN KEY(request_id) REFERENCES trace_info
        (request_id) ON DELETE CASCADE
);
CREATE TABLE online_scoring_configs (
    online_scoring_config_id VARCHAR(36) NOT NULL,
    scorer_id VARCHAR(36) NOT NULL,
    sample_rate FLOAT NOT NULL,
    experiment_id INTEGER NOT NULL,
    filter_string TEXT,
    CONSTRAINT online_scoring_config_pk PRIMARY KEY (online_scoring_config_id),
    CONSTRAINT fk_online_scoring_configs_scorer_id FOREIGN KEY(scorer_id) REFERENCES scorers
        (scorer_id) ON DELETE CASCADE,
    CONSTRAINT fk_online_scoring_configs_experiment_id FOREIGN KEY(experiment_id) REFERENCES
        experiments (experiment_id)
);
CREATE TABLE span_metrics (
    trace_id VARCHAR(50) NOT NULL,
    span_id VARCHAR(50) NOT NULL,
    "key" VARCHAR(250) NOT NULL,
    value FLOAT,
    CONSTRAINT span_metrics_pk PRIMARY KEY (trace_id, span_id, "key"),
    CONSTRAINT fk_span_metrics_span FOREIGN KEY(trace_id, span_id) REFERENCES spans (trace_id,
        span_id) ON DELETE CASCADE
);
CREATE TABLE "evaluation_datasets" (
    dataset_id VARCHAR(36) NOT NULL,
    name VARCHAR(255) NOT NULL,
    schema TEXT,
    profile TEXT,
    digest VARCHAR(64),
    created_time BIGINT,
    last_update_time BIGINT,
    created_by VARCHAR(255),
    last_updated_by VARCHAR(255),
    workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
    CONSTRAINT evaluation_datasets_pk PRIMARY KEY (dataset_id)
);
CREATE TABLE "webhooks" (
    webhook_id VARCHAR(256) NOT NULL,
    name VARCHAR(256) NOT NULL,
    description VARCHAR(1000),
    url VARCHAR(500) NOT NULL,
    status VARCHAR(20) DEFAULT 'ACTIVE' NOT NULL,
    secret VARCHAR(1000),
    creation_timestamp BIGINT,
    last_updated_timestamp BIGINT,
    deleted_timestamp BIGINT,
    workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
    CONSTRAINT webhook_pk PRIMARY KEY (webhook_id)
);
CREATE TABLE issues (
    issue_id VARCHAR(36) NOT NULL,
    experiment_id INTEGER NOT NULL,
    name VARCHAR(250) NOT NULL,
    description TEXT NOT NULL,
    status VARCHAR(50) NOT NULL,
    severity VARCHAR(50),
    root_causes TEXT,
    source_run_id VARCHAR(32),
    categories TEXT,
    created_timestamp BIGINT NOT NULL,
    last_updated_timestamp BIGINT NOT NULL,
    created_by VARCHAR(255), last_seen_timestamp BIGINT, last_updated_by VARCHAR(255), metadata
        TEXT,
    CONSTRAINT issues_pk PRIMARY KEY (issue_id),
    CONSTRAINT fk_issues_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments
        (experiment_id) ON DELETE CASCADE,
    CONSTRAINT fk_issues_source_run_id FOREIGN KEY(source_run_id) REFERENCES runs (run_uuid) ON
        DELETE SET NULL
);
CREATE TABLE label_schemas (
    schema_id VARCHAR(36) NOT NULL,
    experiment_id INTEGER NOT NULL,
    name VARCHAR(250) NOT NULL,
    type VARCHAR(16) NOT NULL,
    instruction TEXT,
    enable_comment BOOLEAN DEFAULT '0' NOT NULL,
    input_type VARCHAR(32) NOT NULL,
    input_config TEXT NOT NULL,
    created_by VARCHAR(255),
    created_time BIGINT NOT NULL,
    last_update_time BIGINT NOT NULL,
    is_default BOOLEAN DEFAULT 0 NOT NULL,
    CONSTRAINT label_schemas_pk PRIMARY KEY (schema_id),
    CONSTRAINT fk_label_schemas_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments
        (experiment_id) ON DELETE CASCADE,
    CONSTRAINT uq_label_schemas_exp_name UNIQUE (experiment_id, name)
);
CREATE TABLE review_queues (
    queue_id VARCHAR(36) NOT NULL,
    experiment_id INTEGER NOT NULL,
    name VARCHAR(250) NOT NULL,
    queue_type VARCHAR(16) NOT NULL,
    created_by VARCHAR(255),
    creation_time_ms BIGINT NOT NULL,
    last_update_time_ms BIGINT NOT NULL,
    name_key VARCHAR(250) NOT NULL,
    CONSTRAINT review_queues_pk PRIMARY KEY (queue_id),
    CONSTRAINT fk_review_queues_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments
        (experiment_id) ON DELETE CASCADE,
    CONSTRAINT uq_review_queues_experiment_name_key UNIQUE (experiment_id, name_key)
);
CREATE TABLE review_queue_users (
    queue_id VARCHAR(36) NOT NULL,
    user_id VARCHAR(250) NOT NULL,
    CONSTRAINT review_queue_users_pk PRIMARY KEY (queue_id, user_id),
    CONSTRAINT fk_review_queue_users_queue_id FOREIGN KEY(queue_id) REFERENCES review_queues
        (queue_id) ON DELETE CASCADE
);
CREATE TABLE review_queue_items (
    queue_id VARCHAR(36) NOT NULL,
    item_type VARCHAR(16) NOT NULL,
    item_id VARCHAR(50) NOT NULL,
    status VARCHAR(16) NOT NULL,
    completed_by VARCHAR(250),
    completed_time_ms BIGINT,
    creation_time_ms BIGINT NOT NULL,
    last_update_time_ms BIGINT NOT NULL,
    CONSTRAINT review_queue_items_pk PRIMARY KEY (queue_id, item_id),
    CONSTRAINT fk_review_queue_items_queue_id FOREIGN KEY(queue_id) REFERENCES review_queues
        (queue_id) ON DELETE CASCADE
);
CREATE TABLE review_queue_label_schemas (
    queue_id VARCHAR(36) NOT NULL,
    schema_id VARCHAR(36) NOT NULL,
    CONSTRAINT review_queue_label_schemas_pk PRIMARY KEY (queue_id, schema_id),
    CONSTRAINT fk_review_queue_label_schemas_queue_id FOREIGN KEY(queue_id) REFERENCES
        review_queues (queue_id) ON DELETE CASCADE
);
CREATE TABLE "trace_info" (
    request_id VARCHAR(50) NOT NULL,
    experiment_id INTEGER NOT NULL,
    timestamp_ms BIGINT NOT NULL,
    execution_time_ms BIGINT,
    status VARCHAR(50) NOT NULL,
    client_request_id VARCHAR(50),
    request_preview VARCHAR(1000),
    response_preview VARCHAR(1000),
    db_payload_generation INTEGER DEFAULT '0' NOT NULL, trace_name VARCHAR(4096), session_id
        VARCHAR(250), input_tokens BIGINT, output_tokens BIGINT, total_tokens BIGINT,
        cache_read_input_tokens BIGINT, cache_creation_input_tokens BIGINT,
        cache_creation_input_tokens_above_1hr BIGINT, input_cost FLOAT, output_cost FLOAT,
        total_cost FLOAT,
    CONSTRAINT trace_info_pk PRIMARY KEY (request_id),
    CONSTRAINT fk_trace_info_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments
        (experiment_id) ON DELETE CASCADE
);
CREATE TABLE "assessments" (
    assessment_id VARCHAR(50) NOT NULL,
    trace_id VARCHAR(50) NOT NULL,
    name VARCHAR(250) NOT NULL,
    assessment_type VARCHAR(20) NOT NULL,
    value TEXT NOT NULL,
    error TEXT,
    created_timestamp BIGINT NOT NULL,
    last_updated_timestamp BIGINT NOT NULL,
    source_type VARCHAR(50) NOT NULL,
    source_id VARCHAR(250),
    run_id VARCHAR(32),
    span_id VARCHAR(50),
    rationale TEXT,
    overrides VARCHAR(50),
    valid BOOLEAN NOT NULL,
    assessment_metadata TEXT,
    experiment_id INTEGER,
    trace_timestamp_ms BIGINT,
    aggregate_value FLOAT,
    is_numeric_value BOOLEAN DEFAULT 0 NOT NULL,
    CONSTRAINT assessments_pk PRIMARY KEY (assessment_id),
    CONSTRAINT fk_assessments_trace_id FOREIGN KEY(trace_id) REFERENCES trace_info (request_id)
        ON DELETE CASCADE
);
CREATE TABLE sql_trace_metric_daily_rollups (
    id INTEGER NOT NULL,
    experiment_id INTEGER NOT NULL,
    rollup_day DATE NOT NULL,
    metric_name VARCHAR(250) NOT NULL,
    grouping_set VARCHAR(50) NOT NULL,
    trace_status VARCHAR(50),
    sample_count BIGINT NOT NULL,
    sum_value FLOAT,
    min_value FLOAT,
    max_value FLOAT,
    p50_value FLOAT,
    p90_value FLOAT,
    p99_value FLOAT,
    CONSTRAINT sql_trace_metric_daily_rollups_pk PRIMARY KEY (id)
);
CREATE TABLE sql_span_cost_daily_rollups (
    id INTEGER NOT NULL,
    experiment_id INTEGER NOT NULL,
    rollup_day DATE NOT NULL,
    metric_name VARCHAR(250) NOT NULL,
    grouping_set VARCHAR(50) NOT NULL,
    model_name VARCHAR(500),
    model_provider VARCHAR(500),
    sample_count BIGINT NOT NULL,
    sum_value FLOAT,
    min_value FLOAT,
    max_value FLOAT,
    CONSTRAINT sql_span_cost_daily_rollups_pk PRIMARY KEY (id)
);
CREATE TABLE sql_assessment_daily_rollups (
    id INTEGER NOT NULL,
    experiment_id INTEGER NOT NULL,
    rollup_day DATE NOT NULL,
    metric_name VARCHAR(250) NOT NULL,
    grouping_set VARCHAR(50) NOT NULL,
    sample_count BIGINT NOT NULL,
    sum_value FLOAT,
    min_value FLOAT,
    max_value FLOAT,
    CONSTRAINT sql_assessment_daily_rollups_pk PRIMARY KEY (id)
);
CREATE TABLE sql_trace_rollup_rebuild_queue (
    experiment_id INTEGER NOT NULL,
    rollup_day DATE NOT NULL,
    rollup_family VARCHAR(50) NOT NULL,
    CONSTRAINT sql_trace_rollup_rebuild_queue_pk PRIMARY KEY (experiment_id, rollup_day,
        rollup_family)
);
CREATE TABLE "spans" (
    trace_id VARCHAR(50) NOT NULL,
    experiment_id INTEGER NOT NULL,
    span_id VARCHAR(50) NOT NULL,
    parent_span_id VARCHAR(50),
    name TEXT,
    type VARCHAR(500),
    status VARCHAR(50) NOT NULL,
    start_time_unix_nano BIGINT NOT NULL,
    end_time_unix_nano BIGINT,
    duration_ns BIGINT GENERATED ALWAYS AS (end_time_unix_nano - start_time_unix_nano) STORED,
    content TEXT NOT NULL,
    input_cost FLOAT,
    output_cost FLOAT,
    total_cost FLOAT,
    model_name VARCHAR(500),
    model_provider VARCHAR(500),
    CONSTRAINT spans_pk PRIMARY KEY (trace_id, span_id),
    CONSTRAINT fk_spans_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments
        (experiment_id),
    CONSTRAINT fk_spans_trace_id FOREIGN KEY(trace_id) REFERENCES trace_info (request_id) ON
        DELETE CASCADE
);
CREATE TABLE issue_categories (
    issue_id VARCHAR(36) NOT NULL,
    category_hash VARCHAR(64) NOT NULL,
    category TEXT NOT NULL,
    CONSTRAINT issue_categories_pk PRIMARY KEY (issue_id, category_hash),
    CONSTRAINT fk_issue_categories_issue_id FOREIGN KEY(issue_id) REFERENCES issues (issue_id)
        ON DELETE CASCADE
);
CREATE INDEX index_trace_tags_request_id ON trace_tags (request_id);
CREATE INDEX index_trace_request_metadata_request_id ON trace_request_metadata (request_id);
CREATE INDEX index_entity_associations_association_id ON entity_associations (association_id);
CREATE INDEX index_entity_associations_reverse_lookup ON entity_associations (destination_type,
    destination_id, source_type, source_id);
CREATE INDEX idx_webhook_events_entity ON webhook_events (entity);
CREATE INDEX idx_webhook_events_action ON webhook_events (action);
CREATE INDEX idx_webhook_events_entity_action ON webhook_events (entity, action);
CREATE UNIQUE INDEX index_scorers_experiment_id_scorer_name ON scorers (experiment_id,
    scorer_name);
CREATE INDEX index_scorer_versions_scorer_id ON scorer_versions (scorer_id);
CREATE INDEX index_evaluation_dataset_tags_dataset_id ON evaluation_dataset_tags (dataset_id);
CREATE INDEX index_evaluation_dataset_records_dataset_id ON evaluation_dataset_records
    (dataset_id);
CREATE INDEX index_trace_metrics_request_id ON trace_metrics (request_id);
CREATE INDEX index_span_metrics_trace_id_span_id ON span_metrics (trace_id, span_id);
CREATE INDEX index_evaluation_datasets_created_time ON evaluation_datasets (created_time);
CREATE INDEX index_evaluation_datasets_name ON evaluation_datasets (name);
CREATE INDEX idx_webhooks_status ON webhooks (status);
CREATE INDEX idx_webhooks_name ON webhooks (name);
CREATE INDEX idx_evaluation_datasets_workspace ON evaluation_datasets (workspace);
CREATE INDEX idx_webhooks_workspace ON webhooks (workspace);
CREATE INDEX index_issues_experiment_id ON issues (experiment_id);
CREATE INDEX index_issues_source_run_id ON issues (source_run_id);
CREATE INDEX index_issues_status ON issues (status);
CREATE INDEX index_label_schemas_experiment_id ON label_schemas (experiment_id);
CREATE INDEX index_review_queues_experiment_id ON review_queues (experiment_id);
CREATE INDEX index_review_queue_users_user_id ON review_queue_users (user_id);
CREATE INDEX index_review_queue_items_queue_id_status ON review_queue_items (queue_id, status);
CREATE INDEX index_review_queue_items_item_id ON review_queue_items (item_id);
CREATE INDEX index_review_queue_label_schemas_schema_id ON review_queue_label_schemas
    (schema_id);
CREATE INDEX index_trace_info_experiment_id_timestamp_ms ON trace_info (experiment_id,
    timestamp_ms);
CREATE INDEX index_trace_info_timestamp_ms_request_id ON trace_info (timestamp_ms, request_id);
CREATE INDEX index_assessments_run_id_created_timestamp ON assessments (run_id,
    created_timestamp);
CREATE INDEX index_assessments_assessment_type ON assessments (assessment_type);
CREATE INDEX index_assessments_last_updated_timestamp ON assessments (last_updated_timestamp);
CREATE INDEX index_assessments_trace_id_created_timestamp ON assessments (trace_id,
    created_timestamp);
CREATE INDEX index_spans_experiment_id_status_type ON spans (experiment_id, status, type);
CREATE INDEX index_spans_experiment_id_type_status ON spans (experiment_id, type, status);
CREATE INDEX index_spans_experiment_id_duration ON spans (experiment_id, duration_ns);
CREATE INDEX index_spans_experiment_id_start_time ON spans (experiment_id, start_time_unix_nano);
CREATE INDEX index_trace_info_experiment_id_session_id ON trace_info (experiment_id, session_id);
CREATE INDEX idx_trace_rollups_lookup ON sql_trace_metric_daily_rollups (experiment_id,
    rollup_day, metric_name, grouping_set, trace_status);
CREATE INDEX idx_span_cost_rollups_lookup ON sql_span_cost_daily_rollups (experiment_id,
    rollup_day, metric_name, grouping_set, model_name, model_provider);
CREATE INDEX idx_assessment_rollups_lookup ON sql_assessment_daily_rollups (experiment_id,
    rollup_day, metric_name, grouping_set);
CREATE INDEX idx_spans_cost_trace_time_cover ON spans (trace_id, start_time_unix_nano);
CREATE INDEX idx_spans_cost_exp_time_cover ON spans (experiment_id, start_time_unix_nano);
CREATE INDEX idx_assessments_exp_trace_ts ON assessments (experiment_id, trace_timestamp_ms);
CREATE INDEX idx_assessments_exp_trace_ts_name ON assessments (experiment_id,
    trace_timestamp_ms, name);
CREATE INDEX idx_assessments_exp_name_valid ON assessments (experiment_id, name, valid);
CREATE INDEX index_issues_experiment_last_seen ON issues (experiment_id, last_seen_timestamp);
CREATE INDEX index_issues_experiment_updated ON issues (experiment_id, last_updated_timestamp);
CREATE INDEX index_issue_categories_hash ON issue_categories (category_hash);
"""
