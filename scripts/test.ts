/**
 * Runs the tests, tier by tier, and ends with one closing line over all of them.
 *
 *   npm test                          all tiers
 *   npm test -- unit ui               some
 *   npm test -- unit --only storage   only test files whose path holds "storage"
 *   npm test -- --again               also what has passed on exactly these files before
 *
 * Unit tests and checks of the source run beside the other tiers, and are told last.
 * A tier that has passed and of whose working tree nothing has changed since is not run again, and says so; on CI
 * (`CI` is set) everything always runs. Exit code 1 on any failure, when no test ran, and when a tier was cut off before its end.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { PassedBefore } from './test/passed-before.js';
import { runNode, typescript, type RunOptions } from './test/run-process.js';
import { readRunResult } from './test/run-result.js';
import { addTallies, closingLine, NO_TESTS, subtractTally, type RunResult, type Tally } from './test/tally.js';
import { ensureBrowser } from './vscode/browser.js';
import { describeFailure } from './vscode/errors.js';

const bin = (path: string) => join('node_modules', path);

/** What the checks remember of files that have not changed since. A clean clone has none: there, everything is looked at. */
const CHECKED = 'node_modules/.cache/tract';

/** How a tier ended. */
interface TierEnd {
  readonly tally: Tally;
  readonly seconds: number;
  /** What it has to tell, where that was not streamed. */
  readonly output: string;
}

/** Checks of the whole source, side by side; each counts as one test. */
async function check({ priority = 'normal' }: RunOptions): Promise<TierEnd> {
  const checks = [
    {
      name: 'types (tsc)',
      args: [
        bin('typescript/bin/tsc'),
        ...['--noEmit', '--incremental', '--tsBuildInfoFile', `${CHECKED}/tsc.tsbuildinfo`],
      ],
    },
    {
      name: 'lint (eslint)',
      args: [
        bin('eslint/bin/eslint.js'),
        ...['.', '--max-warnings=0', '--cache', '--cache-strategy=content', `--cache-location=${CHECKED}/eslint`],
      ],
    },
    {
      name: 'format (prettier)',
      args: [
        bin('prettier/bin/prettier.cjs'),
        ...['--check', '--log-level=warn', '--cache', '--cache-strategy=content'],
        ...[`--cache-location=${CHECKED}/prettier`, '.'],
      ],
    },
  ];
  const results = await Promise.all(
    checks.map(async ({ name, args }) => {
      const { code, seconds, output } = await runNode(args, { output: 'keep', priority });
      const line = `${code === 0 ? '✔' : '✘'} ${name} (${seconds.toFixed(1)} s)${code === 0 ? '' : `\n${output}`}`;
      return { line, seconds, passed: code === 0 };
    }),
  );
  const passed = results.filter((result) => result.passed).length;
  return {
    output: results.map(({ line }) => `${line}\n`).join(''),
    seconds: Math.max(...results.map(({ seconds }) => seconds)),
    tally: { passed, failed: results.length - passed, skipped: 0 },
  };
}

const temporary = mkdtempSync(join(tmpdir(), 'tract-test-'));

/** Runs a tier that writes its result to a file. Cut off before that, or without a test, it counts as a failure. */
async function runTier(
  name: string,
  how: RunOptions,
  commandLine: (resultFile: string) => string[],
): Promise<TierEnd & RunResult> {
  const resultFile = join(mkdtempSync(join(temporary, name)), 'result.json');
  const { code, seconds, output } = await runNode(commandLine(resultFile), how);
  const result = readRunResult(resultFile);
  const failed = (why: string): TierEnd & RunResult => {
    return { tally: { ...NO_TESTS, failed: 1 }, failedFiles: [], seconds, output: `${output}${why}\n` };
  };
  if (result === undefined) return failed(`The ${name} tests were cut off before their end (exit code ${code}).`);
  const { tally } = result;
  if (tally.passed + tally.failed === 0) return failed(`The ${name} tier has no tests to run.`);
  return {
    ...{ ...result, seconds, output },
    tally: code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally,
  };
}

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', default: '' }, again: { type: 'boolean', default: false } },
});

const runMocha = (name: string, timeout: number, patterns: readonly string[], how: RunOptions) =>
  runTier(name, how, (resultFile) => typescript('test/mocha-tier.ts', name, String(timeout), resultFile, ...patterns));

const mochaTier = (name: string, timeout: number) => (how: RunOptions) => runMocha(name, timeout, [flags.only], how);

/** More files than this fail for a reason. */
const MOST_SECOND_TRIES = 5;

