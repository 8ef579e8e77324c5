/** Both sides of a conflict as one text, between the markers that git uses: VS Code's merge editor knows them. */
export function withMarkers(ours: string, theirs: string): string {
  return `<<<<<<< ours\n${ours}\n=======\n${theirs}\n>>>>>>> theirs\n`;
}

/** Whether a text still has a line that is a marker. */
export function hasMarkers(text: string): boolean {
  return /^(<{7} |={7}\r?$|>{7} )/m.test(text);
}

/** Editors end a file with a newline; a message does not. */
export function withoutFinalNewline(text: string): string {
  return text.replace(/\r?\n$/, '');
}
