import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

// Columns of the rows that travel to clients raw (agents, services, orders, …) bear the names and the order of the wire.
const SCHEMA = `
CREATE TABLE IF NOT EXISTS agents (
	id TEXT PRIMARY KEY, slug TEXT UNIQUE, name TEXT NOT NULL, description TEXT, avatar_url TEXT, bio TEXT,
	source TEXT NOT NULL DEFAULT 'external', endpoint_url TEXT, capabilities TEXT DEFAULT '[]', api_key TEXT UNIQUE,
	verified INTEGER DEFAULT 0, blue_check INTEGER DEFAULT 0, is_atelier_official INTEGER DEFAULT 0,
	active INTEGER DEFAULT 1, total_orders INTEGER DEFAULT 0, completed_orders INTEGER DEFAULT 0, avg_rating REAL,
	twitter_username TEXT, twitter_verification_code TEXT, bankr_wallet TEXT, owner_wallet TEXT,
	token_mint TEXT, token_name TEXT, token_symbol TEXT, token_image_url TEXT, token_mode TEXT,
	token_creator_wallet TEXT, token_tx_hash TEXT, token_created_at TEXT, token_launch_attempted INTEGER DEFAULT 0,
	payout_wallet TEXT, partner_badge TEXT, created_at TEXT NOT NULL, ai_models TEXT, last_poll_at TEXT,
	said_wallet TEXT, said_pda TEXT, said_secret_key TEXT, said_tx_hash TEXT, privy_user_id TEXT,
	webhook_secret TEXT, registration_tx TEXT, atelier_holder INTEGER DEFAULT 0, holder_checked_at TEXT,
	featured INTEGER DEFAULT 0, moderation_status TEXT, moderation_reason TEXT, llm_quality_score REAL,
	duplicate_of TEXT, registration_ip TEXT, payout_chain TEXT DEFAULT 'solana', payout_address_base TEXT,
	privy_evm_wallet_id TEXT, privy_solana_wallet_id TEXT, privy_evm_address TEXT, privy_solana_address TEXT,
	withdraw_address_solana TEXT, withdraw_address_base TEXT, user_id TEXT, canonical_name TEXT
);
CREATE INDEX IF NOT EXISTS agents_canonical_name ON agents (canonical_name);

CREATE TABLE IF NOT EXISTS agent_funds (
	agent_id TEXT PRIMARY KEY REFERENCES agents (id), sol REAL NOT NULL DEFAULT 0,
	usdc_solana REAL NOT NULL DEFAULT 0, usdc_base REAL NOT NULL DEFAULT 0,
	earned_fee_sol REAL NOT NULL DEFAULT 0, paid_fee_sol REAL NOT NULL DEFAULT 0
);

CREATE TABLE IF NOT EXISTS services (
	id TEXT PRIMARY KEY, slug TEXT, agent_id TEXT NOT NULL REFERENCES agents (id), category TEXT NOT NULL,
	title TEXT NOT NULL, description TEXT NOT NULL, price_usd TEXT NOT NULL, price_type TEXT NOT NULL,
	turnaround_hours INTEGER DEFAULT 48, deliverables TEXT DEFAULT '[]', portfolio_post_ids TEXT DEFAULT '[]',
	demo_url TEXT, active INTEGER DEFAULT 1, total_orders INTEGER DEFAULT 0, completed_orders INTEGER DEFAULT 0,
	avg_rating REAL, provider_key TEXT, provider_model TEXT, system_prompt TEXT, quota_limit INTEGER DEFAULT 0,
	max_revisions INTEGER DEFAULT 3, requirement_fields TEXT, brief_placeholder TEXT, review_summary TEXT,
	moderation_status TEXT, moderation_reason TEXT, created_at TEXT NOT NULL, UNIQUE (agent_id, slug)
);

CREATE TABLE IF NOT EXISTS orders (
	id TEXT PRIMARY KEY, service_id TEXT REFERENCES services (id), client_wallet TEXT, client_agent_id TEXT,
	client_type TEXT NOT NULL DEFAULT 'wallet', provider_agent_id TEXT NOT NULL REFERENCES agents (id),
	brief TEXT NOT NULL, reference_urls TEXT, reference_images TEXT, requirement_answers TEXT, brief_spec TEXT,
	brief_english TEXT, quoted_price_usd TEXT, platform_fee_usd TEXT, payment_method TEXT,
	payment_chain TEXT DEFAULT 'solana', payer_address TEXT, escrow_tx_hash TEXT UNIQUE, payout_tx_hash TEXT,
	payment_tx_signature TEXT UNIQUE, status TEXT NOT NULL, deliverable_url TEXT, deliverable_media_type TEXT,
	deliverable_preview_url TEXT, deliverable_post_id INTEGER, quota_total INTEGER DEFAULT 0,
	quota_used INTEGER DEFAULT 0, workspace_expires_at TEXT, revision_count INTEGER DEFAULT 0, delivered_at TEXT,
	review_deadline TEXT, completed_at TEXT, created_at TEXT NOT NULL, bounty_id TEXT REFERENCES bounties (id),
	referral_partner TEXT, user_id TEXT
);
CREATE INDEX IF NOT EXISTS orders_provider ON orders (provider_agent_id, created_at);
CREATE INDEX IF NOT EXISTS orders_client ON orders (client_wallet, created_at);
CREATE INDEX IF NOT EXISTS orders_status ON orders (status);

CREATE TABLE IF NOT EXISTS deliverables (
	id TEXT PRIMARY KEY, order_id TEXT NOT NULL REFERENCES orders (id), prompt TEXT NOT NULL, deliverable_url TEXT,
	deliverable_media_type TEXT, preview_url TEXT, status TEXT NOT NULL DEFAULT 'pending', error TEXT,
	created_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS deliverables_order ON deliverables (order_id);

CREATE TABLE IF NOT EXISTS reviews (
	id TEXT PRIMARY KEY, order_id TEXT NOT NULL UNIQUE REFERENCES orders (id), service_id TEXT,
	reviewer_agent_id TEXT NOT NULL, reviewer_name TEXT NOT NULL, rating INTEGER NOT NULL, comment TEXT,
	user_id TEXT, created_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS reviews_service ON reviews (service_id);

CREATE TABLE IF NOT EXISTS messages (
	id TEXT PRIMARY KEY, order_id TEXT NOT NULL REFERENCES orders (id), sender_type TEXT NOT NULL,
	sender_id TEXT NOT NULL, sender_name TEXT, user_id TEXT, content TEXT NOT NULL, created_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_order ON messages (order_id);

CREATE TABLE IF NOT EXISTS message_reads (
	order_id TEXT NOT NULL, participant_id TEXT NOT NULL, last_read_at TEXT NOT NULL,
	PRIMARY KEY (order_id, participant_id)
);

CREATE TABLE IF NOT EXISTS bounties (
	id TEXT PRIMARY KEY, poster_wallet TEXT NOT NULL, user_id TEXT, title TEXT NOT NULL, brief TEXT NOT NULL,
	category TEXT NOT NULL, budget_usd TEXT NOT NULL, deadline_hours INTEGER NOT NULL, reference_urls TEXT,
	reference_images TEXT, status TEXT NOT NULL DEFAULT 'open', accepted_claim_id TEXT, order_id TEXT,
	expires_at TEXT NOT NULL, payment_chain TEXT DEFAULT 'solana', payer_address TEXT, moderation_status TEXT,
	moderation_reason TEXT, created_at TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS claims (
	id TEXT PRIMARY KEY, bounty_id TEXT NOT NULL REFERENCES bounties (id), agent_id TEXT NOT NULL REFERENCES agents (id),
	claimant_wallet TEXT, message TEXT, status TEXT NOT NULL DEFAULT 'pending', user_id TEXT, created_at TEXT NOT NULL,
	UNIQUE (bounty_id, agent_id)
);

CREATE TABLE IF NOT EXISTS profiles (
	wallet TEXT PRIMARY KEY, username TEXT UNIQUE, display_name TEXT, bio TEXT, avatar_url TEXT, twitter_handle TEXT,
	created_at TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS notifications (
	id TEXT PRIMARY KEY, wallet TEXT NOT NULL, type TEXT NOT NULL, title TEXT NOT NULL, body TEXT, order_id TEXT,
	read INTEGER DEFAULT 0, created_at TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, wallet TEXT NOT NULL, expires_at TEXT NOT NULL);

CREATE TABLE IF NOT EXISTS hidden_portfolio_items (
	agent_id TEXT NOT NULL, source_type TEXT NOT NULL, source_id TEXT NOT NULL,
	PRIMARY KEY (agent_id, source_type, source_id)
);

CREATE TABLE IF NOT EXISTS registration_payments (tx_signature TEXT PRIMARY KEY);

CREATE TABLE IF NOT EXISTS earn_positions (
	agent_id TEXT NOT NULL REFERENCES agents (id), market_key TEXT NOT NULL, shares INTEGER NOT NULL,
	principal_usd REAL NOT NULL, PRIMARY KEY (agent_id, market_key)
);

CREATE TABLE IF NOT EXISTS files (
	pathname TEXT PRIMARY KEY, content_type TEXT NOT NULL, size INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL);
`;

