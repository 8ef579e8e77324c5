import * as vscode from 'vscode';
import { RequestTooLargeError } from '../../core/model/errors.js';
import type { StoredRecord } from '../../core/model/record.js';
import { questionPrompt } from '../../core/prompts/question-prompt.js';
import type { Tract } from '../../core/tract.js';
import { lmModel } from '../models/lm-model.js';
import type { TractWindow } from '../window.js';

/** What a chat's earlier answers leave for its next question. */
interface QuestionMetadata {
  /** The child tract that holds the questions and answers. */
  readonly questions: string;
}

/**
 * A free question to `@tract`, answered by the chat's own model with the compiled context before it. It is a conversation of its
 * own, so it is a child tract of the commit it is about (SPEC §9.7): question and answer are commits there, the call has its record
 * (§7), and the history that was asked about stays as it is.
 * @throws RequestTooLargeError before anything is written, and what `chat` and the model throw
 */
export async function answerQuestion(
  window: TractWindow,
  request: vscode.ChatRequest,
  { history }: vscode.ChatContext,
  stream: vscode.ChatResponseStream,
  token: vscode.CancellationToken,
): Promise<vscode.ChatResult> {
  const tract = await window.store.requireActive();
  const context = await tract.compile();
  if (context.messages.length === 0) {
    stream.markdown(vscode.l10n.t('There is nothing in this tract to ask about yet.'));
    return {};
  }
  const { maxInputTokens } = request.model;
  if (context.estimatedTokens > maxInputTokens) throw new RequestTooLargeError(context.estimatedTokens, maxInputTokens);
  stream.progress(vscode.l10n.t('Reading ~{0} tokens of history', context.estimatedTokens));
  const questions = (await earlierQuestions(window, tract, history)) ?? (await startQuestions(tract, request, history));
  const stop = new AbortController();
  const listener = token.onCancellationRequested(() => {
    stop.abort();
  });
  const metadata: QuestionMetadata = { questions: questions.tractId };
  try {
    const { record } = await questions.chat(request.prompt, {
      model: lmModel(request.model),
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === 'text') stream.markdown(event.text);
      },
    });
    stream.button({
      command: 'tract.openRecord',
      title: vscode.l10n.t('Show Compile Record'),
      arguments: [recordNode(record)],
    });
    return { metadata };
  } finally {
    listener.dispose();
  }
}

/** As the tree view's rows name it. */
function recordNode({ id, tractId }: Pick<StoredRecord, 'id' | 'tractId'>) {
  return { kind: 'record', tractId, record: { id } };
}

/** The child that this chat's last question made, while HEAD still stands on the commit it is about. */
async function earlierQuestions(
  window: TractWindow,
  tract: Tract,
  history: vscode.ChatContext['history'],
): Promise<Tract | null> {
  const last = history.findLast((turn) => turn instanceof vscode.ChatResponseTurn);
  const { questions } = (last?.result.metadata ?? {}) as Partial<QuestionMetadata>;
  const child = (await window.store.open()).tracts().find(({ tractId }) => tractId === questions);
  const isAboutHead = child?.spawn?.tractId === tract.tractId && child.spawn.commitHash === tract.head;
  return child && isAboutHead ? window.store.tract(child.tractId) : null;
}

async function startQuestions(
  tract: Tract,
  { prompt }: vscode.ChatRequest,
  history: vscode.ChatContext['history'],
): Promise<Tract> {
  const [task, material] = questionPrompt((await tract.compile()).toMarkdown());
  const child = await tract.spawn({ purpose: prompt.replace(/\s+/g, ' ').slice(0, 60), mode: 'empty' });
  await child.batch(async (batch) => {
    await batch.system(task.content ?? '');
    await batch.user(material.content ?? '');
    for (const { role, text } of history.map(said)) {
      if (text !== '') await batch.commit({ content_type: 'dialogue', role, text });
    }
  });
  return child;
}

/** An earlier question or answer of this chat. */
function said(turn: vscode.ChatRequestTurn | vscode.ChatResponseTurn) {
  if (turn instanceof vscode.ChatRequestTurn) {
    const command = turn.command === undefined ? '' : `/${turn.command} `;
    return { role: 'user', text: `${command}${turn.prompt}`.trim() };
  }
  const parts = turn.response.map((part) => (part instanceof vscode.ChatResponseMarkdownPart ? part.value.value : ''));
  return { role: 'assistant', text: parts.join('') };
}
