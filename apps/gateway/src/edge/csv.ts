/** A line of cells, each quoted: what a spreadsheet would take for a formula gets an apostrophe in front. */
export const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;

function csvCell(text: string): string {
  const tame = /^\s*[=+\-@\t\r]/.test(text) && !/^-?\d+$/.test(text) ? `'${text}` : text;
  return `"${tame.replaceAll('"', '""')}"`;
}
