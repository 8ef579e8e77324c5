import { checkArgument, checkOptions, FUNCTION, PATH, shownValue, TEXT, TEXTS } from '../core/model/arguments.js';
import { InvalidArgumentError } from '../core/model/errors.js';

const NOTHING = 'Nothing was opened.';

/** Where ops are kept besides the store's op log (`tract.ops.durability`). */
export const OP_DURABILITIES = ['store', 'files', 'git'] as const;
export type OpDurability = (typeof OP_DURABILITIES)[number];

/** @throws InvalidArgumentError for what `openOps()`, or a store's `ops`, cannot be opened with (SPEC Annex A) */
export function checkOpsOptions(options: unknown): void {
  checkOptions(options, { clock: FUNCTION, protectedBranches: TEXTS, gitPath: TEXT }, NOTHING);
  const { directory, durability = 'store' } = options as Readonly<Record<string, unknown>>;
  checkArgument('directory', directory, PATH, NOTHING);
  if (!OP_DURABILITIES.some((known) => known === durability))
    throw new InvalidArgumentError(
      `Unknown durability '${shownValue(durability)}': it is store, files or git. ${NOTHING}`,
    );
}
