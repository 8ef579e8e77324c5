import { open, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { Option } from 'commander';
import { withStore, type Cli, type Register } from '../cli.js';
import { grouped, plural } from '../figures.js';
import { CancelledError, FormatError } from '../../core/model/errors.js';
import type { Store } from '../../core/store.js';
import type { TranscriptFormat } from '../../transcripts/events.js';
import type { ImportProgress, ImportReport } from '../../transcripts/import.js';
import type { Output } from '../output.js';

const FORMATS: readonly TranscriptFormat[] = [
  ...(['claude-code', 'codex', 'openai', 'openai-responses'] as const),
  ...(['anthropic', 'vscode-chat', 'markdown'] as const),
];
const SQLITE = 'SQLite format 3\0';
const EXPORT = /^\{"format":"tract-export"/;
/** Reasons for skipped lines that are spelled out; the rest is counted. */
const SHOWN_REASONS = 8;

interface Added {
  readonly commits: number;
  readonly records: number;
}

/** `tract import`: a transcript (SPEC §14), an exported tract or a Python database (§9.8); which of them, the file says itself. */
export const importCommand: Register = (program, cli) => {
  program
    .command('import')
    .description('import a session transcript, an exported tract or a database of the Python tract')
    .argument('<file>', "the file; '-' reads a transcript from stdin")
    .addOption(new Option('--format <name>', 'the format of a transcript (default: found out)').choices(FORMATS))
    .action(async (file: string, { format }: { readonly format?: TranscriptFormat }) => {
      const here = cli();
      await untilInterrupted(file === '-' ? here.stdin() : undefined, (signal) =>
        withStore(
          here,
          'write',
          async (store) => {
            const kind = format !== undefined || file === '-' ? 'transcript' : await kindOf(resolve(here.cwd, file));
            if (kind === 'transcript') await importSession(here, store, file, format, signal);
            else await importStored(here, store, resolve(here.cwd, file), kind);
          },
          { isLong: true },
        ),
      );
    });
};

async function kindOf(path: string): Promise<'transcript' | 'tract' | 'python'> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw new FormatError(`${path} is a folder. Name one file; nothing was imported.`);
  if (!found?.isFile()) throw new FormatError(`There is no file ${path}. Nothing was imported.`);
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    const head = buffer.toString('utf8', 0, bytesRead);
    if (head.startsWith(SQLITE)) return 'python';
    return EXPORT.test(head) ? 'tract' : 'transcript';
  } finally {
    await file.close();
  }
}

async function importStored(cli: Cli, store: Store, path: string, kind: 'tract' | 'python'): Promise<void> {
  const before = totals(store);
  const { importTract } = await import('../../library.js');
  const known = new Set(store.tracts().map(({ tractId }) => tractId));
  const first = kind === 'tract' ? await store.importTract(path) : await importTract(path, { store });
  const after = totals(store);
  const added: Added = { commits: after.commits - before.commits, records: after.records - before.records };
  const brought = store.tracts().filter(({ tractId }) => !known.has(tractId));
  const tracts = brought.length > 0 ? brought.map(({ tractId }) => tractId) : [first.tractId];
  cli.out.result({ kind, tracts, added }, () => {
    const what = kind === 'tract' ? 'exported tract' : 'Python tract database';
    cli.out.line(`${basename(path)}: ${what}, ${plural(tracts.length, 'tract')}`);
    printAdded(cli.out, added);
  });
}

function totals(store: Store): Added {
  let commits = 0;
  for (const _hash of store.storage.commitHashes()) commits++;
  const records = store
    .tracts()
    .map(({ tractId }) => store.storage.records(tractId, { limit: Number.MAX_SAFE_INTEGER }).length);
  return { commits, records: records.reduce((sum, count) => sum + count, 0) };
}

/** Ctrl+C ends the import between two batches: what was read stays, and importing the file again goes on from there. */
async function untilInterrupted(
  stdin: Readable | undefined,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const cancel = new AbortController();
  const interrupt = () => {
    const reason = new CancelledError('Cancelled. What was read so far is imported; import the file again to go on.');
    cancel.abort(reason);
    // Nobody may be writing there any more: waiting for the next piece could take for ever. Whoever reads gets the
    // reason; where nobody reads yet, an error without a listener would end the process before the store is closed.
    stdin?.once('error', () => {});
    stdin?.destroy(reason);
  };
  process.once('SIGINT', interrupt);
  try {
    await work(cancel.signal);
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}

async function importSession(
  cli: Cli,
  store: Store,
  file: string,
  format: TranscriptFormat | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { out } = cli;
  const { importTranscript } = await import('../../library.js');
  const report = await importTranscript(file === '-' ? cli.stdin() : resolve(cli.cwd, file), {
    store,
    signal,
    onProgress: (progress) => {
      out.progress(progressLine(progress));
    },
    ...(format === undefined ? {} : { format }),
  });
  out.progress('');
  out.result({ kind: 'transcript', ...report }, () => {
    printReport(out, file === '-' ? 'stdin' : basename(file), report);
  });
}

function progressLine({ bytes, totalBytes, commits, calls }: ImportProgress): string {
  const share = totalBytes === null || totalBytes === 0 ? '' : `${Math.floor((bytes / totalBytes) * 100)}%, `;
  return `Importing: ${share}${plural(commits, 'commit')}, ${plural(calls, 'call')}`;
}

function printReport(out: Output, name: string, report: ImportReport): void {
  const { usage } = report;
  out.line(`${out.oneLine(name)}: ${report.format}, ${plural(report.tracts.length, 'tract')}`);
  const reported =
    usage.totalTokens === 0
      ? 'no usage reported'
      : `reported ${grouped(usage.promptTokens)} prompt and ${grouped(usage.completionTokens)} completion tokens`;
  out.line(
    `Read ${plural(report.calls, 'model call')}, ${plural(report.toolCalls, 'tool call')}, ${plural(report.toolResults, 'tool result')}; ${reported}`,
  );
  if (report.agents.length > 0) out.line(`With ${plural(report.agents.length, 'sub-agent')}`);
  const sum = (pick: (added: Added) => number) =>
    report.agents.reduce((total, { added }) => total + pick(added), pick(report.added));
  printAdded(out, { commits: sum(({ commits }) => commits), records: sum(({ records }) => records) });
  if (report.pending > 0) out.line(`${plural(report.pending, 'line')} pending: their place is not certain yet`);
  const skipped = [...report.skipped, ...report.agents.flatMap((agent) => agent.skipped)];
  if (skipped.length === 0) return;
  const reasons = new Map<string, number>();
  for (const { type, reason } of skipped) {
    const key = `${type}: ${reason}`;
    reasons.set(key, (reasons.get(key) ?? 0) + 1);
  }
  out.line(`Skipped ${plural(skipped.length, 'line')}:`);
  const common = [...reasons].sort(([, a], [, b]) => b - a);
  for (const [reason, count] of common.slice(0, SHOWN_REASONS))
    out.line(`  ${grouped(count)} × ${out.oneLine(reason, 120)}`);
  if (common.length > SHOWN_REASONS)
    out.line(`  and ${plural(common.length - SHOWN_REASONS, 'other reason')} (--json lists all)`);
}

function printAdded(out: Output, { commits, records }: Added): void {
  if (commits === 0 && records === 0) out.line('Nothing new.');
  else out.line(`Added ${plural(commits, 'commit')} and ${plural(records, 'record')}`);
}
