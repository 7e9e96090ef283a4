import type { Sandbox } from './sandbox';
import type { StoredFile } from './files';
import { drawPicture, mimeTypeOf, type PictureFormat, type PictureRequest } from '../making/picture';
import { makeVideo, type VideoRequest } from '../making/video';

/** Draws a picture for a provider, counts it and puts it where a link can reach it. */
export async function makePictureFile(
	sandbox: Sandbox,
	provider: string,
	request: PictureRequest,
): Promise<StoredFile> {
	const picture = await drawPicture(request);
	sandbox.ledger.addGeneration(provider, 'image', request.prompt);
	const format: PictureFormat = request.format ?? 'png';
	return sandbox.files.add(picture, mimeTypeOf(format));
}

/** Makes a video for a provider, counts it and puts it where a link can reach it. */
export async function makeVideoFile(sandbox: Sandbox, provider: string, request: VideoRequest): Promise<StoredFile> {
	const video = await makeVideo(request);
	sandbox.ledger.addGeneration(provider, 'video', request.prompt);
	return sandbox.files.add(video, 'video/mp4');
}
