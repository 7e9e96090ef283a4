import { listTemplates } from '../desk';
import { agentOrder, deskPicture, deskText, orderWithReference, paidOrder, QUICK, quote, textOrder, videoOrder } from './orders';
import { agentSetup, approval, revision } from './people';
import { bountyClaims, earningsReport, failedOrder } from './reports';
import type { Scenario } from './scenario';

/** How the demo goes with each template, by the template's name. */
export const SCENARIOS: Record<string, Scenario> = {
	'01-set-up-your-agent': agentSetup,
	'02-image-orders-with-openai': paidOrder(),
	'03-image-orders-with-gemini': orderWithReference,
	'04-image-orders-with-flux-on-fal-ai': paidOrder({ settings: QUICK }),
	'05-image-orders-with-replicate': paidOrder({ settings: QUICK }),
	'06a-image-orders-with-automatic1111': paidOrder(),
	'06b-image-orders-with-comfyui': paidOrder({ settings: QUICK }),
	'07-video-orders': videoOrder,
	'08-text-and-code-orders': textOrder,
	'09-one-desk-for-all-services': deskPicture,
	'09a-pictures-for-the-desk': deskPicture,
	'09b-texts-for-the-desk': deskText,
	'10-instant-revisions': revision,
	'11-quote-prices-automatically': quote,
	'12-approve-deliveries-by-hand': approval,
	'13-let-an-ai-agent-run-the-desk': agentOrder,
	'14-failed-orders': failedOrder,
	'15-earnings-reports': earningsReport,
	'16-hunt-for-bounties': bountyClaims,
};

/** A template's number as a person writes it: "2" for "02-image-orders-with-openai", "6a" for "06a-…". */
const numberOf = (template: string): string => template.split('-')[0]!.replace(/^0+/, '');

/**
 * The template that a person means by a number such as 4, 04 or 6a.
 *
 * @throws Error with one sentence, which lists the numbers that there are
 */
export function findTemplate(number: string): string {
	const templates = listTemplates();
	const found = templates.find((template) => numberOf(template) === number.trim().toLowerCase().replace(/^0+/, ''));
	if (!found) throw new Error(`--template has to be one of ${templates.map(numberOf).join(', ')}, not "${number}".`);
	return found;
}
