/** Writes lines as Claude Code does. Times count up by a second from 2026-01-01T00:00:00Z. */
export class ClaudeLines {
  readonly lines: string[] = [];
  private clock = 0;
  private last: string | null = null;

  constructor(readonly sessionId = 'session-1') {}

  get text(): string {
    return this.lines.map((line) => `${line}\n`).join('');
  }

  add(line: Record<string, unknown>): this {
    const at = new Date(Date.UTC(2026, 0, 1, 0, 0, this.clock++)).toISOString();
    const whole = {
      parentUuid: this.last,
      isSidechain: false,
      sessionId: this.sessionId,
      timestamp: at,
      ...line,
    };
    this.lines.push(JSON.stringify(whole));
    if (typeof line['uuid'] === 'string') this.last = line['uuid'];
    return this;
  }

  user(uuid: string, content: unknown, more: Record<string, unknown> = {}): this {
    return this.add({ type: 'user', uuid, message: { role: 'user', content }, ...more });
  }

  assistant(
    uuid: string,
    messageId: string,
    content: unknown,
    more: Record<string, unknown> = {},
    message: Record<string, unknown> = {},
  ): this {
    const usage = { input_tokens: 10, output_tokens: this.clock, cache_read_input_tokens: 5 };
    const whole = {
      id: messageId,
      model: 'claude-test',
      role: 'assistant',
      content,
      stop_reason: null,
      usage,
      ...message,
    };
    return this.add({ type: 'assistant', uuid, requestId: `req-${messageId}`, message: whole, ...more });
  }

  result(uuid: string, toolUseId: string, content: unknown, more: Record<string, unknown> = {}): this {
    return this.user(uuid, [{ type: 'tool_result', tool_use_id: toolUseId, content }], more);
  }
}

export function text(value: string): readonly unknown[] {
  return [{ type: 'text', text: value }];
}

export function tool(id: string, name = 'Read', input: unknown = { path: id }): readonly unknown[] {
  return [{ type: 'tool_use', id, name, input }];
}
