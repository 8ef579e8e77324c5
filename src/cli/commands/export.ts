import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option } from 'commander';
import { withTract, type Cli, type Register } from '../cli.js';
import { FormatError, InvalidArgumentError } from '../../core/model/errors.js';
import type { CompiledContext } from '../../core/model/context.js';
import { exportContext, exportSession, type ExportFormat, type Exported } from '../../transcripts/export.js';

interface ExportFlags {
  readonly format?: ExportFormat;
  readonly at?: string;
}

/** `tract export`: a whole tract without loss (SPEC §9.8), or one context for another tool (SPEC §14). */
export const exportCommand: Register = (program, cli) => {
  program
    .command('export')
    .description('write the tract as one file; or, with --format, the context of one commit')
    .argument('[file]', "the file to write; for a context also '-' or nothing: stdout")
    .addOption(
      new Option('--format <name>', 'the context of one commit').choices([
        'openai',
        'anthropic',
        'markdown',
        'claude-code',
      ]),
    )
    .option('--at <ref>', 'with --format: which commit (default: HEAD)')
    .action(async (file: string | undefined, flags: ExportFlags) => {
      if (flags.format === undefined) await exportTract(cli(), file, flags);
      else await exportOne(cli(), file, flags.format, flags.at);
    });
};

async function exportTract(cli: Cli, file: string | undefined, { at }: ExportFlags): Promise<void> {
  if (at !== undefined) throw new InvalidArgumentError('--at belongs to --format: a tract is exported as a whole.');
  if (file === undefined || file === '-')
    throw new InvalidArgumentError('Name the file that the tract goes to, or a --format for one context.');
  const path = resolve(cli.cwd, file);
  const tractId = await withTract(cli, 'read', async (tract) => {
    await tract.exportTo(path);
    return tract.tractId;
  });
  cli.out.result({ file: path, tractId }, () => {
    cli.out.line(`Exported tract ${tractId} to ${path}`);
  });
}

async function exportOne(
  cli: Cli,
  file: string | undefined,
  format: ExportFormat,
  at: string | undefined,
): Promise<void> {
  const context = await withTract(cli, 'read', (tract) => tract.compile(at === undefined ? {} : { at }));
  const { text } = exported(context, format, cli.cwd);
  if (file === undefined || file === '-') {
    // A request is JSON already; a document and a session's lines are not.
    const isJson = format === 'openai' || format === 'anthropic';
    if (cli.out.json && !isJson) cli.out.result({ format, head: context.head, text }, () => undefined);
    else cli.out.raw(text);
    return;
  }
  const path = resolve(cli.cwd, file);
  try {
    await writeFile(path, text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError(`The file ${path} could not be written: ${reason}.`, { cause: error });
  }
  cli.out.result({ file: path, format, head: context.head }, () => {
    cli.out.line(`Exported the context of ${context.head?.slice(0, 8) ?? '(empty)'} to ${path}`);
  });
}

function exported(context: CompiledContext, format: ExportFormat, cwd: string): Exported {
  if (format !== 'claude-code') return exportContext(context, format);
  return exportSession(context, { sessionId: randomUUID(), cwd, now: new Date().toISOString(), newId: randomUUID });
}
