"""MLflow 3.18's schema, what its server adds: gateway, jobs, MCP servers, skills, guardrails."""

SERVICES_SQL = """
CREATE TABLE endpoint_model_mappings (
    mapping_id VARCHAR(36) NOT NULL,
    endpoint_id VARCHAR(36) NOT NULL,
    model_definition_id VARCHAR(36) NOT NULL,
    weight FLOAT NOT NULL,
    created_by VARCHAR(255),
    created_at BIGINT NOT NULL, linkage_type VARCHAR(64) DEFAULT 'PRIMARY' NOT NULL,
        fallback_order INTEGER,
    CONSTRAINT endpoint_model_mappings_pk PRIMARY KEY (mapping_id),
    CONSTRAINT fk_endpoint_model_mappings_endpoint_id FOREIGN KEY(endpoint_id) REFERENCES
        endpoints (endpoint_id) ON DELETE CASCADE,
    CONSTRAINT fk_endpoint_model_mappings_model_definition_id FOREIGN KEY(model_definition_id)
        REFERENCES model_definitions (model_definition_id)
);
CREATE TABLE endpoint_bindings (
    endpoint_id VARCHAR(36) NOT NULL,
    resource_type VARCHAR(50) NOT NULL,
    resource_id VARCHAR(255) NOT NULL,
    created_at BIGINT NOT NULL,
    created_by VARCHAR(255),
    last_updated_at BIGINT NOT NULL,
    last_updated_by VARCHAR(255), display_name VARCHAR(255),
    CONSTRAINT endpoint_bindings_pk PRIMARY KEY (endpoint_id, resource_type, resource_id),
    CONSTRAINT fk_endpoint_bindings_endpoint_id FOREIGN KEY(endpoint_id) REFERENCES endpoints
        (endpoint_id) ON DELETE CASCADE
);
CREATE TABLE endpoint_tags (
    "key" VARCHAR(250) NOT NULL,
    value VARCHAR(5000),
    endpoint_id VARCHAR(36) NOT NULL,
    CONSTRAINT endpoint_tag_pk PRIMARY KEY ("key", endpoint_id),
    CONSTRAINT fk_endpoint_tags_endpoint_id FOREIGN KEY(endpoint_id) REFERENCES endpoints
        (endpoint_id) ON DELETE CASCADE
);
CREATE TABLE "secrets" (
    secret_id VARCHAR(36) NOT NULL,
    secret_name VARCHAR(255) NOT NULL,
    encrypted_value BLOB NOT NULL,
    wrapped_dek BLOB NOT NULL,
    kek_version INTEGER NOT NULL,
    masked_value VARCHAR(500) NOT NULL,
    provider VARCHAR(64),
    auth_config TEXT,
    description TEXT,
    created_by VARCHAR(255),
    created_at BIGINT NOT NULL,
    last_updated_by VARCHAR(255),
    last_updated_at BIGINT NOT NULL,
    workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
    CONSTRAINT secrets_pk PRIMARY KEY (secret_id),
    CONSTRAINT uq_secrets_workspace_secret_name UNIQUE (workspace, secret_name)
);
CREATE TABLE "endpoints" (
    endpoint_id VARCHAR(36) NOT NULL,
    name VARCHAR(255),
    created_by VARCHAR(255),
    created_at BIGINT NOT NULL,
    last_updated_by VARCHAR(255),
    last_updated_at BIGINT NOT NULL,
    routing_strategy VARCHAR(64),
    fallback_config_json TEXT,
    experiment_id INTEGER,
    usage_tracking BOOLEAN DEFAULT '0' NOT NULL,
    workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
    CONSTRAINT endpoints_pk PRIMARY KEY (endpoint_id),
    CONSTRAINT fk_endpoints_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments
        (experiment_id) ON DELETE SET NULL,
    CONSTRAINT uq_endpoints_workspace_name UNIQUE (workspace, name)
);
CREATE TABLE "model_definitions" (
    model_definition_id VARCHAR(36) NOT NULL,
    name VARCHAR(255) NOT NULL,
    secret_id VARCHAR(36),
    provider VARCHAR(64) NOT NULL,
    model_name VARCHAR(256) NOT NULL,
    created_by VARCHAR(255),
    created_at BIGINT NOT NULL,
    last_updated_by VARCHAR(255),
    last_updated_at BIGINT NOT NULL,
    workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
    CONSTRAINT model_definitions_pk PRIMARY KEY (model_definition_id),
    CONSTRAINT fk_model_definitions_secret_id FOREIGN KEY(secret_id) REFERENCES secrets
        (secret_id) ON DELETE SET NULL,
    CONSTRAINT uq_model_definitions_workspace_name UNIQUE (workspace, name)
);
CREATE TABLE "jobs" (
    id VARCHAR(36) NOT NULL,
    creation_time BIGINT NOT NULL,
    job_name VARCHAR(500) NOT NULL,
    params TEXT NOT NULL,
    timeout FLOAT,
    status INTEGER NOT NULL,
    result TEXT,
    retry_count INTEGER NOT NULL,
    last_update_time BIGINT NOT NULL,
    workspace VARCHAR(63) DEFAULT 'default' NOT NULL, status_details JSON, creator VARCHAR(255),
        executor_backend VARCHAR(255), lease_expires_at BIGINT, status_message TEXT, progress
        JSON, progress_updated_at BIGINT, token_hash VARCHAR(64), scoped_permissions JSON,
        next_attempt_at BIGINT,
    CONSTRAINT jobs_pk PRIMARY KEY (id)
);
CREATE TABLE budget_policies (
    budget_policy_id VARCHAR(36) NOT NULL,
    budget_unit VARCHAR(32) NOT NULL,
    budget_amount FLOAT NOT NULL,
    duration_unit VARCHAR(32) NOT NULL,
    duration_value INTEGER NOT NULL,
    target_scope VARCHAR(32) NOT NULL,
    budget_action VARCHAR(32) NOT NULL,
    created_by VARCHAR(255),
    created_at BIGINT NOT NULL,
    last_updated_by VARCHAR(255),
    last_updated_at BIGINT NOT NULL,
    workspace VARCHAR(63) DEFAULT 'default' NOT NULL, target_value VARCHAR(255),
    CONSTRAINT budget_policies_pk PRIMARY KEY (budget_policy_id)
);
CREATE TABLE guardrails (
    guardrail_id VARCHAR(36) NOT NULL,
    name VARCHAR(255) NOT NULL,
    scorer_id VARCHAR(36) NOT NULL,
    scorer_version INTEGER NOT NULL,
    stage VARCHAR(32) NOT NULL,
    action VARCHAR(32) NOT NULL,
    action_endpoint_id VARCHAR(36),
    created_by VARCHAR(255),
    created_at BIGINT NOT NULL,
    last_updated_by VARCHAR(255),
    last_updated_at BIGINT NOT NULL,
    workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
    CONSTRAINT guardrails_pk PRIMARY KEY (guardrail_id),
    CONSTRAINT fk_guardrails_scorer_version FOREIGN KEY(scorer_id, scorer_version) REFERENCES
        scorer_versions (scorer_id, scorer_version),
    CONSTRAINT fk_guardrails_action_endpoint_id FOREIGN KEY(action_endpoint_id) REFERENCES
        endpoints (endpoint_id) ON DELETE SET NULL
);
CREATE TABLE guardrail_configs (
    endpoint_id VARCHAR(36) NOT NULL,
    guardrail_id VARCHAR(36) NOT NULL,
    execution_order INTEGER,
    created_by VARCHAR(255),
    created_at BIGINT NOT NULL,
    workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
    CONSTRAINT guardrail_configs_pk PRIMARY KEY (endpoint_id, guardrail_id),
    CONSTRAINT fk_guardrail_configs_endpoint_id FOREIGN KEY(endpoint_id) REFERENCES endpoints
        (endpoint_id) ON DELETE CASCADE,
    CONSTRAINT fk_guardrail_configs_guardrail_id FOREIGN KEY(guardrail_id) REFERENCES guardrails
        (guardrail_id) ON DELETE CASCADE
);
CREATE TABLE mcp_servers (
    workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
    name VARCHAR(256) NOT NULL,
    display_name VARCHAR(256),
    description TEXT,
    icons JSON,
    created_by VARCHAR(256),
    last_updated_by VARCHAR(256),
    created_at BIGINT NOT NULL,
    last_updated_at BIGINT NOT NULL,
    CONSTRAINT mcp_servers_pk PRIMARY KEY (workspace, name)
);
CREATE TABLE mcp_server_versions (
    workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
    name VARCHAR(256) NOT NULL,
    version VARCHAR(128) NOT NULL,
    version_major INTEGER NOT NULL,
    version_minor INTEGER NOT NULL,
    version_patch INTEGER NOT NULL,
    version_prerelease_sort_key VARCHAR(512) NOT NULL,
    server_json JSON NOT NULL,
    status VARCHAR(20) DEFAULT 'draft' NOT NULL,
    tools JSON,
    source VARCHAR(512),
    connect_options JSON,
    created_by VARCHAR(256),
    last_updated_by VARCHAR(256),
    created_at BIGINT NOT NULL,
    last_updated_at BIGINT NOT NULL,
    CONSTRAINT mcp_server_versions_pk PRIMARY KEY (workspace, name, version),
    CONSTRAINT mcp_server_versions_server_fkey FOREIGN KEY(workspace, name) REFERENCES
        mcp_servers (workspace, name) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE mcp_server_tags (
    workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
    name VARCHAR(256) NOT NULL,
    "key" VARCHAR(250) NOT NULL,
    value VARCHAR(5000),
    CONSTRAINT mcp_server_tags_pk PRIMARY KEY (workspace, name, "key"),
    CONSTRAINT mcp_server_tags_server_fkey FOREIGN KEY(workspace, name) REFERENCES mcp_servers
        (workspace, name) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE mcp_server_version_tags (
    workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
    name VARCHAR(256) NOT NULL,
    version VARCHAR(128) NOT NULL,
    "key" VARCHAR(250) NOT NULL,
    value VARCHAR(5000),
    CONSTRAINT mcp_server_version_tags_pk PRIMARY KEY (workspace, name, version, "key"),
    CONSTRAINT mcp_server_version_tags_version_fkey FOREIGN KEY(workspace, name, version)
        REFERENCES mcp_server_versions (workspace, name, version) ON DELETE CASCADE ON UPDATE
        CASCADE
);
CREATE TABLE mcp_server_aliases (
    workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
    name VARCHAR(256) NOT NULL,
    alias VARCHAR(256) NOT NULL,
    version VARCHAR(128) NOT NULL,
    CONSTRAINT mcp_server_aliases_pk PRIMARY KEY (workspace, name, alias),
    CONSTRAINT mcp_server_aliases_server_fkey FOREIGN KEY(workspace, name) REFERENCES
        mcp_servers (workspace, name) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE mcp_access_endpoints (
    id VARCHAR(36) NOT NULL,
    workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
    server_name VARCHAR(256) NOT NULL,
    server_version VARCHAR(128),
    server_alias VARCHAR(256),
    url VARCHAR(2048) NOT NULL,
    transport_type VARCHAR(32) DEFAULT 'streamable-http' NOT NULL,
    created_by VARCHAR(256),
    last_updated_by VARCHAR(256),
    created_at BIGINT NOT NULL,
    last_updated_at BIGINT NOT NULL,
    CONSTRAINT mcp_access_endpoints_pk PRIMARY KEY (id),
    CONSTRAINT mcp_access_endpoints_server_fkey FOREIGN KEY(workspace, server_name) REFERENCES
        mcp_servers (workspace, name) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE scheduler_leases (
    lease_key VARCHAR(255) NOT NULL,
    acquired_at BIGINT NOT NULL,
    ttl_seconds INTEGER NOT NULL,
    CONSTRAINT scheduler_leases_pk PRIMARY KEY (lease_key)
);
CREATE TABLE job_locks (
    lock_key VARCHAR(255) NOT NULL,
    job_id VARCHAR(36) NOT NULL,
    acquired_at BIGINT NOT NULL,
    CONSTRAINT job_locks_pk PRIMARY KEY (lock_key),
    CONSTRAINT fk_job_locks_job_id FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
);
CREATE TABLE skills (
    workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
    organization VARCHAR(64) DEFAULT '' NOT NULL,
    name VARCHAR(128) NOT NULL,
    description TEXT,
    icons JSON,
    search_text TEXT,
    created_by VARCHAR(256),
    last_updated_by VARCHAR(256),
    created_at BIGINT NOT NULL,
    last_updated_at BIGINT NOT NULL,
    CONSTRAINT skills_pk PRIMARY KEY (workspace, organization, name)
);
CREATE TABLE skill_versions (
    workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
    organization VARCHAR(64) DEFAULT '' NOT NULL,
    name VARCHAR(128) NOT NULL,
    version INTEGER NOT NULL,
    source_type VARCHAR(20),
    source VARCHAR(2048),
    ref VARCHAR(2048),
    subpath VARCHAR(2048),
    digest VARCHAR(64),
    status VARCHAR(20) DEFAULT 'active' NOT NULL,
    created_by VARCHAR(256),
    last_updated_by VARCHAR(256),
    created_at BIGINT NOT NULL,
    last_updated_at BIGINT NOT NULL,
    CONSTRAINT skill_versions_pk PRIMARY KEY (workspace, organization, name, version),
    CONSTRAINT skill_versions_skill_fkey FOREIGN KEY(workspace, organization, name) REFERENCES
        skills (workspace, organization, name) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE skill_tags (
    workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
    organization VARCHAR(64) DEFAULT '' NOT NULL,
    name VARCHAR(128) NOT NULL,
    "key" VARCHAR(250) NOT NULL,
    value TEXT,
    CONSTRAINT skill_tags_pk PRIMARY KEY (workspace, organization, name, "key"),
    CONSTRAINT skill_tags_skill_fkey FOREIGN KEY(workspace, organization, name) REFERENCES
        skills (workspace, organization, name) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE skill_version_tags (
    workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
    organization VARCHAR(64) DEFAULT '' NOT NULL,
    name VARCHAR(128) NOT NULL,
    version INTEGER NOT NULL,
    "key" VARCHAR(250) NOT NULL,
    value TEXT,
    CONSTRAINT skill_version_tags_pk PRIMARY KEY (workspace, organization, name, version,
        "key"),
    CONSTRAINT skill_version_tags_version_fkey FOREIGN KEY(workspace, organization, name,
        version) REFERENCES skill_versions (workspace, organization, name, version) ON DELETE
        CASCADE ON UPDATE CASCADE
);
CREATE TABLE skill_aliases (
    workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
    organization VARCHAR(64) DEFAULT '' NOT NULL,
    name VARCHAR(128) NOT NULL,
    alias VARCHAR(256) NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT skill_aliases_pk PRIMARY KEY (workspace, organization, name, alias),
    CONSTRAINT skill_aliases_skill_fkey FOREIGN KEY(workspace, organization, name) REFERENCES
        skills (workspace, organization, name) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX index_endpoint_model_mappings_endpoint_id ON endpoint_model_mappings (endpoint_id);
CREATE INDEX index_endpoint_model_mappings_model_definition_id ON endpoint_model_mappings
    (model_definition_id);
CREATE INDEX index_endpoint_tags_endpoint_id ON endpoint_tags (endpoint_id);
CREATE UNIQUE INDEX unique_endpoint_model_linkage_mapping ON endpoint_model_mappings
    (endpoint_id, model_definition_id, linkage_type);
CREATE INDEX index_model_definitions_secret_id ON model_definitions (secret_id);
CREATE INDEX index_model_definitions_provider ON model_definitions (provider);
CREATE INDEX index_jobs_name_status_creation_time ON jobs (job_name, workspace, status,
    creation_time);
CREATE INDEX idx_secrets_workspace ON secrets (workspace);
CREATE INDEX idx_endpoints_workspace ON endpoints (workspace);
CREATE INDEX idx_model_definitions_workspace ON model_definitions (workspace);
CREATE INDEX idx_budget_policies_workspace ON budget_policies (workspace);
CREATE INDEX idx_guardrails_workspace ON guardrails (workspace);
CREATE INDEX idx_guardrails_scorer ON guardrails (scorer_id, scorer_version);
CREATE INDEX idx_guardrail_configs_endpoint_id ON guardrail_configs (endpoint_id);
CREATE INDEX idx_guardrail_configs_guardrail_id ON guardrail_configs (guardrail_id);
CREATE INDEX idx_mcp_server_versions_latest ON mcp_server_versions (workspace, name, status,
    version_major DESC, version_minor DESC, version_patch DESC);
CREATE INDEX ix_mcp_access_endpoints_server_name ON mcp_access_endpoints (workspace,
    server_name);
CREATE INDEX ix_mcp_access_endpoints_version ON mcp_access_endpoints (workspace, server_name,
    server_version);
CREATE INDEX ix_mcp_access_endpoints_alias ON mcp_access_endpoints (workspace, server_name,
    server_alias);
CREATE INDEX idx_budget_policies_target_value ON budget_policies (target_value);
CREATE INDEX index_job_locks_job_id ON job_locks (job_id);
CREATE INDEX index_jobs_status_lease_expires_at ON jobs (status, lease_expires_at);
CREATE INDEX ix_skill_versions_latest_lookup ON skill_versions (workspace, organization, name,
    status, version);
CREATE INDEX ix_skill_versions_digest ON skill_versions (workspace, organization, name, digest);
CREATE TRIGGER prevent_secrets_aad_mutation
    BEFORE UPDATE ON secrets
    FOR EACH ROW
    WHEN OLD.secret_id != NEW.secret_id OR OLD.secret_name != NEW.secret_name
    BEGIN
    SELECT RAISE(ABORT, 'secret_id and secret_name are immutable (used as AAD in encryption)');
    END;
"""
