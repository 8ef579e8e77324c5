/**
 * SHA-256 of the empty string. The toolkit asks the browser whether it knows `:focus-visible` by adding an empty `style` element;
 * this allows exactly that and no other inline style.
 */
const EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

/**
 * The context panel's content security policy (SPEC §17): its own script by nonce, its own style sheet and icon font, nothing else:
 * no images, no connections, no inline styles, no eval.
 *
 * @param source `webview.cspSource`
 * @param nonce a fresh random one for each page
 */
export function panelCsp(source: string, nonce: string): string {
  return [
    `default-src 'none'`,
    `style-src ${source} ${EMPTY_STYLE}`,
    `script-src 'nonce-${nonce}'`,
    `font-src ${source}`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
}
