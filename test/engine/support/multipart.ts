/** One part of a multipart body, with its header lines as they were sent. */
export interface Part {
	headers: string[];
	content: Buffer;
}

/** Takes a multipart body apart, byte for byte (RFC 2046). Throws when it is not exactly of that form. */
export function readMultipart(body: Buffer, contentType: string): Part[] {
	const boundary = /^multipart\/form-data; boundary="?([^";]+)"?$/.exec(contentType)?.[1];
	if (!boundary) throw new Error(`Not the type of a form: ${contentType}`);
	const parts: Part[] = [];
	let position = expectText(body, 0, `--${boundary}`);
	while (body.subarray(position, position + 2).toString() === '\r\n') {
		const contentStart = body.indexOf('\r\n\r\n', position) + 4;
		const contentEnd = body.indexOf(`\r\n--${boundary}`, contentStart);
		if (contentStart < 4 || contentEnd < 0) throw new Error('The form breaks off');
		parts.push({
			headers: body.subarray(position + 2, contentStart - 4).toString('utf8').split('\r\n'),
			content: body.subarray(contentStart, contentEnd),
		});
		position = contentEnd + `\r\n--${boundary}`.length;
	}
	position = expectText(body, position, '--');
	if (!['', '\r\n'].includes(body.subarray(position).toString('latin1'))) throw new Error('Something follows the end of the form');
	return parts;
}

function expectText(body: Buffer, position: number, text: string): number {
	const end = position + Buffer.byteLength(text);
	if (body.subarray(position, end).toString() !== text) throw new Error(`The form lacks ${JSON.stringify(text)} at byte ${position}`);
	return end;
}
