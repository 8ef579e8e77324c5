import uPlot from 'uplot';

/** One line of a plot; missing values leave a gap. */
export interface Series {
  readonly label: string;
  /** A theme variable, e.g. `--vscode-charts-blue`. */
  readonly color: string;
  readonly dashed?: boolean;
  readonly filled?: boolean;
  readonly values: readonly (number | null)[];
}

/**
 * Values over time, drawn by uPlot. The x axis counts calls, not seconds: a night between two calls would press everything else
 * together. Follows its width and the theme. Read by a screen reader as its label.
 */
export class Plot extends HTMLElement {
  private chart: uPlot | undefined;
  private wanted: { readonly series: readonly Series[]; readonly format: (value: number) => string } | undefined;
  private readonly resized = new ResizeObserver(() => {
    this.chart?.setSize({ width: this.clientWidth, height: HEIGHT });
  });
  /** VS Code announces a new theme by new classes and variables on the page. */
  private readonly themed = new MutationObserver(() => {
    this.draw();
  });

  /** What to draw. `format` is for the y axis and the legend. */
  set data(data: { readonly series: readonly Series[]; readonly format: (value: number) => string }) {
    this.wanted = data;
    if (this.isConnected) this.draw();
  }

  connectedCallback(): void {
    this.setAttribute('role', 'img');
    this.resized.observe(this);
    this.themed.observe(document.body, { attributes: true, attributeFilter: ['class'] });
    this.draw();
  }

  disconnectedCallback(): void {
    this.resized.disconnect();
    this.themed.disconnect();
    this.chart?.destroy();
    this.chart = undefined;
  }

  private draw(): void {
    if (!this.wanted) return;
    const { series, format } = this.wanted;
    const style = getComputedStyle(this);
    const color = (variable: string) => style.getPropertyValue(variable).trim() || style.color;
    const ink = color('--vscode-descriptionForeground');
    const grid = { stroke: color('--plot-grid'), width: 1 };
    const font = `11px ${style.fontFamily}`;
    this.chart?.destroy();
    this.chart = new uPlot(
      {
        width: Math.max(1, this.clientWidth),
        height: HEIGHT,
        cursor: { y: false, drag: { x: false, y: false } },
        // Amounts are drawn from zero: a cut axis makes small changes look large.
        scales: {
          x: { time: false },
          y: { range: { min: { pad: 0, soft: 0, mode: 1 }, max: { pad: 0.1, soft: 0, mode: 1 } } },
        },
        axes: [
          {
            incrs: WHOLE_STEPS,
            stroke: ink,
            grid,
            ticks: grid,
            font,
            values: (_, splits) => splits.map(String),
          },
          { stroke: ink, grid, ticks: grid, font, size: 56, values: (_, splits) => splits.map(format) },
        ],
        series: [
          { label: 'Call', value: (_, value) => (Number.isFinite(value) ? `#${value}` : '') },
          ...series.map((one): uPlot.Series => ({
            label: one.label,
            stroke: color(one.color),
            width: 1.5,
            points: { show: one.values.length < 40, size: 5 },
            ...(one.dashed ? { dash: [4, 3] } : {}),
            ...(one.filled ? { fill: `color-mix(in srgb, ${color(one.color)} 18%, transparent)` } : {}),
            value: (_, value) => (Number.isFinite(value) ? format(value) : '–'),
          })),
        ],
      },
      [
        Array.from({ length: series[0]?.values.length ?? 0 }, (_, index) => index + 1),
        ...series.map((one) => [...one.values]),
      ],
      this,
    );
  }
}

const HEIGHT = 180;
/** Calls between two lines of the grid: there is no half call. */
const WHOLE_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

if (!customElements.get('tract-plot')) customElements.define('tract-plot', Plot);
