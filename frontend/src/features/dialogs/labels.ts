/** The labels of a line with commas between them: none empty, none twice. */
export function labelsOf(line: string): string[] {
  const labels = line.split(",").map((label) => label.trim());
  return [...new Set(labels.filter(Boolean))];
}
