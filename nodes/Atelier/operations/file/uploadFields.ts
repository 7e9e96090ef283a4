import type { INodeProperties } from 'n8n-workflow';

/** How files travel, for every operation that uploads. */
export const uploadMethodOption: INodeProperties = {
	displayName: 'Upload Method',
	name: 'uploadMethod',
	type: 'options',
	options: [
		{ name: 'Automatic', value: 'automatic', description: 'By size: small files as a form, files above 4 MB with a token' },
		{ name: 'As a Form', value: 'form', description: 'Straight to the API, which takes about 4.5 MB' },
		{ name: 'With a Token', value: 'token', description: "Straight to Atelier's storage, up to 50 MB" },
	],
	default: 'automatic',
	description: 'How files are sent',
};
