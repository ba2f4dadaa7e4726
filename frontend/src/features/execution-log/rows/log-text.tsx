import { memo } from "react";

import { piecesOf } from "./text-pieces";
import type { Piece } from "./text-pieces";
import styles from "./log-text.module.css";

function classOf({ colour, bold, dim, italic, underline }: Piece): string | undefined {
  const names = [
    colour && styles[colour],
    bold && styles.bold,
    dim && styles.dim,
    italic && styles.italic,
    underline && styles.underline,
  ].filter(Boolean);
  return names.length > 0 ? names.join(" ") : undefined;
}

/** What an agent printed: text nodes, colours as classes, and links to the web only. */
export const LogText = memo(function LogText({ text }: { text: string }) {
  const pieces = piecesOf(text);
  const [only] = pieces;
  if (pieces.length === 1 && only && !only.href && !classOf(only)) return only.text;
  return pieces.map((piece, index) => {
    const key = `${index}`;
    if (piece.href) {
      return (
        <a key={key} href={piece.href} target="_blank" rel="noopener noreferrer" className={classOf(piece)}>
          {piece.text}
        </a>
      );
    }
    return (
      <span key={key} className={classOf(piece)}>
        {piece.text}
      </span>
    );
  });
});
