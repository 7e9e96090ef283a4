import type { PrepareJob } from '../measure/job';
import type { UploadOptions } from './upload50';
import { uploadInEngine } from './uploadInEngine';

/** The upload with this package's node. */
export const prepare: PrepareJob<UploadOptions> = async (options) =>
	await uploadInEngine(options, [
		{ name: 'Upload', type: 'atelier', parameters: { resource: 'file', operation: 'upload', options: { uploadMethod: 'token' } } },
	]);