type Value = SQLInputValue | undefined;

/** The marketplace's rows: SQLite through small typed helpers. `undefined` parameters are stored as null. */
export class Database {
	private readonly connection: DatabaseSync;
	private readonly statements = new Map<string, StatementSync>();

	/** Opens `file`, or a database in memory for `:memory:`, and creates what is missing. */
	constructor(file: string) {
		this.connection = new DatabaseSync(file);
		this.connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;');
		this.connection.exec(SCHEMA);
	}

	/** All rows of a query. The caller names the row's type; the schema above is what makes it true. */
	all<Row>(sql: string, ...values: Value[]): Row[] {
		return this.prepare(sql).all(...values.map(orNull)) as Row[];
	}

	/** All rows of a query whose parameters are named (`:name`). */
	named<Row>(sql: string, values: Record<string, SQLInputValue>): Row[] {
		return this.prepare(sql).all(values) as Row[];
	}

	/** The first row of a query, if any. */
	get<Row>(sql: string, ...values: Value[]): Row | undefined {
		return this.prepare(sql).get(...values.map(orNull)) as Row | undefined;
	}

	/** Runs a statement; the answer is the number of rows it changed. */
	run(sql: string, ...values: Value[]): number {
		return Number(this.prepare(sql).run(...values.map(orNull)).changes);
	}

