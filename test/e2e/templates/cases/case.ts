import type { TemplateBench } from '../bench';

/**
 * Registers the tests of one template with jest.
 *
 * @param template the template's name
 * @param bench gives the bench, once the tests run
 */
export type TemplateCase = (template: string, bench: () => TemplateBench) => void;
