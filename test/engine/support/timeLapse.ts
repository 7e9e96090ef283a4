import { ClientRequest } from 'node:http';

/** The machine's own timer, for what must not pass faster. */
export const realSetTimeout = setTimeout;

/**
 * Lets time pass faster for this process and nobody else: pauses, limits for answers and distances between polls are
 * that many times shorter. The code that waits stays as it is, and so does the order in which waits end.
 *
 * @returns a function that ends it
 */
export function speedUpTime(factor: number): () => void {
	const setTimeoutSpy = jest
		.spyOn(globalThis, 'setTimeout')
		.mockImplementation(((callback: (...values: unknown[]) => void, milliseconds = 0, ...values: unknown[]) =>
			realSetTimeout(callback, milliseconds / factor, ...values)) as typeof setTimeout);

	const realNow = performance.now.bind(performance);
	const started = realNow();
	const nowSpy = jest.spyOn(performance, 'now').mockImplementation(() => started + (realNow() - started) * factor);

	const limitAnswer = ClientRequest.prototype.setTimeout;
	ClientRequest.prototype.setTimeout = function (milliseconds, callback) {
		return limitAnswer.call(this, Math.ceil(milliseconds / factor), callback);
	};
	const makeTimeout = AbortSignal.timeout.bind(AbortSignal);
	const deadlineSpy = jest
		.spyOn(AbortSignal, 'timeout')
		.mockImplementation((milliseconds) => makeTimeout(Math.ceil(milliseconds / factor)));
	return () => {
		deadlineSpy.mockRestore();
		setTimeoutSpy.mockRestore();
		nowSpy.mockRestore();
		ClientRequest.prototype.setTimeout = limitAnswer;
	};
}
