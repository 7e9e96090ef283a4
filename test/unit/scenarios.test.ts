import { listTemplates } from '../../sandbox/demo/desk';
import { findTemplate, SCENARIOS } from '../../sandbox/demo/templates';

test('npm start -- --template knows every template, and no other', () => {
	expect(Object.keys(SCENARIOS).sort()).toEqual(listTemplates());
});

test.each([
	['2', '02-image-orders-with-openai'],
	['02', '02-image-orders-with-openai'],
	['6A', '06a-image-orders-with-automatic1111'],
	['09b', '09b-texts-for-the-desk'],
	['10', '10-instant-revisions'],
])('%s means %s', (number, template) => expect(findTemplate(number)).toBe(template));

test.each(['', '0', '6', '17', '1.0', 'flux'])('"%s" means none, and the sentence lists the numbers', (number) => {
	expect(() => findTemplate(number)).toThrow(
		`--template has to be one of 1, 2, 3, 4, 5, 6a, 6b, 7, 8, 9, 9a, 9b, 10, 11, 12, 13, 14, 15, 16, not "${number}".`,
	);
});
