/**
 * Import of a Claude Code session of 100 MB into a durable store (DESIGN's table: at least 20 MB/s in less than 300 MB), against
 * `readline` and JSON.parse over the same file, which do nothing with it. Each in a process of its own, for its peak memory. Prints;
 * asserts nothing. Arguments: MB (100).
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { importTranscript, openStore } from './built.js';

interface Figures {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMB: number;
  /** Longest time between two turns of the event loop. */
  readonly stallMs: number;
  readonly did: string;
}

const WORDS =
  'the parser reads one line of a file and returns undefined when const value is not found in cache 42 () => {}'.split(
    ' ',
  );
/** Text that a conversation gathers before it is compacted, in characters. */
const COMPACTED_AFTER = 600_000;

/** A session that always comes out the same: prompts, answers with tool calls, results, progress lines, compactions. */
class SyntheticSession {
  private seed = 42;
  private lines = 0;
  private parent: string | null = null;
  private gathered = 0;

  private below(limit: number): number {
    this.seed = (Math.imul(this.seed, 1_103_515_245) + 12_345) >>> 0;
    return (this.seed >>> 8) % limit;
  }

  private text(words: number): string {
    const text = Array.from({ length: words }, () => WORDS[this.below(WORDS.length)] ?? '').join(' ');
    this.gathered += text.length;
    return `${this.below(1e9)} ${text}`;
  }

  private line(rest: object): string {
    this.lines++;
    const uuid = `00000000-0000-4000-8000-${String(this.lines).padStart(12, '0')}`;
    const timestamp = new Date(Date.UTC(2026, 0, 1) + this.lines * 1000).toISOString();
    const line = { parentUuid: this.parent, sessionId: 'bench', uuid, timestamp, cwd: '/work', ...rest };
    this.parent = uuid;
    return `${JSON.stringify(line)}\n`;
  }

  /** The lines of one prompt, its model calls and the results of their tools, in the proportions of real sessions. */
  *turn(): Generator<string> {
    if (this.gathered > COMPACTED_AFTER) {
      this.gathered = 0;
      yield this.line({ type: 'system', subtype: 'compact_boundary' });
      yield this.line({
        type: 'user',
        isCompactSummary: true,
        message: { role: 'user', content: this.text(800) },
      });
    }
    yield this.line({ type: 'user', message: { role: 'user', content: this.text(30) } });
    for (let call = 0; call < 8; call++) {
      const id = `toolu_${this.lines}`;
      const message = { id: `msg_${this.lines}`, model: 'claude', role: 'assistant' };
      const usage = { input_tokens: 9_000 + this.below(90_000), output_tokens: this.below(900) };
      const content = [{ type: 'text', text: this.text(60) }];
      yield this.line({ type: 'assistant', message: { ...message, content, usage, stop_reason: null } });
      const input = { command: this.text(40) };
      const tool = [{ type: 'tool_use', id, name: 'Bash', input }];
      yield this.line({ type: 'assistant', message: { ...message, content: tool, usage, stop_reason: 'tool_use' } });
      for (let i = 0; i < 8; i++)
        yield this.line({ type: 'progress', toolUseID: id, data: { type: 'bash_progress', output: this.text(120) } });
      const stdout = this.text(100 + this.below(1000));
      const result = [{ type: 'tool_result', tool_use_id: id, content: stdout }];
      yield this.line({ type: 'user', message: { role: 'user', content: result }, toolUseResult: { stdout } });
    }
  }
}

async function writeSession(file: string, bytes: number): Promise<number> {
  const out = createWriteStream(file);
  const session = new SyntheticSession();
  let written = 0;
  while (written < bytes) {
    const turn = [...session.turn()].join('');
    written += Buffer.byteLength(turn);
    if (!out.write(turn)) await once(out, 'drain');
  }
  out.end();
  await finished(out);
  return written;
}

async function importFile(file: string, directory: string): Promise<Figures> {
  const store = await openStore({ directory });
  // The extension loads the ranks of its tokenizer in steps, when it opens a store.
  store.env.tokenizer.count('a word');
  const figures = await measured(async () => {
    const { added } = await importTranscript(file, { store });
    return `${added.commits} commits, ${added.records} records`;
  });
  // Closing takes a snapshot: its memory counts, its time is not the import's.
  await store.close();
  return { ...figures, peakMB: peakMB() };
}

function peakMB(): number {
  return process.resourceUsage().maxRSS / 1024;
}

async function parseFile(file: string): Promise<string> {
  let lines = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) if (JSON.parse(line)) lines++;
  return `${lines} lines`;
}

async function measured(work: () => Promise<string>): Promise<Figures> {
  let last = performance.now();
  let stallMs = 0;
  const beat = setInterval(() => {
    stallMs = Math.max(stallMs, performance.now() - last);
    last = performance.now();
  }, 1);
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const did = await work();
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(beat);
  const seconds = (performance.now() - start) / 1000;
  return { seconds, cpuSeconds: (user + system) / 1e6, peakMB: peakMB(), stallMs, did };
}

function inProcess(name: 'import' | 'peer', ...paths: readonly string[]): Figures {
  const program = ['--import', 'tsx', fileURLToPath(import.meta.url), name, ...paths];
  const { stdout, stderr, status } = spawnSync(process.execPath, program, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the process for ${name} failed: ${stderr}`);
  return JSON.parse(stdout) as Figures;
}

async function main(megabytes: number): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'tract-bench-'));
  try {
    const file = join(root, 'session.jsonl');
    const mb = (await writeSession(file, megabytes * 1e6)) / 1e6;
    const ours = inProcess('import', file, join(root, 'store'));
    const peer = inProcess('peer', file);
    for (const [name, { seconds, cpuSeconds, peakMB, stallMs, did }] of Object.entries({
      import: ours,
      'readline + JSON.parse': peer,
    })) {
      console.log(
        `${name.padEnd(22)} ${(mb / seconds).toFixed(1)} MB/s (${(mb / cpuSeconds).toFixed(1)} by CPU time), ` +
          `${peakMB.toFixed(0)} MB resident at most, longest stall ${stallMs.toFixed(0)} ms; ${did}`,
      );
    }
    console.log(`the import takes ${(ours.cpuSeconds / peer.cpuSeconds).toFixed(1)}× the CPU time of parsing alone`);
  } finally {
    await rm(root, { recursive: true });
  }
}

const [mode = '100', file = '', directory = ''] = process.argv.slice(2);
if (mode === 'import') console.log(JSON.stringify(await importFile(file, directory)));
else if (mode === 'peer') console.log(JSON.stringify(await measured(() => parseFile(file))));
else await main(Number(mode));
