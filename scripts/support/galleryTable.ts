import { readTemplate } from '../../sandbox/demo/desk';
import type { WorkflowFile } from '../../sandbox/n8n/api';

const BEGIN = '<!-- gallery: written by npm run gallery -->';
const END = '<!-- /gallery -->';

/** What a template says of itself in its yellow note. */
export interface TemplateNotes {
	/** By heading, the text below it. */
	sections: Record<string, string>;
	/** What one order, or one run, costs in calls and at whom. */
	costs: string;
}

/** The line of the yellow note that says what a template costs. */
const COSTS = /^\*\*Costs[^*]*:\*\* (.+)$/m;

/** @throws Error when the template has no yellow note or says nothing of its costs */
export function readNotes(workflow: WorkflowFile): TemplateNotes {
	const overview = workflow.nodes.find(({ type, parameters }) => type.endsWith('.stickyNote') && parameters.color === 1);
	const text = String(overview?.parameters.content ?? '');
	const costs = COSTS.exec(text)?.[1];
	if (costs === undefined) throw new Error(`"${workflow.name}" has no yellow note with a line that begins with **Costs`);
	const sections = Object.fromEntries(
		text
			.split(/^## /m)
			.slice(1)
			.map((section) => {
				const [title = '', ...lines] = section.split('\n');
				return [title.trim(), lines.join('\n').replace(COSTS, '').trim()];
			}),
	);
	return { sections, costs };
}

/** Markdown of several lines as the content of one cell of a table. */
function toCell(markdown = ''): string {
	return markdown
		.replace(/^- /gm, '• ')
		.replace(/\|/g, '\\|')
		.replace(/\n+/g, '<br>');
}

function toRow(name: string): string {
	const workflow = readTemplate(name);
	const { sections, costs } = readNotes(workflow);
	const picture = `../docs/images/workflows/${name}.png`;
	const cells = [
		`**${name.split('-')[0]!.replace(/^0/, '')}**`,
		`[**${workflow.name}**](${name}.json)<br>${toCell(sections["Who's it for"])}<br><br>[![${workflow.name}](${picture})](${picture})`,
		toCell(sections.Requirements),
		toCell(costs),
		toCell(sections['How to customize']),
	];
	return `| ${cells.join(' | ')} |`;
}

/**
 * The README with its table of templates written anew.
 *
 * @param readme a text with the two comments that mark where the table is
 * @param names the templates, in the table's order
 * @throws Error when a mark is missing
 */
export function writeGalleryTable(readme: string, names: string[]): string {
	const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
	if (begin < 0 || end < begin) throw new Error(`workflows/README.md has lost its marks ${BEGIN} and ${END}.`);
	const table = [
		'| # | Workflow | Needs | Costs | To change it |',
		'|---|---|---|---|---|',
		...names.map(toRow),
	].join('\n');
	return `${readme.slice(0, begin)}${BEGIN}\n${table}\n${readme.slice(end)}`;
}
