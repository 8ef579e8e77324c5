/**
 * Runs the tests, tier by tier in two lanes, and ends with one closing line over all of them.
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

type Print = (text: string) => void;
type Tier = (print: Print, output: 'stream' | 'keep') => Promise<Tally>;

const bin = (path: string) => join('node_modules', path);

/** What the checks remember of files that have not changed since. A clean clone has none: there, everything is looked at. */
const CHECKED = 'node_modules/.cache/tract';

/** Checks of the whole source, side by side; each counts as one test. */
async function check(print: Print): Promise<Tally> {
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
      print(`${code === 0 ? '✔' : '✘'} ${name} (${seconds.toFixed(1)} s)${code === 0 ? '' : `\n${output}`}`);
      return code === 0;
    }),
  );
  const passed = results.filter(Boolean).length;
  return { passed, failed: results.length - passed, skipped: 0 };
}

const temporary = mkdtempSync(join(tmpdir(), 'tract-test-'));

/** Runs a tier that writes its closing line to a file. Cut off before that, or without a test, it counts as a failure. */
function tier(name: string, commandLine: (resultFile: string) => string[], niceness = 0): Tier {
  return async (print, output) => {
    const resultFile = join(temporary, `${name}.txt`);
    const { code, output: printed } = await runNode(commandLine(resultFile), output, niceness);
    if (printed !== '') print(printed);
    const tally = readClosingLine(existsSync(resultFile) ? readFileSync(resultFile, 'utf8') : '');
    if (tally === undefined) {
      print(`The ${name} tests were cut off before their end (exit code ${code}).`);
      return { ...NO_TESTS, failed: 1 };
    }
    if (tally.passed + tally.failed === 0) {
      print(`The ${name} tier has no tests to run.`);
      return { ...tally, failed: 1 };
    }
    return code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
  };
}

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', default: '' } },
});

const mochaTier = (name: string, timeout: number, niceness?: number): Tier =>
  tier(name, (resultFile) => typescript('test/mocha-tier.ts', name, String(timeout), resultFile, flags.only), niceness);

const TIERS: Readonly<Record<string, Tier>> = {
  check,
  // What computes gives way to what a person would see.
  unit: mochaTier('unit', 60_000, 10),
  integration: tier('integration', (resultFile) => typescript('test/integration-tier.ts', resultFile, flags.only)),
  ui: mochaTier('ui', 90_000),
  packaging: mochaTier('packaging', 120_000),
};

/** Tiers that compute run beside those that wait for a window most of their time. */
const LANES = [
  ['check', 'unit'],
  ['integration', 'ui', 'packaging'],
];

async function runLane(names: readonly string[], output: 'stream' | 'keep'): Promise<Tally> {
  let total = NO_TESTS;
  for (const name of names) {
    // A tier beside others says everything at its end, so that the lanes do not mix.
    const lines: string[] = [];
    const print: Print = (text) => {
      if (output === 'stream') console.log(text);
      else lines.push(text);
    };
    console.log(output === 'stream' ? `\n── ${name} ──` : `${name} …`);
    const start = Date.now();
    const tally = (await TIERS[name]?.(print, output)) ?? NO_TESTS;
    if (output === 'keep') console.log([`\n── ${name} ──`, ...lines].join('\n'));
    console.log(`── ${name}: ${closingLine(tally)} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
    total = addTallies(total, tally);
  }
  return total;
}

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
  const lanes = LANES.map((lane) => lane.filter((name) => names.includes(name))).filter((lane) => lane.length > 0);
  const output = lanes.length > 1 ? 'keep' : 'stream';
  return (await Promise.all(lanes.map((lane) => runLane(lane, output)))).reduce(addTallies, NO_TESTS);
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
