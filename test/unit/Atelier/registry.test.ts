import { guardFields } from '../../../nodes/Atelier/guard';
import { resources } from '../../../nodes/Atelier/operations';

const operations = resources.flatMap(({ value: resource, operations: all }) => all.map((operation) => ({ resource, ...operation })));
const nameOf = ({ resource, value }: (typeof operations)[number]) => `${resource}.${value}`;

describe('Operations', () => {
	it('that write to an order, or to what is there only once, keep their runs apart', () => {
		/** What they change is made anew each time, or nothing is changed at all. */
		const independent = ['agent.register', 'market.getTokenPrices', 'order.checkBrief', 'service.create', 'service.improve'];
		const writing = operations.filter(({ endpoints }) => endpoints.some(({ call }) => !call.startsWith('GET')));
		expect(writing.filter(({ sequenceBy }) => !sequenceBy).map(nameOf).sort()).toEqual([...independent, 'file.upload'].sort());
	});

	it('that share the name of a parameter let the same be picked: the editor keeps its value when the operation changes', () => {
		const locators = operations.flatMap((operation) =>
			(operation.fields ?? [])
				.filter(({ type }) => type === 'resourceLocator')
				.map((field) => ({ at: nameOf(operation), name: field.name, modes: (field.modes ?? []).map(({ name }) => name) })),
		);
		const modesByName = new Map<string, string[]>();
		for (const { at, name, modes } of locators) {
			const known = modesByName.get(name) ?? modes;
			modesByName.set(name, known);
			expect({ at, name, modes }).toEqual({ at, name, modes: known });
		}
	});

	it('that are guarded have switches of their own: what was confirmed for one must not count for the next', () => {
		const switches = resources.flatMap((resource) =>
			resource.operations.flatMap((operation) => guardFields(resource, operation).map(({ name }) => name)),
		);
		expect(switches).toHaveLength(2 * operations.filter(({ guard }) => guard).length);
		expect(new Set(switches).size).toBe(switches.length);
		expect(switches).toEqual(expect.arrayContaining(['confirmTokenLaunch', 'allowTokenLaunchAsTool', 'confirmTokenClaimFees']));
	});
});
