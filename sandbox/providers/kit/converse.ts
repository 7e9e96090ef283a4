import { answerChat, toPrompt, toTranscript, type ChatReply, type ChatRequest } from '../making/chat';
import type { Sandbox } from './sandbox';

/** A reply with what it costs in tokens, at four characters each. */
export interface CountedReply extends ChatReply {
	inputTokens: number;
	outputTokens: number;
}

const toTokens = (text: string) => Math.max(1, Math.ceil(text.length / 4));

/** Answers a conversation for a provider, from the test's script where it has an answer, and counts it. */
export function converse(sandbox: Sandbox, provider: string, request: ChatRequest): CountedReply {
	const transcript = toTranscript(request);
	const scripted = sandbox.chatScript.take(transcript);
	const reply = scripted ? { text: scripted.text ?? '', toolCalls: scripted.toolCalls ?? [] } : answerChat(request);
	sandbox.ledger.addGeneration(provider, 'text', toPrompt(request));
	return {
		...reply,
		inputTokens: toTokens(transcript),
		outputTokens: toTokens(reply.text + reply.toolCalls.map((call) => JSON.stringify(call)).join('')),
	};
}

/** A text in pieces of a few words, as a streaming model sends it; together they are the text. */
export const toPieces = (text: string): string[] => text.match(/(?:\S+\s*){1,3}|\s+/g) ?? [];
