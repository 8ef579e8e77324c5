import * as vscode from 'vscode';

/** What the model was asked, as VS Code handed it on. */
export interface LmRequest {
  readonly messages: readonly vscode.LanguageModelChatMessage[];
  readonly options: vscode.LanguageModelChatRequestOptions;
}

/** How one request is answered: reports parts as they come; ends when it returns, fails when it throws. */
export type LmReply = (
  report: (part: vscode.LanguageModelTextPart | vscode.LanguageModelToolCallPart) => void,
  token: vscode.CancellationToken,
) => Promise<void> | void;

/** What this extension's `activate` gives the tests. */
export interface TestModels {
  readonly requests: readonly LmRequest[];
  /** Replies for the next requests; afterwards each gets `Hello from VS Code.` in two pieces. */
  enqueue(...replies: LmReply[]): void;
  /** Forgets requests and queued replies. */
  reset(): void;
}

/** The part of `vscode.lm` that came after the version that Tract is typed against. */
interface ProviderApi {
  registerLanguageModelChatProvider(
    vendor: string,
    provider: {
      provideLanguageModelChatInformation(): readonly object[];
      provideLanguageModelChatResponse(
        model: unknown,
        messages: readonly vscode.LanguageModelChatMessage[],
        options: vscode.LanguageModelChatRequestOptions,
        progress: vscode.Progress<vscode.LanguageModelTextPart | vscode.LanguageModelToolCallPart>,
        token: vscode.CancellationToken,
      ): Promise<void>;
      provideTokenCount(): Promise<number>;
    },
  ): vscode.Disposable;
}

const MODEL = {
  id: 'one',
  name: 'Test Model',
  family: 'test',
  version: '1',
  maxInputTokens: 4000,
  maxOutputTokens: 1000,
  capabilities: { toolCalling: true },
  // So that the chat view has a model to give to participants.
  isDefault: true,
  isUserSelectable: true,
};

/** A provider as any extension registers one, so that Tract is tested through the real `vscode.lm`. */
export function activate(context: vscode.ExtensionContext): TestModels {
  const requests: LmRequest[] = [];
  let queue: LmReply[] = [];
  const greet: LmReply = (report) => {
    for (const text of ['Hello from ', 'VS Code.']) report(new vscode.LanguageModelTextPart(text));
  };
  context.subscriptions.push(
    (vscode.lm as unknown as ProviderApi).registerLanguageModelChatProvider('tract-test', {
      provideLanguageModelChatInformation: () => [MODEL],
      provideLanguageModelChatResponse: async (_model, messages, options, progress, token) => {
        requests.push({ messages, options });
        const reply = queue.shift() ?? greet;
        await reply((part) => {
          progress.report(part);
        }, token);
      },
      provideTokenCount: () => Promise.resolve(1),
    }),
  );
  return {
    requests,
    enqueue: (...replies) => void queue.push(...replies),
    reset: () => {
      requests.length = 0;
      queue = [];
    },
  };
}

/** Role and text of each message of a request. */
export function textsOf(request: LmRequest | undefined): [role: string, text: string][] {
  return (request?.messages ?? []).map(({ role, content }) => [
    role === vscode.LanguageModelChatMessageRole.User ? 'user' : 'assistant',
    content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join(''),
  ]);
}

/** A promise that is resolved from outside. */
export function settled(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
