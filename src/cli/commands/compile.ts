import { Option } from 'commander';
import { amount, count } from '../arguments.js';
import { withTract, type Register } from '../cli.js';
import { grouped, plural, short, tokens } from '../figures.js';
import type { Output } from '../output.js';
import type { CompiledContext } from '../../core/model/context.js';
import type { Strategy } from '../../core/compile/options.js';
import type { CompileOptions } from '../../core/operations/compile.js';
import { exportContext, type ExportFormat } from '../../transcripts/export.js';

type Format = Exclude<ExportFormat, 'claude-code'>;

interface CompileFlags {
  readonly asOf?: string;
  readonly strategy?: Strategy;
  readonly k?: number;
  readonly recentRatio?: number;
  readonly reasoning?: boolean;
  readonly markEdits?: boolean;
  readonly format?: Format;
}

/** `tract compile [ref]`: the context of a commit (SPEC §5), to read or as the body of a request. */
export const compile: Register = (program, cli) => {
  program
    .command('compile')
    .description('the messages a model would get')
    .argument('[ref]', 'the commit (default: HEAD)')
    .option('--as-of <time>', 'the last commit at or before this time')
    .addOption(new Option('--strategy <name>', 'what the messages hold').choices(['full', 'messages', 'adaptive']))
    .option('--k <count>', 'adaptive: so many of the last messages keep their text', count)
    .option('--recent-ratio <share>', 'adaptive: this share of the messages keeps its text', amount)
    .option('--reasoning', 'with reasoning')
    .option('--mark-edits', "adds ' [edited]' to edited messages")
    .addOption(new Option('--format <name>', 'as a request or a document').choices(['openai', 'anthropic', 'markdown']))
    .action(async (ref: string | undefined, flags: CompileFlags) => {
      const { out } = cli();
      const context = await withTract(cli(), 'read', (tract) => tract.compile(optionsOf(ref, flags)));
      const { format } = flags;
      if (format !== undefined && !(out.json && format === 'markdown')) {
        out.raw(exportContext(context, format).text);
        return;
      }
      out.result(contextJson(context), () => {
        printContext(out, context);
      });
    });
};

function optionsOf(at: string | undefined, flags: CompileFlags): CompileOptions {
  const { asOf, strategy, k, recentRatio, reasoning, markEdits } = flags;
  return {
    ...(at === undefined ? {} : { at }),
    ...(asOf === undefined ? {} : { asOf }),
    ...(strategy === undefined ? {} : { strategy }),
    ...(k === undefined ? {} : { k }),
    ...(recentRatio === undefined ? {} : { recentRatio }),
    ...(reasoning ? { includeReasoning: true } : {}),
    ...(markEdits ? { markEdits: true } : {}),
  };
}

/** What SPEC §5 lists; the context computes some of it only when asked. */
function contextJson(context: CompiledContext) {
  const { head, messages, tokenCount, tokenSource, estimatedTokens, commitCount, commitHashes, tools } = context;
  const { contextHash } = context;
  return { head, messages, tokenCount, tokenSource, estimatedTokens, commitCount, commitHashes, tools, contextHash };
}

function printContext(out: Output, context: CompiledContext): void {
  for (const message of context.messages) {
    const marks = [
      `~${grouped(message.tokenCount)} tokens`,
      ...(message.priority === 'normal' ? [] : [message.priority]),
      ...(message.edited ? ['edited'] : []),
    ];
    out.line(
      `${out.paint('yellow', short(message.commitHash))} ${out.paint('bold', message.role)} (${marks.join(', ')})`,
    );
    if (message.content !== '') out.line(out.safe(message.content));
    for (const call of message.toolCalls ?? []) out.line(out.safe(`${call.name}(${call.arguments})`));
    out.line();
  }
  const source = context.tokenSource === '' ? '' : ` (${context.tokenSource})`;
  out.line(
    `${plural(context.commitCount, 'message')}, ${tokens(context.tokenCount, context.tokenSource)} tokens${source}`,
  );
}
