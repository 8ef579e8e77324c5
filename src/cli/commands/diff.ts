import { withTract, type Register } from '../cli.js';
import { grouped, short } from '../figures.js';
import type { Output } from '../output.js';
import type { ContextDiff, MessageDiff } from '../../core/operations/diff.js';

interface DiffFlags {
  readonly stat?: boolean;
  readonly exitCode?: boolean;
}

/** `tract diff [a] [b]`: two contexts, message by message (SPEC §8). */
export const diff: Register = (program, cli) => {
  program
    .command('diff')
    .description("what differs between two contexts; HEAD and its parent, or HEAD's edit")
    .argument('[a]', 'the older one (default: the parent of b)')
    .argument('[b]', 'the newer one (default: HEAD)')
    .option('--stat', 'only the totals')
    .option('--exit-code', 'exit with 1 when there are differences')
    .action(async (a: string | undefined, b: string | undefined, flags: DiffFlags) => {
      const { out } = cli();
      const found = await withTract(cli(), 'read', (tract) => tract.diff(a, b));
      const { added, removed, modified } = found.totals;
      if (flags.exitCode && added + removed + modified > 0) cli().exitCode = 1;
      out.result(found, () => {
        if (!flags.stat) for (const message of found.messages) printMessage(out, message);
        printTotals(out, found);
      });
    });
};

function printMessage(
  out: Output,
  { status, a, b, unifiedDiff, roleChanged, nameChanged, configChanges }: MessageDiff,
) {
  const { paint } = out;
  const message = b ?? a;
  if (status === 'unchanged' || !message) return;
  const sign = { added: '+', removed: '-', modified: '~' }[status];
  const colour = { added: 'green', removed: 'red', modified: 'yellow' } as const;
  out.line(
    paint('bold', `${sign} ${short(message.commitHash)} ${message.role} (~${grouped(message.tokenCount)} tokens)`),
  );
  if (unifiedDiff !== undefined) {
    for (const line of out.safe(unifiedDiff).trimEnd().split('\n')) out.line(painted(line, out));
  } else if (status !== 'modified') {
    for (const line of out.safe(message.content).split('\n')) out.line(paint(colour[status], `${sign}${line}`));
  }
  if (roleChanged) out.line(`role: ${a?.role ?? ''} → ${b?.role ?? ''}`);
  if (nameChanged) out.line(`name: ${out.oneLine(a?.name ?? '(none)')} → ${out.oneLine(b?.name ?? '(none)')}`);
  for (const [key, change] of Object.entries(configChanges ?? {}))
    out.line(out.oneLine(`${key}: ${JSON.stringify(change.a)} → ${JSON.stringify(change.b)}`, 200));
  out.line();
}

function painted(line: string, { paint }: Output): string {
  if (line.startsWith('---') || line.startsWith('+++')) return paint('bold', line);
  if (line.startsWith('@@')) return paint('cyan', line);
  if (line.startsWith('+')) return paint('green', line);
  return line.startsWith('-') ? paint('red', line) : line;
}

function printTotals(out: Output, { totals }: ContextDiff): void {
  const { paint } = out;
  const parts = [
    paint('green', `+${totals.added} added`),
    paint('red', `-${totals.removed} removed`),
    paint('yellow', `~${totals.modified} modified`),
    `=${totals.unchanged} unchanged`,
  ];
  out.line(parts.join(' '));
  const { tokenDelta } = totals;
  out.line(`${tokenDelta < 0 ? '-' : '+'}~${grouped(Math.abs(tokenDelta))} tokens`);
}
