import type { Compiler } from './compile/compiler.js';
import type { ContentTypes } from './model/content.js';
import type { Clock } from './ports/clock.js';
import type { TextFiles } from './ports/files.js';
import type { Hasher } from './ports/hasher.js';
import type { Model } from './ports/model.js';
import type { PatternTest } from './ports/pattern-test.js';
import type { Pause } from './ports/pause.js';
import type { Tokenizer } from './ports/tokenizer.js';

/** What to do when a commit would take the context over its budget (SPEC §11). */
export interface Budget {
  /** Whole tokens > 0; the model's window when left out. */
  readonly maxTokens?: number;
  /** Tokens kept free for the answer; the context may use `maxTokens − reserveOutput`. */
  readonly reserveOutput?: number;
  readonly action?: 'warn' | 'reject' | 'callback';
  /** `callback`: told before the commit is stored; throwing refuses it. `warn`: told after. */
  readonly callback?: (currentTokens: number, maxTokens: number) => void;
}

/** What every operation is given: the ports, chosen once by the composition root. */
export interface Environment {
  readonly types: ContentTypes;
  readonly tokenizer: Tokenizer;
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly pause: Pause;
  readonly testPattern: PatternTest;
  /** Null on hosts without files. */
  readonly files: TextFiles | null;
  readonly compiler: Pick<Compiler, 'compile' | 'snapshot' | 'ahead' | 'has' | 'isInHistory'>;
  /** New ids for tracts, records and ops (ULID). */
  readonly newId: () => string;
  /** Branch that the first commit makes (`tract.defaultBranch`). */
  readonly defaultBranch: string;
  /** Who operates, for the op log and as author: `user`, an agent's name … */
  readonly actor: string;
  readonly budget: Budget | null;
  readonly model: Model | null;
  /** The person's own correlation ids for the op log (SPEC §13). */
  readonly missionId: string | null;
  readonly wpId: string | null;
}
