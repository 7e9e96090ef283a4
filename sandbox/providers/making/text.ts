import { createRandom, type Random } from './random';

const SIGNATURE = "Written by the sandbox's local text model.";

/** Orders that stand right before their object, and orders that need a word between: "Write a poem about". */
const PLAIN_ORDER = /^(?:please\s+)?(?:describe|summari[sz]e|explain|translate|draw|paint)\s+/i;
const ORDER = new RegExp(
	'^(?:please\\s+)?(?:write|create|make|generate|draft|compose|give|produce|design|suggest|list)\\b' +
		'[^.:\\n]{0,80}?(?:\\b(?:about|for|on|of|to|that)\\b|:)\\s*',
	'i',
);

/** What a prompt is about: its first words after the order ("Write a poem about …"), at most 80 characters. */
export function toSubject(prompt: string): string {
	const text = prompt.replace(/\s+/g, ' ').trim();
	const rest = text.replace(PLAIN_ORDER, '').replace(ORDER, '') || text;
	const sentence = rest.split(/(?<=[.!?])\s/)[0]!.replace(/[.!?,;:]+$/, '');
	if (sentence.length <= 80) return sentence || 'nothing in particular';
	return sentence.slice(0, 80).replace(/\s+\S*$/, '');
}

const capitalize = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const OPENINGS = [
	'There is more to {subject} than meets the eye.',
	'Few things reward attention the way {subject} does.',
	'It began, as good things do, with {subject}.',
	'Ask anyone who cares: {subject} is worth doing well.',
];
const MIDDLES = [
	'What matters is the detail that nobody asked for and everybody notices.',
	'A clear idea, honest materials and a little patience carry most of it.',
	'Start with the one thing it must do, and let the rest follow.',
	'It helps to look twice: once for the whole, once for what is missing.',
	'The best version is the one that a stranger understands at first sight.',
];
const ENDINGS = [
	'Try it on a small scale, keep what works, and leave the rest.',
	'In the end it is the simple version that people remember.',
	'That is all it takes, and it is enough.',
	'The next step is yours.',
];
const SLOGANS = ['{subject}, made to last', '{subject}. Simply better.', 'Meet {subject}', 'All the good of {subject}'];
const POINTS = [
	'Begin with',
	'Show the heart of',
	'Leave room around',
	'Say out loud what is special about',
	'Finish with',
];
const STYLES = ['soft morning light', 'bold flat colours', 'a wide calm composition', 'fine grain and deep shadows'];

const CODE_ONLY = /\b(?:only|just|raw)\b[^.]*\bcode\b|\bcode only\b|\bno markdown\b/i;

const fill = (template: string, subject: string) => template.replace('{subject}', () => subject);

const escapeHtml = (text: string) => text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);

/** Short working programs about a subject, line by line, by language. */
const PROGRAMS: Record<string, (subject: string) => string[]> = {
	python: (subject) => [
		`# ${SIGNATURE}`,
		`SUBJECT = ${JSON.stringify(subject)}`,
		'',
		'',
		'def describe(subject: str) -> str:',
		'    words = subject.split()',
		'    return f"{subject} ({len(words)} words)"',
		'',
		'',
		'if __name__ == "__main__":',
		'    print(describe(SUBJECT))',
	],
	html: (subject) => [
		'<!doctype html>',
		`<!-- ${SIGNATURE} -->`,
		'<html lang="en">',
		'<head>',
		'<meta charset="utf-8">',
		`<title>${escapeHtml(subject)}</title>`,
		'</head>',
		'<body>',
		`<h1>${escapeHtml(subject)}</h1>`,
		'</body>',
		'</html>',
	],
	sql: (subject) => [
		`-- ${SIGNATURE}`,
		'CREATE TABLE notes (id INTEGER PRIMARY KEY, subject TEXT NOT NULL);',
		`INSERT INTO notes (subject) VALUES ('${subject.replaceAll("'", "''")}');`,
		'SELECT id, subject FROM notes;',
	],
	bash: (subject) => ['#!/bin/sh', `# ${SIGNATURE}`, `printf '%s\\n' '${subject.replaceAll("'", `'"'"'`)}'`],
	javascript: (subject) => [
		`// ${SIGNATURE}`,
		`const subject = ${JSON.stringify(subject)};`,
		'',
		'function describe(text) {',
		"  return `${text} (${text.split(' ').length} words)`;",
		'}',
		'',
		'console.log(describe(subject));',
	],
};

const LANGUAGES: Array<[RegExp, string]> = [
	[/\bpython\b/i, 'python'],
	[/\bhtml\b|\bweb ?page\b/i, 'html'],
	[/\bsql\b/i, 'sql'],
	[/\b(?:bash|shell)\b/i, 'bash'],
	[/\b(?:javascript|typescript|node\.?js|code|function|script|program)\b/i, 'javascript'],
];

function writeArticle(subject: string, random: Random): string {
	const start = random.whole(0, MIDDLES.length - 1);
	const middle = (index: number) => MIDDLES[(start + index) % MIDDLES.length]!;
	return [
		`# ${capitalize(subject)}`,
		[capitalize(fill(random.pick(OPENINGS), subject)), middle(0), middle(1)].join(' '),
		['Think of whom it is for.', middle(2), middle(3)].join(' '),
		random.pick(ENDINGS),
		`*${SIGNATURE}*`,
	].join('\n\n');
}

/**
 * Writes something short and fitting about a prompt: a program when it asks for code, one line when it asks for a slogan,
 * a title or an image prompt, a list when it asks for one, and a Markdown article else. The same prompt gives the same text.
 */
export function writeText(prompt: string): string {
	const random = createRandom(`${prompt}\u0000text`);
	const subject = toSubject(prompt);
	if (/\b(?:image|picture|video)(?: generation)? prompt\b/i.test(prompt)) {
		return `${capitalize(subject)}, ${random.pick(STYLES)}, ${random.pick(STYLES)}`;
	}
	const language = LANGUAGES.find(([pattern]) => pattern.test(prompt))?.[1];
	if (language) {
		const code = `${PROGRAMS[language]!(subject).join('\n')}\n`;
		return CODE_ONLY.test(prompt) ? code : `\`\`\`${language}\n${code}\`\`\``;
	}
	if (/\b(?:slogan|tagline|headline|title|caption|tweet)\b/i.test(prompt))
		return capitalize(fill(random.pick(SLOGANS), subject));
	if (/\b(?:list|bullet|bullets|ideas|steps)\b/i.test(prompt))
		return POINTS.map((point) => `- ${point} ${subject}`).join('\n');
	return writeArticle(subject, random);
}
