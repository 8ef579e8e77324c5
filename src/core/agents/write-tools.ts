import * as z from 'zod';
import { PRIORITIES } from '../model/commit.js';
import { InvalidArgumentError } from '../model/errors.js';
import { defineTool, type AgentTool } from './agent-tool.js';
import type { AgentTract } from './agent-tract.js';
import { refInput } from './read-tools.js';
import { contextLine, firstLine, messageCount, short } from './tool-text.js';

/** Longest text a tool call may add, in characters: a context, not an archive. */
const MAX_TEXT = 400_000;

const commitContext = defineTool({
  name: 'commit_context',
  title: 'Commit to context',
  description:
    'Adds one message to the end of the active context as a commit. Use it when the person asks to keep something: a decision, an instruction, a result. Not for notes to yourself, and not for what is there already: look with show_log first. The person is asked before anything is stored.',
  shape: {
    text: z.string().min(1).max(MAX_TEXT).describe('The message'),
    type: z
      .enum(['dialogue', 'instruction', 'output'])
      .default('dialogue')
      .describe('dialogue: something said; instruction: a standing rule, sent as system; output: a finished result'),
    role: z.enum(['user', 'assistant']).default('user').describe('Who says it; for dialogue only'),
    name: z.string().max(100).optional().describe('For an instruction: replaces the earlier one of this name'),
    message: z.string().max(500).optional().describe('Commit message; made from the text when left out'),
  },
  consequence: async (tract, { type, text }) =>
    `Add one ${type} of ${text.length} characters to ${await whereTo(tract)}: “${firstLine(text)}”`,
  run: async (tract, { text, type, role, name, message }) => {
    const content = {
      content_type: type,
      text,
      ...(type === 'dialogue' ? { role } : {}),
      ...(type === 'instruction' && name !== undefined ? { name } : {}),
    };
    const commit = await tract.commit(content, {
      metadata: { author: 'agent' },
      ...(message === undefined ? {} : { message }),
    });
    return `Committed ${commit.commitHash} (~${commit.tokenCount} tokens).`;
  },
});

const createBranch = defineTool({
  name: 'create_branch',
  title: 'Create branch',
  description:
    'Creates a branch, by default at HEAD, and checks it out. Use it before trying something that should not touch the current line. Not for going to a branch that exists (checkout_ref). The person is asked first.',
  shape: {
    name: z.string().min(1).max(250).describe('Name by git’s rules'),
    from: refInput.optional().describe('Where it starts; HEAD when left out'),
    checkout: z.boolean().default(true).describe('Also go there'),
  },
  consequence: async (tract, { name, from, checkout }) => {
    const at = short(await tract.resolveCommit(from ?? 'HEAD'));
    return `Create the branch ${name} at ${at}${checkout ? ' and check it out' : ''}`;
  },
  run: async (tract, { name, from, checkout }) => {
    const hash = await tract.branch(name, { checkout, ...(from === undefined ? {} : { from }) });
    return `Branch ${name} stands at ${hash}${checkout ? ' and is checked out' : ''}.`;
  },
});

const checkoutRef = defineTool({
  name: 'checkout_ref',
  title: 'Check out',
  description:
    'Moves HEAD to a branch, or to any commit (then HEAD is detached and only reading works). “-” goes back. Use it to switch the line the person works on, when asked. Not for looking at an old state: compile_context with at does that without moving anything. The person is asked first.',
  shape: { ref: refInput.describe('Branch, tag, hash, prefix, HEAD~2 or -') },
  consequence: async (tract, { ref }) => {
    const from = tract.currentBranch ?? (tract.head === null ? 'nothing' : short(tract.head));
    const to = ref === '-' ? 'the previous position' : `${ref} (${short(await tract.resolveCommit(ref))})`;
    return `Move HEAD from ${from} to ${to}`;
  },
  run: async (tract, { ref }) => {
    const hash = await tract.checkout(ref);
    return tract.currentBranch === null
      ? `HEAD is detached at ${hash}. Check out a branch to commit again; “-” goes back.`
      : `On ${tract.currentBranch} at ${hash}.`;
  },
});