	/** Inserts one row whose keys are column names. */
	insert(table: string, row: Record<string, Value>): void {
		const columns = Object.keys(row);
		this.run(
			`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
			...Object.values(row),
		);
	}

	/** Sets the given columns of the row with this id; no columns, no change. */
	update(table: string, id: string, changes: Record<string, Value>): void {
		const columns = Object.keys(changes);
		if (columns.length === 0) return;
		this.run(
			`UPDATE ${table} SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`,
			...Object.values(changes),
			id,
		);
	}

	/** Runs `work` in one transaction: all of it or nothing. */
	transaction<Result>(work: () => Result): Result {
		this.connection.exec('BEGIN');
		try {
			const result = work();
			this.connection.exec('COMMIT');
			return result;
		} catch (error) {
			this.connection.exec('ROLLBACK');
			throw error;
		}
	}

	/** Deletes every row of every table. */
	clear(): void {
		this.connection.exec('PRAGMA foreign_keys = OFF');
		const tables = this.all<{ name: string }>(
			"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'secrets'",
		);
		for (const { name } of tables) this.connection.exec(`DELETE FROM ${name}`);
		this.connection.exec('PRAGMA foreign_keys = ON');
	}

	close(): void {
		this.statements.clear();
		this.connection.close();
	}

	private prepare(sql: string): StatementSync {
		let statement = this.statements.get(sql);
		if (!statement) {
			statement = this.connection.prepare(sql);
			this.statements.set(sql, statement);
		}
		return statement;
	}
}

function orNull(value: Value): SQLInputValue {
	return value === undefined ? null : value;
}
