import { useEffect } from "react";

import { t } from "./messages";

let words = "";
let waiting = 0;

function show(): void {
  const name = words === "" ? t.product : `${words} – ${t.product}`;
  document.title = waiting > 0 ? `(${waiting}) ${name}` : name;
}

/** The title of the screen while the component is there. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    words = title;
    show();
  }, [title]);
}

/** How many things wait for the reader: it stands before every screen's title. */
export function countInTitle(count: number): void {
  waiting = count;
  show();
}
