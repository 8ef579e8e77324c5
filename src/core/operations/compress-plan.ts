import type { Environment } from '../environment.js';
import { isVisible, orderedSlots, visibleSlots, type Slot, type Snapshot } from '../compile/snapshot.js';
import { resolveRef } from '../graph/resolve.js';
import { checkOptions, MODEL, oneOf, SIGNAL, TEXT, TEXT_OR_TEXTS, TEXTS, type Kind } from '../model/arguments.js';
import { CompressionError, InvalidArgumentError } from '../model/errors.js';
import type { JsonValue } from '../model/json.js';
import type { Reads } from '../transaction.js';
import { originalOf } from './edit-history.js';
import { readHead } from './head.js';
import { validateRetention, type RetentionRules } from './retention.js';

const ROLES = ['user', 'assistant', 'system', 'tool'] as const;
export type SummaryRole = (typeof ROLES)[number];

export interface CompressOptions {
  /** Everything when left out; refs in context order, or a list of refs. */
  readonly range?: { readonly from: string; readonly to: string } | readonly string[];
  /** One summary for the whole range, or one per group. Without it a model writes them. */
  readonly text?: string | readonly string[];
  /** For the model. */
  readonly instructions?: string;
  readonly retain?: RetentionRules;
  /** Role of the summaries; `assistant` when left out (SPEC §3). */
  readonly role?: SummaryRole;
}

const RANGE: Kind = {
  says: 'a list of refs, or {from, to}',
  accepts: (value) =>
    TEXTS.accepts(value) ||
    (typeof value === 'object' &&
      value !== null &&
      'from' in value &&
      'to' in value &&
      TEXTS.accepts([value.from, value.to])),
};
const KINDS: Readonly<Record<string, Kind>> = {
  range: RANGE,
  text: TEXT_OR_TEXTS,
  instructions: TEXT,
  role: oneOf(ROLES),
  model: MODEL,
  signal: SIGNAL,
};

/** Messages that become one summary: neighbours but for skipped ones, no pinned one between. */
export interface CompressGroup {
  readonly sources: readonly Slot[];
  /** Of the sources those that show now, which is what a summary is of: directives that a later one overrides do not. */
  readonly shown: readonly Slot[];
  readonly match: readonly JsonValue[];
  readonly instructions: readonly string[];
  /** Tokens of the messages that show together; a summary must have fewer. */
  readonly tokens: number;
}

export interface CompressPlan {
  readonly groups: readonly CompressGroup[];
  /** Pinned messages in the range: they stay, verbatim. */
  readonly preserved: readonly string[];
}

/**
 * What compressing a range takes together (SPEC §9.4). Reads only.
 * @throws CompressionError `Nothing to compress`, InvalidArgumentError, CommitNotFoundError
 */
export async function planCompression(
  store: Reads,
  tractId: string,
  env: Environment,
  options: CompressOptions,
): Promise<CompressPlan> {
  checkOptions(options, KINDS);
  const head = readHead(store, tractId).hash;
  const snapshot = await env.compiler.snapshot(store, head);
  const range = slotsInRange(store, tractId, snapshot, options.range);
  const rules = options.retain ? validateRetention(options.retain) : {};
  const groups: Slot[][] = [[]];
  const preserved: string[] = [];
  for (const slot of range) {
    if (slot.priority === 'pinned') {
      preserved.push(slot.commitHash);
      groups.push([]);
    } else if (isVisible(slot, false)) {
      groups.at(-1)?.push(slot);
    }
  }
  const visible = new Set(visibleSlots(snapshot));
  const filled = groups.filter((sources) => sources.some((slot) => visible.has(slot)));
  if (filled.length === 0) throw new CompressionError('Nothing to compress');
  return {
    preserved,
    groups: groupsFor(filled, options).map((sources) => describe(sources, visible, rules, options.instructions)),
  };
}

/** One given text covers the whole range: then its groups are one. */
function groupsFor(groups: readonly Slot[][], { text }: CompressOptions): readonly Slot[][] {
  if (typeof text === 'string') return [groups.flat()];
  if (text !== undefined && text.length !== groups.length) {
    throw new InvalidArgumentError(
      `The range falls into ${groups.length} group${groups.length === 1 ? '' : 's'} (pinned messages divide it), and ${text.length} texts were given. Nothing was changed.`,
    );
  }
  return groups;
}

function describe(
  sources: readonly Slot[],
  visible: ReadonlySet<Slot>,
  rules: { readonly match?: JsonValue; readonly instructions?: JsonValue },
  instructions: string | undefined,
): CompressGroup {
  const own = (rules.match ?? []) as readonly JsonValue[];
  const asked = [instructions, rules.instructions].filter(
    (text): text is string => typeof text === 'string' && text !== '',
  );
  const shown = sources.filter((slot) => visible.has(slot));
  return {
    sources,
    shown,
    match: [...own, ...shown.flatMap((slot) => slot.retention?.match ?? [])],
    instructions: [...asked, ...shown.flatMap((slot) => slot.retention?.instructions ?? [])],
    tokens: shown.reduce((sum, slot) => sum + slot.tokens, 0),
  };
}

function slotsInRange(
  store: Reads,
  tractId: string,
  snapshot: Snapshot,
  range: CompressOptions['range'],
): readonly Slot[] {
  const slots = orderedSlots(snapshot).filter((slot) => slot.hiddenBy === null);
  if (range === undefined) return slots;
  const places = new Map(slots.map((slot, place) => [slot.commitHash, place]));
  const placeOf = (ref: string): number => {
    const original = originalOf(store, resolveRef(store, tractId, ref));
    const place = places.get(original.commitHash);
    if (place === undefined)
      throw new CompressionError(
        `Cannot compress ${ref.slice(0, 40)}: it is not a message of the current context. Nothing was changed.`,
      );
    return place;
  };
  if (!isSpan(range))
    return [...new Set(range.map(placeOf))].sort((a, b) => a - b).flatMap((place) => slots[place] ?? []);
  const [from, to] = [placeOf(range.from), placeOf(range.to)];
  if (from > to) throw new InvalidArgumentError('The range ends before it starts. Nothing was changed.');
  return slots.slice(from, to + 1);
}

function isSpan(range: NonNullable<CompressOptions['range']>): range is { readonly from: string; readonly to: string } {
  return !Array.isArray(range);
}
