import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { Database } from './database';
import { Faults } from './faults';
import { RateLimiter } from './limiter';
import { Statistics } from './statistics';
import { FileStorage } from './storage';
import { Clock } from './time';
import { WebhookSender } from './webhooks';

export interface MarketplaceOptions {
	/** Folder for the database and the files; in memory when absent. */
	dataFolder?: string;
	rateLimit: boolean;
	allowLoopbackWebhooks: boolean;
}

/** Everything that the routes share. */
export interface Marketplace {
	readonly database: Database;
	readonly clock: Clock;
	readonly limiter: RateLimiter;
	readonly statistics: Statistics;
	readonly storage: FileStorage;
	readonly webhooks: WebhookSender;
	/** What goes wrong on purpose; nothing, unless told otherwise. */
	readonly faults: Faults;
	/** A secret that is made once and kept with the data, so that what it signed outlives a restart. */
	secret(name: string, make: () => string): string;
	/** `http://host:port`, set when the server listens. */
	origin: string;
	/** Back to an empty marketplace; settings stay as they were. */
	reset(): void;
	close(): void;
}

/** Opens the marketplace's data and makes its parts. */
export function openMarketplace(options: MarketplaceOptions): Marketplace {
	if (options.dataFolder) mkdirSync(options.dataFolder, { recursive: true });
	const database = new Database(options.dataFolder ? join(options.dataFolder, 'marketplace.sqlite') : ':memory:');
	const clock = new Clock();
	const statistics = new Statistics(clock);
	const limiter = new RateLimiter(clock, options.rateLimit);
	const faults = new Faults();
	const webhooks = new WebhookSender(statistics, faults, options.allowLoopbackWebhooks);
	const marketplace: Marketplace = {
		database,
		clock,
		limiter,
		statistics,
		webhooks,
		faults,
		storage: new FileStorage(
			database,
			options.dataFolder && join(options.dataFolder, 'files'),
			() => marketplace.origin,
		),
		origin: '',
		secret(name, make) {
			const find = () => database.get<{ value: string }>('SELECT value FROM secrets WHERE name = ?', name)?.value;
			const found = find();
			if (found) return found;
			database.insert('secrets', { name, value: make() });
			return find()!;
		},
		reset() {
			database.clear();
			marketplace.storage.clear();
			statistics.reset();
			limiter.reset();
			faults.restart();
			clock.reset();
		},
		close() {
			webhooks.stop();
			database.close();
		},
	};
	return marketplace;
}
