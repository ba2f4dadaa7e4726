import Anser from "anser";

const COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;
export type AnsiColour = (typeof COLOURS)[number];

/** A stretch of text that looks the same all over. `href` is always an http or https address. */
export type Piece = {
  text: string;
  href?: string;
  colour?: AnsiColour;
  bold?: boolean;
  dim?: boolean;
  italic?: boolean;
  underline?: boolean;
};

const ESCAPE = "\u001b";
// Titles and links (OSC), device strings and two-character escapes: a terminal shows nothing of them. Colours and
// cursor movements (CSI) are left to anser.
const SILENT = new RegExp(
  `${ESCAPE}(?:[\\]PX^_][^\\u0007${ESCAPE}]*(?:\\u0007|${ESCAPE}\\\\|$)|[ -/]+[0-~]|[0-OQ-WYZ\\\\=>c-~])`,
  "g",
);
const LINK = /https?:\/\/[^\s<>"'`]+/g;
const TRAILING = /[.,;:!?)\]}'*_]+$/;

function colourOf(name: string | null): AnsiColour | undefined {
  return COLOURS.find((colour) => name === `ansi-${colour}` || name === `ansi-bright-${colour}`);
}

/** A piece for each run of one look; escapes that have no look are dropped. Backgrounds are left out: any could hide the text. */
function ansiPieces(text: string): Piece[] {
  const chunks = Anser.ansiToJson(text.replace(SILENT, ""), {
    json: true,
    remove_empty: true,
    use_classes: true,
  });
  return chunks.map(({ content, fg, decorations }) => ({
    text: content,
    colour: colourOf(fg),
    bold: decorations.includes("bold"),
    dim: decorations.includes("dim"),
    italic: decorations.includes("italic"),
    underline: decorations.includes("underline"),
  }));
}

/** The address without the punctuation of the sentence around it; a closing bracket stays if it was opened inside. */
function trimmed(address: string): string {
  const end = TRAILING.exec(address);
  if (!end) return address;
  const kept = address.slice(0, end.index);
  if (end[0].startsWith(")") && kept.split("(").length > kept.split(")").length) {
    return `${kept})`;
  }
  return kept;
}

function isWebAddress(address: string): boolean {
  try {
    const { protocol, host } = new URL(address);
    return host !== "" && (protocol === "http:" || protocol === "https:");
  } catch {
    return false;
  }
}

function linked(piece: Piece): Piece[] {
  if (!piece.text.includes("://")) return [piece];
  const result: Piece[] = [];
  let done = 0;
  for (const match of piece.text.matchAll(LINK)) {
    const address = trimmed(match[0]);
    if (!isWebAddress(address)) continue;
    if (match.index > done) result.push({ ...piece, text: piece.text.slice(done, match.index) });
    result.push({ ...piece, text: address, href: address });
    done = match.index + address.length;
  }
  if (done < piece.text.length) result.push({ ...piece, text: piece.text.slice(done) });
  return result;
}

export const hasEscapes = (text: string): boolean => text.includes(ESCAPE);

/** The text as it is shown, without what only a terminal understands. */
export const withoutEscapes = (text: string): string =>
  hasEscapes(text) ? Anser.ansiToText(text.replace(SILENT, "")) : text;

/** What an agent printed, as text with looks and links. No character of it is ever markup. */
export function piecesOf(text: string): Piece[] {
  const looks = hasEscapes(text) ? ansiPieces(text) : [{ text }];
  return looks.flatMap(linked);
}
