import { html, LitElement, nothing, svg, type TemplateResult } from 'lit';
import type { CommitShareView } from '../../src/shared/budget-view.js';
import { compactCount, fullCount, percent, shortHash } from '../../src/shared/format.js';
import { treemapTiles, type Tile } from './budget-parts.js';

const HEIGHT = 220;
/** Widest character of the label font, about, in px. */
const CHARACTER = 6.6;

/** Tokens by commit as a treemap, laid out for the width it has. A click or Enter opens the commit. */
export class TreemapView extends LitElement {
  static override properties = {
    commits: { attribute: false },
    used: { attribute: false },
    onOpen: { attribute: false },
    width: { state: true },
  };
  declare commits: readonly CommitShareView[];
  declare used: number;
  declare onOpen: (hash: string) => void;
  declare private width: number;

  private readonly resized = new ResizeObserver((entries) => {
    this.width = Math.floor(entries[0]?.contentRect.width ?? 0);
  });

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.width = Math.floor(this.getBoundingClientRect().width);
    this.resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
  }

  protected override render(): unknown {
    if (this.width <= 0) return nothing;
    const tiles = treemapTiles(this.commits, this.used, { width: this.width, height: HEIGHT });
    return html`<svg
      class="treemap"
      width=${this.width}
      height=${HEIGHT}
      viewBox="0 0 ${this.width} ${HEIGHT}"
      role="group"
      aria-label="Tokens by commit, heaviest first"
      @keydown=${(event: KeyboardEvent) => {
        moveFocus(event);
      }}
    >
      ${tiles.map((tile, index) => this.tile(tile, index))}
    </svg>`;
  }

  private tile(tile: Tile, index: number): TemplateResult {
    const { commit } = tile;
    const share = percent(tile.tokens / Math.max(1, this.used));
    const name = commit ? `${commit.label || commit.contentType} · ${shortHash(commit.hash)}` : 'everything else';
    const open = (): void => {
      if (commit) this.onOpen(commit.hash);
    };
    return svg`<g
      class="tile ${commit ? `role-${commit.role}` : 'rest'}"
      role="button"
      tabindex=${index === 0 ? 0 : -1}
      aria-label=${`${fullCount(tile.tokens)} tokens, ${share}: ${name}`}
      @click=${open}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === 'Enter') open();
      }}
    >
      <title>${`${name}\n~${fullCount(tile.tokens)} tokens (${share})`}</title>
      <rect x=${tile.x} y=${tile.y} width=${tile.width} height=${tile.height}></rect>
      ${label(tile, commit ? commit.label || commit.contentType : 'everything else')}
    </g>`;
  }
}

function label(tile: Tile, name: string): TemplateResult | typeof nothing {
  const room = Math.floor((tile.width - 10) / CHARACTER);
  if (room < 5 || tile.height < 18) return nothing;
  const cut = name.length > room ? `${name.slice(0, room - 1)}…` : name;
  return svg`<text x=${tile.x + 5} y=${tile.y + 14}>${cut}</text>${
    tile.height >= 34
      ? svg`<text class="figure" x=${tile.x + 5} y=${tile.y + 29}>${`~${compactCount(tile.tokens)}`}</text>`
      : nothing
  }`;
}

/** Arrows go from tile to tile, heaviest first. */
function moveFocus(event: KeyboardEvent): void {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (step === undefined || !(event.target instanceof SVGElement)) return;
  const next = step > 0 ? event.target.nextElementSibling : event.target.previousElementSibling;
  if (next instanceof SVGElement) {
    event.preventDefault();
    next.focus();
  }
}

if (!customElements.get('tract-treemap')) customElements.define('tract-treemap', TreemapView);
