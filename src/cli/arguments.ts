import { InvalidArgumentError } from 'commander';

/** For `-n`: a whole number of at least 1. */
export function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number above 0.');
  return value;
}

/** `log -5` as in git: `log -n5`. Another option's value stays as it is. */
export function withCounts(argv: readonly string[]): string[] {
  const log = argv.indexOf('log');
  const isFree = (before = '') => !before.startsWith('-') || before === '--oneline' || before === '--json';
  return argv.map((arg, i) =>
    log >= 0 && i > log && /^-[1-9]\d*$/.test(arg) && isFree(argv[i - 1]) ? `-n${arg.slice(1)}` : arg,
  );
}

/** A number of at least 0. */
export function amount(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('It must be a number of at least 0.');
  return value;
}
