import type { TemplateCase } from './case';
import { automaticQuotes } from './automaticQuotes';
import { imageOrdersWithOpenAi } from './imageOrdersWithOpenAi';

/** How each template is executed, by the template's name. */
export const cases: Record<string, TemplateCase> = {
	'02-image-orders-with-openai': imageOrdersWithOpenAi,
	'11-quote-prices-automatically': automaticQuotes,
};
