import type { TemplateCase } from './case';
import { imageOrdersWithOpenAi } from './imageOrdersWithOpenAi';

/** How each template is executed, by the template's name. */
export const cases: Record<string, TemplateCase> = {
	'02-image-orders-with-openai': imageOrdersWithOpenAi,
};