/**
 * Windows in a browser depend on the moment: a file that fails is run a second time, in a new window, and the run says
 * so. What fails twice has failed.
 */
async function ui(how: RunOptions): Promise<TierEnd> {
  const timeout = 120_000;
  const first = await runMocha('ui', timeout, [flags.only], how);
  const files = first.failedFiles.map(({ file }) => file);
  if (files.length === 0 || files.length > MOST_SECOND_TRIES) return first;
  console.log(`── ui: a second try for ${files.map((file) => basename(file)).join(' and ')} ──`);
  const second = await runMocha('ui', timeout, files, how);
  return {
    tally: addTallies(first.failedFiles.reduce(subtractTally, first.tally), second.tally),
    seconds: first.seconds + second.seconds,
    output: first.output + second.output,
  };
}

const TIERS: Readonly<Record<string, (how: RunOptions) => Promise<TierEnd>>> = {
  integration: (how) =>
    runTier('integration', how, (resultFile) => typescript('test/integration-tier.ts', resultFile, flags.only)),
  ui,
  packaging: mochaTier('packaging', 120_000),
  unit: mochaTier('unit', 60_000),
  check,
};

/** Tiers that look at the source only: they need no build, and have their time where windows wait. */
const BESIDE: Readonly<Record<string, RunOptions>> = {
  unit: { output: 'keep', priority: 'background' },
  check: { output: 'keep', priority: 'idle' },
};

/** The tiers that were begun beside others. */
const begun = new Map<string, Promise<TierEnd>>();

const recall = (name: string, before: PassedBefore | undefined) => (flags.again ? undefined : before?.of(name));

/** Runs a tier and says how it ended; one that has passed on exactly these files is not run again. */
async function runOrRecall(name: string, before: PassedBefore | undefined): Promise<Tally> {
  console.log(`\n── ${name} ──`);
  const passed = recall(name, before);
  if (passed) {
    console.log(
      `── ${name}: ${closingLine(passed.tally)} on ${passed.at}; no file has changed since (--again runs it)`,
    );
    return passed.tally;
  }
  const end = await (begun.get(name) ?? TIERS[name]?.({ output: 'stream' }));
  if (end === undefined) return NO_TESTS;
  process.stdout.write(end.output);
  console.log(`── ${name}: ${closingLine(end.tally)} (${end.seconds.toFixed(1)} s)`);
  if (end.tally.failed === 0) before?.remember(name, end.tally);
  return end.tally;
}

/** A browser, and the extension built. False, and said why, when one of them cannot be had. */
async function prepareWindows(): Promise<boolean> {
  try {
    ensureBrowser();
  } catch (error) {
    console.error(describeFailure(error));
    return false;
  }
  const { code, seconds, output } = await runNode(typescript('build.ts', '--no-types'), { output: 'keep' });
  console.log(`${code === 0 ? '✔' : '✘'} build (${seconds.toFixed(1)} s)${code === 0 ? '' : `\n${output}`}`);
  return code === 0;
}

async function runTiers(names: readonly string[]): Promise<Tally> {
  const unknown = names.filter((name) => !(name in TIERS));
  if (unknown.length > 0) {
    console.error(`No tier is called ${unknown.join(', ')}. Tiers: ${Object.keys(TIERS).join(', ')}.`);
    return { ...NO_TESTS, failed: 1 };
  }
  const remembers = flags.only === '' && process.env['CI'] === undefined && existsSync('.git');
  const before = remembers ? new PassedBefore(join(CHECKED, 'passed.json')) : undefined;
  const beside = names.filter((name) => name in BESIDE);
  const inFront = names.filter((name) => !(name in BESIDE));
  for (const name of inFront.length > 0 ? beside : beside.slice(1)) {
    const [tier, how] = [TIERS[name], BESIDE[name]];
    if (tier !== undefined && how !== undefined && !recall(name, before)) begun.set(name, tier(how));
  }
  const isPrepared = inFront.length === 0 || (await prepareWindows());
  let total = isPrepared ? NO_TESTS : { ...NO_TESTS, failed: 1 };
  for (const name of isPrepared ? [...inFront, ...beside] : beside)
    total = addTallies(total, await runOrRecall(name, before));
  return total;
}

// An interrupted run ends the tier that it was waiting for, and prints no closing line.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

let total: Tally;
try {
  total = await runTiers(positionals.length > 0 ? positionals : Object.keys(TIERS));
} catch (error) {
  console.error(describeFailure(error));
  total = { ...NO_TESTS, failed: 1 };
}
rmSync(temporary, { recursive: true, force: true });
console.log(`\n${closingLine(total)}`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
