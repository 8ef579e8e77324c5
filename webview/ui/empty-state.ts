import { html, nothing, type TemplateResult } from 'lit';
import { icon } from './controls.js';

/** What stands where there is nothing yet: what this place is for and what to do. */
export function emptyState(iconName: string, title: string, text: string, actions?: TemplateResult): TemplateResult {
  return html`<div class="empty">
    ${icon(iconName)}
    <h2>${title}</h2>
    <p>${text}</p>
    ${actions ? html`<div class="empty-actions">${actions}</div>` : nothing}
  </div>`;
}
