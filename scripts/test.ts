/**
 * Runs the tests, tier by tier, and ends with one closing line over all of them.
 *
 *   npm test                          all tiers
 *   npm test -- unit ui               some
 *   npm test -- unit --only storage   only test files whose path holds "storage"
 *   npm test -- --again               also what has passed on exactly these files before
 *
 * The checks of the source run beside the other tiers, and are told last.
 * A tier that has passed and of whose working tree nothing has changed since is not run again, and says so; on CI
 * (`CI` is set) everything always runs. Exit code 1 on any failure, when no test ran, and when a tier was cut off before its end.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { PassedBefore } from './test/passed-before.js';
import { runNode, typescript } from './test/run-process.js';
import { readRunResult } from './test/run-result.js';
import { addTallies, closingLine, NO_TESTS, subtractTally, type RunResult, type Tally } from './test/tally.js';
import { ensureBrowser } from './vscode/browser.js';
import { describeFailure } from './vscode/errors.js';
import { installServer } from './vscode/server-install.js';

const bin = (path: string) => join('node_modules', path);

/** What the checks remember of files that have not changed since. A clean clone has none: there, everything is looked at. */
const CHECKED = 'node_modules/.cache/tract';

/** They make much that is soon garbage: with room for it, and threads left to the tests, they take a fifth less of the processors. */
const GARBAGE = ['--max-semi-space-size=64', '--single-threaded-gc'];

/** Checks of the whole source, side by side; each counts as one test. Resolves to their lines, and what they found. */
async function runChecks(inBackground: boolean): Promise<{ lines: readonly string[]; tally: Tally }> {
  const checks = [
    {
      name: 'types (tsc)',
      args: [
        bin('@typescript/native/bin/tsc'),
        ...['--noEmit', '--singleThreaded', '--incremental', '--tsBuildInfoFile', `${CHECKED}/tsc.tsbuildinfo`],
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
      const { code, seconds, output } = await runNode([...GARBAGE, ...args], { output: 'keep', inBackground });
      const line = `${code === 0 ? '✔' : '✘'} ${name} (${seconds.toFixed(1)} s)${code === 0 ? '' : `\n${output}`}`;
      return { line, passed: code === 0 };
    }),
  );
  const passed = results.filter((result) => result.passed).length;
  return {
    lines: results.map(({ line }) => line),
    tally: { passed, failed: results.length - passed, skipped: 0 },
  };
}

/** The checks that were begun beside other tiers. */
let begun: ReturnType<typeof runChecks> | undefined;

async function check(): Promise<Tally> {
  const { lines, tally } = await (begun ?? runChecks(false));
  for (const line of lines) console.log(line);
  return tally;
}

const temporary = mkdtempSync(join(tmpdir(), 'tract-test-'));

/** Runs a tier that writes its result to a file. Cut off before that, or without a test, it counts as a failure. */
async function runTier(name: string, commandLine: (resultFile: string) => string[]): Promise<RunResult> {
  const resultFile = join(mkdtempSync(join(temporary, name)), 'result.json');
  const { code } = await runNode(commandLine(resultFile), { output: 'stream' });
  const result = readRunResult(resultFile);
  if (result === undefined) {
    console.error(`The ${name} tests were cut off before their end (exit code ${code}).`);
    return { tally: { ...NO_TESTS, failed: 1 }, failedFiles: [] };
  }
  const { tally } = result;
  if (tally.passed + tally.failed === 0) {
    console.error(`The ${name} tier has no tests to run.`);
    return { tally: { ...tally, failed: 1 }, failedFiles: [] };
  }
  return code !== 0 && tally.failed === 0 ? { ...result, tally: { ...tally, failed: 1 } } : result;
}

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', default: '' }, again: { type: 'boolean', default: false } },
});

const runMocha = (name: string, timeout: number, patterns: readonly string[]): Promise<RunResult> =>
  runTier(name, (resultFile) => typescript('test/mocha-tier.ts', name, String(timeout), resultFile, ...patterns));

const mochaTier = (name: string, timeout: number) => async () => (await runMocha(name, timeout, [flags.only])).tally;

/** More files than this fail for a reason. */
const MOST_SECOND_TRIES = 5;

/**
 * One file at a time: two at once gain a minute at a good moment, and lose more to second tries at a bad one. Windows in a
 * browser depend on the moment: a file that fails is run a second time, in a new window, and the run says so. What fails twice
 * has failed.
 */
async function ui(): Promise<Tally> {
  const timeout = 120_000;
  const first = await runMocha('ui', timeout, [flags.only]);
  if (first.failedFiles.length === 0 || first.failedFiles.length > MOST_SECOND_TRIES) return first.tally;
  console.log(`── ui: a second try for ${first.failedFiles.map(({ file }) => basename(file)).join(' and ')} ──`);
  const second = await runMocha(
    'ui',
    timeout,
    first.failedFiles.map(({ file }) => file),
  );
  return addTallies(first.failedFiles.reduce(subtractTally, first.tally), second.tally);
}

const TIERS: Readonly<Record<string, () => Promise<Tally>>> = {
  unit: mochaTier('unit', 60_000),
  integration: async () =>
    (await runTier('integration', (resultFile) => typescript('test/integration-tier.ts', resultFile, flags.only)))
      .tally,
  ui,
  packaging: mochaTier('packaging', 120_000),
  check,
};

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
  const start = Date.now();
  const tally = (await TIERS[name]?.()) ?? NO_TESTS;
  console.log(`── ${name}: ${closingLine(tally)} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  if (tally.failed === 0) before?.remember(name, tally);
  return tally;
}

/** Their windows are of the VS Code server, wherever they run. */
const SERVER_TIERS = ['ui', 'packaging'];

async function runTiers(names: readonly string[]): Promise<Tally> {
  const unknown = names.filter((name) => !(name in TIERS));
  if (unknown.length > 0) {
    console.error(`No tier is called ${unknown.join(', ')}. Tiers: ${Object.keys(TIERS).join(', ')}.`);
    return { ...NO_TESTS, failed: 1 };
  }
  if (names.some((name) => name !== 'check' && name !== 'unit')) ensureBrowser();
  if (names.some((name) => name !== 'check')) {
    const { code, seconds, output } = await runNode(typescript('build.ts', '--no-types'), { output: 'keep' });
    console.log(`${code === 0 ? '✔' : '✘'} build (${seconds.toFixed(1)} s)${code === 0 ? '' : `\n${output}`}`);
    if (code !== 0) return { ...NO_TESTS, failed: 1 };
  }
  const remembers = flags.only === '' && process.env['CI'] === undefined && existsSync('.git');
  const before = remembers ? new PassedBefore(join(CHECKED, 'passed.json')) : undefined;
  // What the windows need is fetched while others compute; the tier that cannot do without tries again, and says why it failed.
  const installing = names.some((name) => SERVER_TIERS.includes(name))
    ? installServer().catch(() => undefined)
    : undefined;
  // The checks take what the tests leave: windows wait more than they work.
  const checksAreLast = names.at(-1) === 'check' && names.length > 1;
  const beside = names.includes('ui') ? 'ui' : names[0];
  let total = NO_TESTS;
  for (const name of names) {
    if (name !== 'unit' && name !== 'check') await installing;
    if (name === beside && checksAreLast && !recall('check', before)) begun = runChecks(true);
    total = addTallies(total, await runOrRecall(name, before));
  }
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
