import { estimatedTokens } from '../compile/render.js';
import { BudgetExceededError, InvalidArgumentError } from '../model/errors.js';
import type { Budget, Environment } from '../environment.js';
import type { Scope } from './scope.js';

/**
 * The most tokens a context may have (SPEC §11): `maxTokens`, or the model's window, less what is reserved for the answer. Null
 * without either.
 */
export function contextLimit({ budget, model }: Pick<Environment, 'budget' | 'model'>): number | null {
  const max = budget?.maxTokens ?? model?.contextWindow;
  return max === undefined ? null : max - (budget?.reserveOutput ?? 0);
}

/** @throws InvalidArgumentError for anything but whole numbers in range and a known action */
export function validateBudget(budget: Budget): Budget {
  if (typeof budget !== 'object') throw new InvalidArgumentError('budget must be an object with maxTokens.');
  const { maxTokens, reserveOutput = 0, action = 'warn', callback } = budget;
  if (maxTokens !== undefined && !(Number.isSafeInteger(maxTokens) && maxTokens > 0))
    throw new InvalidArgumentError('budget.maxTokens must be a whole number above 0.');
  if (!(Number.isSafeInteger(reserveOutput) && reserveOutput >= 0 && reserveOutput < (maxTokens ?? Infinity))) {
    throw new InvalidArgumentError('budget.reserveOutput must be a whole number from 0 to below maxTokens.');
  }
  if (!['warn', 'reject', 'callback'].includes(action))
    throw new InvalidArgumentError(`Unknown budget action '${action}'. Use warn, reject or callback.`);
  if (action === 'callback' && typeof callback !== 'function')
    throw new InvalidArgumentError("The budget action 'callback' needs a callback.");
  return budget;
}

/**
 * Holds the budget on the context as it would compile at `head` (SPEC §11). The maximum itself is allowed. `reject` throws and
 * nothing is stored; the other actions tell and go on.
 * @throws BudgetExceededError
 */
export async function enforceBudget({ tx, env }: Scope, head: string): Promise<void> {
  const max = contextLimit(env);
  if (env.budget === null || max === null) return;
  const tokens = estimatedTokens(await env.compiler.snapshot(tx, head), env.tokenizer);
  if (tokens <= max) return;
  if (env.budget.action === 'reject') throw new BudgetExceededError(tokens, max);
  env.budget.callback?.(tokens, max);
}
