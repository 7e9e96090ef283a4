import { z } from 'zod';

/** One answer of the text models, as `POST /sandbox/chat-script` takes it. */
export const scriptedReplySchema = z
	.object({
		/** Used only for a conversation that contains this text; for any when left out. */
		when: z.string().optional(),
		/** The answer's words; beside tool calls, the words that go with them. */
		text: z.string().optional(),
		/** Tools to call instead of answering. */
		toolCalls: z.array(z.object({ name: z.string(), arguments: z.record(z.unknown()).default({}) })).optional(),
	})
	.strict()
	.refine(({ text, toolCalls }) => text !== undefined || toolCalls?.length, 'A reply has a text or tool calls.');

export const chatScriptSchema = z.object({ replies: z.array(scriptedReplySchema) }).strict();

export type ScriptedReply = z.infer<typeof scriptedReplySchema>;

/** The answers that the text models are to give next, each once, in order. */
export class ChatScript {
	private replies: ScriptedReply[] = [];

	add(replies: readonly ScriptedReply[]) {
		this.replies.push(...replies);
	}

	/** The first answer that fits the conversation; taken off the script. */
	take(conversation: string): ScriptedReply | undefined {
		const index = this.replies.findIndex(({ when }) => when === undefined || conversation.includes(when));
		return index === -1 ? undefined : this.replies.splice(index, 1)[0];
	}

	list(): readonly ScriptedReply[] {
		return this.replies;
	}

	/** Drops the rest of the script. */
	clear() {
		this.replies = [];
	}
}
