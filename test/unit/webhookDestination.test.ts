import { planTakeover } from '../../nodes/AtelierWebhookTrigger/destination';
import type { Situation } from '../../nodes/AtelierWebhookTrigger/destination';

const PRODUCTION = 'https://n8n.example.com/webhook/7f3c/webhook';
const TEST = 'https://n8n.example.com/webhook-test/7f3c/webhook';
const FOREIGN = 'https://elsewhere.example.com/hook?token=1';

function plan(situation: Partial<Situation>) {
	return planTakeover({ current: null, own: PRODUCTION, isTest: false, mayReplace: false, ...situation });
}

test('nothing set: it is taken, and there is nothing to put back', () => {
	expect(plan({})).toEqual({ action: 'set', previous: null });
});

test('its own address already: nothing is done', () => {
	expect(plan({ current: PRODUCTION })).toEqual({ action: 'keep' });
});

test.each([
	FOREIGN,
	// Another trigger of the same n8n, the same trigger in another n8n, and something that is no address.
	'https://n8n.example.com/webhook/aaaa/webhook',
	'https://staging.example.com/webhook/7f3c/webhook',
	'not an address',
])('somebody else\'s address %s is only replaced when told to', (current) => {
	expect(plan({ current })).toEqual({ action: 'refuse' });
	expect(plan({ current, mayReplace: true })).toEqual({ action: 'set', previous: current });
});

test('a test borrows the address from the published workflow', () => {
	expect(plan({ current: PRODUCTION, own: TEST, isTest: true })).toEqual({ action: 'set', previous: PRODUCTION });
});

test('a test address that was left over is replaced and not put back', () => {
	expect(plan({ current: TEST })).toEqual({ action: 'set', previous: null });
	expect(plan({ current: TEST, remembered: FOREIGN })).toEqual({ action: 'set', previous: FOREIGN });
});