const annotateCommit = defineTool({
  name: 'annotate_commit',
  title: 'Annotate commit',
  description:
    'Sets how a message is treated from here on: skip leaves it out of the context, pinned keeps it through every compression, important has it summarised with care, normal undoes these. Use it to drop a heavy tool result or to protect a decision. Not for changing texts. Nothing is deleted; the person is asked first.',
  shape: {
    commit: refInput.describe('Hash, or prefix of at least 4 characters, of the message’s commit'),
    priority: z.enum(PRIORITIES as [string, ...string[]]).describe('skip, normal, important or pinned'),
    reason: z.string().max(500).optional().describe('Why, for whoever reads the history'),
  },
  consequence: async (tract, { commit, priority }) => {
    const hash = await tract.resolveCommit(commit);
    const { messages } = await tract.compile({ includeReasoning: true });
    const message = messages.find(({ commitHash }) => commitHash === hash);
    const named = message ? ` (${message.role}, ~${message.tokenCount} tokens): “${firstLine(message.content)}”` : '';
    return `Set the priority of ${short(hash)} to ${priority}${named}`;
  },
  run: async (tract, { commit, priority, reason }) => {
    const hash = await tract.resolveCommit(commit);
    const made = await tract.annotate(hash, priority, reason === undefined ? {} : { reason });
    return `${short(hash)} is ${priority} from ${made.commitHash} on.`;
  },
});

const compressContext = defineTool({
  name: 'compress_context',
  title: 'Compress context',
  description:
    'Replaces messages by a summary, in the context only: they stay in the history and can be expanded again. Give your own summary as text, or leave it out to have the configured model write one. Use it when the budget is nearly used or the person asks. Not while a question in the range is still open. Pinned messages stay; a summary that saves no tokens is refused. The person is asked first.',
  shape: {
    from: refInput.optional().describe('First commit of the range; give both ends or neither (everything)'),
    to: refInput.optional().describe('Last commit of the range'),
    text: z.string().min(1).max(MAX_TEXT).optional().describe('The summary'),
    instructions: z.string().max(2000).optional().describe('What the configured model should keep, when it writes'),
  },
  consequence: async (tract, { from, to, text }) => {
    const range = rangeOf(from, to);
    const part =
      range === undefined
        ? `all of ${contextLine(await tract.compile({}))}`
        : `the messages from ${short(await tract.resolveCommit(range.from))} to ${short(await tract.resolveCommit(range.to))}`;
    const by = text === undefined ? 'a summary that the configured model writes' : `this summary: “${firstLine(text)}”`;
    return `Replace ${part} by ${by}. They stay in the history`;
  },
  run: async (tract, { from, to, text, instructions }) => {
    const range = rangeOf(from, to);
    const { commit, sources, tokensBefore, tokensAfter } = await tract.compress({
      ...(range === undefined ? {} : { range }),
      ...(text === undefined ? {} : { text }),
      ...(instructions === undefined ? {} : { instructions }),
    });
    return `Compressed ${messageCount(sources.length)}: ~${tokensBefore} → ~${tokensAfter} tokens, commit ${commit.commitHash}.`;
  },
});

function rangeOf(from?: string, to?: string): { readonly from: string; readonly to: string } | undefined {
  if (from === undefined && to === undefined) return undefined;
  if (from === undefined || to === undefined) throw new InvalidArgumentError('Give both from and to, or neither.');
  return { from, to };
}

async function whereTo(tract: AgentTract): Promise<string> {
  const { branch, detached } = await tract.status();
  return branch ?? (detached ? 'a detached HEAD (this will be refused)' : 'the new tract');
}

/** Tools that change state: each asks the person first. */
export const WRITE_TOOLS: readonly AgentTool[] = [
  commitContext,
  createBranch,
  checkoutRef,
  annotateCommit,
  compressContext,
];
