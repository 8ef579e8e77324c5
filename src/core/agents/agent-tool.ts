import * as z from 'zod';
import { InvalidArgumentError, TractError } from '../model/errors.js';
import type { AgentTract } from './agent-tract.js';

/** One call of a tool, its input checked. */
export interface AgentCall {
  /** One sentence that says what would change, for the person who is asked. Only called when the tool changes state. */
  consequence(tract: AgentTract): Promise<string>;
  /** What the model gets back. */
  run(tract: AgentTract): Promise<string>;
}

/** A tool as language models see it, the same through VS Code and through MCP (SPEC §15). */
export interface AgentTool {
  /** `verb_noun`. */
  readonly name: string;
  readonly title: string;
  /** Says when to use the tool and when not. */
  readonly description: string;
  readonly input: z.ZodObject;
  /** A person is asked before each call (SPEC §15: tools that change state ask first). */
  readonly changesState: boolean;
  /** @throws InvalidArgumentError when the input has not the tool's shape. */
  call(input: unknown): AgentCall;
}

interface ToolDefinition<Shape extends z.core.$ZodLooseShape> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly shape: Shape;
  /** Present when the tool changes state. */
  readonly consequence?: (tract: AgentTract, input: z.output<z.ZodObject<Shape>>) => Promise<string>;
  readonly run: (tract: AgentTract, input: z.output<z.ZodObject<Shape>>) => Promise<string>;
}

export function defineTool<Shape extends z.core.$ZodLooseShape>(definition: ToolDefinition<Shape>): AgentTool {
  const { name, title, description, shape, consequence, run } = definition;
  const input = z.strictObject(shape);
  return {
    name,
    title,
    description,
    input: input,
    changesState: consequence !== undefined,
    call: (raw) => {
      const parsed = input.safeParse(raw);
      if (!parsed.success) throw new InvalidArgumentError(z.prettifyError(parsed.error));
      return {
        consequence: (tract) => consequence?.(tract, parsed.data) ?? Promise.resolve(''),
        run: (tract) => run(tract, parsed.data),
      };
    },
  };
}

/** Asks the person; false: nothing may change. */
export type Confirm = (request: {
  readonly tool: AgentTool;
  readonly consequence: string;
  readonly signal: AbortSignal;
}) => Promise<boolean>;

export interface AgentResult {
  readonly text: string;
  readonly isError: boolean;
}

/** More than this is of no use to a model, and costs it its own window. */
const MAX_RESULT = 50_000;

/**
 * Runs one tool call: checks the input, asks the person where the call would change something, and turns errors of Tract's
 * into text the model can act on. Other errors are bugs and thrown.
 */
export async function runTool(
  tool: AgentTool,
  input: unknown,
  active: () => AgentTract | Promise<AgentTract>,
  confirm: Confirm,
  signal: AbortSignal,
): Promise<AgentResult> {
  try {
    const call = tool.call(input);
    const tract = await active();
    if (tool.changesState) {
      const consequence = await call.consequence(tract);
      const allowed = await confirm({ tool, consequence, signal });
      // The caller may be gone by the time a person answers: what nobody waits for must not happen.
      if (!allowed || signal.aborted) {
        return {
          text: 'The person did not allow this. Nothing was changed. Do not try again unless asked.',
          isError: true,
        };
      }
    }
    const text = await call.run(tract);
    return { text: text.length <= MAX_RESULT ? text : `${text.slice(0, MAX_RESULT)}\n… cut`, isError: false };
  } catch (error) {
    if (!(error instanceof TractError)) throw error;
    return { text: `${error.message} (${error.code})`, isError: true };
  }
}
