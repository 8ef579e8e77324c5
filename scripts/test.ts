/**
 * Runs the tests, tier by tier, and ends with one closing line over all of them.
 *
 *   npm test                          all tiers
 *   npm test -- unit ui               some
 *   npm test -- unit --only storage   only test files whose path holds "storage"
 *
 * Exit code 1 on any failure, when no test ran, and when a tier was cut off before its end.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { addTallies, closingLine, NO_TESTS, readClosingLine, type Tally } from './test/closing-line.js';
import { runNode, typescript } from './test/run-process.js';
import { ensureBrowser } from './vscode/browser.js';
import { describeFailure } from './vscode/errors.js';

const bin = (path: string) => join('node_modules', path);

/** What the checks remember of files that have not changed since. A clean clone has none: there, everything is looked at. */
const CHECKED = 'node_modules/.cache/tract';

/** Checks of the whole source, side by side; each counts as one test. */
async function check(): Promise<Tally> {
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
      const { code, seconds, output } = await runNode(args, 'keep');
      console.log(`${code === 0 ? '✔' : '✘'} ${name} (${seconds.toFixed(1)} s)${code === 0 ? '' : `\n${output}`}`);
      return code === 0;
    }),
  );
  const passed = results.filter(Boolean).length;
  return { passed, failed: results.length - passed, skipped: 0 };
}

const temporary = mkdtempSync(join(tmpdir(), 'tract-test-'));

/** Runs a tier that writes its closing line to a file. Cut off before that, or without a test, it counts as a failure. */
async function runTier(name: string, commandLine: (resultFile: string) => string[]): Promise<Tally> {
  const resultFile = join(temporary, `${name}.txt`);
  const { code } = await runNode(commandLine(resultFile), 'stream');
  const tally = readClosingLine(existsSync(resultFile) ? readFileSync(resultFile, 'utf8') : '');
  if (tally === undefined) {
    console.error(`The ${name} tests were cut off before their end (exit code ${code}).`);
    return { ...NO_TESTS, failed: 1 };
  }
  if (tally.passed + tally.failed === 0) {
    console.error(`The ${name} tier has no tests to run.`);
    return { ...tally, failed: 1 };
  }
  return code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', default: '' } },
});

const mochaTier = (name: string, timeout: number) => () =>
  runTier(name, (resultFile) => typescript('test/mocha-tier.ts', name, String(timeout), resultFile, flags.only));

const TIERS: Readonly<Record<string, () => Promise<Tally>>> = {
  check,
  unit: mochaTier('unit', 60_000),
  integration: () =>
    runTier('integration', (resultFile) => typescript('test/integration-tier.ts', resultFile, flags.only)),
  ui: mochaTier('ui', 90_000),
  packaging: mochaTier('packaging', 120_000),
};

async function runTiers(names: readonly string[]): Promise<Tally> {
  const unknown = names.filter((name) => !(name in TIERS));
  if (unknown.length > 0) {
    console.error(`No tier is called ${unknown.join(', ')}. Tiers: ${Object.keys(TIERS).join(', ')}.`);
    return { ...NO_TESTS, failed: 1 };
  }
  if (names.some((name) => name !== 'check' && name !== 'unit')) ensureBrowser();
  if (names.some((name) => name !== 'check')) {
    const { code, seconds, output } = await runNode(typescript('build.ts'), 'keep');
    console.log(`${code === 0 ? '✔' : '✘'} build (${seconds.toFixed(1)} s)${code === 0 ? '' : `\n${output}`}`);
    if (code !== 0) return { ...NO_TESTS, failed: 1 };
  }
  let total = NO_TESTS;
  for (const name of names) {
    console.log(`\n── ${name} ──`);
    const start = Date.now();
    const tally = (await TIERS[name]?.()) ?? NO_TESTS;
    console.log(`── ${name}: ${closingLine(tally)} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
    total = addTallies(total, tally);
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
