import { QUICK } from '../../../../sandbox/demo/templates/orders';
import { agentDesk } from './agentDesk';
import { agentSetup } from './agentSetup';
import { automaticQuotes } from './automaticQuotes';
import { bountyHunt } from './bountyHunt';
import type { TemplateCase } from './case';
import { earningsReports } from './earningsReports';
import { failedOrders } from './failedOrders';
import { humanApproval } from './humanApproval';
import { imageOrdersWithGemini } from './imageOrdersWithGemini';
import { imageOrdersWithOpenAi } from './imageOrdersWithOpenAi';
import { instantRevisions } from './instantRevisions';
import { deskPictures, deskTexts, oneDesk } from './oneDesk';
import { pictureOrders } from './pictureOrders';
import { textOrders } from './textOrders';
import { videoOrders } from './videoOrders';

const DOWNLOADED = 'Download the picture';

/** How each template is executed, by the template's name. */
export const cases: Record<string, TemplateCase> = {
	'01-set-up-your-agent': agentSetup,
	'02-image-orders-with-openai': imageOrdersWithOpenAi,
	'03-image-orders-with-gemini': imageOrdersWithGemini,
	'04-image-orders-with-flux-on-fal-ai': pictureOrders({
		provider: 'fal',
		path: 'fal-ai/flux',
		promptOf: ({ prompt }: { prompt: string }) => prompt,
		source: DOWNLOADED,
		settings: QUICK,
		size: { width: 1024, height: 1024 },
		failure: { fault: { failJob: true, message: 'The runner ran out of memory' }, words: 'The runner ran out of memory' },
		queue: { asking: 'Ask how far it is', words: 'fal.ai did not make the picture for order %id%: it took too long' },
	}),
	'05-image-orders-with-replicate': pictureOrders({
		provider: 'replicate',
		path: '/predictions',
		promptOf: ({ input }: { input: { prompt: string } }) => input.prompt,
		source: DOWNLOADED,
		settings: QUICK,
		size: { width: 1024, height: 1024 },
		failure: { fault: { failJob: true, message: 'NSFW content detected' }, words: 'NSFW content detected' },
		queue: { asking: 'Ask how far it is', words: 'Replicate did not make the picture for order %id%: it took too long' },
	}),
	'06a-image-orders-with-automatic1111': pictureOrders({
		provider: 'a1111',
		path: '/txt2img',
		promptOf: ({ prompt }: { prompt: string }) => prompt,
		source: 'Make a file of it',
		size: { width: 1024, height: 1024 },
		failure: { fault: { status: 500, message: 'CUDA out of memory' }, words: 'service' },
	}),
	'06b-image-orders-with-comfyui': pictureOrders({
		provider: 'comfyui',
		path: '/prompt',
		promptOf: ({ prompt }: { prompt: Record<string, { inputs: { text: string } }> }) => prompt['6']!.inputs.text,
		source: 'Fetch the picture',
		settings: QUICK,
		size: { width: 768, height: 768 },
		failure: { fault: { failJob: true, message: 'Allocation on device' }, words: 'Allocation on device' },
		queue: { asking: 'Ask how far it is', words: 'ComfyUI did not make the picture for order %id%: it took too long' },
	}),
	'07-video-orders': videoOrders,
	'08-text-and-code-orders': textOrders,
	'09-one-desk-for-all-services': oneDesk,
	'09a-pictures-for-the-desk': deskPictures,
	'09b-texts-for-the-desk': deskTexts,
	'10-instant-revisions': instantRevisions,
	'11-quote-prices-automatically': automaticQuotes,
	'12-approve-deliveries-by-hand': humanApproval,
	'13-let-an-ai-agent-run-the-desk': agentDesk,
	'14-failed-orders': failedOrders,
	'15-earnings-reports': earningsReports,
	'16-hunt-for-bounties': bountyHunt,
};
