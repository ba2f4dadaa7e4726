import { t } from "@/lib/messages";

import { Frame } from "./frame";
import styles from "./keys.module.css";

const { title, everywhere, board, card, log } = t.keys;

/** Which keys do what, by screen; the keys themselves are the same in every language. */
const LISTS: readonly { title: string; keys: readonly (readonly [key: string, does: string])[] }[] = [
  {
    title: everywhere.title,
    keys: [
      ["Ctrl+K", everywhere.palette],
      ["C", everywhere.newCard],
      ["/", everywhere.filter],
      ["?", everywhere.keys],
      ["Esc", everywhere.close],
    ],
  },
  {
    title: board.title,
    keys: [
      ["← ↑ ↓ →", board.focus],
      ["H J K L", board.vim],
      ["Enter", board.open],
      ["Space", board.grab],
      ["Shift+← ↑ ↓ →", board.move],
      ["M", board.moveTo],
    ],
  },
  {
    title: card.title,
    keys: [
      ["1 2 3 4", card.tabs],
      ["X", card.cancel],
      ["R", card.again],
      ["[", card.earlier],
      ["]", card.later],
    ],
  },
  {
    title: log.title,
    keys: [
      ["Home", log.first],
      ["End", log.last],
      ["G", log.follow],
      ["N", log.nextError],
      ["P", log.previousError],
      ["↑ ↓", log.nextNumber],
      ["Shift+↑ ↓", log.chooseLines],
      ["Ctrl+C", log.copyLines],
      ["Esc", log.clearLines],
    ],
  },
];

/** The list of keys. */
export function Keys({ onClose }: { onClose: () => void }) {
  return (
    <Frame title={title} onClose={onClose} size={460}>
      <div className={styles.lists}>
        {LISTS.map((list) => (
          <section key={list.title}>
            <h3>{list.title}</h3>
            <dl className={styles.keys}>
              {list.keys.map(([key, does]) => (
                <div key={key}>
                  <dt>{does}</dt>
                  <dd>
                    <kbd>{key}</kbd>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Frame>
  );
}
