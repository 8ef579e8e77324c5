import { html, nothing, svg, type TemplateResult } from 'lit';
import { age, compactTokens, describeTokens, shortHash } from '../../src/shared/format.js';
import type { GraphCommitView, RefView } from '../../src/shared/graph-view.js';
import { MAX_ROWS } from '../../src/shared/protocol.js';
import { icon, iconButton } from '../ui/controls.js';
import { commitMenu } from '../ui/commit-menu.js';
import { emptyState } from '../ui/empty-state.js';
import { listOf, virtualList } from '../ui/list-of.js';
import { iconOf } from '../context/message-row.js';
import type { Panel } from '../panel/panel-actions.js';
import { layOutLanes, type LaneRow } from './lanes.js';

const ROW = 24;
const LANE = 14;
const COLORS = 6;
/** More lanes than this are cut: the text matters more. */
const MAX_LANES = 12;

const OPERATION_ICONS: Readonly<Partial<Record<GraphCommitView['operation'], string>>> = {
  edit: 'edit',
  annotate: 'pin',
  compress: 'fold',
  reorder: 'list-ordered',
  merge: 'git-merge',
};

/** Every branch's commits with their lanes. */
export function graphTab(panel: Panel): TemplateResult {
  const view = panel.views.graph;
  if (!view) return html`<div class="loading">Reading the graph…</div>`;
  if (view.commits.length === 0) {
    return emptyState(
      'git-merge',
      'No commits yet',
      'The graph of all branches shows here. Import a session or commit a text to begin.',
    );
  }
  const lanes = lanesOf(view.commits);
  const width =
    Math.min(
      MAX_LANES,
      lanes.reduce((most, row) => Math.max(most, row.width), 1),
    ) *
      LANE +
    8;
  return html`<div class="tab-fill">
    ${virtualList(
      panel,
      'graph',
      'Commit graph',
      listOf(view.commits, {
        rowHeight: ROW,
        key: (commit) => commit.hash,
        row: (commit, index) => commitRow(panel, commit, lanes[index], width),
        rowClass: (commit) => `commit ${commit.isHead ? 'is-head' : ''} ${commit.priority === 'skip' ? 'skipped' : ''}`,
        label: (commit) =>
          `${commit.isHead ? 'HEAD, ' : ''}${commit.refs.map((ref) => `${ref.kind} ${ref.name}, `).join('')}${commit.operation}: ${commit.subject}`,
        menu: (commit) =>
          commitMenu({
            commitHash: commit.hash,
            priority: commit.role === null ? null : commit.priority,
            isHead: commit.isHead,
            isSummary: commit.operation === 'compress',
          }),
        open: (commit) => {
          panel.post({ type: 'commit', action: 'open', hash: commit.hash });
        },
        onKey: (commit, event) => onKey(panel, commit, event),
        nearEnd: () => {
          if (view.hasMore) panel.post({ type: 'loadGraph', limit: Math.min(MAX_ROWS, view.commits.length * 2) });
        },
      }),
    )}
  </div>`;
}

/** The layout of one snapshot, kept as long as the snapshot is: rendering happens far more often. */
const layouts = new WeakMap<readonly GraphCommitView[], readonly LaneRow[]>();

function lanesOf(commits: readonly GraphCommitView[]): readonly LaneRow[] {
  const known = layouts.get(commits);
  if (known) return known;
  const rows = layOutLanes(commits);
  layouts.set(commits, rows);
  return rows;
}

function onKey(panel: Panel, commit: GraphCommitView, event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  switch (event.key.toLowerCase()) {
    case 'c':
      panel.post({ type: 'commit', action: 'checkout', hash: commit.hash });
      return true;
    case 'b':
      panel.post({ type: 'commit', action: 'createBranch', hash: commit.hash });
      return true;
    case 'd':
      panel.post({ type: 'commit', action: 'compareWithHead', hash: commit.hash });
      return true;
    default:
      return false;
  }
}

function commitRow(panel: Panel, commit: GraphCommitView, lanes: LaneRow | undefined, width: number): TemplateResult {
  const act = (action: 'checkout' | 'createBranch' | 'compareWithHead') => () => {
    panel.post({ type: 'commit', action, hash: commit.hash });
  };
  return html`<div class="commit-line">
    ${lanes ? laneCell(lanes, commit, width) : nothing}
    <span class="commit-subject"
      >${icon(OPERATION_ICONS[commit.operation] ?? (commit.role ? iconOf({ contentType: commit.contentType, role: commit.role }) : 'gear'))}${commit.refs.map(
        refBadge,
      )}<span class="preview-text">${commit.subject || commit.contentType}</span></span
    >
    <span class="actions" role="group" aria-label="Actions"
      >${iconButton('git-branch-create', 'Create branch here (B)', act('createBranch'), { tabStop: false })}${iconButton(
        'git-compare',
        'Compare with HEAD (D)',
        act('compareWithHead'),
        { tabStop: false },
      )}${iconButton('target', 'Check out (C)', act('checkout'), { tabStop: false })}</span
    >
    <code class="hash">${shortHash(commit.hash)}</code>
    <span class="tokens" title=${commit.tokens ? describeTokens(commit.tokens) : 'Makes no message'}
      ><span class="tokens-count">${commit.tokens ? compactTokens(commit.tokens) : ''}</span></span
    >
    <time
      class="age"
      datetime=${commit.createdAt}
      title=${`${commit.author ? `${commit.author}, ` : ''}${commit.createdAt}`}
      >${age(commit.createdAt, panel.now)}</time
    >
  </div>`;
}

const REF_ICONS: Readonly<Record<RefView['kind'], string>> = { branch: 'git-branch', tag: 'tag', import: 'cloud' };

function refBadge(ref: RefView): TemplateResult {
  return html`<span class="ref ref-${ref.kind} ${ref.current ? 'current' : ''}" title=${`${ref.kind} ${ref.name}`}
    >${icon(REF_ICONS[ref.kind])}<span class="ref-name">${ref.name}</span></span
  >`;
}

function laneCell(row: LaneRow, commit: GraphCommitView, width: number): TemplateResult {
  const x = (lane: number) => 8 + Math.min(lane, MAX_LANES - 1) * LANE;
  const middle = ROW / 2;
  const path = (from: number, to: number, kind: 'through' | 'in' | 'out'): string => {
    if (kind === 'through') return `M${x(from)} 0V${ROW}`;
    const [top, bottom] = kind === 'in' ? [0, middle] : [middle, ROW];
    if (from === to) return `M${x(from)} ${top}V${bottom}`;
    const bend = (top + bottom) / 2;
    return `M${x(from)} ${top}C${x(from)} ${bend + 2} ${x(to)} ${bend - 2} ${x(to)} ${bottom}`;
  };
  const cx = x(row.lane);
  return html`<svg class="lanes" width=${width} height=${ROW} aria-hidden="true">
    ${row.edges.map((edge) => svg`<path class="lane lane-${edge.color % COLORS}" d=${path(edge.from, edge.to, edge.kind)}></path>`)}
    ${commit.isHead ? svg`<circle class="head-ring lane-${row.lane % COLORS}" cx=${cx} cy=${middle} r="6.5"></circle>` : nothing}
    ${
      commit.operation === 'append'
        ? svg`<circle class="node lane-${row.lane % COLORS}" cx=${cx} cy=${middle} r="4"></circle>`
        : svg`<circle class="node hollow lane-${row.lane % COLORS}" cx=${cx} cy=${middle} r="3.5"></circle>`
    }
  </svg>`;
}
