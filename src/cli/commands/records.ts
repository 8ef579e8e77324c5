import { count } from '../arguments.js';
import { withTract, type Cli, type Register } from '../cli.js';
import { grouped, plural, short, tokens } from '../figures.js';
import { InvalidArgumentError } from '../../core/model/errors.js';
import type { CompileRecord, CompileRecordDetails } from '../../core/records/compile-record.js';
import type { Output } from '../output.js';

interface RecordFlags {
  readonly number?: number;
  readonly reproduce?: boolean;
}

/** `tract records [id]`: what was compiled for and sent to a model (SPEC §7). */
export const records: Register = (program, cli) => {
  program
    .command('records')
    .description('the contexts that were sent to a model, newest first; or one of them')
    .argument('[id]', 'a record')
    .option('-n, --number <count>', 'at most so many (default: 100)', count)
    .option('--reproduce', 'compile the context of the record again and check its hash')
    .action((id: string | undefined, flags: RecordFlags) =>
      id === undefined ? list(cli(), flags) : one(cli(), id, flags),
    );
};

async function list(cli: Cli, { number, reproduce }: RecordFlags): Promise<void> {
  if (reproduce) throw new InvalidArgumentError('Which record? Give its id.');
  const { out } = cli;
  const limit = number === undefined ? {} : { limit: number };
  const found = await withTract(cli, 'read', (tract) => tract.compileRecords(limit));
  out.result(found, () => {
    if (found.length === 0) out.line('No records: no model call was made or imported here.');
    for (const record of found) out.line(line(out, record));
  });
}

function line(out: Output, record: CompileRecord): string {
  const cached =
    record.usage !== null && record.usage.cacheReadTokens > 0
      ? ` (${grouped(record.usage.cacheReadTokens)} cached)`
      : '';
  const output = record.usage === null ? '' : ` → ${grouped(record.usage.completionTokens)}`;
  const outcome = record.outcome === 'answered' ? out.paint('green', record.outcome) : out.paint('red', record.outcome);
  const model = record.model === null ? '' : ` ${out.oneLine(record.model)}`;
  const figures = `${tokens(record.tokenCount, record.tokenSource)}${cached}${output} tok`;
  return `${out.paint('yellow', record.id)} ${record.createdAt} ${short(record.headHash)} ${figures} ${outcome}${model}`;
}

async function one(cli: Cli, id: string, { reproduce = false }: RecordFlags): Promise<void> {
  const { out } = cli;
  await withTract(cli, 'read', async (tract) => {
    const record = await tract.compileRecord(id);
    if (record === null) throw new InvalidArgumentError(`There is no record '${id.slice(0, 60)}' in this store.`);
    const context = reproduce ? await record.reproduce() : null;
    out.result({ ...record, ...(context ? { reproduced: true, messages: context.messages } : {}) }, () => {
      print(out, record);
      if (context) out.line(`Reproduced: ${plural(context.messages.length, 'message')}, context hash as sent`);
    });
  });
}

function print(out: Output, record: CompileRecordDetails): void {
  const { usage, stablePrefix } = record;
  out.line(out.paint('yellow', `record ${record.id}`));
  out.line(`Head:    ${record.headHash}`);
  out.line(`Date:    ${record.createdAt}`);
  out.line(`Model:   ${out.oneLine([record.provider, record.model].filter((part) => part !== null).join(' '))}`);
  out.line(`Outcome: ${record.outcome}${record.errorCode === null ? '' : ` (${out.oneLine(record.errorCode)})`}`);
  out.line(
    `Tokens:  ${tokens(record.tokenCount, record.tokenSource)} (${record.tokenSource}), ~${grouped(record.estimatedTokens)} estimated`,
  );
  if (usage)
    out.line(
      `Usage:   ${grouped(usage.promptTokens)} prompt (${grouped(usage.cacheReadTokens)} read from cache, ${grouped(usage.cacheWriteTokens)} written), ${grouped(usage.completionTokens)} completion`,
    );
  out.line(
    `Prefix:  ${plural(stablePrefix.messages, 'message')}, ~${plural(stablePrefix.tokens, 'token')} as in the record before`,
  );
  if (record.latencyMs !== null) out.line(`Latency: ${grouped(record.latencyMs)} ms`);
  if (record.answerHash !== null) out.line(`Answer:  ${record.answerHash}`);
  out.line(`Commits: ${record.commitHashes.map(short).join(' ')}`);
}
