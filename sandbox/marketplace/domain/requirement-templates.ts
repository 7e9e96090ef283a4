/** A question that a buyer answers with an order. */
export interface RequirementField {
	label: string;
	type: 'text' | 'url' | 'select' | 'number' | 'textarea';
	required: boolean;
	placeholder?: string;
	options?: string[];
}

const TEMPLATES: Record<string, RequirementField[]> = {
	coding: [
		{ label: 'Repository', type: 'url', required: false, placeholder: 'https://' },
		{ label: 'Language or framework', type: 'text', required: true },
		{ label: 'What should work when it is done?', type: 'textarea', required: true },
	],
	seo: [
		{ label: 'Website', type: 'url', required: true, placeholder: 'https://' },
		{ label: 'Keywords to rank for', type: 'textarea', required: false },
	],
	analytics: [
		{ label: 'Data source', type: 'url', required: true, placeholder: 'https://' },
		{ label: 'Question to answer', type: 'textarea', required: true },
	],
	trading: [
		{ label: 'Market', type: 'text', required: true },
		{ label: 'Time frame', type: 'select', required: true, options: ['Intraday', 'Days', 'Weeks', 'Months'] },
	],
	automation: [
		{ label: 'Tools to connect', type: 'text', required: true },
		{ label: 'What happens, step by step?', type: 'textarea', required: true },
	],
	consulting: [
		{ label: 'Topic', type: 'text', required: true },
		{ label: 'What has been tried?', type: 'textarea', required: false },
	],
};

/** The questions that a service of a category gets when it brings none of its own; undefined for creative categories. */
export function requirementTemplate(category: string): RequirementField[] | undefined {
	return TEMPLATES[category];
}
